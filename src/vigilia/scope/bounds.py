"""Bounds on the stay: between which times the intruder's first and last activity lie, as far as the logs can tell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from vigilia.model.result import Gap, Intrusion, Statement, TimeBounds
from vigilia.model.times import format_time, parse_time
from vigilia.model.wording import counted, day_in_words
from vigilia.store.event_store import EventStore

__all__ = ["HIDING", "bound_stay", "stay_statement"]

# Logs that begin, or end, nearer to the intruder's trace than this do not bound it on that side.
_NEAR = dt.timedelta(days=30)
# Kinds of gaps that hide whole stretches of time; the others bear on values, not on whether something was recorded.
HIDING = frozenset(
    {"missing", "cleared", "truncated-export", "not-enabled", "disabled", "throttled", "retention", "record-numbers"}
    | {"thinned", "missing-part", "not-provided"}
)


def bound_stay(store: EventStore, intrusion: Intrusion, gaps: Sequence[Gap]) -> Intrusion:
    """Return the intrusion with bounds on its first and last activity and on how long it lasted.

    They were in at the latest with their first trace, and until at least their last one. The first trace bounds the
    beginning from below only where the logs that hold it go back well before it without a gap that touches it; the
    last trace bounds the end from above only where those logs go on well after it. Needs `scope_intruder`.
    """
    if not intrusion.first_seen:
        return intrusion
    reach = _reach(store, intrusion)
    first = _first(intrusion.first_seen, reach, gaps)
    last = _last(intrusion.last_seen, reach, gaps)
    at_most = _days(first.earliest, last.latest) if first.earliest and last.latest else None
    return msgspec.structs.replace(
        intrusion,
        first_activity=first,
        last_activity=last,
        dwell_at_least=_days(intrusion.first_seen, intrusion.last_seen),
        dwell_at_most=at_most,
    )


def stay_statement(intrusion: Intrusion) -> list[Statement]:
    """Return the sentence on how long they stayed, with what leaves it open."""
    first, last = intrusion.first_activity, intrusion.last_activity
    if first is None or last is None:
        return []
    span = f"at least {counted(max(1, round(intrusion.dwell_at_least)), 'day')}"
    if intrusion.dwell_at_most is not None:
        span += f" and, as far as these logs bound it, at most {counted(max(1, round(intrusion.dwell_at_most)), 'day')}"
    text = f"The stay lasted {span}. {first.basis} {last.basis}"
    gap_ids = sorted({*first.gap_ids, *last.gap_ids})
    cited = [event for one in intrusion.accounts[:1] or intrusion.addresses[:1] for event in one.event_ids[:2]]
    return [Statement(id="stay-1", question="who-was-in", weight="caveat", text=text, event_ids=cited, gap_ids=gap_ids)]


class _Reach(msgspec.Struct, frozen=True):
    """The sources that hold the intruder's traces: their names, and when they begin and end."""

    sources: list[str]
    begins: str
    ends: str


def _reach(store: EventStore, intrusion: Intrusion) -> _Reach:
    (row,) = store.rows(
        """WITH seen AS (
          SELECT DISTINCT source FROM scope_intruder
          WHERE strftime(ts, '%Y-%m-%dT%H:%M:%S.%fZ') IN ($first, $last)
        )
        SELECT coalesce(list_sort(list(DISTINCT "vigilia.source")), []) AS sources,
          coalesce(strftime(min("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS begins,
          coalesce(strftime(max("@timestamp"), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS ends
        FROM events WHERE "vigilia.source" IN (SELECT source FROM seen)""",
        {"first": intrusion.first_seen, "last": intrusion.last_seen},
    )
    return msgspec.convert(row, _Reach)


def _first(seen: str, reach: _Reach, gaps: Sequence[Gap]) -> TimeBounds:
    touching = _touching(gaps, reach, seen)
    if not reach.begins or parse_time(seen) - parse_time(reach.begins) < _NEAR:
        basis = (
            f"The logs begin on {day_in_words(reach.begins or seen)}, too near to the first sign to say when it began."
        )
        return TimeBounds(earliest="", latest=seen, basis=basis, gap_ids=[one.id for one in touching])
    if any(not one.start for one in touching):
        basis = "A gap without a known beginning touches the first sign, so it may have begun earlier."
        return TimeBounds(earliest="", latest=seen, basis=basis, gap_ids=[one.id for one in touching])
    earliest = min([seen, *(one.start for one in touching)])
    if parse_time(earliest) - parse_time(reach.begins) < _NEAR:
        basis = "A gap right before the first sign leaves too little of the logs to say when it began."
        return TimeBounds(earliest="", latest=seen, basis=basis, gap_ids=[one.id for one in touching])
    days = _days(reach.begins, earliest)
    basis = f"Before that, the same logs show {counted(round(days), 'day')} without a sign of them."
    if touching:
        basis += " A gap touches the first sign and widens this."
    return TimeBounds(earliest=earliest, latest=seen, basis=basis, gap_ids=[one.id for one in touching])


def _last(seen: str, reach: _Reach, gaps: Sequence[Gap]) -> TimeBounds:
    touching = _touching(gaps, reach, seen)
    ids = [one.id for one in touching]
    if not reach.ends or parse_time(reach.ends) - parse_time(seen) < _NEAR:
        basis = (
            f"The logs end on {day_in_words(reach.ends or seen)}, too soon after the last sign to say that it ended."
        )
        return TimeBounds(earliest=seen, latest="", basis=basis, gap_ids=ids)
    if any(not one.end for one in touching):
        basis = "A gap without a known end touches the last sign, so they may have stayed."
        return TimeBounds(earliest=seen, latest="", basis=basis, gap_ids=ids)
    latest = max([seen, *(one.end for one in touching)])
    if parse_time(reach.ends) - parse_time(latest) < _NEAR:
        basis = "A gap right after the last sign leaves too little of the logs to say that it ended."
        return TimeBounds(earliest=seen, latest="", basis=basis, gap_ids=ids)
    basis = f"After that, the same logs show {counted(round(_days(latest, reach.ends)), 'day')} without a sign of them."
    if touching:
        basis += " A gap touches the last sign and widens this."
    return TimeBounds(earliest=seen, latest=latest, basis=basis, gap_ids=ids)


def _touching(gaps: Sequence[Gap], reach: _Reach, seen: str) -> list[Gap]:
    """Return the gaps of these logs within which, or at whose ends to the day, a time lies."""
    day = dt.timedelta(days=1)
    before, after = format_time(parse_time(seen) - day), format_time(parse_time(seen) + day)
    return [
        one
        for one in gaps
        if one.kind in HIDING
        and (not one.source or one.source in reach.sources)
        and (not one.start or one.start <= after)
        and (not one.end or one.end >= before)
        and (one.start or one.end)
    ]


def _days(first: str, last: str) -> float:
    return round((parse_time(last) - parse_time(first)).total_seconds() / 86400, 4)
