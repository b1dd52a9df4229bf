"""The timeline picture: what the intruder did, one row per tactic, over the window in which they were seen."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.model.result import Result, TimelineEntry
from vigilia.report.html.time_axis import Tick, TimeAxis
from vigilia.report.html.words import words

__all__ = ["Mark", "TimelinePicture", "TimelineRow", "draw_timeline"]

WIDTH = 760.0
LEFT = 150.0
ROW = 30.0
TOP = 34.0
_LEAST_MARK = 5.0
_MOST_MARKS = 400


@dataclass(frozen=True, slots=True)
class Mark:
    """One step: its place and length, and what is said of it."""

    x: float
    width: float
    entry: TimelineEntry


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One tactic."""

    label: str
    y: float
    marks: list[Mark]
    events: int


@dataclass(frozen=True, slots=True)
class TimelinePicture:
    """Places in picture units; `window` is left end and width of the time in which the intruder was seen."""

    width: float
    height: float
    left: float
    row: float
    rows: list[TimelineRow]
    ticks: list[Tick]
    window: tuple[float, float]
    undrawn: int


def draw_timeline(result: Result) -> TimelinePicture | None:
    """Return the picture, or None when there is no step with a time."""
    dated = [one for one in result.timeline if one.time][:_MOST_MARKS]
    intrusion = result.intrusion
    times = [time for one in dated for time in (one.time, one.end)] + [intrusion.first_seen, intrusion.last_seen]
    axis = TimeAxis.around(times, LEFT, WIDTH - 10)
    if not dated or axis is None:
        return None
    rows = [_row(tactic, number, dated, axis) for number, tactic in enumerate(_tactics(dated))]
    start = axis.x(intrusion.first_seen) if intrusion.first_seen else axis.left
    end = axis.x(intrusion.last_seen) if intrusion.last_seen else axis.right
    return TimelinePicture(
        width=WIDTH,
        height=TOP + ROW * len(rows) + 30,
        left=LEFT,
        row=ROW,
        rows=rows,
        ticks=axis.ticks(),
        window=(start, max(end - start, 2.0)),
        undrawn=len(result.timeline) - len(dated),
    )


def _tactics(entries: list[TimelineEntry]) -> list[str]:
    """Return the tactics in the order in which an intrusion usually goes, unknown ones last."""
    order = list(words()["tactics"])
    used = {one.tactic for one in entries}
    return [one for one in order if one in used] + sorted(used - set(order))


def _row(tactic: str, number: int, entries: list[TimelineEntry], axis: TimeAxis) -> TimelineRow:
    mine = [one for one in entries if one.tactic == tactic]
    label = words()["tactics"].get(tactic, tactic or "Other steps")
    return TimelineRow(label, TOP + number * ROW, [_mark(one, axis) for one in mine], sum(one.events for one in mine))


def _mark(entry: TimelineEntry, axis: TimeAxis) -> Mark:
    x = axis.x(entry.time)
    end = axis.x(entry.end) if entry.end else x
    width = max(end - x, _LEAST_MARK)
    return Mark(min(x, axis.right - width), width, entry)
