"""Of each log it is known how short a hole it could show: a quiet one shows a day, a busy one an hour."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from support.events import event, events_table
from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm, days_since_1970
from vigilia.impact.gaps.shortest_holes import NOT_EVEN, shortest_hole, shortest_holes
from vigilia.impact.gaps.silence import silences_of
from vigilia.impact.ledger import make_ledger
from vigilia.model.profile import Profile
from vigilia.store.event_store import EventStore

_HOUR = 4 * QUARTER
_BEGIN = days_since_1970(dt.date(2026, 2, 2)) * DAY * QUARTER


def _rhythm(an_hour: float, *, days: int = 28, hours: range = range(24), gone: range = range(0)) -> Rhythm:
    """Records by chance, in some hours of the day; `gone` are hours since the beginning that were taken out."""
    chance = np.random.default_rng(7)
    times = chance.uniform(0, days * 24, int(days * 24 * an_hour))
    times = times[np.isin(times.astype(int) % 24, hours) & ~np.isin(times.astype(int), gone)]
    at = np.sort(_BEGIN + (times * _HOUR).astype(np.int64))
    quarters, first, counts = np.unique(at // QUARTER, return_index=True, return_counts=True)
    return Rhythm("zeek", "", quarters, counts, at[first], at[first + counts - 1])


def test_the_busier_a_log_the_shorter_the_hole_that_it_shows() -> None:
    quiet, busy, full = (shortest_hole(_rhythm(rate)) for rate in (1, 8, 64))
    assert quiet is not None
    assert busy is not None
    assert 12 <= quiet <= 36
    assert 2 <= busy <= 8
    assert full == 1


@pytest.mark.parametrize("an_hour", [1, 3, 10])
def test_a_hole_of_twice_that_length_is_told_and_one_of_a_fourth_is_not(an_hour: int) -> None:
    hours = shortest_hole(_rhythm(an_hour))
    assert hours is not None
    begin = 15 * 24 + 5
    assert silences_of(_rhythm(an_hour, gone=range(begin, begin + 2 * hours)))
    assert not silences_of(_rhythm(an_hour, gone=range(begin, begin + hours // 4)))


def test_a_log_that_rests_at_night_shows_no_missing_night() -> None:
    hours = shortest_hole(_rhythm(12, hours=range(8, 18)))
    assert hours is not None
    assert hours >= 12


def test_hardly_anything_shows_no_hole_and_of_one_week_nothing_is_said() -> None:
    assert shortest_hole(_rhythm(0.15)) == NOT_EVEN
    assert shortest_hole(_rhythm(8, days=7)) is None


def _row(source: str) -> int | None:
    begin = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    chance = np.random.default_rng(3)
    minutes = sorted(chance.uniform(0, 21 * 24 * 60, 2000).tolist())
    rows = [
        event(number, vigilia__source=source, host__name="h1", at=(begin + dt.timedelta(minutes=one)).isoformat())
        for number, one in enumerate(minutes, 1)
    ]
    with EventStore.from_table(events_table(rows)) as store:
        assert set(shortest_holes(store)) == (set() if source == "windows" else {(source, "h1")})
        (row,) = make_ledger(store, [], [], Profile()).rows
    return row.shortest_hole


def test_the_ledger_says_it_of_each_log_but_of_those_whose_records_are_numbered() -> None:
    hours = _row("linux.syslog")
    assert hours is not None
    assert 3 <= hours <= 12
    assert _row("windows") is None
