"""Times as logs write them → microseconds since 1970-01-01 UTC, and how sure each is.

Every form is tried by its shape alone, so that the same text always means the same. What cannot be read stays unread:
a wrong time would mislead an investigation more than a missing one.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Final, Literal, NamedTuple

from vigilia.model.times import to_microseconds

__all__ = ["DayOrder", "Moment", "read_time"]

DayOrder = Literal["", "day", "month"]
"""Which number comes first in a date with slashes; empty where nobody knows."""


class Moment(NamedTuple):
    """A time as it was written.

    Attributes:
        naive: the calendar date and clock time as written; in UTC where `offset_known`.
        offset_known: whether the text itself says its offset from UTC.
        year_known: false for syslog's "Oct  3 12:00:01"; `naive` then stands in the leap year 2000.
        order_guessed: whether day and month could be the other way round.
    """

    naive: dt.datetime
    offset_known: bool = False
    year_known: bool = True
    order_guessed: bool = False

    def microseconds(self, zone: dt.tzinfo) -> int | None:
        """Return microseconds since 1970-01-01 UTC; local times are taken to be in `zone`.

        A local time that occurs twice when clocks go back is taken to be the first.
        Returns None outside the years 1 to 9999.
        """
        place = dt.UTC if self.offset_known else zone
        try:
            return to_microseconds(self.naive.replace(tzinfo=place))
        except (OverflowError, ValueError):
            return None


_LONGEST: Final = 64
_LEAP_YEAR: Final = 2000
_FILETIME_ZERO: Final = dt.datetime(1601, 1, 1)  # noqa: DTZ001 - in UTC by definition; Windows writes it for "no time"
_EPOCH: Final = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - in UTC by definition
_MONTHS: Final = {
    name: number
    for number, whole in enumerate(
        (
            *("january", "february", "march", "april", "may", "june"),
            *("july", "august", "september", "october", "november", "december"),
        ),
        start=1,
    )
    for name in (whole, whole[:3])
}

# Names of zones that mean one offset only, in the time zone database of today.
_ZONES: Final = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "WEST": 1,
    "BST": 1,
    "CET": 1,
    "CEST": 2,
    "EET": 2,
    "EEST": 3,
    "EST": -5,
    "EDT": -4,
    "MDT": -6,
    "PDT": -7,
}
# All patterns run on at most 64 characters, and none of them can backtrack: each part ends before the next begins.
_OFFSET = r"(?P<offset>Z|z|[A-Z]{3,4}|[+-]\d\d(?::?\d\d)?|[+-]\d(?::\d\d)?)?"
_CLOCK = r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,12}))?)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})(?P<mark>[-/])(?P<month>\d\d)(?P=mark)(?P<day>\d\d)(?:[Tt]| {{1,2}}){_CLOCK}"
    rf" ?(?P<half>[AaPp][Mm])? ?{_OFFSET}",
    re.ASCII,
)
_NAMED = re.compile(
    r"(?:[A-Za-z]{3}, )?(?P<day>\d{1,2})(?P<mark>[-/ ])(?P<name>[A-Za-z]{3})(?P=mark)(?P<year>\d{4})[: ]"
    rf"{_CLOCK} ?{_OFFSET}",
    re.ASCII,
)
_COMPACT = re.compile(rf"(?P<year>(?:\d\d)?\d\d)(?P<month>\d\d)(?P<day>\d\d) {{1,2}}{_CLOCK}", re.ASCII)
_ROUTER = re.compile(rf"(?P<name>[a-z]{{3}})/(?P<day>\d\d)/(?P<year>\d{{4}}) {_CLOCK}", re.ASCII)
_SYSLOG = re.compile(rf"(?P<name>[A-Za-z]{{3}}) {{1,2}}(?P<day>\d{{1,2}}) (?:(?P<year>\d{{4}}) )?{_CLOCK}", re.ASCII)
_CTIME = re.compile(
    r"[A-Za-z]{3},? (?P<name>[A-Za-z]{3}) {1,2}(?P<day>\d{1,2}) "
    rf"{_CLOCK} (?P<offset>UTC |GMT )?(?P<year>\d{{4}})",
    re.ASCII,
)
_ENGLISH = re.compile(
    r"(?:[A-Za-z]{3},? )?(?P<name>[A-Za-z]{3,9}) (?P<day>\d{1,2}),? (?P<year>\d{4})(?:,| at| @)? "
    rf"{_CLOCK} ?(?P<half>[AaPp][Mm])? ?(?:GMT(?=[+-]))?{_OFFSET}",
    re.ASCII,
)
_SLASHED = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<other>\d{1,2})(?P=mark)(?P<year>\d{4})(?:,? |-)"
    rf"{_CLOCK} ?(?P<half>[AaPp][Mm])? ?{_OFFSET}",
    re.ASCII,
)
_JSON_DATE = re.compile(r"/Date\((?P<number>\d{1,19})\)/", re.ASCII)
_NUMBER = re.compile(r"(?P<number>\d{9,19})(?:\.(?P<fraction>\d{1,12}))?", re.ASCII)


def read_time(text: str, order: DayOrder = "") -> Moment | None:
    """Read one time in any form that the log sources use.

    `order` says which comes first in dates such as 3/4/2026, where that is known.

    Forms: ISO 8601 / RFC 3339 with or without offset, also with slashes; seconds, milliseconds, microseconds or
    nanoseconds since 1970; FILETIME (100 ns since 1601); Apache's `10/Oct/2000:13:55:36 -0700`, PHP's
    `10-Oct-2000 13:55:36`, Redis' `10 Oct 2000 13:55:36`; MySQL's `261003 12:00:01`; RouterOS' `oct/03/2026 12:00:01`;
    syslog's `Oct  3 12:00:01`; C's `Sat Oct  3 12:00:01 2026`; `Oct 3, 2026 1:00:01 PM`, JavaScript's
    `Sat Oct 03 2026 12:00:01 GMT+0200 (…)`; Amazon's `October 3, 2026, 12:00:01 (UTC+02:00)`;
    `10/3/2026 1:00:01 PM` and the like, with points and dashes
    too; `/Date(1364481363243)/`. Numbers below 1973 are no times.

    The name of a zone says an offset only if no two zones are called so; beside "CST" a time has none.

    Returns:
        None where the text is no time, is no possible date, or is Windows' "no time" (1601-01-01).
    """
    if text.endswith(")"):
        text = _without_brackets(text)
    if len(text) > _LONGEST:
        return None
    text = text.strip()
    if order and (match := _SLASHED.fullmatch(text)):
        return _read_ordered(match, order)
    moment = next((found for form, read in _FORMS if (match := form.fullmatch(text)) and (found := read(match))), None)
    return None if moment is None or moment.naive == _FILETIME_ZERO else moment


def _without_brackets(text: str) -> str:
    """JavaScript puts the zone's name in brackets behind its offset; Amazon's console puts the offset itself there."""
    clock, _, zone = text[:-1].partition(" (")
    return clock + zone.removeprefix("UTC") if zone.startswith(("UTC+", "UTC-")) else clock if "GMT" in text else text


def _read_calendar(match: re.Match[str]) -> Moment | None:
    return _moment(match, int(match["month"]), int(match["day"]))


def _read_named_month(match: re.Match[str]) -> Moment | None:
    month = _MONTHS.get(match["name"].lower())
    return None if month is None else _moment(match, month, int(match["day"]))


def _read_slashed(match: re.Match[str]) -> Moment | None:
    """Read dates with points as day first, dates with AM or PM as month first, others only if there is one way."""
    first, second = int(match["first"]), int(match["other"])
    if first > 12 or match["mark"] == ".":
        return _moment(match, second, first)
    if second > 12 or first == second:
        return _moment(match, first, second)
    if not match["half"]:
        return None
    moment = _moment(match, first, second)
    return None if moment is None else moment._replace(order_guessed=True)


def _read_ordered(match: re.Match[str], order: DayOrder) -> Moment | None:
    """Read a date whose order is known; a number above twelve is a day all the same."""
    first, second = int(match["first"]), int(match["other"])
    day_first = first > 12 or (order == "day" and second <= 12)
    return _moment(match, second, first) if day_first else _moment(match, first, second)


def _read_number(match: re.Match[str]) -> Moment | None:
    number = int(match["number"])
    fraction = match.groupdict().get("fraction")
    since, microseconds = _EPOCH, 0
    if number < 10**8:
        return None
    if number < 10**11:
        microseconds = number * 1_000_000 + _micro(fraction)
    elif number < 10**14:
        microseconds = number * 1_000
    elif number < 10**17:
        microseconds = number
    elif number < 3 * 10**17:  # FILETIME: the years 1917 to 2551
        since, microseconds = _FILETIME_ZERO, number // 10
    else:  # nanoseconds since 1970: the years 1979 on
        microseconds = number // 1_000
    return Moment(since + dt.timedelta(microseconds=microseconds), offset_known=True)


def _moment(match: re.Match[str], month: int, day: int) -> Moment | None:
    """Put the parts together; a leap second is the first moment of the next minute, as POSIX counts."""
    parts = match.groupdict()
    year = _year(parts.get("year"))
    second = int(parts["second"] or 0)
    leap = second == 60
    try:
        hour = _hour(int(parts["hour"]), parts.get("half"))
        naive = dt.datetime(year, month, day, hour, int(parts["minute"]), 59 if leap else second)  # noqa: DTZ001
        naive += dt.timedelta(seconds=leap, microseconds=0 if leap else _micro(parts["fraction"]))
        offset = _offset(parts.get("offset"))
        naive -= offset or dt.timedelta()
    except (ValueError, OverflowError):
        return None
    return Moment(naive, offset_known=offset is not None, year_known=parts["year"] is not None)


def _year(text: str | None) -> int:
    """Return a year; of two digits it is one of this century, for no log is older than that."""
    if not text:
        return _LEAP_YEAR
    return int(text) + (2000 if len(text) == 2 else 0)


def _hour(hour: int, half: str | None) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError(f"hour {hour} with {half}")
    return hour % 12 + (12 if half[0] in "Pp" else 0)


def _micro(fraction: str | None) -> int:
    return int((fraction or "0")[:6].ljust(6, "0"))


def _offset(text: str | None) -> dt.timedelta | None:
    if not text:
        return None
    if text[0] not in "+-":
        hours = _ZONES.get(text.upper())
        return None if hours is None else dt.timedelta(hours=hours)
    digits, colon, behind = text[1:].partition(":")
    hours, minutes = (int(digits), int(behind)) if colon else (int(digits[:2]), int(digits[2:] or 0))
    if hours > 23 or minutes > 59:
        raise ValueError(f"offset {text}")
    return dt.timedelta(hours=hours, minutes=minutes) * (-1 if text[0] == "-" else 1)


_FORMS: Final = (
    (_ISO, _read_calendar),
    (_NAMED, _read_named_month),
    (_COMPACT, _read_calendar),
    (_ROUTER, _read_named_month),
    (_SYSLOG, _read_named_month),
    (_CTIME, _read_named_month),
    (_ENGLISH, _read_named_month),
    (_NUMBER, _read_number),
    (_SLASHED, _read_slashed),
    (_JSON_DATE, _read_number),
)
