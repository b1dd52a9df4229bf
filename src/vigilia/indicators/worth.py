"""What a sighting is worth: by kind of value, by the grade of its source, and by age (`worth.toml`)."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.indicators import Indicator, IndicatorKind
from vigilia.model.matches import Level
from vigilia.model.times import parse_time

__all__ = ["KindWorth", "WorthTable", "age_days", "level_of", "load_worth", "worth_of"]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
_DAY = 86400


class KindWorth(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one kind of value is worth when it is fresh, and how fast that halves; `label` in plain words."""

    label: str
    base: _Share
    half_life_days: Annotated[float, msgspec.Meta(gt=0)]
    why: str
    innocent: list[str]


class WorthTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    source: str
    unknown_age_days: float
    kinds: dict[IndicatorKind, KindWorth]
    levels: dict[Level, _Share]
    reliability: dict[str, _Share]
    credibility: dict[str, _Share]


@lru_cache(maxsize=1)
def load_worth() -> WorthTable:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.indicators", "worth.toml", WorthTable)


def age_days(indicator: Indicator, first_time: str, last_time: str) -> float | None:
    """Return the days between events and the time in which the source says that the value was in use.

    0 where they overlap; None where the source gives no time, or the events have none.
    """
    known = [one for one in (indicator.first_known, indicator.last_known) if one]
    if not known or not first_time:
        return None
    first, last = parse_time(first_time), parse_time(last_time)
    begin, end = parse_time(min(known)), parse_time(max(known))
    apart = max((begin - last).total_seconds(), (first - end).total_seconds(), 0.0)
    return round(apart / _DAY, 1)


def worth_of(indicator: Indicator, age: float | None) -> float:
    """Return what a sighting is worth, 0 to 1."""
    table = load_worth()
    kind = table.kinds[indicator.kind]
    days = table.unknown_age_days if age is None else age
    discount = table.reliability[indicator.grade[0]] * table.credibility[indicator.grade[1]]
    return round(float(kind.base * discount * 0.5 ** (days / kind.half_life_days)), 4)


def level_of(worth: float) -> Level:
    """Return the level of a finding from its worth."""
    levels = load_worth().levels
    reached = [level for level, least in levels.items() if worth >= least]
    return max(reached, key=lambda level: levels[level], default="informational")
