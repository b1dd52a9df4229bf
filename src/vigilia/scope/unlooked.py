"""Where nobody was found: what could not be looked at, because its records are not here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from vigilia.knowledge.log_sources import source_label
from vigilia.knowledge.telemetry import load_telemetry
from vigilia.model.result import Gap, Intrusion, Statement
from vigilia.model.times import parse_time
from vigilia.model.wording import counted, day_in_words, days_in_words, listed
from vigilia.scope.bounds import HIDING

__all__ = ["unlooked_statement"]

_NAMED_AT_MOST = 4


def unlooked_statement(intrusion: Intrusion, gaps: Sequence[Gap]) -> list[Statement]:
    """Return the sentence that goes on from "nothing stands out": named are machines first, then the longest times.

    A log source of which nothing says that the organisation has it is not named: it stands in the list of gaps.
    """
    if intrusion.verdict != "none-found":
        return []
    hiding = [one for one in gaps if one.kind in HIDING and (one.entity or one.start or one.end)]
    ranked = sorted(hiding, key=lambda one: (bool(one.start or one.end), -_days(one), one.id))
    named = list(dict.fromkeys(_named(one) for one in ranked))
    if not named:
        return []
    more = [counted(len(named) - _NAMED_AT_MOST, "more gap")] if len(named) > _NAMED_AT_MOST else []
    text = f"We could not look at {listed([*named[:_NAMED_AT_MOST], *more])}: whoever was there is not seen here."
    return [
        Statement(
            id="unlooked-1",
            question="who-was-in",
            weight="headline",
            text=text,
            gap_ids=[one.id for one in ranked][:20],
        )
    ]


def _days(gap: Gap) -> float:
    """Return how long it is; what is open on a side is longer than any other."""
    if not gap.start or not gap.end:
        return float("inf")
    return (parse_time(gap.end) - parse_time(gap.start)) / dt.timedelta(days=1)


def _named(gap: Gap) -> str:
    """Name what is missing: "the machine WS07", "Windows event logs of FS01 from 2 to 5 March 2026"."""
    if gap.entity and not gap.source:
        return f"the machine {gap.entity}"
    if any(gap.entity == one.label for one in load_telemetry().companion):
        return f"{gap.entity}{_when(gap)}"  # a part that is not here, beside a log that is
    log = source_label(gap.source) if gap.source else "the records"
    kind, of, host = gap.entity.partition(" of ")
    labels = {one.id: one.label for one in load_telemetry().recording}
    if kind in labels:  # a kind of record that was not switched on
        return f"{labels[kind]}{' on ' if of else ''}{host} (not recorded in {log}){_when(gap)}"
    return f"{log}{f' of {gap.entity}' if gap.entity else ''}{_when(gap)}"


def _when(gap: Gap) -> str:
    if gap.start and gap.end:
        return f" {days_in_words(gap.start, gap.end)}"
    if gap.start:
        return f" after {day_in_words(gap.start)}"
    return f" before {day_in_words(gap.end)}" if gap.end else ""
