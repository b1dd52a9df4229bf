"""The timeline picture: what the intruder did, one row per tactic, over the window in which they were seen.

Phases are broad bars, steps lie upon them: a phase holds every record of its tactic, a step only what is told of it.
"""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.model.result import Phase, Result, TimelineEntry
from vigilia.report.html.time_axis import Tick, TimeAxis
from vigilia.report.html.words import words

__all__ = ["Mark", "Stretch", "TimelinePicture", "TimelineRow", "draw_timeline"]

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
class Stretch:
    """One phase: its place and length."""

    x: float
    width: float
    phase: Phase


@dataclass(frozen=True, slots=True)
class TimelineRow:
    """One tactic: its phases, its steps, and how many records they have (those of the phases, where there are any)."""

    label: str
    y: float
    stretches: list[Stretch]
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
    times += [time for one in intrusion.phases for time in (one.first_time, one.last_time)]
    axis = TimeAxis.around(times, LEFT, WIDTH - 10) or axis
    used = {one.tactic for one in dated} | {one.tactic for one in intrusion.phases}
    rows = [_row(tactic, number, dated, intrusion.phases, axis) for number, tactic in enumerate(_in_order(used))]
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


def _in_order(used: set[str]) -> list[str]:
    """Return the tactics in the order in which an intrusion usually goes, unknown ones last."""
    order = list(words()["tactics"])
    return [one for one in order if one in used] + sorted(used - set(order))


def _row(tactic: str, number: int, entries: list[TimelineEntry], phases: list[Phase], axis: TimeAxis) -> TimelineRow:
    mine = [one for one in entries if one.tactic == tactic]
    stretches = [_stretch(one, axis) for one in phases if one.tactic == tactic]
    label = words()["tactics"].get(tactic, tactic or "Other steps")
    events = sum(one.phase.count for one in stretches) or sum(one.events for one in mine)
    return TimelineRow(label, TOP + number * ROW, stretches, [_mark(one, axis) for one in mine], events)


def _stretch(phase: Phase, axis: TimeAxis) -> Stretch:
    x = axis.x(phase.first_time)
    width = max(axis.x(phase.last_time) - x, _LEAST_MARK)
    return Stretch(min(x, axis.right - width), width, phase)


def _mark(entry: TimelineEntry, axis: TimeAxis) -> Mark:
    x = axis.x(entry.time)
    end = axis.x(entry.end) if entry.end else x
    width = max(end - x, _LEAST_MARK)
    return Mark(min(x, axis.right - width), width, entry)
