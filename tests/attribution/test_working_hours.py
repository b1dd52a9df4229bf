"""The clock of a made-up office is found, machines are left out, and hours without rhythm say nothing."""

from __future__ import annotations

import datetime as dt
import random

import pytest

from support.attribution_cases import START, store_of
from vigilia.attribution.hours.likelihood import fit_hours
from vigilia.attribution.hours.working_hours import credible_offsets, working_hours
from vigilia.attribution.tables.working_week import load_working_week

_WEEKS = 8


def _office(
    minutes: int, off: tuple[int, ...] = (6, 7), without: frozenset[dt.date] = frozenset()
) -> list[dt.datetime]:
    """Return the UTC times of somebody at a desk from 9 to 17, with lunch, by a clock this many minutes east."""
    found: list[dt.datetime] = []
    for day in range(7 * _WEEKS):
        for hour in (9, 10, 11, 13, 14, 15, 16):
            local = START + dt.timedelta(days=day, hours=hour, minutes=20)
            if local.isoweekday() not in off and local.date() not in without:
                found.append(local - dt.timedelta(minutes=minutes))
    return found


@pytest.mark.parametrize("offset", range(-660, 781, 60))
def test_working_hours_find_the_offset_of_a_made_up_office(offset: int) -> None:
    fit = fit_hours(_office(offset))
    likeliest = max(fit.offsets, key=lambda one: fit.offsets[one])
    distance = (likeliest - offset) % 1440  # the clock is a circle
    assert min(distance, 1440 - distance) <= 120  # some begin their day earlier or later than others
    assert sum(fit.offsets.values()) == pytest.approx(1.0)


def test_a_weekend_on_friday_and_saturday_is_told_from_the_other() -> None:
    assert fit_hours(_office(210, off=(5, 6))).weekend == "Friday and Saturday"
    assert fit_hours(_office(210)).weekend == "Saturday and Sunday"


def test_holidays_that_were_kept_speak_for_their_calendar_and_worked_ones_against_it() -> None:
    calendar = next(one for one in load_working_week().calendar if one.country == "CN")
    days = frozenset(calendar.between(START.date(), START.date() + dt.timedelta(days=7 * _WEEKS)))
    assert days
    assert fit_hours(_office(480, without=days)).holidays["CN"] > 0
    assert fit_hours(_office(480)).holidays["CN"] < 0


def test_hours_without_rhythm_say_nothing() -> None:
    start = START.replace(hour=0)
    fit = fit_hours([start + dt.timedelta(hours=hour) for hour in range(24 * 28)])
    assert max(fit.offsets.values()) < 0.1
    assert credible_offsets(fit) == ()
    assert fit.automation > 0.5


def test_nothing_seen_is_a_flat_distribution() -> None:
    fit = fit_hours([])
    assert len(set(fit.offsets.values())) == 1


def test_a_beacon_is_left_out_and_counted() -> None:
    beacon = [START + dt.timedelta(minutes=10 * number) for number in range(2000)]
    with store_of(beacon) as store:
        hours = working_hours(store)
    assert (hours.hours, hours.beacons) == (0, 2000)
    assert hours.likely == ()


def test_the_hours_rest_on_the_first_record_of_each_and_not_on_a_beacon() -> None:
    worked = [START + dt.timedelta(hours=hour, minutes=minute) for hour in range(30) for minute in (3, 7, 21)]
    with store_of(worked) as store:
        hours = working_hours(store)
        wanted = store.rows('SELECT "event.id" AS id FROM events ORDER BY "@timestamp"')
    assert list(hours.event_ids) == [row["id"] for row in wanted[::3]][:20]
    with store_of([START + dt.timedelta(minutes=10 * number) for number in range(2000)]) as store:
        assert working_hours(store).event_ids == ()


def test_people_are_no_beacon() -> None:
    source = random.Random("people")
    moments = sorted(one + dt.timedelta(minutes=source.randrange(30)) for one in _office(480))
    with store_of(moments) as store:
        hours = working_hours(store)
    assert hours.beacons == 0
    assert 480 in hours.likely


def test_few_hours_or_assumed_clocks_say_nothing() -> None:
    with store_of(_office(480)[:20]) as store:
        assert working_hours(store).likely == ()
    with store_of(_office(480), vigilia__time_basis="zone-assumed") as store:
        assert working_hours(store).hours == 0
