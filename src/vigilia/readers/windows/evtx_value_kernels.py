"""Values of EVTX records as text, as the `evtx` library prints them; what it may print in another way is refused."""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from vigilia.readers.byte_kernels import Bytes, compiled, copy_bytes, inlined, load_word
from vigilia.readers.utf8_kernels import write_utf8
from vigilia.readers.windows.evtx_layout import ValueType
from vigilia.readers.windows.evtx_token_kernels import half_at, word_at

__all__ = ["only_nul", "room_for", "write_value"]

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""

_TEXT, _ANSI, _INT8, _UINT8 = int(ValueType.TEXT), int(ValueType.ANSI_TEXT), int(ValueType.INT8), int(ValueType.UINT8)
_INT16, _UINT16, _INT32, _UINT32 = (
    int(ValueType.INT16),
    int(ValueType.UINT16),
    int(ValueType.INT32),
    int(ValueType.UINT32),
)
_INT64, _UINT64, _BOOLEAN, _BINARY = (
    int(ValueType.INT64),
    int(ValueType.UINT64),
    int(ValueType.BOOLEAN),
    int(ValueType.BINARY),
)
_GUID, _FILETIME, _SYSTEMTIME, _SID = (
    int(ValueType.GUID),
    int(ValueType.FILETIME),
    int(ValueType.SYSTEMTIME),
    int(ValueType.SID),
)
_HEX32, _HEX64, _UTF8 = int(ValueType.HEX32), int(ValueType.HEX64), int(ValueType.UTF8)

_ZERO, _MINUS, _SMALL_X = 0x30, 0x2D, 0x78
_NOT_ASCII: Final = np.uint64(0xFF80FF80FF80FF80)
_LEAST_ROOM: Final = 256
_TEN: Final = np.uint64(10)
_DIGIT: Final = np.uint64(15)
_FOUR: Final = np.uint64(4)
_NOTHING: Final = np.uint64(0)
_MOST_TICKS: Final = np.uint64(2_650_152_384_000_000_000)  # the end of the year 9998
_TICKS: Final = np.uint64(10)  # of 100 ns, in a microsecond
_SECOND: Final = 1_000_000
_DAY: Final = 86_400 * _SECOND
_DAYS_TO_1601: Final = 584_694  # from 1 March of the year 0
_MOST_PARTS: Final = 15  # of a SID


@inlined
def room_for(length: int) -> int:
    """Return how many bytes the text of a value of so many bytes may take."""
    return 3 * length + _LEAST_ROOM


@inlined
def _write_text(block: Bytes, at: int, end: int, out: Bytes, place: int) -> int:
    """Write UTF-16 as UTF-8 up to NULs, behind which nothing else may follow; -1 for half of a surrogate pair."""
    while at < end:
        word = load_word(block, at)
        if at + 8 <= end and word & _NOT_ASCII == _NOTHING:
            for step in range(4):
                letter = block[at + 2 * step]
                if letter == 0:
                    return place if only_nul(block, at + 2 * step, end) else -1
                out[place] = letter
                place += 1
            at += 8
            continue
        point = half_at(block, at)
        at += 2
        if point == 0:
            return place if only_nul(block, at, end) else -1
        if 0xD800 <= point < 0xE000:
            low = half_at(block, at)
            if point >= 0xDC00 or at + 2 > end or not 0xDC00 <= low < 0xE000:
                return -1
            point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
            at += 2
        place += write_utf8(point, out, place)
    return place


@inlined
def only_nul(block: Bytes, at: int, end: int) -> bool:
    """Whether nothing but NUL follows."""
    while at < end:
        if block[at] != 0:
            return False
        at += 1
    return True


@inlined
def _write_ansi(block: Bytes, at: int, end: int, out: Bytes, place: int) -> int:
    """Write text of one byte for each character without its NULs, as code page 1252; -1 where nothing is left."""
    start = place
    while at < end:
        letter = _signed(block[at])
        if 0x80 <= letter < 0xA0:
            return -1
        if letter:
            place += write_utf8(letter, out, place)
        at += 1
    return place if place > start else -1


@inlined
def _write_number(number: np.uint64, out: Bytes, place: int) -> int:
    """Write a number in decimal digits."""
    digits = 1
    left = number // _TEN
    while left != _NOTHING:
        digits += 1
        left = left // _TEN
    for step in range(digits):
        out[place + digits - 1 - step] = _ZERO + _signed(number % _TEN)
        number = number // _TEN
    return place + digits


