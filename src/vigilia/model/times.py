"""Times as Vigilia writes them: UTC, RFC 3339, always six fractional digits, so that text order is time order."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

import msgspec

__all__ = [
    "OptionalTime",
    "TimeBasis",
    "UtcTime",
    "format_microseconds",
    "format_time",
    "parse_time",
    "to_microseconds",
    "written_time",
]

UtcTime = Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$")]
# The same, or empty where there is no time. One pattern, because msgspec applies a pattern to a whole union of strings.
OptionalTime = Annotated[str, msgspec.Meta(pattern=r"^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z)?$")]

# How the time of an event is known. Everything but "recorded" must be shown beside the time.
TimeBasis = Literal["recorded", "zone-assumed", "year-assumed", "missing"]

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def format_time(moment: dt.datetime) -> str:
    """Return an aware datetime as RFC 3339 UTC with microseconds.

    Raises:
        ValueError: the datetime has no zone; guessing one here would hide a loss.
    """
    if moment.tzinfo is None:
        raise ValueError(f"time without a zone: {moment.isoformat()}")
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%f").rjust(26, "0") + "Z"


def written_time(moment: object) -> OptionalTime:
    """Return a time that a query gave in the same form; empty text where it gave none."""
    return format_time(moment) if isinstance(moment, dt.datetime) else ""


def parse_time(text: str) -> dt.datetime:
    """Read back what `format_time` wrote."""
    return dt.datetime.fromisoformat(text)


def to_microseconds(moment: dt.datetime) -> int:
    """Return microseconds since 1970-01-01 UTC, exactly (no float on the way)."""
    return (moment - _EPOCH) // dt.timedelta(microseconds=1)


def format_microseconds(microseconds: int) -> str:
    """Return microseconds since 1970-01-01 UTC as RFC 3339.

    Raises:
        OverflowError: outside the years 1 to 9999.
    """
    return format_time(_EPOCH + dt.timedelta(microseconds=microseconds))
