"""How surprising a silence is beside the other silences of the same log: for logs that write seldom or in bursts.

Each quarter of an hour has a chance of holding a record, learnt from the same quarter of comparable days. The surprise
of a silence is the sum of -log(1 - chance) over its quarters: time measured by what the log would have written (the
time-rescaling theorem; Ogata 1988, "Statistical models for earthquake occurrences and residual analysis for point
processes"). Were quarters independent, surprises would fall off exponentially. They are not: so how they fall off is
learnt from the log's own largest ones, and the chance of one beyond them is that of an exponential tail of which only
these are known (a Pareto: the predictive distribution of an exponential). Bursts count once, because a quarter is
empty or not.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigilia.impact.gaps.rhythm import DAY, Rhythm, Silence

__all__ = ["chance_beside_others", "ordinary_surprises"]

Integers = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]

_REACH = 56  # days on either side that are looked at
_WEEK = 7
_LEAST_DAYS = 14
_LEAST_OTHERS = 20  # silences without which the tail is not known
_TAIL = 8  # one in so many silences is in the tail
_LEAST_TAIL, _MOST_TAIL = 10, 50
_ALIKE = 2.0  # factor by which days of the week may differ and still be taken together
_ANOTHER_KIND = DAY  # quarters by which a silence that is longer is of another kind: a holiday, a machine that is off
_LEAST_SPREAD = 0.15  # standard deviation of how busy days are, as a share of the mean
_STANDARD_ERRORS = 1.5
_NEAR = 0.5  # of its surprise, from which another silence says that such ones occur


@dataclass(frozen=True, slots=True)
class _Days:
    """The days around a silence as rows of quarters; `known` are those between the log's first and last record."""

    first: int
    active: npt.NDArray[np.bool_]
    known: npt.NDArray[np.bool_]

    @property
    def weekdays(self) -> Integers:
        """The day of the week of each row, Monday 0."""
        return (self.first + np.arange(len(self.active)) + 3) % _WEEK


def chance_beside_others(rhythm: Rhythm, silence: Silence, excused: frozenset[int] = frozenset()) -> float:
    """Return the chance that a silence of the log is as surprising as this one; 1.0 where too little is known.

    Args:
        rhythm: of the log.
        silence: between two records of it; one at its edges compares with nothing.
        excused: days since 1970 on which nothing is to be expected.
    """
    begin, after = silence.quarters
    if after <= begin or begin <= rhythm.quarters[0] or after > rhythm.quarters[-1]:
        return 1.0
    days = _days_around(rhythm, begin, after, excused)
    if np.count_nonzero(days.active.any(axis=1)) < _LEAST_DAYS:
        return 1.0
    chances = _chances(days, begin, after)
    origin = days.first * DAY
    starts, ends = _other_silences(days, begin - origin, after - origin)
    surprises = _surprises(days, chances, np.append(starts, begin - origin), np.append(ends, after - origin))
    return _chance_beyond(float(surprises[-1]), np.sort(surprises[:-1])[::-1])


