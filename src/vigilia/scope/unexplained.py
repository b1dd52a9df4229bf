"""Serious findings that the intruder's events do not explain: somebody must look at them, whatever the verdict."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from vigilia.model.matches import Finding
from vigilia.store.event_store import EventStore

__all__ = ["Unexplained", "find_unexplained"]

_SERIOUS = "scope_serious"


class Unexplained(msgspec.Struct, frozen=True):
    """A high or critical finding, as far as its events are not the intruder's: how many, and at most 20 of them."""

    rule_id: str
    title: str
    level: str
    count: int
    event_ids: list[str]


def find_unexplained(store: EventStore, findings: Sequence[Finding], at_least: float) -> list[Unexplained]:
    """Return the high and critical findings with events below this probability; critical ones and rare ones first.

    Needs `scope_intruder` in the store.
    """
    serious = [one for one in findings if one.level in ("high", "critical")]
    cited = sorted({event for one in serious for event in one.event_ids})
    store.register(_SERIOUS, pa.table({"serious_event": pa.array(cited, pa.string())}))
    rows = store.rows(
        f"SELECT DISTINCT id FROM scope_intruder JOIN {_SERIOUS} ON id = serious_event WHERE probability >= ?",  # noqa: S608
        [at_least],
    )
    theirs = {str(row["id"]) for row in rows}
    found = [_without(one, theirs) for one in serious]
    return sorted(
        (one for one in found if one.event_ids), key=lambda one: (one.level != "critical", one.count, one.rule_id)
    )


def _without(finding: Finding, theirs: set[str]) -> Unexplained:
    """Leave out the intruder's events; where the finding lists only its first events, the rest is not counted."""
    left = [event for event in finding.event_ids if event not in theirs]
    count = finding.count if len(left) == len(finding.event_ids) else len(left)
    return Unexplained(finding.rule_id, finding.title, finding.level, count, left[:20])
