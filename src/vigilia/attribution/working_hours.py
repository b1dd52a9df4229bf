"""At which hours the intruder worked, and which offsets from UTC would make that a working week.

Hours are weak evidence: they are shared by many countries and can be chosen. They are reported as offsets with every
country that shares them, never as a country.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from vigilia.attribution.likelihoods import load_offsets
from vigilia.store.event_store import EventStore

__all__ = ["WorkingHours", "countries_sharing", "offset_posterior", "working_hours"]

_OFFSETS = tuple(range(-12, 15))
_AUTOMATION = (0.1, 0.2, 0.4, 0.6, 0.8)  # share of events without a rhythm
_WEEKENDS = ((6, 7), (5, 6))  # ISO days of the week: Saturday and Sunday, Friday and Saturday
_WEEKEND_SHARE = 0.15
_CREDIBLE = 0.8
_WIDEST = 6  # more offsets than this say nothing
_LEAST_HOURS = 40
_LEAST_DAYS = 10
_TEMPER = 0.5  # neighbouring hours belong to one sitting: they count half
_HOURLY = tuple(
    {7: 0.3, 8: 0.6, 9: 1.0, 10: 1.0, 11: 1.0, 12: 0.6, 13: 0.8, 14: 1.0, 15: 1.0, 16: 1.0, 17: 0.9, 18: 0.6}.get(
        hour, 0.2 if hour in (6, 19, 20, 21) else 0.05
    )
    for hour in range(24)
)

# Each hour of each day counts once, so that a burst of records is not a busy month; assumed zones don't count.
_WORKED = """
WITH worked AS (
    SELECT DISTINCT date_trunc('hour', "@timestamp") AS moment
    FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
    WHERE chosen.probability >= 0.5 AND "vigilia.time_basis" = 'recorded' AND "@timestamp" IS NOT NULL
)
SELECT CAST(isodow(moment) AS INTEGER) AS weekday, CAST(hour(moment) AS INTEGER) AS hour, count(*) AS worked,
    (SELECT count(DISTINCT date_trunc('day', moment)) FROM worked) AS days
FROM worked GROUP BY weekday, hour ORDER BY weekday, hour
"""


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """The intruder's week in UTC, and the offsets that fit it.

    Attributes:
        hours: distinct hours of distinct days with an event of the intruder; days: distinct days.
        posterior: offset in hours → probability, summing to 1.
        likely: the offsets that together hold 80 %, sorted; empty where there is too little to say.
    """

    hours: int
    days: int
    posterior: dict[int, float]
    likely: tuple[int, ...]


def working_hours(store: EventStore) -> WorkingHours:
    """Measure the intruder's hours (events that are theirs with at least even odds)."""
    rows = store.rows(_WORKED)
    worked = {(int(str(row["weekday"])), int(str(row["hour"]))): int(str(row["worked"])) for row in rows}
    days = int(str(rows[0]["days"])) if rows else 0
    hours = sum(worked.values())
    posterior = offset_posterior(worked)
    enough = hours >= _LEAST_HOURS and days >= _LEAST_DAYS
    likely = _credible(posterior) if enough else ()
    return WorkingHours(hours, days, posterior, likely if len(likely) <= _WIDEST else ())


def offset_posterior(worked: dict[tuple[int, int], int]) -> dict[int, float]:
    """Return P(offset | hours) under a working week with a share of automation, flat where nothing was seen.

    Args:
        worked: (ISO day of the week, hour) in UTC → how often.
    """
    logs = {offset: _log_likelihood(worked, offset) for offset in _OFFSETS}
    highest = max(logs.values())
    weights = {offset: math.exp(_TEMPER * (value - highest)) for offset, value in logs.items()}
    total = sum(weights.values())
    return {offset: weight / total for offset, weight in weights.items()}


def countries_sharing(offsets: tuple[int, ...]) -> list[str]:
    """Return the ISO 3166-1 codes of every country that uses one of these offsets, sorted."""
    table = load_offsets().offsets
    return sorted({code for offset in offsets for code in table.get(str(offset * 60), [])})


def _log_likelihood(worked: dict[tuple[int, int], int], offset: int) -> float:
    cases = [_case(worked, offset, weekend, share) for weekend in _WEEKENDS for share in _AUTOMATION]
    highest = max(cases)
    return highest + math.log(sum(math.exp(case - highest) for case in cases))


def _case(worked: dict[tuple[int, int], int], offset: int, weekend: tuple[int, int], automation: float) -> float:
    total = sum(_HOURLY) * (5 + 2 * _WEEKEND_SHARE)
    value = 0.0
    for (weekday, hour), count in worked.items():
        moved = (weekday - 1) * 24 + hour + offset
        local_day, local_hour = (moved // 24) % 7 + 1, moved % 24
        work = _HOURLY[local_hour] * (_WEEKEND_SHARE if local_day in weekend else 1.0) / total
        value += count * math.log((1 - automation) * work + automation / 168)
    return value


def _credible(posterior: dict[int, float]) -> tuple[int, ...]:
    chosen: list[int] = []
    held = 0.0
    for offset, chance in sorted(posterior.items(), key=lambda pair: (-pair[1], pair[0])):
        chosen.append(offset)
        held += chance
        if held >= _CREDIBLE:
            break
    return tuple(sorted(chosen))