@inlined
def _write_padded(number: int, digits: int, out: Bytes, place: int) -> int:
    """Write a number with so many digits."""
    for step in range(digits):
        out[place + digits - 1 - step] = _ZERO + number % 10
        number //= 10
    return place + digits


@inlined
def _write_signed(number: int, out: Bytes, place: int) -> int:
    if number >= 0:
        return _write_number(np.uint64(number), out, place)
    out[place] = _MINUS
    return _write_number(_NOTHING - np.uint64(number), out, place + 1)


@inlined
def _digit(value: int, ten: int) -> int:
    """Return a hexadecimal digit; `ten` is the letter that stands for ten."""
    return _ZERO + value if value < 10 else ten + value - 10


@inlined
def _write_hexadecimal(number: np.uint64, out: Bytes, place: int) -> int:
    """Write a number as 0x… in small letters."""
    out[place] = _ZERO
    out[place + 1] = _SMALL_X
    place += 2
    digits = 1
    left = number >> _FOUR
    while left != _NOTHING:
        digits += 1
        left = left >> _FOUR
    for step in range(digits):
        out[place + digits - 1 - step] = _digit(_signed(number & _DIGIT), 0x61)
        number = number >> _FOUR
    return place + digits


@inlined
def _write_byte(byte: int, out: Bytes, place: int) -> int:
    """Write a byte as two hexadecimal digits in capital letters."""
    value = _signed(byte)
    out[place] = _digit(value >> 4, 0x41)
    out[place + 1] = _digit(value & 15, 0x41)
    return place + 2


@inlined
def _write_guid(block: Bytes, at: int, out: Bytes, place: int) -> int:
    """Write a GUID: the bytes of its first three parts stand in reverse order."""
    for number in range(16):
        if number in (4, 6, 8, 10):
            out[place] = _MINUS
            place += 1
        if number < 4:
            source = 3 - number
        elif number < 8:
            source = number ^ 1
        else:
            source = number
        place = _write_byte(block[at + source], out, place)
    return place


@inlined
def _write_sid(block: Bytes, at: int, length: int, out: Bytes, place: int) -> int:
    """Write a security identifier, S-1-5-…; -1 where its length is another than it says."""
    parts = _signed(block[at + 1])
    if length < 8 or parts > _MOST_PARTS or length != 8 + 4 * parts:
        return -1
    out[place] = 0x53
    out[place + 1] = _MINUS
    place = _write_number(np.uint64(block[at]), out, place + 2)
    authority = _NOTHING
    for step in range(6):
        authority = (authority << np.uint64(8)) | np.uint64(block[at + 2 + step])
    out[place] = _MINUS
    place = _write_number(authority, out, place + 1)
    for part in range(parts):
        out[place] = _MINUS
        place = _write_number(np.uint64(word_at(block, at + 8 + 4 * part)), out, place + 1)
    return place


