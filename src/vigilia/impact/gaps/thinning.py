"""Times in which a log has much fewer records than usual, though not none: change points of its rate.

Each day is held against the same days of the week nearby. A run of days is told where all of them fall short and their
mean falls so far short that the log's own ups and downs hardly explain it (a scan over all runs of days, as in change
point detection by a likelihood ratio; Page 1954, "Continuous inspection schemes"). Where people write a log, quiet
weeks are their holidays more often than a loss: there it takes more, and other logs in which people did not rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigilia.impact.gaps.holidays import excused_days, follows_people
from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm, Silence
from vigilia.model.profile import KnownActivity
from vigilia.model.result import Gap
from vigilia.model.times import format_microseconds
from vigilia.model.wording import minutes_in_words

__all__ = ["thinned_times", "thinning_gaps"]

Numbers = npt.NDArray[np.float64]

_WEEK = 7
_WEEKS = 5  # on each side, whose same days of the week a day is held against
_LEAST_COMPARED = 3
_LEAST_DAYS = 14
_MOST_DAYS = 3660
_LONGEST, _SHORTEST = 28, 2  # days of a run
_LEAST_USUAL = 20.0  # records a day; the ups and downs of quieter days say nothing
_MOST_LEFT, _MOST_LEFT_OF_PEOPLE = 0.65, 0.5  # share of the usual records that a run has at most
_SHORT, _MOST_LEFT_IN_SHORT = 3, 0.5  # two or three quiet days in a row are everyday
_EACH_DAY = 0.85  # share that each of its days has at most
_SURE = 5.0  # standard errors
_BUSY = 90  # percentile of the records in a quarter of an hour beyond which they are a burst
_LEAST_SPREAD = 0.08  # standard deviation of the logarithm of a day's share, at least


@dataclass(frozen=True, slots=True)
class Thinned:
    """A time with fewer records than usual; `left` is the share that is there."""

    time: Silence
    left: float
    usual: float


def thinning_gaps(
    rhythms: Sequence[Rhythm], numbered: Iterable[tuple[str, str]] = (), closed: Sequence[KnownActivity] = ()
) -> list[Gap]:
    """Return a gap for each such time.

    Args:
        rhythms: of all logs of the case.
        numbered: source and entity of logs whose records carry numbers; these tell it themselves.
        closed: activities of the profile; those that say "closed" excuse days of what people write.
    """
    skipped = set(numbered)
    asked = [one for one in rhythms if (one.source, one.entity) not in skipped]
    return [_gap(rhythm, thinned) for rhythm in asked for thinned in thinned_times(rhythm, rhythms, closed)]


def thinned_times(rhythm: Rhythm, others: Iterable[Rhythm] = (), closed: Sequence[KnownActivity] = ()) -> list[Thinned]:
    """Return the times in which a log has much fewer records than usual.

    Args:
        rhythm: of the log.
        others: logs of the case; those in which people leave traces tell what is due to people.
        closed: activities of the profile.
    """
    first, counts = _by_day(rhythm)
    shares, usual = _shares(counts)
    shares[[day - first for day in excused_days(rhythm, closed) if day - first < shares.size]] = np.nan
    of_people = follows_people(rhythm)
    if of_people:
        common = _common(first, shares.size, [one for one in others if one.source != rhythm.source])
        if common is None:
            return []
        shares = shares - common
    most = np.log(_MOST_LEFT_OF_PEOPLE if of_people else _MOST_LEFT)
    found = _runs(shares, usual, float(most))
    placed = [_thinned(rhythm, first, run, float(shares[slice(*run)].mean()), usual) for run in found]
    return [one for one in placed if one.time.end - one.time.start >= DAY * QUARTER]  # some hours are a silence or none


def _by_day(rhythm: Rhythm) -> tuple[int, Numbers]:
    """Return the first day since 1970, and the records of each day from there on; bursts count as busy quarters do."""
    days = rhythm.quarters // DAY
    first = int(days[0])
    wanted = days - first < _MOST_DAYS
    events = np.minimum(rhythm.events, np.percentile(rhythm.events, _BUSY))
    return first, np.bincount(days[wanted] - first, weights=events[wanted]).astype(np.float64)


def _shares(counts: Numbers) -> tuple[Numbers, Numbers]:
    """Return for each day the logarithm of its share of what is usual (nothing compares: NaN), and what is usual."""
    usual = np.zeros(counts.size)
    for day in range(counts.size):
        near = [day + _WEEK * n for n in range(-_WEEKS, _WEEKS + 1) if n and 0 <= day + _WEEK * n < counts.size]
        others = counts[near]
        others = others[others > 0]
        usual[day] = float(np.median(others)) if others.size >= _LEAST_COMPARED else 0.0
    known = (usual >= _LEAST_USUAL) & (counts > 0)
    shares = np.full(counts.size, np.nan)
    shares[known] = np.log(counts[known] / usual[known])
    return shares, usual


def _common(first: int, days: int, others: Iterable[Rhythm]) -> Numbers | None:
    """Return by how much the other logs of people fell short on each day; None where there are none to tell."""
    parts = []
    for other in others:
        if follows_people(other) and other.days() >= _LEAST_DAYS:
            begin, counts = _by_day(other)
            shares = np.nan_to_num(_shares(counts)[0])
            placed = np.zeros(days)
            start, end = max(begin, first), min(begin + shares.size, first + days)
            placed[max(start - first, 0) : max(end - first, 0)] = shares[max(start - begin, 0) : max(end - begin, 0)]
            parts.append(placed)
    return np.minimum(np.median(parts, axis=0), 0.0) if parts else None


def _runs(shares: Numbers, usual: Numbers, most: float) -> list[tuple[int, int]]:
    """Return the runs of days (the last not included) that fall short beyond doubt, the plainest first, none twice."""
    known = shares[~np.isnan(shares)]
    if known.size < _LEAST_DAYS:
        return []
    centre = float(np.median(known))
    spread = _spread(shares, usual)
    total = np.concatenate((np.zeros(1), np.cumsum(np.nan_to_num(shares - centre))))
    low = np.concatenate((np.zeros(1), np.cumsum(~(shares <= np.log(_EACH_DAY)))))
    scored = []
    for length in range(_SHORTEST, min(_LONGEST, shares.size - 1) + 1):
        means = (total[length:] - total[:-length]) / length
        deep = min(most, float(np.log(_MOST_LEFT_IN_SHORT))) if length <= _SHORT else most
        fits = (low[length:] == low[:-length]) & (means <= deep) & (means * np.sqrt(length) <= -_SURE * spread)
        scored += [(float(means[at] * np.sqrt(length)), int(at), int(at) + length) for at in np.flatnonzero(fits)]
    runs: list[tuple[int, int]] = []
    for _, start, end in sorted(scored):
        if all(end <= one[0] or start >= one[1] for one in runs):
            runs.append((start, end))
    return sorted(runs)


def _spread(shares: Numbers, usual: Numbers) -> float:
    """Return how much days differ as a rule: of busy days and of quiet ones (working days and weekends) what is more.

    Machines alone write more evenly than people and machines together; quiet days must not vouch for busy ones.
    Only the days above the median are asked: those below it may be the thinned ones.
    """
    known = ~np.isnan(shares)
    busy = usual >= np.median(usual[known])
    found = [_LEAST_SPREAD]
    for half in (known & busy, known & ~busy):
        if np.count_nonzero(half) >= _WEEK:
            above = shares[half] - np.median(shares[half])
            found.append(1.4826 * float(np.median(above[above >= 0])))
    return max(found)


def _thinned(rhythm: Rhythm, first: int, run: tuple[int, int], share: float, usual: Numbers) -> Thinned:
    """Place the ends of a run of days: between the records at which the rate changes, as far as quarters tell."""
    left = float(np.exp(share))
    start = _change(rhythm, (first + run[0]) * DAY, left, falling=True)
    end = _change(rhythm, (first + run[1]) * DAY, left, falling=False)
    before = int(np.searchsorted(rhythm.quarters, start)) - 1
    after = int(np.searchsorted(rhythm.quarters, end))
    time = Silence(
        int(rhythm.last[before]) if before >= 0 else start * QUARTER,
        int(rhythm.first[after]) if after < rhythm.quarters.size else int(rhythm.last[-1]),
    )
    return Thinned(time, left, float(usual[slice(*run)].mean()))


def _change(rhythm: Rhythm, about: int, left: float, *, falling: bool) -> int:
    """Return the quarter within a day of `about` at which the rate most likely changed (Poisson likelihood ratio)."""
    quarters = np.arange(about - DAY, about + DAY)
    own = rhythm.records(quarters)
    weeks = [rhythm.records(quarters + DAY * _WEEK * n) for n in range(-_WEEKS, _WEEKS + 1) if n]
    usual = np.median([one for one in weeks if one.any()] or [own], axis=0)
    gain = own * np.log(left) - usual * (left - 1)  # of "thinned" over "as usual", quarter by quarter
    run = np.concatenate((np.zeros(1), np.cumsum(gain)))
    place = int(np.argmin(run)) if falling else int(np.argmax(run))
    return int(quarters[0]) + place


def _gap(rhythm: Rhythm, thinned: Thinned) -> Gap:
    start, end = format_microseconds(thinned.time.start), format_microseconds(thinned.time.end)
    return Gap(
        id="",
        source=rhythm.source,
        entity=rhythm.entity,
        kind="thinned",
        start=start,
        end=end,
        basis=f"{rhythm.name}: about {thinned.left:.0%} of the usual records ({thinned.usual:.0f} a day) "
        f"{minutes_in_words(start, end)}, and the usual number before and after",
        consequence="Records may have been taken out, filtered or dropped; or less happened than usual. That a kind of "
        "record is missing in this time does not mean that it did not happen.",
        hidden=round(1 - thinned.left, 4),
    )
