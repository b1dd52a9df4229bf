"""Times are written one way only, and read back exactly."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.times import format_microseconds, format_time, parse_time, to_microseconds, written_time

MOMENTS = st.datetimes(
    min_value=dt.datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=dt.datetime(9999, 12, 30),  # noqa: DTZ001 - hypothesis adds the zone
    timezones=st.timezones(),
)


@given(MOMENTS)
def test_a_time_survives_writing_and_reading(moment: dt.datetime) -> None:
    assert parse_time(format_time(moment)) == moment.astimezone(dt.UTC)


@given(MOMENTS, MOMENTS)
def test_text_order_is_time_order(one: dt.datetime, other: dt.datetime) -> None:
    one, other = one.astimezone(dt.UTC), other.astimezone(dt.UTC)
    assert (format_time(one) < format_time(other)) == (one < other)


@given(MOMENTS)
def test_microseconds_are_exact(moment: dt.datetime) -> None:
    assert format_microseconds(to_microseconds(moment.astimezone(dt.UTC))) == format_time(moment)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="without a zone"):
        format_time(dt.datetime(2026, 1, 1))  # noqa: DTZ001


def test_a_query_that_gave_no_time_is_written_as_none() -> None:
    assert written_time(None) == ""
    assert written_time(dt.datetime(2026, 3, 1, tzinfo=dt.UTC)) == "2026-03-01T00:00:00.000000Z"
