"""A table from 64-bit keys to numbers that is asked for many keys at once, most of which it does not hold."""

from __future__ import annotations

import functools

import numpy as np
import numpy.typing as npt

__all__ = ["KeyTable", "Keys", "Numbers", "all_runs"]

Keys = npt.NDArray[np.uint64]
Numbers = npt.NDArray[np.int64]

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 divided by the golden ratio: spreads keys over the high bits
_CELLS_PER_KEY = 8


class KeyTable:
    """Keys (many may be alike) and the number that each stands for.

    A question costs the same whether the table holds a thousand keys or a million: most are answered by one look
    into a filter, an array with eight cells for each key.
    """

    def __init__(self, keys: Keys, numbers: Numbers) -> None:
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._numbers = numbers[order].astype(np.int32)
        bits = max(int(len(keys) * _CELLS_PER_KEY).bit_length(), 10)
        self._shift = np.uint64(64 - bits)
        self._filter = np.zeros(1 << bits, dtype=bool)
        self._filter[self._cells(keys)] = True

    def __len__(self) -> int:
        return len(self._keys)

    def find(self, asked: Keys) -> tuple[Numbers, Numbers]:
        """Return the places in `asked` whose keys are held, and what they stand for, side by side."""
        places = self._filter[self._cells(asked)].nonzero()[0]
        if not len(places):
            return places, places
        keys = asked[places]
        first = np.searchsorted(self._keys, keys, side="left")
        counts = np.searchsorted(self._keys, keys, side="right") - first
        total = int(counts.sum())
        steps = np.arange(total) - np.repeat(np.cumsum(counts) - counts, counts)
        return np.repeat(places, counts), self._numbers[np.repeat(first, counts) + steps].astype(np.int64)

    def _cells(self, keys: Keys) -> Keys:
        return (keys * _MULTIPLIER) >> self._shift


@functools.lru_cache(maxsize=64)
def all_runs(words: int, at_most: int) -> tuple[Numbers, Numbers]:
    """Return the first and last word of each run of up to `at_most` of so many words, the shorter runs first."""
    sizes = range(1, min(at_most, words) + 1)
    first = np.concatenate([np.arange(words - size + 1) for size in sizes])
    last = np.concatenate([np.arange(size - 1, words) for size in sizes])
    return first, last
