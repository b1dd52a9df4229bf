"""JSON strings (RFC 8259, section 7): where one ends, and what it says."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from vigilia.readers.byte_kernels import Bytes, byte_mask, copy_roughly, first_bit, inlined, special_mask
from vigilia.readers.utf8_kernels import write_utf8

__all__ = ["copy_text", "string_end"]

_LANES: Final = 64
_QUOTE, _BACKSLASH = 0x22, 0x5C
_NEWLINE, _RETURN, _ZERO, _NINE = 0x0A, 0x0D, 0x30, 0x39
_NONE: Final = np.uint64(0)
_ONE: Final = np.uint64(1)
_ODD_BITS: Final = np.uint64(0xAAAAAAAAAAAAAAAA)
_TOP: Final = np.uint64(63)

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""


@inlined
def string_end(block: Bytes, at: int, end: int) -> int:
    """Return the place of the quote that closes a string whose first character is at `at`, or -1 where none does.

    Which quotes are escaped is worked out for 64 bytes at a time (Langdale and Lemire, "Parsing gigabytes of JSON per
    second", VLDB Journal 28, 2019, section 3.1.1).
    """
    carried = _NONE  # 1 where the last byte before these escapes the first of them
    while at < end:
        quotes = byte_mask(block, at, _QUOTE)
        escapes = byte_mask(block, at, _BACKSLASH)
        if escapes | carried:
            starting = escapes & ~carried
            series = ((starting << _ONE) | _ODD_BITS) - starting
            codes = series ^ _ODD_BITS
            quotes &= ~(codes ^ (escapes | carried))
            carried = (codes & escapes) >> _TOP
        if quotes:
            found = at + first_bit(quotes)
            return found if found < end else -1
        at += _LANES
    return -1


@inlined
def copy_text(block: Bytes, at: int, end: int, to: Bytes, place: int) -> int:
    """Copy a string's content, unescaped; return where it ends, or -1 where it is no valid text."""
    while at < end:
        special = special_mask(block, at)
        plain = min(first_bit(special), end - at)
        copy_roughly(block, at, to, place, plain)
        at += plain
        place += plain
        if special != _NONE and at < end:
            at, place = _copy_special(block, at, end, to, place)
            if at < 0:
                return -1
    return place


@inlined
def _copy_special(block: Bytes, at: int, end: int, to: Bytes, place: int) -> tuple[int, int]:
    """Copy an escape or a character beyond ASCII; return the places behind it, the first -1 where it is not valid."""
    if block[at] == _BACKSLASH:
        return _copy_escape(block, at, end, to, place)
    length = _character_length(block, at, end)
    copy_roughly(block, at, to, place, length)
    return (at + length if length else -1), place + length


@inlined
def _character_length(block: Bytes, at: int, end: int) -> int:
    """Return how many bytes a character beyond ASCII takes, or 0 where it is not valid UTF-8 (RFC 3629, section 4)."""
    first = _signed(block[at])
    if 0xC2 <= first <= 0xDF:
        length, low, high = 2, 0x80, 0xBF
    elif 0xE0 <= first <= 0xEF:
        length, low, high = 3, 0xA0 if first == 0xE0 else 0x80, 0x9F if first == 0xED else 0xBF
    elif 0xF0 <= first <= 0xF4:
        length, low, high = 4, 0x90 if first == 0xF0 else 0x80, 0x8F if first == 0xF4 else 0xBF
    else:
        return 0
    if at + length > end or not low <= block[at + 1] <= high:
        return 0
    for step in range(2, length):
        if block[at + step] & 0xC0 != 0x80:
            return 0
    return length


@inlined
def _copy_escape(block: Bytes, at: int, end: int, to: Bytes, place: int) -> tuple[int, int]:
    """Unescape what begins with a backslash."""
    letter = block[at + 1]
    if at + 1 < end and letter == 0x75:
        return _copy_code_point(block, at, end, to, place)
    plain = _plain_escape(letter)
    if at + 1 >= end or plain < 0:
        return -1, place
    to[place] = plain
    return at + 2, place + 1


@inlined
def _plain_escape(letter: int) -> int:
    """Return the character that a letter behind a backslash stands for, or -1."""
    if letter in (_QUOTE, _BACKSLASH, 0x2F):
        return letter
    if letter == 0x6E:
        return _NEWLINE
    if letter == 0x72:
        return _RETURN
    if letter == 0x74:
        return 0x09
    if letter == 0x62:
        return 0x08
    return 0x0C if letter == 0x66 else -1


@inlined
def _copy_code_point(block: Bytes, at: int, end: int, to: Bytes, place: int) -> tuple[int, int]:
    r"""Write `\uXXXX`, or a pair of such for one character, as UTF-8; half of a pair is not valid."""
    point = _hexadecimal(block, at + 2, end)
    at += 6
    if 0xD800 <= point < 0xDC00 and at + 1 < end and block[at] == _BACKSLASH and block[at + 1] == 0x75:
        low = _hexadecimal(block, at + 2, end)
        if not 0xDC00 <= low < 0xE000:
            return -1, place
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
        at += 6
    if point < 0 or 0xD800 <= point < 0xE000:
        return -1, place
    return at, place + write_utf8(point, to, place)


@inlined
def _hexadecimal(block: Bytes, at: int, end: int) -> int:
    """Return the number that four digits stand for, or -1."""
    number = 0
    for step in range(4):
        digit = _signed(block[at + step])
        letter = digit | 0x20
        if _ZERO <= digit <= _NINE:
            number = number * 16 + digit - _ZERO
        elif 0x61 <= letter <= 0x66:
            number = number * 16 + letter - 0x61 + 10
        else:
            return -1
    return number if at + 4 <= end else -1
