"""Times as collectors write them."""

from __future__ import annotations

import datetime as dt

from vigilia.model.times import OptionalTime, format_time

__all__ = ["parse_utc"]

_TO_MICROSECONDS = 26


def parse_utc(text: object, *, marked: bool = True) -> OptionalTime:
    """Read a time in UTC with up to nine digits of a second; empty where it is none.

    Args:
        text: "2021-05-08T08:06:51.7462883Z", or with a blank and without the Z.
        marked: it must end in Z to count as UTC.
    """
    if not isinstance(text, str) or len(text) > 40 or (marked and not text.endswith("Z")):
        return ""
    try:
        time = dt.datetime.fromisoformat(text.removesuffix("Z")[:_TO_MICROSECONDS])
        return format_time(time.replace(tzinfo=dt.UTC)) if time.tzinfo is None and time.year > 1601 else ""
    except (ValueError, OverflowError):
        return ""
