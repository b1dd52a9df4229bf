"""Record numbers that stay unique within an item, in bounded memory."""

from __future__ import annotations

import bisect
from typing import Final

__all__ = ["SUBSTITUTES", "RecordNumbers"]

SUBSTITUTES: Final = 1 << 62
"""Substitute numbers start here: beyond any number that a log gives itself."""

_MOST_RUNS = 100_000


class RecordNumbers:
    """Claims each number once; a repeated or impossible one is replaced by `SUBSTITUTES` plus an ordinal.

    Numbers claimed are kept as runs of consecutive ones, so that a log of millions of records takes a few bytes.
    """

    def __init__(self) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        self._substituted = 0

    def claim(self, number: int) -> int:
        """Return `number` where it is free and possible, else a substitute."""
        if not 0 <= number < SUBSTITUTES or not self._mark(number):
            self._substituted += 1
            return SUBSTITUTES + self._substituted - 1
        return number

    def _mark(self, number: int) -> bool:
        at = bisect.bisect_right(self._starts, number)
        if at and number <= self._ends[at - 1]:
            return False
        if at and number == self._ends[at - 1] + 1:
            self._ends[at - 1] = number
            return True
        if len(self._starts) >= _MOST_RUNS:
            return False
        self._starts.insert(at, number)
        self._ends.insert(at, number)
        return True
