"""Record numbers that stay unique within an item, in bounded memory."""

from __future__ import annotations

import bisect
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vigilia.model.records import LEFTOVER_RECORDS

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
        self._leftovers = 0

    def claim(self, number: int) -> int:
        """Return `number` where it is free and possible, else a substitute."""
        if not 0 <= number < SUBSTITUTES or not self._mark(number):
            self._substituted += 1
            return SUBSTITUTES + self._substituted - 1
        return number

    def claim_all(self, numbers: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return what `claim` gives for one number after the other; runs that are free cost next to nothing."""
        if len(numbers) and bool((np.diff(numbers) == 1).all()) and self._mark_run(int(numbers[0]), int(numbers[-1])):
            return numbers
        return np.array([self.claim(number) for number in numbers.tolist()], dtype=np.int64)

    def _mark_run(self, first: int, last: int) -> bool:
        """Claim a run of numbers, unless one of them is not free."""
        at = bisect.bisect_right(self._starts, first)
        behind = at == 0 or first > self._ends[at - 1]
        before = at == len(self._starts) or last < self._starts[at]
        if not (first >= 0 and last < SUBSTITUTES and behind and before and self._mark(first)):
            return False
        self._ends[bisect.bisect_right(self._starts, first) - 1] = last
        return True

    def leftover(self) -> int:
        """Return a number for a record that no log holds any more."""
        self._leftovers += 1
        return LEFTOVER_RECORDS + self._leftovers - 1

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
