"""Days on which many offices are closed: the table `closures.toml`."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Closures", "easter_sunday", "load_closures", "office_closed"]

_MonthDay = Annotated[str, msgspec.Meta(pattern=r"^\d\d-\d\d$")]


class Closure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Month-day to month-day of every year, both included; it may run over New Year."""

    label: str
    from_: _MonthDay = msgspec.field(name="from")
    to: _MonthDay


class EasterClosure(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Days counted from Easter Sunday, both included."""

    label: str
    from_: int = msgspec.field(name="from")
    to: int


class Closures(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    source: str
    made_by_people: list[str]
    summer_time: list[str]
    closure: list[Closure]
    easter: list[EasterClosure]


@lru_cache(maxsize=1)
def load_closures() -> Closures:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "closures.toml", Closures)


def office_closed(day: dt.date) -> bool:
    """Is this a day on which many offices are closed, weekends not counted?"""
    written = f"{day:%m-%d}"
    for one in load_closures().closure:
        over_new_year = one.from_ > one.to
        inside = (written >= one.from_ or written <= one.to) if over_new_year else (one.from_ <= written <= one.to)
        if inside:
            return True
    after = (day - easter_sunday(day.year)).days
    return any(one.from_ <= after <= one.to for one in load_closures().easter)


def easter_sunday(year: int) -> dt.date:
    """Return Western Easter of a Gregorian year, by the Gregorian computus (Meeus 1991, Astronomical Algorithms, 8)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    correction = (8 * century + 13) // 25
    moon = (19 * golden + century - century // 4 - correction + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    shift = (golden + 11 * moon + 22 * weekday) // 451
    month, day = divmod(moon + weekday - 7 * shift + 114, 31)
    return dt.date(year, month, day + 1)
