"""A silence is held against the log's own other silences, which tells of logs that write once an hour."""

from __future__ import annotations

import datetime as dt

import numpy as np
import numpy.typing as npt
import pytest

from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm, Silence, days_since_1970
from vigilia.impact.gaps.silence import silences_of
from vigilia.impact.gaps.waiting import chance_beside_others

_HOUR = 4 * QUARTER
_MONDAY = days_since_1970(dt.date(2026, 2, 2)) * DAY * QUARTER


def _rhythm(moments: npt.NDArray[np.float64], source: str = "zeek") -> Rhythm:
    """The rhythm of a log with records at these microseconds from the first Monday on."""
    times = np.sort((_MONDAY + moments).astype(np.int64))
    quarters, first, counts = np.unique(times // QUARTER, return_index=True, return_counts=True)
    return Rhythm(source, "", quarters, counts, times[first], times[first + counts - 1])


def _hourly(seed: int, days: int = 28) -> npt.NDArray[np.float64]:
    """One record an hour by chance, half as many at weekends."""
    chance = np.random.default_rng(seed)
    times = chance.uniform(0, days * DAY * QUARTER, days * 24)
    weekend = (times // (DAY * QUARTER)) % 7 > 4
    kept: npt.NDArray[np.float64] = times[~weekend | (chance.random(times.size) < 0.5)]
    return kept


def _without(moments: npt.NDArray[np.float64], day: int, hour: int, hours: int) -> tuple[Rhythm, Silence]:
    start = (day * 24 + hour) * _HOUR
    rhythm = _rhythm(moments[(moments < start) | (moments >= start + hours * _HOUR)])
    at = int(np.searchsorted(rhythm.first, _MONDAY + start))
    return rhythm, Silence(int(rhythm.last[at - 1]), int(rhythm.first[at]))


@pytest.mark.parametrize("seed", range(5))
def test_a_day_taken_out_of_a_log_with_one_record_an_hour_is_told(seed: int) -> None:
    rhythm, silence = _without(_hourly(seed), 16, 2, 26)
    assert silence in silences_of(rhythm)


@pytest.mark.parametrize("seed", range(5))
def test_friday_to_sunday_taken_out_of_four_weeks_is_told(seed: int) -> None:
    """Three other Fridays are enough, where the log's other silences tell how long they get."""
    rhythm, silence = _without(_hourly(seed), 18, 0, 72)
    assert silence in silences_of(rhythm)


def test_nothing_is_told_of_logs_that_write_once_an_hour() -> None:
    assert not [one for seed in range(40) for one in silences_of(_rhythm(_hourly(seed)))]


def test_a_few_hours_say_nothing_in_such_a_log() -> None:
    for seed in range(5):
        rhythm, silence = _without(_hourly(seed), 16, 2, 6)
        assert silence not in silences_of(rhythm)


def test_a_silence_is_credible_where_there_was_one_like_it() -> None:
    moments = _hourly(0)
    alone, silence = _without(moments, 16, 2, 26)
    start = (9 * 24 + 2) * _HOUR
    twice, same = _without(moments[(moments < start) | (moments >= start + 26 * _HOUR)], 16, 2, 26)
    assert chance_beside_others(alone, silence) < 1e-6
    assert chance_beside_others(twice, same) == 1.0


def test_a_burst_makes_later_silences_no_more_surprising_than_one_record_does() -> None:
    """A tunnel's hundred queries within minutes stand for one thing that happened."""
    moments = _hourly(1)
    tunnel = (9 * 24 + 3) * _HOUR + np.arange(160.0) * 3_000_000
    without, silence = _without(moments, 16, 2, 26)
    beside, same = _without(np.concatenate((moments, tunnel)), 16, 2, 26)
    assert silence == same
    assert chance_beside_others(beside, same) == pytest.approx(chance_beside_others(without, silence), rel=3.0)


def test_a_quiet_day_surprises_less_by_a_silence() -> None:
    moments = np.concatenate([_hourly(seed) for seed in range(4)])
    lively, silence = _without(moments, 16, 4, 8)
    rest = (moments // (DAY * QUARTER) == 16) & (moments % 7 > 0)  # six of seven of that day
    beside = np.isin((_MONDAY + moments).astype(np.int64), (silence.start, silence.end))
    dull, same = _without(moments[~rest | beside], 16, 4, 8)
    assert silence == same
    assert chance_beside_others(dull, same) > 10 * chance_beside_others(lively, silence)


def test_edges_and_short_logs_say_nothing() -> None:
    rhythm = _rhythm(_hourly(3))
    first, last = rhythm.span
    assert chance_beside_others(rhythm, Silence(first - 40 * _HOUR, first)) == 1.0
    assert chance_beside_others(rhythm, Silence(last, last + 40 * _HOUR)) == 1.0
    short, silence = _without(_hourly(3, days=8), 4, 0, 24)
    assert chance_beside_others(short, silence) == 1.0


def test_excused_days_are_no_part_of_a_silence() -> None:
    rhythm, silence = _without(_hourly(4), 16, 0, 48)
    day = _MONDAY // QUARTER // DAY
    assert chance_beside_others(rhythm, silence, frozenset({day + 16, day + 17})) > 1e-3
