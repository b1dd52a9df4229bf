"""ISO 8601 times out of the bytes of texts, compiled by Numba: what almost every record has."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.kernel_cache import kernel

__all__ = ["FOREIGN", "read_times"]

FOREIGN = np.iinfo(np.int64).min
"""What stands for a text that is of another form, or no day of the calendar."""

_ZERO, _NINE = ord("0"), ord("9")
_DAYS = np.array([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], dtype=np.int64)
_FIRST_YEAR = 1602  # Windows writes 1601-01-01 where there is no time
_SECONDS_LENGTH = 19  # of "2026-03-01T12:00:00"
_MICROSECOND_DIGITS = 6


@kernel
def read_times(
    arena: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], offset: NDArray[np.bool_]
) -> NDArray[np.int64]:
    """Return microseconds since 1970 for each text `2026-03-01T12:00:00.123Z`; also with a blank for the T.

    Args:
        arena: the bytes of the texts.
        starts: where each begins.
        ends: where each ends.
        offset: is set where the text says that it is in UTC ("Z", " UTC"); else it says nothing.
    """
    times = np.full(len(ends), FOREIGN, dtype=np.int64)
    for text in range(len(ends)):
        if ends[text] - starts[text] >= _SECONDS_LENGTH:
            times[text], offset[text] = _read(arena[starts[text] : ends[text]])
    return times


@kernel
def _read(text: NDArray[np.uint8]) -> tuple[int, bool]:
    separators = text[4] == ord("-") and text[7] == ord("-") and text[13] == ord(":") and text[16] == ord(":")
    if not separators or (text[10] != ord("T") and text[10] != ord(" ")):
        return FOREIGN, False
    year, month, day = _number(text, 0, 4), _number(text, 5, 7), _number(text, 8, 10)
    hour, minute, second = _number(text, 11, 13), _number(text, 14, 16), _number(text, 17, 19)
    if not (_is_day(year, month, day) and 0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        return FOREIGN, False
    at, fraction = _fraction(text)
    rest = len(text) - at
    in_utc = (rest == 1 and text[at] == ord("Z")) or (
        rest == 4
        and text[at] == ord(" ")
        and text[at + 1] == ord("U")
        and text[at + 2] == ord("T")
        and text[at + 3] == ord("C")
    )
    if at < 0 or (rest and not in_utc):
        return FOREIGN, False
    seconds = ((_days(year, month, day) * 24 + hour) * 60 + minute) * 60 + second
    return seconds * 1_000_000 + fraction, in_utc


@kernel
def _number(text: NDArray[np.uint8], first: int, last: int) -> int:
    """Return the decimal number between two places, or -1."""
    number = 0
    for at in range(first, last):
        if not _ZERO <= text[at] <= _NINE:
            return -1
        number = number * 10 + text[at] - _ZERO
    return number


@kernel
def _fraction(text: NDArray[np.uint8]) -> tuple[int, int]:
    """Return where the digits behind the seconds end (-1: a point without digits), and the microseconds they say."""
    at, digits, fraction = _SECONDS_LENGTH, 0, 0
    if at == len(text) or text[at] != ord("."):
        return at, 0
    at += 1
    while at < len(text) and _ZERO <= text[at] <= _NINE:
        if digits < _MICROSECOND_DIGITS:
            fraction = fraction * 10 + text[at] - _ZERO
            digits += 1
        at += 1
    for _ in range(digits, _MICROSECOND_DIGITS):
        fraction *= 10
    return (at if digits else -1), fraction


@kernel
def _is_day(year: int, month: int, day: int) -> bool:
    if not (_FIRST_YEAR <= year < 3000 and 1 <= month <= 12):
        return False
    leap = month == 2 and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return bool(1 <= day <= _DAYS[month - 1] + leap)


@kernel
def _days(year: int, month: int, day: int) -> int:
    """Count the days since 1970-01-01 in the Gregorian calendar; years are taken to begin in March."""
    years = year - (month <= 2)
    of_year = (153 * ((month + 9) % 12) + 2) // 5 + day - 1
    return years * 365 + years // 4 - years // 100 + years // 400 + of_year - 719_468
