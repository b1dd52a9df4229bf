"""JSON numbers, `true` and `false`: where one ends whose text is the one that stands there."""

from __future__ import annotations

from typing import Final

import numpy as np

from vigilia.readers.byte_kernels import Bytes, inlined, load_word

__all__ = ["word_end"]

_MINUS, _POINT, _ZERO, _NINE = 0x2D, 0x2E, 0x30, 0x39
_NONE: Final = np.uint64(0)
_FOUR_BYTES: Final = np.uint64(0xFFFFFFFF)
_TRUE: Final = np.uint64(int.from_bytes(b"true", "little"))
_FALS: Final = np.uint64(int.from_bytes(b"fals", "little"))
_MOST_DIGITS: Final = 19  # of an integer that fits 64 bits, whatever they are
_LEAST_INTEGER: Final = np.uint64(1 << 63)  # without its sign
_EXACT: Final = np.uint64(1 << 52)  # a decimal number with fewer units in the last place is printed as it was read


@inlined
def word_end(block: Bytes, at: int, end: int) -> int:
    """Return where `true`, `false` or a number ends, or -1 where it is none whose text is the one that stands here."""
    word = load_word(block, at) & _FOUR_BYTES
    if word == _TRUE:
        return at + 4
    if word == _FALS:
        return at + 5 if block[at + 4] == 0x65 else -1
    return _number_end(block, at, end)


@inlined
def _number_end(block: Bytes, at: int, end: int) -> int:
    negative = block[at] == _MINUS
    start = at + 1 if negative else at
    at, number = _digits(block, start, end, _NONE)
    digits = at - start
    if not 1 <= digits <= _MOST_DIGITS or (block[start] == _ZERO and digits > 1):
        return -1
    if block[at] == _POINT:
        return _fraction_end(block, at + 1, end, number)
    # -0 is printed as 0; below -2^63 a number is no integer any more.
    if negative and (number == _NONE or number > _LEAST_INTEGER):
        return -1
    return at if block[at] | 0x20 != 0x65 else -1


@inlined
def _digits(block: Bytes, at: int, end: int, number: np.uint64) -> tuple[int, np.uint64]:
    """Return where the digits end, and the number to which they were appended; more than 20 may overflow it."""
    while at < end and _ZERO <= block[at] <= _NINE:
        number = number * np.uint64(10) + np.uint64(block[at] - _ZERO)
        at += 1
    return at, number


@inlined
def _fraction_end(block: Bytes, start: int, end: int, whole: np.uint64) -> int:
    """Return where a fraction ends, or -1 where its shortest form may be another than the one that stands here."""
    at, number = _digits(block, start, end, whole)
    digits = at - start
    if not 1 <= digits <= _MOST_DIGITS or whole >= _EXACT or number >= _EXACT or block[at] | 0x20 == 0x65:
        return -1
    if block[at - 1] == _ZERO and digits > 1:
        return -1
    small = whole == _NONE and block[start] == _ZERO and digits > 1  # 0.00001 is printed as 1e-5
    return -1 if small else at
