"""How differently two groups use a word: log odds with an informative Dirichlet prior.

Monroe, Colaresi & Quinn, "Fightin' Words: Lexical Feature Selection and Evaluation for Identifying the Content of
Political Conflict", Political Analysis 16(4), 2008, equations 16 to 20.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

__all__ = ["LogOdds", "compare", "share_interval"]

# The prior weighs like this many searches, spread over topics as all searches together are; and half a search for each
# topic, so that a topic which one group never names gives a wide interval and not an infinite one.
_PRIOR_SEARCHES = 5.0
_PRIOR_TOPIC = 0.5
_NORMAL_95 = 1.959964


@dataclass(frozen=True, slots=True)
class LogOdds:
    """The difference of log odds (positive: the first group names it more) and its 95 % interval."""

    value: float
    low: float
    high: float


def compare(first: int, first_total: int, second: int, second_total: int) -> LogOdds:
    """Compare how often two groups of searches name a topic.

    `first` and `second` are the searches that name it, the totals all searches of the group.
    """
    share = (first + second + 0.5) / (first_total + second_total + 1.0)
    prior = _PRIOR_TOPIC + _PRIOR_SEARCHES * share
    rest = _PRIOR_TOPIC + _PRIOR_SEARCHES * (1.0 - share)
    value = math.log((first + prior) / (first_total - first + rest))
    value -= math.log((second + prior) / (second_total - second + rest))
    spread = _NORMAL_95 * math.sqrt(1.0 / (first + prior) + 1.0 / (second + prior))
    return LogOdds(round(value, 4), round(value - spread, 4), round(value + spread, 4))


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Return the 95 % interval of a share (Wilson 1927), 0 to 1; the whole range where there is nothing to count."""
    if total == 0:
        return (0.0, 1.0)
    square = _NORMAL_95**2
    share = count / total
    middle = (share + square / (2 * total)) / (1 + square / total)
    half = _NORMAL_95 * math.sqrt(share * (1 - share) / total + square / (4 * total**2)) / (1 + square / total)
    return (round(max(0.0, middle - half), 4), round(min(1.0, middle + half), 4))
