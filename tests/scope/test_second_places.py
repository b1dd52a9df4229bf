"""A taken account is followed to its next new address, whatever the service; the owner's other places are not."""

from __future__ import annotations

import pytest

from scope.months import EGRESS, STAFF, Row, day_time, finding, numbered
from support.events import event, events_table
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.scope import determine_scope
from vigilia.store.event_store import EventStore

_PROFILE = Profile(organisation=Organisation(domains=["example.org"], egress=[EGRESS]))
_FIRST, _SECOND = "203.0.113.140", "198.18.44.9"
_VICTIM = STAFF[3]
_DESK = "Chrome on Windows"


def _record(source: str, account: str, address: str, at: str, action: str, program: str | None) -> Row:
    return event(
        vigilia__source=source, at=at, event__action=action, user__name=account, source__ip=address,
        user_agent__original=program, event__outcome="success",
    )  # fmt: skip


def _month(source: str) -> list[Row]:
    return [
        _record(source, name, EGRESS, day_time(day, hour, number), "view", _DESK)
        for day in range(28)
        for number, name in enumerate(STAFF)
        for hour in (9, 14)
    ]


def _taken(source: str) -> list[Row]:
    return [
        _record(source, _VICTIM, _FIRST, day_time(day, 2, n), "download", "sync-2.2")
        for day in (8, 10)
        for n in range(9)
    ]


def _addresses(source: str, later: list[Row]) -> dict[str, float]:
    rows = numbered([*_month(source), *_taken(source), *later])
    first = [row for row in rows if row["source.ip"] == _FIRST]
    rules = [finding("odd-program", "critical", first), finding("much-fetched", "high", first)]
    rules.append(finding("copy-of-all", "medium", [row for row in rows if row["event.action"] == "archive"]))
    scope = determine_scope(EventStore.from_table(events_table(rows)), rules, _PROFILE)
    return {one.value: one.probability for one in scope.intrusion.addresses}


@pytest.mark.parametrize("source", ["google.workspace", "aws.cloudtrail", "m365.audit"])
def test_the_same_never_seen_program_at_another_address_is_theirs(source: str) -> None:
    later = [_record(source, _VICTIM, _SECOND, day_time(19, 3, n), "view", "sync-2.2") for n in range(3)]
    assert _addresses(source, later)[_SECOND] >= 0.8


@pytest.mark.parametrize("source", ["google.workspace", "aws.cloudtrail", "m365.audit"])
def test_a_copy_of_all_from_another_new_address_within_two_weeks_is_at_least_possible(source: str) -> None:
    later = [_record(source, _VICTIM, _SECOND, day_time(17, 3, n), "archive", None) for n in range(2)]
    assert _addresses(source, later)[_SECOND] >= 0.2


@pytest.mark.parametrize(
    ("day", "account", "program"),
    [(27, _VICTIM, None), (17, STAFF[1], None), (17, _VICTIM, _DESK)],
    ids=["weeks later", "somebody else", "the owner's own program"],
)
def test_another_new_place_of_somebody_else_or_the_owner_is_not(day: int, account: str, program: str | None) -> None:
    later = [_record("google.workspace", account, _SECOND, day_time(day, 20, n), "view", program) for n in range(2)]
    assert _addresses("google.workspace", later).get(_SECOND, 0.0) < 0.2


def _young(matched: bool, later: tuple[int, ...] = (11, 13, 15)) -> float:
    """An account that has records on the intruder's two days, and on the given ones from another address."""
    days = {_FIRST: (12, 14), _SECOND: later}
    runs = [
        {**_record("linux.syslog", "deploy", address, day_time(day, 12, n), "run", None), "host.name": "web01"}
        for address, when in days.items()
        for day in when
        for n in (1, 2)
    ]
    rows = numbered([*_month("linux.syslog"), *runs])
    first = [row for row in rows if row["source.ip"] == _FIRST]
    second = [row for row in rows if row["source.ip"] == _SECOND and matched]
    rules = [finding("hashes", "high", first), finding("root", "critical", first)]
    rules += [
        finding(name, "medium", second)
        for name in ("password-login", "key-added", "words-searched", "packed")
        if second
    ]
    scope = determine_scope(EventStore.from_table(events_table(rows)), rules, _PROFILE)
    return {one.value: one.probability for one in scope.intrusion.addresses}.get(_SECOND, 0.0)


@pytest.mark.parametrize("later", [(11, 13, 15), (9, 11, 13, 15, 17)], ids=["few days", "matched on all of them"])
def test_where_a_taken_account_has_hardly_other_days_no_habit_excuses_its_other_matched_place(
    later: tuple[int, ...],
) -> None:
    assert _young(matched=True, later=later) >= 0.5


def test_an_unmatched_place_or_a_habit_of_many_days_is_not_taken_for_theirs() -> None:
    assert _young(matched=False) < 0.2
    assert _young(matched=True, later=tuple(range(3, 24))) < 0.2
