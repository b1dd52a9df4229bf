"""The searches picture: when the intruder searched, and for what, one row for each topic or person."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable
from dataclasses import dataclass

from vigilia.model.result import Result, SearchAct
from vigilia.report.html.time_axis import Tick, TimeAxis
from vigilia.report.html.topics_picture import topic_name
from vigilia.report.safe_text import safe_text

__all__ = ["SearchesPicture", "SearchesRow", "draw_searches"]

WIDTH = 760.0
LEFT = 195.0
ROW = 30.0
TOP = 12.0
_MOST_ROWS = 10
_LABEL = 24
_OURS = 0.5


@dataclass(frozen=True, slots=True)
class SearchesRow:
    """Searches for one topic or person: how many, and the places of their dots."""

    label: str
    y: float
    dots: list[int]
    searches: int


@dataclass(frozen=True, slots=True)
class SearchesPicture:
    """Places in picture units; `undated` searches have no known time and no dot."""

    width: float
    height: float
    left: float
    rows: list[SearchesRow]
    ticks: list[Tick]
    undated: int


def draw_searches(result: Result) -> SearchesPicture | None:
    """Return the picture, or None where no search of the intruder has a time.

    A search that names two topics stands in both rows; one that names nothing drawn stands in the last.
    """
    theirs = [one for one in result.searches if one.intruder_probability >= _OURS]
    axis = TimeAxis.around([one.time for one in theirs], LEFT, WIDTH - 14)
    if axis is None:
        return None
    groups = [(label, group) for label, group in _groups(result, theirs) if group]
    rows = [_row(label, group, number, axis) for number, (label, group) in enumerate(groups)]
    undated = sum(not one.time for one in theirs)
    return SearchesPicture(WIDTH, TOP + ROW * len(rows) + 30, LEFT, rows, axis.ticks(), undated)


def _groups(result: Result, theirs: list[SearchAct]) -> Iterable[tuple[str, list[SearchAct]]]:
    named = [one for one in result.targeting.topics + result.targeting.persons if one.intruder_count]
    named = sorted(named, key=lambda one: (-one.intruder_count, one.id))[:_MOST_ROWS]
    for topic in named:
        yield topic_name(topic), [one for one in theirs if topic.id in (*one.topics, *one.persons)]
    drawn = {one.id for one in named}
    yield "Anything else", [one for one in theirs if not drawn & {*one.topics, *one.persons}]


def _row(label: str, group: list[SearchAct], number: int, axis: TimeAxis) -> SearchesRow:
    return SearchesRow(
        label=textwrap.shorten(safe_text(label), _LABEL, placeholder="…") or safe_text(label)[:_LABEL],
        y=TOP + number * ROW,
        # Dots on one place look like one: a thousand searches take no more room than the picture is wide.
        dots=sorted({round(axis.x(one.time)) for one in group if one.time}),
        searches=len(group),
    )
