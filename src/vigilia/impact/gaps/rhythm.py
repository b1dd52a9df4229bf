"""When a log writes: its records per quarter of an hour, and how credible a silence of it is.

A silence is held against the same hours of comparable days. Records come in bursts, and busy days are busier than
others: so counts are taken as bursts whose number is negative binomial (Neyman 1939, "On a new class of contagious
distributions"; the size of a burst is the index of dispersion of single hours). How much the days differ is never taken
for less than the error with which so few days can tell it (the standard error of a standard deviation is about
s / sqrt(2 n)), so that few weeks never make a silence incredible.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from vigilia.impact.coverage import MAXIMUM_ENTITIES
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.store.event_store import EventStore

__all__ = [
    "BY_WORKLOAD",
    "DAY",
    "QUARTER",
    "Rhythm",
    "Silence",
    "chance_of_silence",
    "read_channel_rhythms",
    "read_part_rhythms",
    "read_rhythms",
]

Integers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

QUARTER = 900_000_000  # microseconds
DAY = 96  # quarters
_HOUR = 4
_WEEK = 7
_FRIDAY = 4
_LEAST_SAMPLES = 4
_LEAST_RATE = 5.0  # records; the silence of a time that has fewer as a rule says nothing
_MOST_SPREAD, _LEAST_SPREAD = 0.5, 0.15  # standard deviation as a share of the mean, where few or very many days tell
_STANDARD_ERRORS = 1.5
_SAME_WEEKDAY = tuple(_WEEK * n for n in (*range(-8, 0), *range(1, 9)))
_NEAR = tuple(n for n in range(-28, 29) if n % _WEEK)
_NEAR_SHIFT = 21  # days before and after clocks were changed that tell whether a log followed
_LEAST_DAYS = 5
_NEARLY = 0.7  # of the best fit
_LEAST_GAIN = 0.03  # by which the hours of the day must fit better when they are moved
_AT_WEEKENDS = 0.35  # share of the records of other days
_HARDLY_ANY = 0.005  # share of empty hours, or quarters of an hour, up to which an empty one is told by itself
_AT_WORK = 0.5  # share of the usual records from which people were at work
_LEAST_KNOWN = 8  # comparable days beside which those whose hours may have moved are not needed
_ALIKE = 2.0  # factor by which weekdays may differ and still be taken together

_IN_PARTS = ("zeek",)  # sources that are several logs, one of which may fail while the others go on

# Their entities are workloads, which come out of one export: beside each of them the log is looked at as a whole.
BY_WORKLOAD = ("m365.audit",)
_QUARTERS = f"""
WITH placed AS (
    SELECT "vigilia.source" AS source, "@timestamp" AS moment,
        CASE WHEN "vigilia.source" = 'm365.audit' THEN coalesce("event.provider", '')
             ELSE coalesce("host.name", '') END AS entity
    FROM events WHERE "@timestamp" IS NOT NULL AND "vigilia.record" < {LEFTOVER_RECORDS}
), ranked AS (
    SELECT source, entity, row_number() OVER (PARTITION BY source ORDER BY count(*) DESC, entity) AS place
    FROM placed GROUP BY source, entity
), all_logs AS (
    SELECT source, entity, moment FROM placed JOIN ranked USING (source, entity) WHERE place <= ?
    UNION ALL SELECT source, '', moment FROM placed WHERE source = 'm365.audit' AND entity <> ''
)
SELECT source, entity, '' AS part, epoch_us(moment) // 900000000 AS quarter, count(*) AS events,
    min(epoch_us(moment)) AS first, max(epoch_us(moment)) AS last
FROM all_logs GROUP BY source, entity, quarter ORDER BY source, entity, quarter
"""  # noqa: S608 - our own number

_PARTS = """
SELECT "vigilia.source" AS source, coalesce("host.name", '') AS entity, coalesce("event.provider", '') AS part,
    epoch_us("@timestamp") // 900000000 AS quarter, count(*) AS events,
    min(epoch_us("@timestamp")) AS first, max(epoch_us("@timestamp")) AS last
FROM events WHERE "@timestamp" IS NOT NULL AND list_contains(?::VARCHAR[], "vigilia.source")
GROUP BY source, entity, part, quarter ORDER BY source, entity, part, quarter
"""

_CHANNELS = """
SELECT "vigilia.source" AS source, "host.name" AS entity, coalesce("event.provider", '') AS part,
    epoch_us("@timestamp") // 900000000 AS quarter, count(*) AS events,
    min(epoch_us("@timestamp")) AS first, max(epoch_us("@timestamp")) AS last
