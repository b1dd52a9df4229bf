"""Times in lists of indicators."""

from __future__ import annotations

import datetime as dt

from vigilia.model.times import OptionalTime, format_time

__all__ = ["written_date"]


def written_date(value: object) -> OptionalTime:
    """Return a time as Vigilia writes it: from RFC 3339, a date (UTC is taken), or seconds since 1970; else empty."""
    try:
        if isinstance(value, str) and value.isdigit():
            value = int(value)
        if isinstance(value, int | float):
            return format_time(dt.datetime.fromtimestamp(value, dt.UTC))
        moment = dt.datetime.fromisoformat(str(value).strip())
        return format_time(moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    except (ValueError, OverflowError, OSError):
        return ""
