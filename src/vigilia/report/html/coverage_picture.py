"""The coverage picture: which log speaks for which day, with the gaps, under the window of the intrusion."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from vigilia.impact.coverage_states import kinds_of_gap
from vigilia.knowledge.log_sources import source_label
from vigilia.model.result import CoverageRow, DayState, Gap, Result
from vigilia.report.html.time_axis import Tick, TimeAxis
from vigilia.report.html.words import words

__all__ = ["CoveragePicture", "CoverageStrip", "Hatching", "draw_coverage"]

Pattern = Literal["gone", "some", "cut", "unkept", "clock"]

WIDTH = 760.0
LEFT = 200.0
ROW = 38.0
TOP = 34.0
BAR = 22.0
_MOST_ROWS = 24
_NO_DAYS = ("clock", "missing-part", "repeated", "empty-result", "left-over")  # gaps that are no days of a log
# A single record with a wrong clock must not stretch the picture over decades: days outside these quantiles of the
# events are left out when the whole would be longer than this many days.
_LONGEST_DAYS = 900
_QUANTILES = (0.005, 0.995)
_LEAST_WIDTH = 2.0
_BAND = 8.0  # of what is said of days with records, above their bars
# Told apart by their lines and dots, not by colour. Days that are present, or quiet, have none.
_PATTERNS: Final[Mapping[DayState, Pattern]] = {
    "absent": "gone",
    "cleared": "gone",
    "switched-off": "gone",
    "thinned": "some",
    "throttled": "some",
    "unread": "cut",
    "cut-by-export": "cut",
    "past-retention": "unkept",
    "never-enabled": "unkept",
    "skewed": "clock",
}


@dataclass(frozen=True, slots=True)
class Hatching:
    """A time of which a log does not say all: left end, width, height, why in words, and how it is drawn.

    Where some of its records are here, it is a band above their bars.
    """

    x: float
    width: float
    height: float
    why: str
    pattern: Pattern


@dataclass(frozen=True, slots=True)
class CoverageStrip:
    """One log source on one host or account.

    Attributes:
        path: SVG path of one bar per day, its height by the day's number of events.
        hatched: the days of which the log does not say all.
    """

    label: str
    entity: str
    y: float
    path: str
    hatched: list[Hatching]


@dataclass(frozen=True, slots=True)
class CoveragePicture:
    """Places in picture units; `window` is left end and width of the intrusion, None without one.

    `legend` names the patterns that occur, in words.
    """

    width: float
    height: float
    left: float
    bar: float
    strips: list[CoverageStrip]
    ticks: list[Tick]
    window: tuple[float, float] | None
    undrawn_rows: int
    undrawn_days: int
    legend: list[tuple[Pattern, str]]


def draw_coverage(result: Result) -> CoveragePicture | None:
    """Return the picture, or None when no log has a day."""
    keys = _keys(result)
    axis = _axis(result)
    if axis is None:
        return None
    drawn = keys[:_MOST_ROWS]
    strips = [_strip(result, key, TOP + number * ROW, axis) for number, key in enumerate(drawn)]
    outside = sum(1 for row in result.coverage for day in row.days if not axis.holds_day(day))
    return CoveragePicture(
        width=WIDTH,
        height=TOP + ROW * len(strips) + 30,
        left=LEFT,
        bar=BAR,
        strips=strips,
        ticks=axis.ticks(),
        window=_window(result, axis),
        undrawn_rows=len(keys) - len(drawn),
        undrawn_days=outside,
        legend=_legend(strips),
    )


def _legend(strips: Sequence[CoverageStrip]) -> list[tuple[Pattern, str]]:
    used = {one.pattern for strip in strips for one in strip.hatched}
    return [(one, words()["patterns"][one]) for one in dict.fromkeys(_PATTERNS.values()) if one in used]


def _keys(result: Result) -> list[tuple[str, str]]:
    """Return (source, entity) of every log, then of gaps in logs that are not there."""
    keys = [(one.source, one.entity) for one in result.coverage]
    sources = {source for source, _ in keys}
    for gap in _holes(result):
        key = (gap.source, gap.entity)
        has_row = gap.source in sources if not gap.entity else key in keys
        if not has_row and key not in keys:
            keys.append(key)
    return keys


def _holes(result: Result) -> list[Gap]:
    """Return the gaps in which days of a log lack: no uncertain clock, no file or part of one, nothing of no log."""
    files = {one.path for one in result.evidence}
    return [one for one in result.gaps if one.source and one.kind not in _NO_DAYS and one.entity not in files]


def _axis(result: Result) -> TimeAxis | None:
    intrusion = result.intrusion
    days = _central_days(result.coverage)
    times = [f"{one}T{clock}.000000Z" for one in days for clock in ("00:00:00", "23:59:59")]
    return TimeAxis.around([*times, intrusion.first_seen, intrusion.last_seen], LEFT, WIDTH - 10) if days else None


def _central_days(rows: Sequence[CoverageRow]) -> tuple[str, ...]:
    """Return the first and last day to draw."""
    counted: dict[str, int] = {}
    for row in rows:
        for day, count in row.days.items():
            counted[day] = counted.get(day, 0) + count
    days = sorted(counted)
    if len(days) < 2 or _days_between(days[0], days[-1]) <= _LONGEST_DAYS:
        return tuple(days[:1] + days[-1:])
    total, running, kept = sum(counted.values()), 0, []
    for day in days:
        if running + counted[day] > total * _QUANTILES[0] and running < total * _QUANTILES[1]:
            kept.append(day)
        running += counted[day]
    return (kept[0], kept[-1]) if kept else (days[0], days[-1])


def _days_between(first: str, last: str) -> int:
    return (dt.date.fromisoformat(last) - dt.date.fromisoformat(first)).days


def _strip(result: Result, key: tuple[str, str], y: float, axis: TimeAxis) -> CoverageStrip:
    source, entity = key
    row = next((one for one in result.coverage if (one.source, one.entity) == key), None)
    hatched = list(_hatched_days(row, axis)) if row is not None and row.states else _hatched_gaps(result, key, axis)
    label = words()["sources"].get(source) or source_label(source)
    return CoverageStrip(label, entity, y, _bars(row.days if row is not None else {}, y, axis), hatched)


def _hatched_days(row: CoverageRow, axis: TimeAxis) -> Iterator[Hatching]:
    """Give the days of a log that are not as they should be, as far as a gap says why."""
    for run in row.states:
        pattern = _PATTERNS.get(run.state)
        start, end = axis.x_of_day(run.first_day), axis.x_of_day(run.last_day, after=1)
        if pattern and run.gap_ids and start < end:
            height = _BAND if run.recorded else BAR
            yield Hatching(start, max(end - start, _LEAST_WIDTH), height, words()["states"][run.state], pattern)


def _hatched_gaps(result: Result, key: tuple[str, str], axis: TimeAxis) -> list[Hatching]:
    """Return the gaps of a log that has no records of its own."""
    source, entity = key
    return [_hatched(one, axis) for one in _holes(result) if one.source == source and one.entity in ("", entity)]


def _hatched(gap: Gap, axis: TimeAxis) -> Hatching:
    start = axis.x(gap.start) if gap.start else axis.left
    end = axis.x(gap.end) if gap.end else axis.right
    kind = kinds_of_gap().get(gap.kind)
    pattern = _PATTERNS.get(kind.state, "gone") if kind else "gone"
    return Hatching(start, max(end - start, _LEAST_WIDTH), BAR, words()["gaps"].get(gap.kind, gap.kind), pattern)


def _bars(days: dict[str, int], y: float, axis: TimeAxis) -> str:
    most = max(days.values(), default=1)
    bars = []
    for day in sorted(one for one in days if axis.holds_day(one)):
        height = (BAR - _BAND) * (0.3 + 0.7 * math.log1p(days[day]) / math.log1p(most))
        x = axis.x_of_day(day)
        width = max(axis.x_of_day(day, after=1) - x, 1.0)
        bars.append(f"M{x:.1f} {y + BAR:.1f}v-{height:.1f}h{width:.1f}v{height:.1f}z")
    return "".join(bars)


def _window(result: Result, axis: TimeAxis) -> tuple[float, float] | None:
    first, last = result.intrusion.first_seen, result.intrusion.last_seen
    if not (first and last):
        return None
    return axis.x(first), max(axis.x(last) - axis.x(first), 2.0)