def _days_around(rhythm: Rhythm, begin: int, after: int, excused: frozenset[int]) -> _Days:
    first = max(begin // DAY - _REACH, int(rhythm.quarters[0]) // DAY)
    last = min((after - 1) // DAY + _REACH, int(rhythm.quarters[-1]) // DAY)
    size = (last - first + 1) * DAY
    own = rhythm.quarters[(rhythm.quarters >= first * DAY) & (rhythm.quarters < first * DAY + size)] - first * DAY
    active = np.zeros(size, dtype=bool)
    active[own] = True
    numbers = first * DAY + np.arange(size)
    known = (numbers >= rhythm.quarters[0]) & (numbers <= rhythm.quarters[-1])
    known &= ~np.isin(numbers // DAY, list(excused))
    return _Days(first, active.reshape(-1, DAY), known.reshape(-1, DAY))


def _chances(days: _Days, begin: int, after: int) -> Numbers:
    """Return for each quarter the chance of a record, were it empty: it is counted as one empty time itself."""
    numbers = days.first * DAY + np.arange(days.active.size).reshape(-1, DAY)
    asked = days.known & ((numbers < begin) | (numbers >= after))
    chances = np.zeros(days.active.shape)
    for weekday, alike in enumerate(_alike(days, asked)):
        rows = np.isin(days.weekdays, alike)
        written = (days.active & asked)[rows].sum(axis=0)
        times = np.maximum(asked[rows].sum(axis=0), written) + 1
        chances[days.weekdays == weekday] = written / times
    chances[~days.known] = 0.0
    return chances


def _surprises(days: _Days, chances: Numbers, starts: Integers, ends: Integers) -> Numbers:
    """Return the surprise of each silence, the last of which is the one in question.

    Days differ. How busy a day is has a gamma distribution whose shape is learnt from all days but those in question;
    what the day shows outside the silence tells more. So a day that is quiet anyway surprises less by a silence: the
    chance of none is that of a negative binomial.
    """
    shape = _shape_of_days(days, chances, int(starts[-1]), int(ends[-1]))
    surprise, usual, seen = (_summed(one) for one in (-np.log1p(-chances), chances, days.active))
    total = np.zeros(starts.size)
    for later in range(int((ends - 1 - starts).max(initial=0)) // DAY + 2):
        day = starts // DAY + later
        midnight, next_midnight = (np.minimum(one * DAY, days.active.size) for one in (day, day + 1))
        left, right = np.clip(midnight, starts, ends), np.clip(next_midnight, starts, ends)
        outside = usual[next_midnight] - usual[midnight] - (usual[right] - usual[left])
        there = np.minimum(seen[next_midnight] - seen[midnight], outside)
        total += (shape + there) * np.log1p((surprise[right] - surprise[left]) / (shape + outside))
    return total


def _shape_of_days(days: _Days, chances: Numbers, begin: int, after: int) -> float:
    """Return the shape of the gamma distribution of how busy days are: 1 over the squared coefficient of variation.

    It is never taken for more than so few days can tell (see `rhythm`). Days without any record are of another kind.
    """
    numbers = np.arange(len(days.active))
    asked = days.active.any(axis=1) & ((numbers < begin // DAY) | (numbers > (after - 1) // DAY))
    usual, seen = chances[asked].sum(axis=1), days.active[asked].sum(axis=1)
    by_chance = (chances[asked] * (1 - chances[asked])).sum(axis=1)
    squares = float((usual**2).sum())
    spread = float(((seen - usual) ** 2 - by_chance).sum()) / squares if squares else 1.0
    least = max(_LEAST_SPREAD, _STANDARD_ERRORS / math.sqrt(2 * max(len(usual), 1)))
    return 1 / max(spread, least**2)


def _summed(values: npt.NDArray[np.bool_] | Numbers) -> Numbers:
    """Return the running sum over quarters, 0 first."""
    return np.concatenate((np.zeros(1), np.cumsum(values.ravel(), dtype=np.float64)))


def _alike(days: _Days, asked: npt.NDArray[np.bool_]) -> list[list[int]]:
    """Return for each day of the week those that write about as much, itself among them."""
    written = np.bincount(days.weekdays, weights=(days.active & asked).sum(axis=1), minlength=_WEEK)
    times = np.bincount(days.weekdays, weights=asked.sum(axis=1), minlength=_WEEK)
    shares = written / np.maximum(times, 1)
    return [
        [day for day in range(_WEEK) if day == one or _is_alike(float(shares[one]), float(shares[day]))]
        for one in range(_WEEK)
    ]


def _is_alike(one: float, other: float) -> bool:
    return one <= _ALIKE * other and other <= _ALIKE * one


def _other_silences(days: _Days, begin: int, after: int) -> tuple[Integers, Integers]:
    """Return first quarter and end of each other silence, from the first day's midnight.

    Those of another kind are left out.
    """
    at = np.flatnonzero(days.active.ravel())
    starts, ends = at[:-1] + 1, at[1:]
    silent = (ends > starts) & ((ends <= begin) | (starts >= after))
    silent &= ends - starts < after - begin + _ANOTHER_KIND
    return starts[silent], ends[silent]


def ordinary_surprises(rhythm: Rhythm, credible: float) -> tuple[Numbers, float] | None:
    """Return the surprise of each quarter, were it empty, of the log's last weeks, and how many make a silence a gap.

    None where too little is known. Days that are quieter than others make the surprise of a silence less than the sum
    of its quarters: it is worked out by `chance_beside_others` alone, so this is the least that it takes.

    Args:
        rhythm: of the log.
        credible: chance of a silence below which it is told.
    """
    last = int(rhythm.quarters[-1]) + 1
    days = _days_around(rhythm, last, last, frozenset())
    if np.count_nonzero(days.active.any(axis=1)) < _LEAST_DAYS:
        return None
    nothing = days.first * DAY + days.active.size
    chances = _chances(days, nothing, nothing)
    starts, ends = _other_silences(days, days.active.size, days.active.size)
    quarters: Numbers = -np.log1p(-chances[days.known])
    if starts.size < _LEAST_OTHERS:  # hardly ever silent: any hole that is looked at is told (see `rhythm`)
        return quarters, 0.0
    surprises = np.sort(_surprises(days, chances, starts, ends))[::-1]
    tail, floor, beyond = _tail(surprises)
    least = floor + beyond * math.expm1(math.log(tail / surprises.size / credible) / tail)
    return quarters, max(least, float(surprises[0]) / _NEAR)


def _tail(surprises: Numbers) -> tuple[int, float, float]:
    """Return how many surprises, the largest first, are the tail, where it begins, and how far they lie beyond that.

    It is never taken for steeper than if quarters were independent.
    """
    tail = min(max(surprises.size // _TAIL, _LEAST_TAIL), _MOST_TAIL)
    floor = float(surprises[tail])
    return tail, floor, max(float((surprises[:tail] - floor).sum()), float(tail))


def _chance_beyond(own: float, others: Numbers) -> float:
    if others.size < _LEAST_OTHERS or others[0] >= _NEAR * own:
        return 1.0
    tail, floor, beyond = _tail(others)
    if own <= floor:
        return 1.0
    return tail / others.size * math.exp(-tail * math.log1p((own - floor) / beyond))
