"""The topics picture: how often the intruder and everyone else searched for a topic, and how sure that is."""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from vigilia.model.result import Result, TopicCount
from vigilia.report.safe_text import safe_text

__all__ = ["TopicRow", "TopicsPicture", "draw_topics"]

WIDTH = 760.0
BARS = 190.0
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
    """One topic or person: its label in two lines at most, bar lengths, shares, and the interval's places."""

    topic: TopicCount
    label: list[str]
    y: float
    intruder: float
    baseline: float
    intruder_share: float
    baseline_share: float
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
    drawn = topics[:_MOST_ROWS]
    reach = min(max([abs(end) for one in drawn for end in one.interval] + [_LEAST_REACH]), _MOST_REACH)
    shares = [(_share(one.intruder_count, targeting.intruder_searches),
               _share(one.baseline_count, targeting.other_searches)) for one in drawn]  # fmt: skip
    widest = max([share for pair in shares for share in pair] + [0.01])
    rows = [
        _row(one, TOP + n * ROW, pair, widest, reach) for n, (one, pair) in enumerate(zip(drawn, shares, strict=True))
    ]
    zero = (ODDS_LEFT + ODDS_RIGHT) / 2
    return TopicsPicture(
        WIDTH, TOP + ROW * len(rows) + 8, BARS_LEFT, ODDS_LEFT, ODDS_RIGHT, zero, rows, len(topics) - len(drawn)
    )


def _share(count: int, whole: int) -> float:
    return min(count / whole, 1.0) if whole else 0.0


def _row(topic: TopicCount, y: float, shares: tuple[float, float], widest: float, reach: float) -> TopicRow:
    low, high = sorted(topic.interval)
    return TopicRow(
        topic=topic,
        label=textwrap.wrap(safe_text(topic.label), _LABEL, max_lines=2, placeholder="…") or [""],
        y=y,
        intruder=BARS * shares[0] / widest,
        baseline=BARS * shares[1] / widest,
        intruder_share=shares[0],
        baseline_share=shares[1],
        low=_place(low, reach),
        middle=_place(topic.log_odds, reach),
        high=_place(high, reach),
        apart=low > 0 or high < 0,
    )


def _place(odds: float, reach: float) -> float:
    middle, half = (ODDS_LEFT + ODDS_RIGHT) / 2, (ODDS_RIGHT - ODDS_LEFT) / 2
    return middle + min(max(odds / reach, -1.0), 1.0) * half
