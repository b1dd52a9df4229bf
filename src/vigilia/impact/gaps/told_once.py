"""One hole is told once: a silence that another gap of the same log explains is not told beside it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Final

import msgspec

from vigilia.knowledge.telemetry import several_logs
from vigilia.model.result import Gap, GapKind
from vigilia.model.times import parse_time

__all__ = ["told_once"]

# What explains that a log is silent for a time, so that the silence itself says nothing new.
_EXPLAINS: Final[frozenset[GapKind]] = frozenset(
    {"record-numbers", "thinned", "cleared", "disabled", "retention", "truncated-export", "torn", "clock"}
)
_AT_WORK: Final = " The intruder was at work in that time."
_DAY: Final = dt.timedelta(days=1)
_FIRST_TIME: Final = "0001"
_LAST_TIME: Final = "9999"


def told_once(gaps: Sequence[Gap], contradictions: Sequence[Gap] = ()) -> list[Gap]:
    """Return all gaps without the silences that lie within the time of a plainer one of the same log.

    A log that is silent for most of the time in which it is thinned is silent, not thinned. A silence that records of
    another log contradict is told with them. A kind of record that begins with a cleared log was not switched on then.

    Args:
        gaps: all others.
        contradictions: what one log records and another lacks.
    """
    silent = [gap for gap in (*gaps, *contradictions) if gap.kind == "missing" and gap.start and gap.end]
    kept = [gap for gap in gaps if not (gap.kind == "thinned" and any(_fills(one, gap) for one in silent))]
    kept = [gap for gap in kept if not any(_emptied_then(one, gap) for one in gaps)]
    silences = [gap for gap in kept if gap.kind == "missing"]
    plain = [gap for gap in kept if gap.kind in _EXPLAINS and (gap.start or gap.end) and _spans(gap)]
    shown = [one for one in contradictions if not any(_explains(gap, one) for gap in plain)]
    plain += shown
    told = [gap for gap in kept if gap.kind != "missing" or not any(_explains(one, gap) for one in plain)]
    return told + [_joined(one, [gap for gap in silences if _explains(one, gap)]) for one in shown]


def _joined(contradiction: Gap, silences: Sequence[Gap]) -> Gap:
    """Return a contradiction with what the silences within it say too."""
    at_work = [one for silence in silences for one in silence.event_ids]
    return msgspec.structs.replace(
        contradiction,
        basis="; ".join([contradiction.basis, *(silence.basis for silence in silences)]),
        consequence=contradiction.consequence + (_AT_WORK if at_work else ""),
        event_ids=list(dict.fromkeys([*contradiction.event_ids, *at_work])),
    )


def _fills(silence: Gap, thinned: Gap) -> bool:
    """Whether a silence, or that of one of a source's several logs, takes more than half of a time of thinning."""
    same = silence.entity == thinned.entity or silence.entity in several_logs().get(silence.source, ())
    if silence.source != thinned.source or not same or not (thinned.start and thinned.end):
        return False
    first, last = parse_time(thinned.start), parse_time(thinned.end)
    overlap = min(parse_time(silence.end), last) - max(parse_time(silence.start), first)
    return overlap * 2 > last - first


def _emptied_then(cleared: Gap, late: Gap) -> bool:
    """Whether a kind of record begins when a log was cleared of which nothing earlier is here: not switched on then."""
    emptied = cleared.kind == "cleared" and not cleared.start and bool(cleared.end)
    if not emptied or late.kind != "not-enabled" or not late.end or cleared.source != late.source:
        return False
    return dt.timedelta() <= parse_time(late.end) - parse_time(cleared.end) < _DAY


def _spans(gap: Gap) -> bool:
    """Whether a gap names a span of time of a whole log: neither a doubt about all times explains a silence, nor what
    one of a machine's logs lost.
    """
    return not gap.channels and (gap.kind != "clock" or bool(gap.entity and gap.event_ids))


def _explains(plain: Gap, silence: Gap) -> bool:
    same = plain.source == silence.source and plain.entity in ("", silence.entity)
    start, end = plain.start or _FIRST_TIME, plain.end or _LAST_TIME
    return same and start <= silence.start and silence.end <= end
