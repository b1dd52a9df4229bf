"""Whether a silence looks like a public holiday: one working day, evening to morning, and nobody at work elsewhere.

A holiday and the removal of one whole day look the same in one log. Other logs in which people leave traces tell them
apart; where there are none, the day is not told as a gap, but stands as quiet in the coverage ledger.
"""

from __future__ import annotations

from collections.abc import Iterable

from vigilia.impact.gaps.rhythm import QUARTER, Rhythm, Silence

__all__ = ["is_off_at_night", "looks_like_holiday"]

_NIGHT = 16  # quarters of an hour without a record that make a night
_MOST_NIGHTS = 0.5  # share of days with such a night from which a log is one that is quiet at night
_MOST_DAYS = 1.6  # usual records of an active day that the silence may stand for
_EDGE = 12  # quarters after its beginning and before its end in which hardly anything is usual
_MOST_AT_EDGE = 0.15  # of what is usual in the whole silence
_AT_WORK = 0.5  # share of the usual records from which people were at work
_LEAST_USUAL = 10.0  # records by which this can be told


def is_off_at_night(rhythm: Rhythm) -> bool:
    """Tell whether a log is without records on most nights."""
    return len(rhythm.long_silences(_NIGHT)) >= _MOST_NIGHTS * rhythm.days()


def looks_like_holiday(rhythm: Rhythm, silence: Silence, others: Iterable[Rhythm]) -> bool:
    """Tell whether a silence may be a public holiday.

    Args:
        rhythm: of the log that is silent.
        silence: in question.
        others: the other logs of the case; those that do not rest at weekends say nothing of people.
    """
    if not (rhythm.rests_weekly() and is_off_at_night(rhythm)):
        return False
    usual = rhythm.usual(silence)
    edge = _EDGE * QUARTER
    start = Silence(silence.start, min(silence.start + edge, silence.end))
    end = Silence(max(silence.end - edge, silence.start), silence.end)
    by_day = usual <= _MOST_DAYS * rhythm.a_day()
    between = max(rhythm.usual(start), rhythm.usual(end)) <= _MOST_AT_EDGE * usual
    return by_day and between and not any(_at_work(one, silence) for one in others if one.source != rhythm.source)


def _at_work(rhythm: Rhythm, silence: Silence) -> bool:
    if not (rhythm.rests_weekly() and is_off_at_night(rhythm)):
        return False
    usual = rhythm.usual(silence)
    return usual >= _LEAST_USUAL and rhythm.records_in(silence) >= _AT_WORK * usual
