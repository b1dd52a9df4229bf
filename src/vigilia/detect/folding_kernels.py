"""Case folding of many texts at once, compiled with Numba: the answer is that of `sigma.folding.fold`."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import Bytes, compiled, inlined, load_word
from vigilia.readers.utf8_kernels import write_utf8

__all__ = ["UNKNOWN", "beyond_ascii", "fold_texts"]

UNKNOWN: Final = -1

_WORD: Final = 8
_HIGH: Final = np.uint64(0x8080808080808080)
_NONE: Final = np.uint64(0)
_signed: Any = np.int64


@compiled
def beyond_ascii(arena: Bytes, starts: NDArray[np.int64], ends: NDArray[np.int64], numbers: NDArray[np.int64]) -> int:
    """Write the numbers of the texts that are not ASCII; return how many there are."""
    count = 0
    for text in range(len(ends)):
        at, end = starts[text], ends[text]
        while at + _WORD <= end and load_word(arena, at) & _HIGH == _NONE:
            at += _WORD
        for step in range(at, min(at + _WORD, end)):
            if arena[step] & 0x80:
                numbers[count] = text
                count += 1
                break
    return count


@inlined
def _code_point(arena: Bytes, at: int, end: int) -> tuple[int, int]:
    """Return the character beyond ASCII that begins here, and how many bytes it takes; 0 where it is cut off."""
    first = _signed(arena[at])
    length = 4 if first >= 0xF0 else 3 if first >= 0xE0 else 2
    if at + length > end:
        return 0, 1
    point = first & (0x7F >> length)
    for step in range(1, length):
        point = point << 6 | (_signed(arena[at + step]) & 0x3F)
    return point, length


@compiled
def fold_texts(
    arena: Bytes,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    first: int,
    folds: NDArray[np.int32],
    folded: Bytes,
    folded_ends: NDArray[np.int64],
) -> tuple[int, int]:
    """Write texts with their cases folded, one behind the other.

    Args:
        arena: UTF-8.
        starts: where each text begins.
        ends: where each ends.
        first: the text to begin with; those before it are written already.
        folds: code point → folded, or `UNKNOWN`.
        folded: takes the texts; has room for one and a half times their bytes, and four more.
        folded_ends: takes for each where it ends in `folded`.

    Returns:
        The text to go on with (the number of texts where all is done), and the code point that was not known there.
    """
    place = folded_ends[first - 1] if first else 0
    for text in range(first, len(ends)):
        at, end = starts[text], ends[text]
        while at < end:
            byte = arena[at]
            if byte < 0x80:
                folded[place] = byte + 32 if 0x41 <= byte <= 0x5A else byte
                at += 1
                place += 1
                continue
            point, length = _code_point(arena, at, end)
            point = point if point < len(folds) else 0
            if folds[point] < 0:
                return text, point
            at += length
            place += write_utf8(folds[point], folded, place)
        folded_ends[text] = place
    return len(ends), 0
