"""Data carried off at night from where the owner seldom is: told, though nothing lasting was made."""

from __future__ import annotations

import pytest

from scope.months import STAFF, VICTIM, VPS, Row, day_time, finding, mail, numbered, staff_month
from support.events import events_table
from vigilia.model.matches import Finding
from vigilia.model.profile import Organisation, Profile
from vigilia.model.result import Intrusion
from vigilia.scope.scope import determine_scope
from vigilia.store.event_store import EventStore

_OWN = "Client=OutlookService"
_PROFILE = Profile(organisation=Organisation(working_hours="08:00-18:00"))


def _night(day: int, address: str = VPS, hour: int = 3) -> list[Row]:
    """The owner's very own program, and forty files."""
    return [
        mail(VICTIM, address, day_time(day, hour, minute), action="FileDownloaded", agent=_OWN) for minute in range(40)
    ]


def _work(day: int, address: str = VPS, hour: int = 3) -> list[Row]:
    return [
        mail(VICTIM, address, day_time(day, hour, minute), action="MailItemsAccessed", agent=_OWN)
        for minute in (1, 5, 9, 12, 20)
    ]


def _judged(taken: list[Row], tactic: str = "exfiltration") -> Intrusion:
    rows = numbered([*staff_month(), *taken])
    matched = finding("many-files", "medium", [row for row in rows if row["event.action"] == "FileDownloaded"])
    found: list[Finding] = [
        Finding(**{name: getattr(matched, name) for name in matched.__struct_fields__} | {"tactics": [tactic]})
    ]
    return determine_scope(EventStore.from_table(events_table(rows)), found, _PROFILE).intrusion


def test_on_two_nights_it_is_suspicious() -> None:
    intrusion = _judged([*_night(7), *_night(9)])
    assert intrusion.verdict == "suspicious"
    assert [one.value for one in intrusion.accounts] == [VICTIM]
    assert any("on several days" in reason.text for reason in intrusion.accounts[0].reasons)


def test_on_two_nights_from_two_addresses_too() -> None:
    assert _judged([*_night(7), *_night(9, "198.18.9.9")]).verdict != "none-found"


@pytest.mark.parametrize(
    ("nights", "hour", "tactic"),
    [((7,), 3, "exfiltration"), ((7, 9), 11, "exfiltration"), ((7, 9), 3, "discovery")],
    ids=["once", "in working hours", "only looked at"],
)
def test_what_may_well_be_honest_work_is_named_as_nearest_at_most(
    nights: tuple[int, ...], hour: int, tactic: str
) -> None:
    intrusion = _judged([row for day in nights for row in _night(day, hour=hour)], tactic)
    assert intrusion.verdict == "none-found"
    assert VICTIM in {one.value.split(" ")[0] for one in intrusion.nearest}
    assert not set(STAFF) & {one.value for one in intrusion.accounts if one.probability >= 0.5}


def test_a_place_from_which_somebody_only_fetched_is_more_likely_than_not_the_intruders_but_no_intrusion() -> None:
    intrusion = _judged([row for day in (6, 7, 9, 13, 14) for row in _night(day)])
    assert intrusion.verdict == "suspicious"
    assert 0.5 <= intrusion.probability < 0.8
    assert [one.value for one in intrusion.addresses] == [VPS]
    reasons = " ".join(reason.text for reason in intrusion.accounts[0].reasons)
    assert "was to fetch" in reasons
    assert "Nothing but how much was fetched" in reasons


def test_a_second_place_by_day_is_found_with_the_one_by_night() -> None:
    by_day = [row for day in (8, 10) for row in _night(day, "198.18.9.9", hour=11)]
    assert {one.value for one in _judged([*_night(7), *_night(9), *by_day]).addresses} == {VPS, "198.18.9.9"}
    assert _judged(by_day).verdict == "none-found"


def test_whoever_works_where_they_fetch_at_night_is_not_suspected() -> None:
    week = [row for day in (7, 8, 9, 10, 11, 12) for row in _work(day)]
    assert _judged([*week, *_night(8), *_night(11)]).verdict == "none-found"


def test_habits_at_two_places_do_not_make_each_other_certain() -> None:
    nights = [row for day in (6, 7, 8, 9, 13, 14) for row in _night(day, VPS if day % 2 else "198.18.9.9")]
    assert _judged(nights).verdict == "suspicious"


def test_once_from_a_train_is_not_again_because_of_a_week_of_work_elsewhere() -> None:
    train, family = "198.18.9.9", [row for day in (7, 8, 9, 10, 11, 12) for row in _work(day)]
    assert _judged([*family, *_night(8), *_night(11), *_night(15, train)]).verdict == "none-found"
