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
    intruder with one account decides. Days of rest are learnt in either case, because weekends differ.
    """
    zone = profile.organisation.time_zone
    declared = _working_minutes(profile.organisation.working_hours)
    presence = _presence(store, zone, table)
    rest = _rest_days(presence) if presence else _USUAL_REST
    if declared is not None:
        return WorkingTime(zone, *declared, rest)
    hours = _working_day([sum(one[hour] for one in presence) for hour in range(_HOURS)]) if presence else None
    return WorkingTime(zone, None, None, rest) if hours is None else WorkingTime(zone, *hours, rest)


def _presence(store: EventStore, zone: str, table: str) -> list[list[float]]:
    """Return, for each day of the week, the accounts' mean presence in each hour; empty if too few accounts."""
    rows = store.rows(
        f"""WITH present AS (
          SELECT DISTINCT account, CAST(local AS DATE) AS day, dayofweek(local) AS weekday, hour(local) AS hour
          FROM (SELECT account, timezone($zone, ts) AS local FROM {table}
            WHERE account <> '' AND NOT failed AND ts IS NOT NULL AND realm NOT IN ('web', 'network'))
        ), settled AS (
          SELECT account, count(*) AS hours FROM present GROUP BY account HAVING count(DISTINCT day) >= {_LEAST_DAYS}
        )
        SELECT weekday, hour, sum(1.0 / hours) AS share, (SELECT count(*) FROM settled) AS accounts
        FROM present JOIN settled USING (account) GROUP BY weekday, hour ORDER BY weekday, hour""",  # noqa: S608
        {"zone": zone},
    )
    accounts = int(str(rows[0]["accounts"])) if rows else 0
    if accounts < _LEAST_ACCOUNTS:
        return []
    presence = [[0.0] * _HOURS for _ in range(7)]
    for row in rows:
        presence[int(str(row["weekday"]))][int(str(row["hour"]))] = float(str(row["share"])) / accounts
    return presence


def _rest_days(presence: Sequence[Sequence[float]]) -> tuple[int, ...]:
    return tuple(day for day, hours in enumerate(presence) if sum(hours) < _REST_SHARE)


def _working_day(shares: Sequence[float]) -> tuple[int, int] | None:
    """Return first and last minute of the shortest stretch of hours, over midnight if need be, that holds enough."""
    for length in range(1, _LONGEST + 1):
        held = [sum(shares[(start + hour) % _HOURS] for hour in range(length)) for start in range(_HOURS)]
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