@inlined
def _write_moment(days: int, microseconds: int, out: Bytes, place: int) -> int:
    """Write a day, counted from 1 March of the year 0, and a time of it as ISO 8601 does.

    The calendar's arithmetic is that of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
    """
    era = days // 146_097
    day_of_era = days - era * 146_097
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    year = year_of_era + era * 400 + (1 if month <= 2 else 0)
    place = _write_padded(year, 4, out, place)
    out[place] = _MINUS
    place = _write_padded(month, 2, out, place + 1)
    out[place] = _MINUS
    place = _write_padded(day_of_year - (153 * shifted + 2) // 5 + 1, 2, out, place + 1)
    out[place] = 0x54
    seconds = microseconds // _SECOND
    place = _write_padded(seconds // 3600, 2, out, place + 1)
    out[place] = 0x3A
    place = _write_padded(seconds // 60 % 60, 2, out, place + 1)
    out[place] = 0x3A
    place = _write_padded(seconds % 60, 2, out, place + 1)
    out[place] = 0x2E
    place = _write_padded(microseconds % _SECOND, 6, out, place + 1)
    out[place] = 0x5A
    return place + 1


@inlined
def _write_filetime(block: Bytes, at: int, out: Bytes, place: int) -> int:
    """Write a moment in steps of 100 ns since 1601, cut to microseconds."""
    ticks = load_word(block, at)
    if ticks >= _MOST_TICKS:
        return -1
    microseconds = _signed(ticks // _TICKS)
    return _write_moment(microseconds // _DAY + _DAYS_TO_1601, microseconds % _DAY, out, place)


@inlined
def _write_systemtime(block: Bytes, at: int, out: Bytes, place: int) -> int:
    """Write a moment that is given as year, month, weekday, day, hour, minute, second and millisecond."""
    year, month, day = half_at(block, at), half_at(block, at + 2), half_at(block, at + 6)
    hour, minute = half_at(block, at + 8), half_at(block, at + 10)
    second, millisecond = half_at(block, at + 12), half_at(block, at + 14)
    if not (1601 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= 28 and hour < 24 and minute < 60):
        return -1
    if second > 59 or millisecond > 999:
        return -1
    shifted_year = year - 1 if month <= 2 else year
    shifted_month = month + 9 if month <= 2 else month - 3
    days = 365 * shifted_year + shifted_year // 4 - shifted_year // 100 + shifted_year // 400
    days += (153 * shifted_month + 2) // 5 + day - 1
    of_day = ((hour * 60 + minute) * 60 + second) * _SECOND + millisecond * 1000
    return _write_moment(days, of_day, out, place)


@inlined
def _write_integer(block: Bytes, at: int, kind: int, out: Bytes, place: int) -> int:
    if kind == _UINT8:
        return _write_number(np.uint64(block[at]), out, place)
    if kind == _UINT16:
        return _write_number(np.uint64(half_at(block, at)), out, place)
    if kind == _UINT32:
        return _write_number(np.uint64(word_at(block, at)), out, place)
    if kind == _UINT64:
        return _write_number(load_word(block, at), out, place)
    if kind == _INT8:
        return _write_signed(_signed(np.int8(block[at])), out, place)
    if kind == _INT16:
        return _write_signed(_signed(np.int16(half_at(block, at))), out, place)
    if kind == _INT32:
        return _write_signed(_signed(np.int32(word_at(block, at))), out, place)
    return _write_signed(_signed(load_word(block, at)), out, place)


@inlined
def _write_boolean(block: Bytes, at: int, out: Bytes, place: int) -> int:
    """Write a truth value; one that is neither 0 nor 1 is written as the number that it is."""
    value = word_at(block, at)
    if value > 1:
        return _write_signed(_signed(np.int32(value)), out, place)
    letters = 0x65757274 if value else 0x736C6166  # "true", "fals"
    for step in range(4):
        out[place + step] = (letters >> (8 * step)) & 0xFF
    if value:
        return place + 4
    out[place + 4] = 0x65
    return place + 5


@inlined
def _write_letters(block: Bytes, at: int, length: int, kind: int, out: Bytes, place: int) -> int:
    """Write a value of any length."""
    if kind == _ANSI:
        return _write_ansi(block, at, at + length, out, place)
    if kind == _UTF8:
        copy_bytes(block, at, out, place, length)
        return place + length
    if kind == _SID:
        return _write_sid(block, at, length, out, place)
    if kind != _BINARY:
        return -1
    for step in range(length):
        place = _write_byte(block[at + step], out, place)
    return place


@inlined
def _write_sized(block: Bytes, at: int, kind: int, out: Bytes, place: int) -> int:
    """Write a value whose length its type says, but no plain number; -1 where it is none of these."""
    if kind == _HEX64:
        return _write_hexadecimal(load_word(block, at), out, place)
    if kind == _HEX32:
        return _write_hexadecimal(np.uint64(word_at(block, at)), out, place)
    if kind == _FILETIME:
        return _write_filetime(block, at, out, place)
    if kind == _GUID:
        return _write_guid(block, at, out, place)
    if kind == _BOOLEAN:
        return _write_boolean(block, at, out, place)
    return _write_systemtime(block, at, out, place)


@compiled
def write_value(block: Bytes, at: int, length: int, kind: int, out: Bytes, place: int) -> int:
    """Write a value as text.

    Args:
        block: holds it.
        at: where.
        length: its bytes; the walk has checked that they are as many as its type takes.
        kind: its type.
        out: takes the text; it must have `room_for` it.
        place: where the text begins.

    Returns:
        The place behind the text, or -1 where the value is refused.
    """
    if kind == _TEXT:
        return _write_text(block, at, at + length, out, place)
    if _INT8 <= kind <= _UINT64:
        return _write_integer(block, at, kind, out, place)
    if kind in (_ANSI, _UTF8, _SID, _BINARY):
        return _write_letters(block, at, length, kind, out, place)
    return _write_sized(block, at, kind, out, place)
