"""A time axis keeps order, stays in its frame, and has few, round ticks."""

from __future__ import annotations

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.model.times import format_time
from vigilia.report.html.time_axis import TimeAxis

MOMENTS = st.datetimes(timezones=st.just(dt.UTC)).map(format_time)


@settings(max_examples=60)
@given(st.lists(MOMENTS, min_size=1, max_size=6))
def test_places_keep_the_order_of_times_within_the_frame(times: list[str]) -> None:
    axis = TimeAxis.around(times, 100, 700)
    assert axis is not None
    places = [axis.x(one) for one in sorted(times)]
    assert places == sorted(places)
    assert all(100 <= one <= 700 for one in places)


@settings(max_examples=60)
@given(MOMENTS, MOMENTS)
def test_there_are_few_ticks_in_order_within_the_frame(one: str, other: str) -> None:
    axis = TimeAxis.around([one, other], 100, 700)
    assert axis is not None
    ticks = axis.ticks()
    assert len(ticks) <= 10
    assert [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)
    assert len({tick.label for tick in ticks}) == len(ticks)


def test_no_time_gives_no_axis() -> None:
    assert TimeAxis.around(["", ""], 0, 1) is None


def test_ticks_of_a_day_and_of_a_year_are_round() -> None:
    day = TimeAxis.around(["2026-03-01T00:10:00.000000Z", "2026-03-01T20:00:00.000000Z"], 0, 700)
    year = TimeAxis.around(["2026-01-20T00:00:00.000000Z", "2026-10-09T20:00:00.000000Z"], 0, 700)
    assert day is not None
    assert year is not None
    assert [one.label for one in day.ticks()] == [f"1 Mar, {hour:02d}:00" for hour in (0, 6, 12, 18)]
    assert [one.label for one in year.ticks()] == ["Mar 2026", "May 2026", "Jul 2026", "Sep 2026"]
