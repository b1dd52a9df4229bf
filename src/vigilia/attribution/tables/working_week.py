"""The shape of a working week, and public holidays: the table `working_week.toml`."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Calendar", "Weekend", "WorkingWeekTable", "load_working_week"]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class Weekend(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days off, as ISO days of the week."""

    name: str
    days: list[Annotated[int, msgspec.Meta(ge=1, le=7)]]


class Calendar(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Public holidays of a country: "05-01" in every year, "2026-02-15/2026-02-23" in one."""

    country: str
    source: str
    yearly: list[Annotated[str, msgspec.Meta(pattern=r"^\d\d-\d\d$")]] = []
    dates: list[Annotated[str, msgspec.Meta(pattern=r"^\d{4}-\d\d-\d\d(/\d{4}-\d\d-\d\d)?$")]] = []

    def between(self, first: dt.date, last: dt.date) -> set[dt.date]:
        """Return the holidays from one day to another, both included."""
        return {day for day in self._all(first.year, last.year) if first <= day <= last}

    def _all(self, first_year: int, last_year: int) -> Iterator[dt.date]:
        for year in range(first_year, last_year + 1):
            yield from (dt.date.fromisoformat(f"{year:04d}-{day}") for day in self.yearly)
        for text in self.dates:
            start, _, end = text.partition("/")
            begin, until = dt.date.fromisoformat(start), dt.date.fromisoformat(end or start)
            yield from (begin + dt.timedelta(days=number) for number in range((until - begin).days + 1))


class _Beacons(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    least_events: int
    evenness: _Share
    even_share: _Share
    shortest_seconds: int


class _Holidays(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    least_decibans: float
    most_decibans: float


class WorkingWeekTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `working_week.toml`."""

    version: str
    date: str
    source: str
    day: Annotated[list[Annotated[float, msgspec.Meta(gt=0.0)]], msgspec.Meta(min_length=24, max_length=24)]
    free_day: _Share
    automation: list[_Share]
    habit_minutes: Annotated[float, msgspec.Meta(gt=0.0)]
    temper: _Share
    credible: _Share
    most_offsets: int
    least_hours: int
    least_days: int
    most_days: int
    beacons: _Beacons
    holidays: _Holidays
    weekend: list[Weekend]
    calendar: list[Calendar]


@functools.lru_cache(maxsize=1)
def load_working_week() -> WorkingWeekTable:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution.tables", "working_week.toml", WorkingWeekTable)
