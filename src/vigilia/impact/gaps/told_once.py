"""One hole is told once: a silence that another gap of the same log explains is not told beside it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from vigilia.model.result import Gap, GapKind

__all__ = ["told_once"]

# What explains that a log is silent for a time, so that the silence itself says nothing new.
_EXPLAINS: Final[frozenset[GapKind]] = frozenset(
    {"record-numbers", "thinned", "cleared", "disabled", "retention", "truncated-export", "torn", "clock"}
)
# Gaps of this kind have ends that are estimates: silences in them may begin a little earlier or end a little later.
_FIRST_TIME: Final = "0001"
_LAST_TIME: Final = "9999"


def told_once(gaps: Sequence[Gap]) -> list[Gap]:
    """Return the gaps without the silences that lie within the time of a plainer one of the same log."""
    plain = [gap for gap in gaps if gap.kind in _EXPLAINS and (gap.start or gap.end) and _spans(gap)]
    return [gap for gap in gaps if gap.kind != "missing" or not any(_explains(one, gap) for one in plain)]


def _spans(gap: Gap) -> bool:
    """Whether a gap names a span of time: a doubt about all times of a log explains no silence."""
    return gap.kind != "clock" or bool(gap.entity and gap.event_ids)


def _explains(plain: Gap, silence: Gap) -> bool:
    same = plain.source == silence.source and plain.entity in ("", silence.entity)
    start, end = plain.start or _FIRST_TIME, plain.end or _LAST_TIME
    return same and start <= silence.start and silence.end <= end
