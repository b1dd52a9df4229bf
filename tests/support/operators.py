"""Made-up operators: when somebody with a clock, habits, holidays and machines leaves records."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable
from dataclasses import dataclass

from vigilia.attribution.tables.offsets import countries_sharing, load_offsets
from vigilia.attribution.tables.working_week import load_working_week

__all__ = ["AUTOMATION", "Operator", "draw_operator", "draw_operators"]

AUTOMATION = (0.0, 0.2, 0.4, 0.6, 0.8)
_FIRST_DAY = dt.datetime(2025, 3, 3, tzinfo=dt.UTC)  # a Monday
_FRIDAY_AND_SATURDAY = {"EG", "IQ", "JO", "KW", "DZ", "LY", "BH", "QA", "SY", "YE", "BD"}


@dataclass(frozen=True, slots=True)
class Operator:
    """An operator and the UTC times of their records.

    Attributes:
        minutes: offset from UTC in minutes east. automation: share of records that machines make at any hour.
    """

    seed: int
    minutes: int
    automation: float
    moments: tuple[dt.datetime, ...]


def draw_operators(seeds: Iterable[int], automation: float) -> list[Operator]:
    """Return an operator for each seed."""
    return [draw_operator(seed, automation) for seed in seeds]


def draw_operator(seed: int, automation: float) -> Operator:
    """Return the operator of a seed: a country, a start of day, a lunch, sessions on some days, and machines.

    Starts differ from person to person by more than an hour and from day to day; some people work at night. The shape
    of the day is not the one that is fitted.
    """
    source = random.Random(f"operator {seed} {automation}")
    table = load_offsets().offsets
    minutes = int(source.choice([one for one in sorted(table) if -480 <= int(one) <= 780]))
    country = source.choice(countries_sharing((minutes,)))
    off = {5, 6} if country in _FRIDAY_AND_SATURDAY else {6, 7}
    days = source.randrange(20, 240)
    free = _holidays(country, days)
    start = source.gauss(9.3, 0.9)
    length = source.uniform(6.5, 10.0)
    activity = source.uniform(0.3, 0.8)
    moments: list[dt.datetime] = []
    for day in range(days):
        date = _FIRST_DAY + dt.timedelta(days=day)
        resting = date.isoweekday() in off or date.date() in free
        if source.random() < activity * (0.12 if resting else 1.0):
            moments += _sessions(date, start + source.gauss(0, 0.5), length, minutes, source)
    machines = round(len(moments) * automation / (1 - automation))
    moments += [_FIRST_DAY + dt.timedelta(minutes=source.randrange(days * 1440)) for _ in range(machines)]
    return Operator(seed, minutes, automation, tuple(sorted(moments)))


def _sessions(date: dt.datetime, start: float, length: float, minutes: int, source: random.Random) -> list[dt.datetime]:
    """Return records of one to three sittings in a day at local hours, each of some minutes to two hours."""
    found: list[dt.datetime] = []
    for _ in range(source.randrange(1, 4)):
        begin = start + source.uniform(0, length)
        if 12.0 <= begin <= 13.2 and source.random() < 0.7:
            continue
        if source.random() < 0.04:
            begin = source.uniform(0, 24)
        for _ in range(source.randrange(2, 12)):
            hour = begin + source.uniform(0, 1.5)
            found.append(date + dt.timedelta(hours=hour) - dt.timedelta(minutes=minutes))
    return found


def _holidays(country: str, days: int) -> set[dt.date]:
    last = _FIRST_DAY + dt.timedelta(days=days)
    calendars = [one for one in load_working_week().calendar if one.country == country]
    return {day for one in calendars for day in one.between(_FIRST_DAY.date(), last.date())}
