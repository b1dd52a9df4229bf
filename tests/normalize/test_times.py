"""A time is read rightly or not at all, whatever is given."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.model.errors import UsageError
from vigilia.model.time_zones import load_zone
from vigilia.model.times import format_microseconds
from vigilia.normalize.times import DayOrder, read_time


def utc(text: str, zone: str = "UTC") -> str | None:
    moment = read_time(text)
    stamp = None if moment is None else moment.microseconds(load_zone(zone))
    return None if stamp is None else format_microseconds(stamp)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01T12:00:00Z", "2026-03-01T12:00:00.000000Z"),
        ("2026-03-01 12:00:00.1234567 UTC", "2026-03-01T12:00:00.123456Z"),
        ("2026-03-01T12:00:00,5+05:30", "2026-03-01T06:30:00.500000Z"),
        ("2026-03-01T12:00:00-0800", "2026-03-01T20:00:00.000000Z"),
        ("2026-03-01 12:00:00-08", "2026-03-01T20:00:00.000000Z"),
        ("2026/03/01 12:00:00.5", "2026-03-01T12:00:00.500000Z"),
        ("Sun Mar  1 12:00:00 2026", "2026-03-01T12:00:00.000000Z"),
        ("Sun Mar 01 12:00:00.123456 2026", "2026-03-01T12:00:00.123456Z"),
        ("Sun Mar  1 12:00:00 UTC 2026", "2026-03-01T12:00:00.000000Z"),
        ("2016-12-31T23:59:60Z", "2017-01-01T00:00:00.000000Z"),
        ("10/Oct/2000:13:55:36 -0700", "2000-10-10T20:55:36.000000Z"),
        ("1364481363.243", "2013-03-28T14:36:03.243000Z"),
        ("1364481363", "2013-03-28T14:36:03.000000Z"),
        ("1364481363243", "2013-03-28T14:36:03.243000Z"),
        ("1364481363243001", "2013-03-28T14:36:03.243001Z"),
        ("1364481363243001999", "2013-03-28T14:36:03.243001Z"),
        ("133481363243000019", "2023-12-27T07:38:44.300001Z"),
        ("/Date(1364481363243)/", "2013-03-28T14:36:03.243000Z"),
        ("4/28/2021, 3:05:26.000 PM", "2021-04-28T15:05:26.000000Z"),
        ("4/28/2021 12:05:26 AM", "2021-04-28T00:05:26.000000Z"),
        ("apr/28/2021 15:05:26", "2021-04-28T15:05:26.000000Z"),
        ("04/28/2021-15:05:26.123456", "2021-04-28T15:05:26.123456Z"),
        ("28/4/2021 15:05", "2021-04-28T15:05:00.000000Z"),
        ("3.4.2021 15:05:26", "2021-04-03T15:05:26.000000Z"),
        ("5/5/2021 15:05:26", "2021-05-05T15:05:26.000000Z"),
        ("28-04-2021 15:05:26", "2021-04-28T15:05:26.000000Z"),
        ("2021-04-28 3:05:26 PM", "2021-04-28T15:05:26.000000Z"),
        ("Apr 28, 2021 3:05:26 PM", "2021-04-28T15:05:26.000000Z"),
        ("April 8, 2021 at 12:05 AM", "2021-04-08T00:05:00.000000Z"),
        ("Apr 28, 2021 @ 15:05:26.123", "2021-04-28T15:05:26.123000Z"),
        ("Wed Apr 28 2021 15:05:26 GMT+0200 (Central European Summer Time)", "2021-04-28T13:05:26.000000Z"),
        ("April 28, 2021, 15:05:26 (UTC+02:00)", "2021-04-28T13:05:26.000000Z"),
        ("Apr 28, 2021, 3:05:26 PM GMT+2", "2021-04-28T13:05:26.000000Z"),
        ("Apr 28, 2021, 3:05:26 PM GMT+5:30", "2021-04-28T09:35:26.000000Z"),
        ("Wed, 28 Apr 2021 15:05:26 +0200", "2021-04-28T13:05:26.000000Z"),
        ("Wed, 28 Apr 2021 15:05:26 GMT", "2021-04-28T15:05:26.000000Z"),
    ],
)
def test_each_form_means_what_its_source_says(text: str, expected: str) -> None:
    assert utc(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "yesterday",
        "2026-02-30T12:00:00Z",
        "2026-03-01",
        "0000-01-01T00:00:00Z",
        "0001-01-01T00:00:00+01:00",
        "9999-12-31T23:59:59-01:00",
        "2026-03-01T25:00:00Z",
        "2026-03-01T12:00:00+99:99",
        "1601-01-01T00:00:00Z",
        "0",
        "12345",
        "3/4/2021 15:05:26",
        "03-04-2021 15:05:26",
        "28-04/2021 15:05:26",
        "Marsh 28, 2021 15:05:26",
        "13/13/2021 10:00",
        "4/28/2021 13:05:26 PM",
        "Foo 12 10:00:00",
        "٢٠٢٦-٠٣-٠١T12:00:00Z",
        "2026-03-01T12:00:00Z" + "0" * 100,
    ],
)
def test_what_is_no_certain_time_stays_unread(text: str) -> None:
    """Month and day that could be exchanged are no certain time either."""
    assert utc(text) is None


@pytest.mark.parametrize(
    ("text", "time", "known"),
    [
        ("2026-03-01 12:00:00.250 CEST", "2026-03-01T10:00:00.250000Z", True),
        ("2026-03-01 12:00:00 EST", "2026-03-01T17:00:00.000000Z", True),
        ("2026-03-01 12:00:00 CST", "2026-03-01T12:00:00.000000Z", False),
        ("3/21/2026, 9:15:00 AM PDT", "2026-03-21T16:15:00.000000Z", True),
        ("03-Mar-2026 09:15:00 UTC", "2026-03-03T09:15:00.000000Z", True),
        ("03-Mar-2026 09:15:00", "2026-03-03T09:15:00.000000Z", False),
        ("2026-03-01  9:15:00", "2026-03-01T09:15:00.000000Z", False),
        ("03 Mar 2026 09:15:00.250", "2026-03-03T09:15:00.250000Z", False),
        ("260301  9:15:00", "2026-03-01T09:15:00.000000Z", False),
        ("20260301 09:15:00", "2026-03-01T09:15:00.000000Z", False),
    ],
)
def test_names_of_zones_and_the_dates_of_php_and_mysql(text: str, time: str, *, known: bool) -> None:
    """A name that several zones have says no offset: the zone is then assumed, and marked."""
    moment = read_time(text)
    assert moment is not None
    assert utc(text) == time
    assert moment.offset_known is known


def test_month_first_is_marked_where_it_is_a_guess() -> None:
    guessed, certain = read_time("4/5/2021 3:05:26 PM"), read_time("4/28/2021 3:05:26 PM")
    assert guessed is not None
    assert certain is not None
    assert guessed.order_guessed
    assert not certain.order_guessed


def test_a_local_time_that_occurs_twice_is_the_first() -> None:
    assert utc("2026-10-25 02:30:00", "Europe/Paris") == "2026-10-25T00:30:00.000000Z"


@pytest.mark.parametrize(
    ("text", "order", "expected"),
    [
        ("3/4/2026 15:05", "day", (2026, 4, 3)),
        ("3/4/2026 15:05", "month", (2026, 3, 4)),
        ("13/4/2026 15:05", "month", (2026, 4, 13)),
        ("4/13/2026 15:05", "day", (2026, 4, 13)),
    ],
)
def test_a_known_order_of_day_and_month_is_followed(text: str, order: DayOrder, expected: tuple[int, int, int]) -> None:
    moment = read_time(text, order)
    assert moment is not None
    assert (moment.naive.year, moment.naive.month, moment.naive.day) == expected
    assert not moment.order_guessed


def test_an_unknown_zone_is_refused() -> None:
    with pytest.raises(UsageError, match="Mars/Olympus"):
        load_zone("Mars/Olympus")
    with pytest.raises(UsageError):
        load_zone("../../etc/passwd")
    with pytest.raises(UsageError):
        load_zone("Europe/" + "Paris." * 20_000)


@given(
    st.text(max_size=80) | st.from_regex(r"[0-9]{1,4}[-/.][0-9A-Za-z]{1,3}[-/.][0-9]{1,5}[T ,:]{1,2}[0-9:.APM+Z -]*")
)
@settings(deadline=None, max_examples=60)
def test_any_text_is_read_or_left_but_never_raises(text: str) -> None:
    moment = read_time(text)
    if moment is not None:
        for zone in ("UTC", "Pacific/Kiritimati", "America/Adak"):
            stamp = moment.microseconds(load_zone(zone))
            assert stamp is None or format_microseconds(stamp)


@given(
    st.datetimes(min_value=dt.datetime(1602, 1, 1), max_value=dt.datetime(9998, 12, 31)),  # noqa: DTZ001 - offset is added
    st.integers(min_value=-14 * 60, max_value=14 * 60),
)
@settings(deadline=None, max_examples=60)
def test_iso_times_with_an_offset_come_back_exactly(naive: dt.datetime, minutes: int) -> None:
    moment = naive.replace(tzinfo=dt.timezone(dt.timedelta(minutes=minutes)))
    text = moment.isoformat(timespec="microseconds")
    assert utc(text, "Asia/Tokyo") == moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
