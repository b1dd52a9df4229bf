"""The fixed calendar of the story (UTC, where nothing else is said). Nothing in the demo reads a clock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

__all__ = [
    "AUDITD_BEGINS",
    "CLOSED",
    "EXPORTED",
    "FILE_SERVER_CLEARED",
    "FIRST_SEEN",
    "M365_BEGINS",
    "SEARCH_AUDIT_BEGINS",
    "SESSION_STOLEN",
    "TRUE_FIRST_ACCESS",
    "WEB_LOG_BEGINS",
    "WORKSTATION_BEGINS",
    "days",
    "server_time",
    "weekdays",
]

# The web shell was put in place before the oldest log that was kept.
TRUE_FIRST_ACCESS = dt.datetime(2025, 9, 26, 2, 41, 7, tzinfo=dt.UTC)
WEB_LOG_BEGINS = dt.date(2025, 10, 6)
# The oldest trace of the intruder: 250 days before the logs were exported.
FIRST_SEEN = dt.date(2025, 10, 8)
# 180 days of retention before the export.
M365_BEGINS = dt.date(2025, 12, 17)
SESSION_STOLEN = dt.date(2026, 1, 13)
SEARCH_AUDIT_BEGINS = dt.datetime(2026, 3, 2, 15, 20, 0, tzinfo=dt.UTC)
AUDITD_BEGINS = dt.date(2026, 5, 18)
FILE_SERVER_CLEARED = dt.datetime(2026, 5, 21, 3, 12, 44, 118000, tzinfo=dt.UTC)
WORKSTATION_BEGINS = dt.date(2026, 5, 25)
EXPORTED = dt.datetime(2026, 6, 15, 14, 0, 0, tzinfo=dt.UTC)

# Toronto, where the web server's clock is set, is four hours behind UTC in summer and five in winter.
_SUMMER_ENDS = dt.datetime(2025, 11, 2, 6, tzinfo=dt.UTC)
_SUMMER_BEGINS = dt.datetime(2026, 3, 8, 7, tzinfo=dt.UTC)

# The offices are closed on these days; intruder and machines are not.
CLOSED = frozenset(
    [dt.date(2025, 12, 24) + dt.timedelta(days=offset) for offset in range(10)]
    + [dt.date(2026, 4, 3), dt.date(2026, 4, 6), dt.date(2026, 5, 18)]
)


def days(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield every day from first to last, both included."""
    for offset in range((last - first).days + 1):
        yield first + dt.timedelta(days=offset)


def server_time(at: dt.datetime) -> dt.datetime:
    """Return a time as the clock of web01 shows it, which is set to Toronto."""
    hours = -5 if _SUMMER_ENDS <= at < _SUMMER_BEGINS else -4
    return at.astimezone(dt.timezone(dt.timedelta(hours=hours)))


def weekdays(first: dt.date, last: dt.date) -> Iterator[dt.date]:
    """Yield Monday to Friday from first to last, both included."""
    return (day for day in days(first, last) if day.weekday() < 5)
