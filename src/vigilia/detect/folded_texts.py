"""Texts as literals are looked for in them: as they are where they are ASCII, else with their cases folded."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from vigilia.sigma.folding import fold

__all__ = ["folded_texts"]

Texts = tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]
"""Bytes, and where each text begins and ends in them."""

_CODE_POINTS = 0x110000
_BLOCK = 256  # code points of which the folds are looked up at once
_SURROGATES = range(0xD800, 0xE000)
_ROOM = 4


def folded_texts(arena: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Texts:
    """Return texts of which those that are not ASCII have their cases folded.

    Args:
        arena: UTF-8.
        starts: where each text begins, ascending.
        ends: where each ends.
    """
    from vigilia.detect import folding_kernels  # loading Numba takes longer than many a whole run

    numbers = np.empty(len(ends), dtype=np.int64)
    numbers = numbers[: folding_kernels.beyond_ascii(arena, starts, ends, numbers)]
    if not len(numbers):
        return arena, starts, ends
    arena, starts, ends = arena[starts[0] : ends[-1]], starts - starts[0], ends - starts[0]
    chosen = starts[numbers], ends[numbers]
    # No character takes more than half as many bytes again when it is folded: ⱥ takes three, Ⱥ two.
    folded = np.empty(int((chosen[1] - chosen[0]).sum()) * 3 // 2 + _ROOM, dtype=np.uint8)
    folded_ends = np.zeros(len(numbers), dtype=np.int64)
    folds, done = _folds(), 0
    while done < len(numbers):
        done, unknown = folding_kernels.fold_texts(arena, *chosen, done, folds, folded, folded_ends)
        if done < len(numbers):
            _learn(folds, unknown)
    starts[numbers] = len(arena) + np.concatenate((np.zeros(1, dtype=np.int64), folded_ends[:-1]))
    ends[numbers] = len(arena) + folded_ends
    return np.concatenate((arena, folded[: folded_ends[-1]])), starts, ends


@cache
def _folds() -> NDArray[np.int32]:
    """Return the table of code points; what is not known is looked up when it is met."""
    return np.full(_CODE_POINTS, -1, dtype=np.int32)


def _learn(folds: NDArray[np.int32], point: int) -> None:
    """Look up the folds of a block of code points."""
    first = point - point % _BLOCK
    for one in range(first, first + _BLOCK):
        folds[one] = one if one in _SURROGATES else ord(fold(chr(one)))