FROM events WHERE "@timestamp" IS NOT NULL AND "vigilia.source" = ? AND list_contains(?::VARCHAR[], "host.name")
GROUP BY source, entity, part, quarter ORDER BY source, entity, part, quarter
"""


@dataclass(frozen=True, slots=True)
class Silence:
    """A time without a record; `start` and `end` are microseconds since 1970 of the records on either side."""

    start: int
    end: int

    @property
    def quarters(self) -> tuple[int, int]:
        """The whole quarters in it, the last not included."""
        return self.start // QUARTER + 1, self.end // QUARTER

    @property
    def whole_days(self) -> range:
        """The days since 1970, as UTC has them, that it fills."""
        begin, after = self.quarters
        return range(-(-begin // DAY), after // DAY)


@dataclass(frozen=True, slots=True)
class Move:
    """Hours that moved with the clocks on a day from `first` to `last`; `quarters` is None where nobody knows."""

    first: int
    last: int
    quarters: int | None

    def side(self, day: int) -> int:
        """Return whether a day lies before (-1) or after it (1), or where that is not known (0)."""
        return -1 if day < self.first else int(day >= self.last)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The quarters of an hour in which one log of one entity has records, in order.

    Attributes:
        quarters: since 1970. events, first, last: number of records in each, and times of the first and last of them.
        shifts: days (since 1970) from which clocks in some zone were put forward or back; the same work then
            stands an hour earlier or later in UTC.
        part: which of the logs of a source that is several; empty for all of them together.
    """

    source: str
    entity: str
    quarters: Integers
    events: Integers
    first: Integers
    last: Integers
    shifts: tuple[int, ...] = ()
    part: str = ""
    _total: Integers = field(init=False, repr=False)
    _active: frozenset[int] = field(init=False, repr=False)
    _moves: tuple[Move, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Sum the records up, and list the days that have some."""
        object.__setattr__(self, "_total", np.concatenate((np.zeros(1, np.int64), np.cumsum(self.events))))
        object.__setattr__(self, "_active", frozenset(np.unique(self.quarters // DAY).tolist()))
        object.__setattr__(self, "_moves", _learnt_moves(self))

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last time with a record, in microseconds since 1970."""
        return int(self.first[0]), int(self.last[-1])

    def days(self) -> int:
        """On how many days there are records."""
        return len(self._active)

    def silences(self, least: int) -> list[Silence]:
        """Return the silences of at least so many microseconds that are not everyday.

        A silence of less than a day is everyday where there is as little a day and a week before and after it, or
        nothing at all in the same hours of a day at work some weeks away: one such day makes it credible.
        """
        lengths = self.first[1:] - self.last[:-1]
        at = np.flatnonzero(lengths >= least)
        begin, after = self.last[at] // QUARTER + 1, self.first[at + 1] // QUARTER
        nearby = [self._counted(begin + d * DAY, after + d * DAY) for d in (-_WEEK, -1, 1, _WEEK)]
        odd = (np.max(nearby, axis=0) >= _LEAST_RATE) & ~self._seen_before(begin, after) | (after - begin >= DAY)
        return [Silence(int(self.last[one]), int(self.first[one + 1])) for one in at[odd]]

    def _seen_before(self, begin: Integers, after: Integers) -> npt.NDArray[np.bool_]:
        """Whether the same hours were silent on an active day some weeks away; not asked where hours moved."""
        seen = np.zeros(begin.size, dtype=bool)
        if self.is_even() or self._moves:
            return seen
        active = np.array(sorted(self._active))
        for days in _SAME_WEEKDAY[5:11]:
            start, end = begin + days * DAY, after + days * DAY
            inside = (start >= self.quarters[0]) & (end <= self.quarters[-1])
            at_work = np.isin(start // DAY, active) & np.isin((end - 1) // DAY, active)
            seen |= inside & at_work & (self._counted(start, end) == 0)
        return seen

    def _counted(self, starts: Integers, ends: Integers) -> Integers:
        """Return how many records there are from each start to each end."""
        counts: Integers = self._total[np.searchsorted(self.quarters, ends)]
        return counts - self._total[np.searchsorted(self.quarters, starts)]

    def a_day(self) -> float:
        """Return the mean number of records on days that have some."""
        return float(self._total[-1]) / self.days()

    def records(self, quarters: Integers) -> Integers:
        """Return the number of records in each of these quarters."""
        return self._counted(quarters, quarters + 1)

    def records_in(self, silence: Silence) -> int:
        """Return the number of records in the whole quarters of a time."""
        begin, after = silence.quarters
        return self._between(begin, max(begin, after))

    def long_silences(self, quarters: int) -> Integers:
        """Return the places of silences of at least so many quarters."""
        return np.flatnonzero(np.diff(self.quarters) > quarters)

    def profile(self, first: int, after: int) -> Shares | None:
        """Return the share of each quarter of a day in the records from one day on and before another.

        None where there are records on fewer than five days.
        """
        begin, end = (int(np.searchsorted(self.quarters, day * DAY)) for day in (first, after))
        quarters = self.quarters[begin:end]
        if len(np.unique(quarters // DAY)) < _LEAST_DAYS:
            return None
        counts = np.bincount(quarters % DAY, weights=self.events[begin:end], minlength=DAY)
        shares: Shares = counts / counts.sum()
        return shares

    def is_even(self) -> bool:
        """Whether it writes on all days of the week alike, as machines do."""
        weekdays = self._by_weekday()
        return bool(self.days() >= _WEEK and weekdays[0] * _ALIKE >= weekdays[-1])

    def rests_weekly(self) -> bool:
        """Whether two days of the week have few records, as where people work."""
        weekdays = self._by_weekday()
        return bool(weekdays[:2].mean() <= _AT_WEEKENDS * weekdays[2:].mean())

    def _by_weekday(self) -> npt.NDArray[np.float64]:
        """Return the records on each day of the week, the quietest first."""
        counts = np.bincount((self.quarters // DAY + 3) % _WEEK, weights=self.events, minlength=_WEEK)
        return np.sort(counts)

    def chance(self, silence: Silence, excused: frozenset[int] = frozenset()) -> float:
        """Return the chance of such a silence by itself: the product over its days.

        Args:
            silence: the time without a record.
            excused: days since 1970 on which nothing is to be expected.
        """
        begin, after = silence.quarters
        chance = 1.0
        for start, end in _by_day(begin, min(after, begin + 60 * DAY)):
            if start // DAY not in excused or self._works_around(begin, after, excused):
                chance *= chance_of_silence(self._comparable(start, end, (begin, after), excused))
        return min(chance, self._chance_of_beats(begin, after)) if self._never_rests(begin, after) else chance

    def _works_around(self, begin: int, after: int, excused: frozenset[int]) -> bool:
        """Whether on the one day of a silence there was work as usual before it and after it: no day off, then."""
        day = begin // DAY
        if after >= (day + 1) * DAY:
            return False
        for start, end in ((day * DAY, begin), (after, (day + 1) * DAY)):
            others = self._comparable(start, end, (begin, after), excused).sum(axis=1)
            if others.size < _LEAST_SAMPLES or self._between(start, end) < max(_AT_WORK * others.mean(), _LEAST_RATE):
                return False
        return True

    def _between(self, start: int, end: int) -> int:
        """Return the number of records from one quarter on and before another."""
        return int(self._counted(np.array([start]), np.array([end]))[0])

    def _never_rests(self, begin: int, after: int) -> bool:
        """Whether it writes on all days alike, or leaves out hardly any hour but for those of a silence."""
        return self.is_even() or self._empty_share(begin, after, _HOUR) <= _HARDLY_ANY

    def _chance_of_beats(self, begin: int, after: int) -> float:
        """Return the chance that a log that writes day and night leaves out so many hours, one by one.

        What is rare is the empty hour, or quarter of an hour where hardly any is empty: a job that runs every ten
        minutes shows it, whatever else comes in bursts. Where the log was silent for half as long another time,
        nothing can be said.
        """
        others = np.diff(self.quarters) - 1
        if np.count_nonzero(others * 2 >= after - begin) > 1:
            return 1.0
        by_hour, by_quarter = (self._empty_share(begin, after, length) for length in (_HOUR, 1))
        chance = math.pow(by_hour, (after - begin) / _HOUR)
        return min(chance, math.pow(by_quarter, after - begin)) if by_quarter <= _HARDLY_ANY else chance

    def _empty_share(self, begin: int, after: int, length: int) -> float:
        """Return the share of empty times of so many quarters outside a silence, half a one added."""
        times = int(self.quarters[-1] - self.quarters[0]) // length - (after - begin) // length
        empty = max(times - len(np.unique(self.quarters // length)), 0)
        return float(min((empty + 0.5) / (max(times, 0) + 1), 1.0))

    def usual(self, silence: Silence) -> float:
        """Return how many records such a time has as a rule; 0.0 where nothing compares."""
        begin, after = silence.quarters
        parts = [self._comparable(start, end, (begin, after), frozenset()) for start, end in _by_day(begin, after)]
        return float(sum(part.sum(axis=1).mean() for part in parts if part.size))

    def _comparable(self, start: int, end: int, silent: tuple[int, int], excused: frozenset[int]) -> Integers:
        """Return the counts of the same hours on comparable days outside the silence: one row for each day.

        Those are the same days of the week, up to eight weeks on each side; and with them those other days of the
        week, within four weeks, that are much the same at these hours. Where there are too few weeks for the first,
        the other working days stand in (of a log that is even over the week: all days), but not for Friday to Sunday,
        one of which is free in most places. A day that has records at other hours is compared with days that have
        some.
        """
        same = self._counts(_SAME_WEEKDAY, (start, end), silent, excused)
        if len(same) >= _LEAST_SAMPLES:
            return np.concatenate((same, *self._alike(same, (start, end), silent, excused)))
        weekday = (start // DAY + 3) % _WEEK
        even = self.is_even()
        if weekday >= _FRIDAY and not even:
            return same
        others = tuple(d for d in _NEAR if even or (weekday + d) % _WEEK <= _FRIDAY)
        return np.concatenate((same, self._counts(others, (start, end), silent, excused)))

    def _alike(
        self, same: Integers, window: tuple[int, int], silent: tuple[int, int], excused: frozenset[int]
    ) -> list[Integers]:
        """Return the counts on those other days of the week whose mean is much the same."""
        usual = same.sum(axis=1).mean()
        found = []
        for later in range(1, _WEEK):
            counts = self._counts(tuple(d for d in _NEAR if d % _WEEK == later), window, silent, excused)
            mean = counts.sum(axis=1).mean() if len(counts) else 0.0
            if mean <= _ALIKE * usual and usual <= _ALIKE * mean:
                found.append(counts)
        return found

    def _counts(
        self, days: tuple[int, ...], window: tuple[int, int], silent: tuple[int, int], excused: frozenset[int]
    ) -> Integers:
        start, end = window
        begin, after = int(self.quarters[0]), int(self.quarters[-1]) + 1
        starts = [
            start + d * DAY
            for d in days
            if begin <= start + d * DAY
            and end + d * DAY <= after
            and (end + d * DAY <= silent[0] or start + d * DAY >= silent[1])
            and start // DAY + d not in excused
            and (start // DAY + d in self._active or start // DAY not in self._active)
        ]
        moves = [self._move(start // DAY, one // DAY) for one in starts]
        known = [one + (move or 0) for one, move in zip(starts, moves, strict=True)]
        counts = self._by_hour(known, end - start)
        unknown = np.array([move is None for move in moves], dtype=bool)
        if not unknown.any() or np.count_nonzero(~unknown) >= _LEAST_KNOWN:
            sure: Integers = counts[~unknown]
            return sure
        moved = [self._by_hour([one + hour for one in starts], end - start) for hour in (-_HOUR, _HOUR)]
        choices = np.stack([counts, *moved])
        quietest = np.where(unknown, choices.sum(axis=2).argmin(axis=0), 0)
        picked: Integers = choices[quietest, np.arange(len(starts))]
        return picked

    def _by_hour(self, starts: list[int], length: int) -> Integers:
        """Return the records in each hour of as many quarters from each start on, the last hour cut off."""
        offsets = np.arange(0, length, _HOUR)
        begin = np.array(starts, dtype=np.int64)[:, None] + offsets
        return self._counted(begin, begin + np.minimum(length - offsets, _HOUR))

    def _move(self, day: int, other: int) -> int | None:
        """Return by how many quarters the same work stands later on another day; None where that is not known."""
        quarters = 0
        for move in self._moves:
            sides = {move.side(day), move.side(other)}
            if sides == {-1, 1} and move.quarters is not None:
                quarters += move.quarters if other > day else -move.quarters
            elif len(sides) > 1:
                return None
        return quarters


def _learnt_moves(rhythm: Rhythm) -> tuple[Move, ...]:
    """Return when, and by how much, this log followed clocks that were put forward or back.

    Zones change their clocks within weeks of each other. A log follows one of them or, if machines write it, none:
    the days at which its hours before and after fit best when moved by an hour. Several days that fit nearly as well
    are one move that was made at some time between them. Where too few days on either side tell, it is not known.
    """
    fits: dict[int, tuple[float, int | None]] = {}
    for shift in rhythm.shifts:
        before, after = (rhythm.profile(*ends) for ends in ((shift - _NEAR_SHIFT, shift), (shift, shift + _NEAR_SHIFT)))
        fits[shift] = (0.0, None) if before is None or after is None else _best_move(before, after)
    moves = [Move(shift, shift, None) for shift, (_, quarters) in fits.items() if quarters is None]
    open_fits = {shift: (gain, quarters) for shift, (gain, quarters) in fits.items() if quarters}
    while open_fits:
        best = max(open_fits, key=lambda one: (open_fits[one][0], -one))
        gain, quarters = open_fits[best]
        near = [one for one in open_fits if abs(one - best) <= _NEAR_SHIFT]
        likely = [one for one in near if open_fits[one][1] == quarters and open_fits[one][0] >= _NEARLY * gain]
        moves.append(Move(min(likely), max(likely), quarters))
        open_fits = {one: fit for one, fit in open_fits.items() if one not in near}
    return tuple(moves)


def _best_move(before: Shares, after: Shares) -> tuple[float, int]:
    """Return how much better the hours of two times fit when moved by an hour, and by how many quarters; or no move."""
    still = float(np.minimum(before, after).sum())
    moved = {lag: float(np.minimum(np.roll(before, lag), after).sum()) for lag in (-_HOUR, _HOUR)}
    lag = max(moved, key=lambda one: (moved[one], one))
    return (moved[lag] - still, lag) if moved[lag] - still > _LEAST_GAIN else (0.0, 0)


def chance_of_silence(counts: Integers) -> float:
    """Return the chance that a time like these has no record at all.

    Args:
        counts: records in comparable times, one row for each time and one column for each of its hours; fewer than
            four rows, or fewer than five records in the mean, give 1.0 (nothing can be said).
    """
    totals = counts.sum(axis=1)
    samples = totals.size
    mean = float(totals.mean()) if samples >= _LEAST_SAMPLES else 0.0
    if mean < _LEAST_RATE:
        return 1.0
    burst = max(float(counts.var(axis=0, ddof=1).sum()) / mean, 1.0)
    least = min(_MOST_SPREAD, max(_LEAST_SPREAD, _STANDARD_ERRORS / math.sqrt(2 * samples)))
    between_days = (float(totals.var(ddof=1)) * (1 + 2 / samples) - burst * mean) / mean**2
    size = 1 / max(between_days, least**2)
    model = math.exp(size * math.log(size / (size + mean / burst)))
    return max(model, float((totals == 0).mean()))


def read_rhythms(store: EventStore, shifts: tuple[int, ...] = ()) -> Iterator[Rhythm]:
    """Give the rhythm of each log, by source and entity; only the busiest entities of a source."""
    return _rhythms(store.query(_QUARTERS, [MAXIMUM_ENTITIES]), shifts)


def read_part_rhythms(store: EventStore, shifts: tuple[int, ...] = ()) -> Iterator[Rhythm]:
    """Give the rhythms of the single logs of those sources that are several logs (the conn.log and dns.log of Zeek)."""
    return _rhythms(store.query(_PARTS, [list(_IN_PARTS)]), shifts)


def read_channel_rhythms(
    store: EventStore, source: str, entities: Sequence[str], shifts: tuple[int, ...] = ()
) -> list[Rhythm]:
    """Return the rhythms of the single logs that some machines keep, as the channels of Windows, by machine and log."""
    return list(_rhythms(store.query(_CHANNELS, [source, list(entities)]), shifts))


def _rhythms(table: pa.Table, shifts: tuple[int, ...]) -> Iterator[Rhythm]:
    names = [table[name].to_pylist() for name in ("source", "entity", "part")]
    keys = list(zip(*names, strict=True))
    columns = [_numbers(table[name]) for name in ("quarter", "events", "first", "last")]
    start = 0
    for at in range(1, len(keys) + 1):
        if at == len(keys) or keys[at] != keys[start]:
            source, entity, part = keys[start]
            quarters, events, first, last = (column[start:at] for column in columns)
            yield Rhythm(source, entity, quarters, events, first, last, shifts, part)
            start = at


def _numbers(column: pa.ChunkedArray) -> Integers:
    numbers: Integers = column.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers


def _by_day(begin: int, after: int) -> Iterator[tuple[int, int]]:
    """Cut quarters at midnight UTC."""
    while begin < after:
        end = min((begin // DAY + 1) * DAY, after)
        yield begin, end
        begin = end


def days_since_1970(day: dt.date) -> int:
    """Return the number of a day."""
    return (day - dt.date(1970, 1, 1)).days
