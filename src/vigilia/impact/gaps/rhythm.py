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
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from vigilia.impact.gaps.clock_moves import Move, learnt_moves, quarters_moved
from vigilia.knowledge.log_sources import source_label

__all__ = [
    "BY_WORKLOAD",
    "DAY",
    "QUARTER",
    "Rhythm",
    "Silence",
    "chance_of_silence",
]

Integers = npt.NDArray[np.int64]
Shares = npt.NDArray[np.float64]

QUARTER = 900_000_000  # microseconds
DAY = 96  # quarters
_HOUR = 4  # quarters
_WEEK = 7  # days
_FRIDAY = 4  # Monday is 0
_LEAST_SAMPLES = 4
_LEAST_RATE = 5.0  # records; the silence of a time that has fewer as a rule says nothing
_MOST_SPREAD, _LEAST_SPREAD = 0.5, 0.15  # standard deviation as a share of the mean, where few or very many days tell
_STANDARD_ERRORS = 1.5
_SAME_WEEKDAY = tuple(_WEEK * n for n in (*range(-8, 0), *range(1, 9)))
_NEAR = tuple(n for n in range(-28, 29) if n % _WEEK)
_LEAST_DAYS = 5
_AT_WEEKENDS = 0.35  # share of the records of other days
_HARDLY_ANY = 0.005  # share of empty hours, or quarters of an hour, up to which an empty one is told by itself
_AT_WORK = 0.5  # share of the usual records from which people were at work
_LEAST_KNOWN = 8  # comparable days beside which those whose hours may have moved are not needed
_ALIKE = 2.0  # factor by which weekdays may differ and still be taken together

# Their entities are workloads, which come out of one export: beside each of them the log is looked at as a whole.
BY_WORKLOAD = ("m365.audit",)


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
    _weekdays: npt.NDArray[np.float64] = field(init=False, repr=False)  # records on each, the quietest first

    def __post_init__(self) -> None:
        """Sum the records up, and list the days that have some."""
        weekdays = np.bincount((self.quarters // DAY + 3) % _WEEK, weights=self.events, minlength=_WEEK)
        object.__setattr__(self, "_weekdays", np.sort(weekdays))
        object.__setattr__(self, "_total", np.concatenate((np.zeros(1, np.int64), np.cumsum(self.events))))
        object.__setattr__(self, "_active", frozenset(np.unique(self.quarters // DAY).tolist()))
        object.__setattr__(self, "_moves", learnt_moves(self.shifts, self.profile))

    @property
    def span(self) -> tuple[int, int]:
        """The first and the last time with a record, in microseconds since 1970."""
        return int(self.first[0]), int(self.last[-1])

    @property
    def name(self) -> str:
        """What people call it: "Windows event logs (Security) of FS01"."""
        log = source_label(self.source) + (f" ({self.part})" if self.part else "")
        return f"{log} of {self.entity}" if self.entity else log

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
        weekdays = self._weekdays
        return bool(self.days() >= _WEEK and weekdays[0] * _ALIKE >= weekdays[-1])

    def rests_weekly(self) -> bool:
        """Whether two days of the week have few records, as where people work."""
        weekdays = self._weekdays
        return bool(weekdays[:2].mean() <= _AT_WEEKENDS * weekdays[2:].mean())

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
        moves = [quarters_moved(self._moves, start // DAY, one // DAY) for one in starts]
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


def _by_day(begin: int, after: int) -> Iterator[tuple[int, int]]:
    """Cut quarters at midnight UTC."""
    while begin < after:
        end = min((begin // DAY + 1) * DAY, after)
        yield begin, end
        begin = end


def days_since_1970(day: dt.date) -> int:
    """Return the number of a day."""
    return (day - dt.date(1970, 1, 1)).days
