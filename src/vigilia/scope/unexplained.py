"""Findings that the intruder's events do not explain: somebody must look at them, whatever the verdict.

Where nobody was found, that is all that rules made of the records, so findings of medium level are told too.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from vigilia.model.matches import Finding, Level
from vigilia.store.event_store import EventStore

__all__ = ["Unexplained", "find_unexplained"]

_SERIOUS = "scope_serious"
_RANKS: dict[Level, int] = {"critical": 0, "high": 1, "medium": 2}


class Unexplained(msgspec.Struct, frozen=True):
    """A finding worth a look, as far as its events are not the intruder's: how many, and at most 20 of them."""

    rule_id: str
    title: str
    level: Level
    count: int
    event_ids: list[str]

    @property
    def is_serious(self) -> bool:
        """Tell whether it is of high or critical level."""
        return _RANKS[self.level] < _RANKS["medium"]


def find_unexplained(
    store: EventStore, findings: Sequence[Finding], at_least: float, *, nobody: bool
) -> list[Unexplained]:
    """Return the findings with events below this probability; the gravest first and, among those, rare ones.

    Findings of medium level are among them where `nobody` was found. Needs `scope_intruder` in the store.
    """
    lowest = _RANKS["medium" if nobody else "high"]
    serious = [one for one in findings if one.level in _RANKS and _RANKS[one.level] <= lowest]
    cited = sorted({event for one in serious for event in one.event_ids})
    store.register(_SERIOUS, pa.table({"serious_event": pa.array(cited, pa.string())}))
    rows = store.rows(
        f"SELECT DISTINCT id FROM scope_intruder JOIN {_SERIOUS} ON id = serious_event WHERE probability >= ?",  # noqa: S608
        [at_least],
    )
    theirs = {str(row["id"]) for row in rows}
    found = [_without(one, theirs) for one in serious]
    return sorted((one for one in found if one.event_ids), key=lambda one: (_RANKS[one.level], one.count, one.rule_id))


def _without(finding: Finding, theirs: set[str]) -> Unexplained:
    """Leave out the intruder's events; where the finding lists only its first events, the rest is not counted."""
    left = [event for event in finding.event_ids if event not in theirs]
    count = finding.count if len(left) == len(finding.event_ids) else len(left)
    return Unexplained(finding.rule_id, finding.title, finding.level, count, left[:20])
