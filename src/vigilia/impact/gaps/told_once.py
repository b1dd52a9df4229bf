"""One hole is told once: a silence that another gap of the same log explains is not told beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vigilia.model.result import Gap, GapKind
from vigilia.model.times import parse_time

__all__ = ["told_once"]

# What explains that a log is silent for a time, so that the silence itself says nothing new.
_EXPLAINS: Final[frozenset[GapKind]] = frozenset(
    {"record-numbers", "thinned", "cleared", "disabled", "retention", "truncated-export", "torn", "clock"}
)
_FIRST_TIME: Final = "0001"
_LAST_TIME: Final = "9999"


def told_once(gaps: Sequence[Gap]) -> list[Gap]:
    """Return the gaps without the silences that lie within the time of a plainer one of the same log.

    A log that is silent for most of the time in which it is thinned is silent, not thinned. Where records of another
    log contradict a silence, they tell more than its length.
    """
    silent = [gap for gap in gaps if gap.kind == "missing" and gap.start and gap.end]
    kept = [gap for gap in gaps if not (gap.kind == "thinned" and any(_fills(one, gap) for one in silent))]
    plain = [gap for gap in kept if gap.kind in _EXPLAINS and (gap.start or gap.end) and _spans(gap)]
    plain += [gap for gap in kept if gap.kind == "missing" and gap.event_ids and gap.start and gap.end]
    return [gap for gap in kept if not _is_silence(gap) or not any(_explains(one, gap) for one in plain)]


def _is_silence(gap: Gap) -> bool:
    return gap.kind == "missing" and not gap.event_ids


def _fills(silence: Gap, thinned: Gap) -> bool:
    """Whether a silence takes more than half of the time in which a log is thinned."""
    if (silence.source, silence.entity) != (thinned.source, thinned.entity) or not (thinned.start and thinned.end):
        return False
    first, last = parse_time(thinned.start), parse_time(thinned.end)
    overlap = min(parse_time(silence.end), last) - max(parse_time(silence.start), first)
    return overlap * 2 > last - first


def _spans(gap: Gap) -> bool:
    """Whether a gap names a span of time: a doubt about all times of a log explains no silence."""
    return gap.kind != "clock" or bool(gap.entity and gap.event_ids)


def _explains(plain: Gap, silence: Gap) -> bool:
    same = plain.source == silence.source and plain.entity in ("", silence.entity)
    start, end = plain.start or _FIRST_TIME, plain.end or _LAST_TIME
    return same and start <= silence.start and silence.end <= end
