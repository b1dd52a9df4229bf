"""Working hours of the organisation: as it declares them or, where it doesn't, as its accounts keep them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.model.profile import Profile
from vigilia.store.event_store import EventStore

__all__ = ["WorkingTime", "known_working_time"]

# Saturday and Sunday, where nothing says otherwise (DuckDB's dayofweek: Sunday is 0).
_USUAL_REST = (0, 6)
_HOURS = 24
_COVERED = 0.9  # the working day is the shortest stretch that holds so much of people's presence …
_LONGEST = 13  # … and no working day at all if it is longer, in hours
_LEAST_ACCOUNTS, _LEAST_DAYS = 3, 5
_SHIFT, _ALIKE = 9, 0.6  # who spends less than this share of their time in the busiest so many hours keeps other hours
_REST_SHARE = 0.04  # a day of the week with less of people's presence than this is a day of rest


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """When people work: minutes after midnight in a time zone (`first` may be after `last`: over midnight).

    Attributes:
        first, last: None where no hours are known.
        rest_days: days of the week on which nobody works, Sunday is 0.
    """

    zone: str
    first: int | None
    last: int | None
    rest_days: tuple[int, ...] = _USUAL_REST

    def off_hours(self, time: str, margin: int = 0) -> str:
        """Return the SQL condition that a time is a day of rest or more than `margin` minutes outside working hours.

        The condition is false where no hours are known.
        """
        if self.first is None or self.last is None:
            return "false"
        zone = self.zone.replace("'", "''")
        local = f"timezone('{zone}', {time})"
        minute = f"(hour({local}) * 60 + minute({local}))"
        start, end = self.first - margin, self.last + margin
        join = "AND" if self.first <= self.last else "OR"
        rest = f"dayofweek({local}) IN ({', '.join(map(str, self.rest_days))})" if self.rest_days else "false"
        return f"{time} IS NOT NULL AND ({rest} OR NOT ({minute} >= {start} {join} {minute} <= {end}))"


def known_working_time(store: EventStore, profile: Profile, table: str) -> WorkingTime:
    """Return the declared hours or, without any, those learnt from a table with `account` and `ts`.

    Accounts with records on five days or more count alike, however much they do, so that neither a nightly job nor an
    intruder with one account decides. Nor do a server's accounts and night shifts, which may be many: who keeps other
    hours than most is left out, where most keep theirs. Days of rest are learnt in either case: weekends differ.
    """
    zone = profile.organisation.time_zone
    declared = _working_minutes(profile.organisation.working_hours)
    accounts = _presence(store, zone, table)
    presence = _mean(_of_most(accounts)) if len(accounts) >= _LEAST_ACCOUNTS else []
    rest = _rest_days(presence) if presence else _USUAL_REST
    if declared is not None:
        return WorkingTime(zone, *declared, rest)
    hours = _working_day(_hourly(presence)) if presence else None
    return WorkingTime(zone, None, None, rest) if hours is None else WorkingTime(zone, *hours, rest)


# Shares of one account's presence (or of several, on average): for each day of the week (Sunday is 0), for each hour.
_Week = list[list[float]]


def _presence(store: EventStore, zone: str, table: str) -> list[_Week]:
    """Return when each account with records on enough days is there, in the order of their names."""
    rows = store.rows(
        f"""WITH present AS (
          SELECT DISTINCT account, CAST(local AS DATE) AS day, dayofweek(local) AS weekday, hour(local) AS hour
          FROM (SELECT account, timezone($zone, ts) AS local FROM {table}
            WHERE account <> '' AND NOT failed AND ts IS NOT NULL AND realm NOT IN ('web', 'network'))
        ), settled AS (
          SELECT account, count(*) AS hours FROM present GROUP BY account HAVING count(DISTINCT day) >= {_LEAST_DAYS}
        )
        SELECT account, weekday, hour, count(*) / any_value(hours) AS share
        FROM present JOIN settled USING (account) GROUP BY account, weekday, hour ORDER BY account, weekday, hour""",  # noqa: S608
        {"zone": zone},
    )
    accounts: dict[str, _Week] = {}
    for row in rows:
        week = accounts.setdefault(str(row["account"]), [[0.0] * _HOURS for _ in range(7)])
        week[int(str(row["weekday"]))][int(str(row["hour"]))] = float(str(row["share"]))
    return list(accounts.values())


def _of_most(accounts: Sequence[_Week]) -> Sequence[_Week]:
    """Return the accounts that keep the hours of most; all of them, where fewer than two thirds would be left."""
    shares = _hourly(_mean(accounts))
    start = max(range(_HOURS), key=lambda first: (_held(shares, first, _SHIFT), -first))
    alike = [one for one in accounts if _held(_hourly(one), start, _SHIFT) >= _ALIKE]
    return alike if len(alike) >= max(_LEAST_ACCOUNTS, 2 * len(accounts) / 3) else accounts


def _mean(accounts: Sequence[_Week]) -> _Week:
    return [[sum(one[day][hour] for one in accounts) / len(accounts) for hour in range(_HOURS)] for day in range(7)]


def _hourly(week: _Week) -> list[float]:
    return [sum(day[hour] for day in week) for hour in range(_HOURS)]


def _held(shares: Sequence[float], start: int, length: int) -> float:
    """Return how much of the presence lies in so many hours from `start` on."""
    return sum(shares[(start + hour) % _HOURS] for hour in range(length))


def _rest_days(presence: Sequence[Sequence[float]]) -> tuple[int, ...]:
    return tuple(day for day, hours in enumerate(presence) if sum(hours) < _REST_SHARE)


def _working_day(shares: Sequence[float]) -> tuple[int, int] | None:
    """Return first and last minute of the shortest stretch of hours, over midnight if need be, that holds enough."""
    for length in range(1, _LONGEST + 1):
        held = [_held(shares, start, length) for start in range(_HOURS)]
        best = max(range(_HOURS), key=lambda start: (held[start], -start))
        if held[best] >= _COVERED:
            return best * 60, (best + length) * 60 % (24 * 60) or 24 * 60
    return None


def _working_minutes(hours: str) -> tuple[int, int] | None:
    """Read "09:00-17:30" as minutes after midnight; None where it is empty or not of that form."""
    start, dash, end = hours.replace(" ", "").partition("-")
    if not dash:
        return None
    try:
        first, last = (int(part[:-3]) * 60 + int(part[-2:]) for part in (start, end))
    except ValueError:
        return None
    return (first, last) if 0 <= first < last <= 24 * 60 else None
