"""Silent days inside a source that is otherwise busy: a rate model per day of the week.

A silent day is reported only where the entity's own rhythm makes it hardly credible. Counts are taken as
negative binomial, because logs come in bursts; their dispersion is estimated from the same days of the week and
never taken for smaller than `_LEAST_SPREAD` of the mean, because few weeks say little about it.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
import statistics
from collections.abc import Iterator, Sequence

from vigilia.impact.coverage import day_after, day_start
from vigilia.knowledge.closures import load_closures, office_closed
from vigilia.model.profile import KnownActivity
from vigilia.model.result import CoverageRow, Gap
from vigilia.model.times import format_time
from vigilia.model.wording import counted, days_in_words

__all__ = ["chance_of_silence", "silence_gaps"]

_CREDIBLE = 0.001  # a run of silent days less likely than this is a gap
_LEAST_SPREAD = 0.5  # least standard deviation, as a share of the mean
_LEAST_SAMPLES = 3
_LEAST_RATE = 5.0  # events a day; the silence of quieter days says nothing
_LEAST_ACTIVE_DAYS = 8
_LONGEST_RUN = 60  # days of a run that are weighed; longer runs are judged by these
_WEEKEND = (5, 6)
_CLOSED = "closed"  # the word in `what` of a [[known_activity]] that says that nobody worked


def silence_gaps(rows: Sequence[CoverageRow], closed: Sequence[KnownActivity] = ()) -> list[Gap]:
    """Return a gap for each run of days on which a busy entity should have written something and did not.

    Where only people write (Microsoft 365), usual office closures and the profile's `closed` activities excuse a day.
    """
    return [gap for row in rows for gap in _row_gaps(row, closed)]


def chance_of_silence(counts: Sequence[int]) -> float:
    """Return the chance that a day like these has no event at all.

    Args:
        counts: events on comparable days, zeros included; fewer than three, or fewer than five events
            a day, give 1.0 (nothing can be said).
    """
    mean = statistics.fmean(counts) if len(counts) >= _LEAST_SAMPLES else 0.0
    if mean < _LEAST_RATE:
        return 1.0
    variance = max(statistics.variance(counts), mean + (_LEAST_SPREAD * mean) ** 2)
    size = mean * mean / (variance - mean)
    return math.exp(size * math.log(size / (size + mean)))


def _row_gaps(row: CoverageRow, closed: Sequence[KnownActivity]) -> Iterator[Gap]:
    days = sorted(row.days)
    if len(days) < _LEAST_ACTIVE_DAYS:
        return
    for before, after in itertools.pairwise(days):
        if day_after(before) == after:
            continue
        if _chance(row, before, after, closed) < _CREDIBLE:
            yield _gap(row, before, after)


def _chance(row: CoverageRow, before: str, after: str, closed: Sequence[KnownActivity]) -> float:
    chance = 1.0
    day = dt.date.fromisoformat(before)
    end = dt.date.fromisoformat(after)
    for _ in range(min((end - day).days - 1, _LONGEST_RUN)):
        day += dt.timedelta(days=1)
        if not _excused(row.source, day, closed):
            chance *= chance_of_silence(_comparable(row, day, before, after))
    return chance


def _excused(source: str, day: dt.date, closed: Sequence[KnownActivity]) -> bool:
    if source not in load_closures().made_by_people:
        return False
    own = any(one.from_ and one.to and one.from_ <= day <= one.to and _CLOSED in one.what.lower() for one in closed)
    return own or office_closed(day)


def _comparable(row: CoverageRow, day: dt.date, before: str, after: str) -> list[int]:
    """Counts on the same day of the week outside the silent run; weekdays or weekends together where those are few."""
    nearby = _nearby_days(row, before, after)
    same = [row.days.get(one.isoformat(), 0) for one in nearby if one.weekday() == day.weekday()]
    if len(same) >= _LEAST_SAMPLES:
        return same
    weekend = day.weekday() in _WEEKEND
    return [row.days.get(one.isoformat(), 0) for one in nearby if (one.weekday() in _WEEKEND) == weekend]


def _nearby_days(row: CoverageRow, before: str, after: str) -> list[dt.date]:
    """Up to eight weeks on each side of the run, within the entity's own first and last day."""
    left, right = dt.date.fromisoformat(before), dt.date.fromisoformat(after)
    first, last = min(row.days), max(row.days)
    sides = [left - dt.timedelta(days=n) for n in range(56)] + [right + dt.timedelta(days=n) for n in range(56)]
    return [day for day in sides if first <= day.isoformat() <= last]


def _days(before: str, after: str) -> str:
    """Return the silent days in words: those after `before` and before `after`."""
    last = (dt.date.fromisoformat(after) - dt.timedelta(days=1)).isoformat()
    return days_in_words(day_after(before), last).removeprefix("on ").removeprefix("from ")


def _gap(row: CoverageRow, before: str, after: str) -> Gap:
    silent = (dt.date.fromisoformat(after) - dt.date.fromisoformat(before)).days - 1
    usual = statistics.fmean(row.days.values())
    days = f"{counted(silent, 'day')} ({_days(before, after)})"
    place = f"{row.source} of {row.entity}" if row.entity else row.source
    return Gap(
        id="",
        source=row.source,
        entity=row.entity,
        kind="missing",
        start=format_time(day_start(day_after(before))),
        end=format_time(day_start(after)),
        basis=f"no event in {place} on {days}, where about {usual:.0f} a day are usual "
        f"(the chance of such silence by itself is below 1 in {1 / _CREDIBLE:.0f})",
        consequence="What happened there on these days cannot be seen. A machine that was switched off or a public "
        "holiday would explain it as well as removed or lost records.",
    )
