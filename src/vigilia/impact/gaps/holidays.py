"""Days on which nobody works: closures that are known, and silences that look like a public holiday.

A public holiday is one working day, from evening to morning, and nobody at work elsewhere.
A holiday and the removal of one whole day look the same in one log. Other logs in which people leave traces tell them
apart; where there are none, the day is not told as a gap, but stands as quiet in the coverage ledger.
"""

from __future__ import annotations

import datetime as dt
import math
import statistics
from collections.abc import Iterable, Sequence

from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm, Silence, days_since_1970
from vigilia.knowledge.closures import load_closures, office_closed
from vigilia.model.profile import KnownActivity

__all__ = ["excused_days", "follows_people", "is_off_at_night", "looks_like_holiday", "resting_beside"]

_MOST_EXCUSED = 36_600  # days of a log that are asked about closures
_CLOSED = "closed"  # the word in `what` of a [[known_activity]] that says that nobody worked
_NIGHT = 16  # quarters of an hour without a record that make a night
_MOST_NIGHTS = 0.5  # share of days with such a night from which a log is one that is quiet at night
_MOST_DAYS = 1.6  # usual records of an active day that the silence may stand for
_EDGE = 12  # quarters after its beginning and before its end in which hardly anything is usual
_MOST_AT_EDGE = 0.15  # of what is usual in the whole silence
_AT_WORK = 0.5  # share of the usual records from which people were at work
_LEAST_USUAL = 10.0  # records by which this can be told
_LONGEST_REST = 32 * 3_600_000_000  # microseconds: from an evening to the morning after the next
_NEARBY = tuple(day for day in range(-14, 15) if day)  # days whose same hours are looked at
_LEAST_NEARBY = 10  # of them within the log
_RESTS = 2 / 7  # share of days that are days of rest
_STANDARD_ERRORS = 3.0  # by which working days must differ from days of rest


def is_off_at_night(rhythm: Rhythm) -> bool:
    """Tell whether a log is without records on most nights."""
    return len(rhythm.long_silences(_NIGHT)) >= _MOST_NIGHTS * rhythm.days()


def follows_people(rhythm: Rhythm) -> bool:
    """Tell whether a log rests when people do: at night, and two days of the week."""
    return rhythm.rests_weekly() and is_off_at_night(rhythm)


def looks_like_holiday(rhythm: Rhythm, silence: Silence, others: Iterable[Rhythm]) -> bool:
    """Tell whether a silence may be a public holiday.

    Args:
        rhythm: of the log that is silent.
        silence: in question.
        others: the other logs of the case; those that do not rest at weekends say nothing of people.
    """
    if not follows_people(rhythm):
        return False
    usual = rhythm.usual(silence)
    edge = _EDGE * QUARTER
    start = Silence(silence.start, min(silence.start + edge, silence.end))
    end = Silence(max(silence.end - edge, silence.start), silence.end)
    by_day = usual <= _MOST_DAYS * rhythm.a_day()
    between = max(rhythm.usual(start), rhythm.usual(end)) <= _MOST_AT_EDGE * usual
    return by_day and between and not any(_at_work(one, silence) for one in others if one.source != rhythm.source)


def _at_work(rhythm: Rhythm, silence: Silence) -> bool:
    if not follows_people(rhythm):
        return False
    usual = rhythm.usual(silence)
    return usual >= _LEAST_USUAL and rhythm.records_in(silence) >= _AT_WORK * usual


def resting_beside(rhythm: Rhythm, silence: Silence, others: Iterable[Rhythm]) -> int:
    """Return how many other logs were as quiet in a silence as on days of rest; 0 where one shows people at work.

    No calendar is needed: a holiday is kept by the whole organisation. That leaves open whether it was one: who
    removes a day from every log leaves the same, so this explains a silence and never excuses it.

    Args:
        rhythm: of the log that is silent.
        silence: in question.
        others: the other logs of the case; those whose working days look like their days of rest say nothing.
    """
    if silence.end - silence.start > _LONGEST_REST:
        return 0
    known = [rests for one in others if _is_apart(one, rhythm) and (rests := _is_at_rest(one, silence)) is not None]
    return len(known) if all(known) else 0


def _is_apart(one: Rhythm, other: Rhythm) -> bool:
    """Whether neither log is a part of the other."""
    if one.part or other.part or one.source != other.source:
        return not one.part and one.source != other.source
    return bool(one.entity and other.entity) and one.entity != other.entity


def _is_at_rest(rhythm: Rhythm, silence: Silence) -> bool | None:
    """Whether a log has as few records as on days of rest; None where that would look like a working day."""
    first, last = rhythm.span
    day = DAY * QUARTER
    moved = (Silence(silence.start + days * day, silence.end + days * day) for days in _NEARBY)
    counts = sorted(rhythm.records_in(one) for one in moved if first <= one.start and one.end <= last)
    if len(counts) < _LEAST_NEARBY or not first <= silence.start <= silence.end <= last:
        return None
    resting = statistics.mean(counts[: max(1, int(len(counts) * _RESTS))])
    at_work = statistics.median(counts)
    if at_work - resting < max(_LEAST_USUAL, _STANDARD_ERRORS * math.sqrt(at_work)):
        return None
    return rhythm.records_in(silence) <= (at_work + resting) / 2


def excused_days(rhythm: Rhythm, closed: Sequence[KnownActivity]) -> frozenset[int]:
    """Return days since 1970 on which nobody works, for sources whose records people make.

    Args:
        rhythm: of the log.
        closed: activities of the profile; those that say "closed" count.
    """
    if rhythm.source not in load_closures().made_by_people:
        return frozenset()
    first, last = (moment // QUARTER // DAY for moment in rhythm.span)
    days = range(first, min(last, first + _MOST_EXCUSED) + 1)
    own = {day for one in closed for day in _own_days(one)}
    return frozenset(day for day in days if day in own or office_closed(dt.date(1970, 1, 1) + dt.timedelta(days=day)))


def _own_days(activity: KnownActivity) -> range:
    if not activity.from_ or not activity.to or _CLOSED not in activity.what.lower():
        return range(0)
    return range(days_since_1970(activity.from_), days_since_1970(activity.to) + 1)
