"""The topics picture: how often the intruder and everyone else searched for a topic, and how sure that is."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from vigilia.model.result import Result, TopicCount
from vigilia.report.safe_text import safe_text
from vigilia.targeting.comparison.log_odds import share_interval

__all__ = ["TopicRow", "TopicsPicture", "draw_topics", "topic_name"]

WIDTH = 760.0
# Short enough that the numbers behind the bars are seen on a telephone before the picture scrolls (390 px wide).
BARS = 145.0
BARS_LEFT = 195.0
ODDS_LEFT = 500.0
ODDS_RIGHT = 745.0
ROW = 44.0
TOP = 56.0
_MOST_ROWS = 12
_LABEL = 24
_LEAST_REACH = 2.0
_MOST_REACH = 5.0


@dataclass(frozen=True, slots=True)
class TopicRow:
    """One topic or person: its label in two lines at most, bars, shares and intervals, and places of the odds."""

    topic: TopicCount
    label: list[str]
    y: float
    intruder: float
    baseline: float
    intruder_share: float
    baseline_share: float
    intruder_reach: tuple[float, float]
    baseline_reach: tuple[float, float]
    low: float
    middle: float
    high: float
    apart: bool


@dataclass(frozen=True, slots=True)
class TopicsPicture:
    """Places in picture units; `zero` is where both search equally often."""

    width: float
    height: float
    bars_left: float
    odds_left: float
    odds_right: float
    zero: float
    rows: list[TopicRow]
    undrawn: int


def draw_topics(result: Result) -> TopicsPicture | None:
    """Return the picture, or None when no topic was found."""
    targeting = result.targeting
    topics = targeting.topics + targeting.persons
    if not topics:
        return None
    # What only everyone else searched for says nothing of the intruder: it is left to the table.
    named = [one for one in topics if one.intruder_count] or topics
    # Most searched for first, so that a person is not left out for a topic that was searched for once.
    drawn = sorted(named, key=lambda one: (-one.intruder_count, one.id))[:_MOST_ROWS]
    reach = min(max([abs(end) for one in drawn for end in one.interval] + [_LEAST_REACH]), _MOST_REACH)
    totals = (targeting.intruder_searches, targeting.other_searches)
    widest = max([share_interval(count, total)[1] for one in drawn for count, total in _counts(one, totals)] + [0.01])
    rows = [_row(one, TOP + number * ROW, totals, widest, reach) for number, one in enumerate(drawn)]
    zero = (ODDS_LEFT + ODDS_RIGHT) / 2
    return TopicsPicture(
        WIDTH, TOP + ROW * len(rows) + 8, BARS_LEFT, ODDS_LEFT, ODDS_RIGHT, zero, rows, len(topics) - len(drawn)
    )


def topic_name(topic: TopicCount) -> str:
    """Return what a topic is called; a watched person is known by an id only."""
    return f"Watched person {topic.id}" if topic.label in ("", topic.id) else topic.label


def _counts(topic: TopicCount, totals: tuple[int, int]) -> list[tuple[int, int]]:
    return [(topic.intruder_count, totals[0]), (topic.baseline_count, totals[1])]


def _row(topic: TopicCount, y: float, totals: tuple[int, int], widest: float, reach: float) -> TopicRow:
    low, high = sorted(topic.interval)
    shares = [min(count / whole, 1.0) if whole else 0.0 for count, whole in _counts(topic, totals)]
    reaches = [_reach(count, whole, widest) for count, whole in _counts(topic, totals)]
    return TopicRow(
        topic=topic,
        label=textwrap.wrap(safe_text(topic_name(topic)), _LABEL, max_lines=2, placeholder="…") or [""],
        y=y,
        intruder=BARS * shares[0] / widest,
        baseline=BARS * shares[1] / widest,
        intruder_share=shares[0],
        baseline_share=shares[1],
        intruder_reach=reaches[0],
        baseline_reach=reaches[1],
        low=_place(low, reach),
        middle=_place(topic.log_odds, reach),
        high=_place(high, reach),
        apart=low > 0 or high < 0,
    )


def _reach(count: int, whole: int, widest: float) -> tuple[float, float]:
    """Where the 95 % interval of a share stands; without any search there is none."""
    low, high = share_interval(min(count, whole), whole) if whole else (0.0, 0.0)
    return BARS_LEFT + BARS * low / widest, BARS_LEFT + BARS * high / widest


def _place(odds: float, reach: float) -> float:
    middle, half = (ODDS_LEFT + ODDS_RIGHT) / 2, (ODDS_RIGHT - ODDS_LEFT) / 2
    return middle + min(max(odds / reach, -1.0), 1.0) * half
