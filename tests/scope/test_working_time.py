"""Working hours: declared ones hold; without any, they are learnt from when accounts are there."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.working_time import WorkingTime, known_working_time
from vigilia.store.event_store import EventStore

START = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)  # a Monday
NAMES = ("ada", "ben", "cleo", "dan")


SERVICES = ("root", "www-data")


def store_of(
    hours: range, rest: tuple[int, ...] = (5, 6), jobs: bool = True, services: tuple[str, ...] = ()
) -> EventStore:
    """Four people for four weeks in these hours, not on these weekdays (Monday is 0); a job around the clock.

    Each of the services has an hour of its own, every night.
    """
    rows = [
        event(at=(START + dt.timedelta(days=day, hours=hour)).isoformat(), user__name=name)
        for day in range(28)
        for hour, name in enumerate(services, start=1)
    ]
    for day in range(28):
        when = START + dt.timedelta(days=day)
        for name in NAMES if when.weekday() not in rest else ():
            rows += [
                event(at=(when + dt.timedelta(hours=hour % 24, minutes=20)).isoformat(), user__name=name)
                for hour in hours
            ]
    if jobs:
        rows.append(event(at=START.isoformat(), user__name="cleo"))
    store = EventStore.from_table(events_table(rows))
    store.materialize(
        "people", """SELECT "user.name" AS account, "@timestamp" AS ts, 'm365' AS realm, false AS failed FROM events"""
    )
    return store


def is_off(hours: WorkingTime, moment: str, margin: int = 0) -> bool:
    condition = hours.off_hours("moment", margin)
    sql = f"SELECT ({condition}) AS off FROM (SELECT CAST(? AS TIMESTAMPTZ) AS moment)"  # noqa: S608 - our own condition
    rows = EventStore.from_table(events_table([])).rows(sql, [moment])
    return bool(rows[0]["off"])


def test_hours_and_days_of_rest_are_learnt_where_none_are_declared() -> None:
    hours = known_working_time(store_of(range(8, 17)), Profile(), "people")
    assert hours.rest_days == (0, 6)
    assert not is_off(hours, "2026-03-04T10:00:00Z")
    assert is_off(hours, "2026-03-04T02:00:00Z")
    assert is_off(hours, "2026-03-07T10:00:00Z"), "a Saturday"


@pytest.mark.parametrize(
    ("time", "off", "far_off"),
    [("08:29", True, False), ("08:30", False, False), ("17:45", False, False), ("17:46", True, False),
     ("06:29", True, True), ("06:30", True, False), ("19:45", True, False), ("19:46", True, True)],
)  # fmt: skip
def test_a_margin_lies_on_both_sides_of_declared_hours(time: str, off: bool, far_off: bool) -> None:
    hours = WorkingTime("UTC", 8 * 60 + 30, 17 * 60 + 45)
    assert is_off(hours, f"2026-03-04T{time}:00Z") == off
    assert is_off(hours, f"2026-03-04T{time}:00Z", margin=120) == far_off


def test_a_day_of_rest_is_off_whatever_the_hour() -> None:
    hours = WorkingTime("UTC", 0, 24 * 60)
    assert is_off(hours, "2026-03-08T12:00:00Z"), "a Sunday"
    assert not is_off(hours, "2026-03-09T12:00:00Z")


def test_a_weekend_on_other_days_is_learnt_even_with_declared_hours() -> None:
    profile = Profile(organisation=Organisation(working_hours="09:00-17:00"))
    hours = known_working_time(store_of(range(8, 17), rest=(4, 5)), profile, "people")
    assert (hours.first, hours.last) == (9 * 60, 17 * 60)
    assert is_off(hours, "2026-03-06T10:00:00Z"), "a Friday"
    assert not is_off(hours, "2026-03-08T10:00:00Z"), "a Sunday"


def test_a_servers_nightly_accounts_do_not_hide_the_hours_that_people_keep() -> None:
    hours = known_working_time(store_of(range(8, 17), services=SERVICES), Profile(), "people")
    assert hours.rest_days == (0, 6)
    assert is_off(hours, "2026-03-04T02:00:00Z")
    assert not is_off(hours, "2026-03-04T10:00:00Z")


def test_where_those_with_other_hours_are_many_nobody_is_left_out() -> None:
    many = (*SERVICES, "sync", "index", "mirror", "backup")
    assert known_working_time(store_of(range(15, 24), services=many), Profile(), "people").first is None


def test_a_working_day_may_lie_over_midnight() -> None:
    hours = known_working_time(store_of(range(21, 29), rest=()), Profile(), "people")
    assert not is_off(hours, "2026-03-04T23:30:00Z")
    assert not is_off(hours, "2026-03-05T02:30:00Z")
    assert is_off(hours, "2026-03-04T12:00:00Z")


def test_people_around_the_clock_or_too_few_of_them_have_no_working_hours() -> None:
    assert known_working_time(store_of(range(24), rest=()), Profile(), "people").first is None
    few = EventStore.from_table(events_table([event(at=START.isoformat(), user__name="ada")]))
    few.materialize("people", "SELECT 'ada' AS account, now() AS ts, 'm365' AS realm, false AS failed")
    hours = known_working_time(few, Profile(), "people")
    assert hours.off_hours("ts") == "false"


@settings(max_examples=6, deadline=None)
@given(start=st.integers(0, 23), length=st.integers(4, 12))
def test_what_is_learnt_holds_the_hours_that_people_keep(start: int, length: int) -> None:
    hours = known_working_time(store_of(range(start, start + length), rest=(), jobs=False), Profile(), "people")
    inside = sum(
        not is_off(hours, (START + dt.timedelta(days=9, hours=hour, minutes=20)).isoformat())
        for hour in range(start, start + length)
    )
    assert inside >= 0.9 * length - 1
