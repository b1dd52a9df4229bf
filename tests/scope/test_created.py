"""What the intruder made is theirs, in each service: accounts and keys, and all that is done with them later."""

from __future__ import annotations

import pytest

from scope.logons import OFFICE, SERVER, WORKSTATION, judged, moment, night, owner_month, visit, windows
from scope.months import EGRESS, STAFF, Row, day_time, finding, numbered
from support.events import event, events_table
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_PROFILE = Profile(organisation=Organisation(domains=["example.org"], egress=[EGRESS]))
_FIRST, _SECOND = "203.0.113.141", "198.18.45.9"
_VICTIM, _MADE = STAFF[2], "relay-2@example.org"
_NEW_KEY = "AKIAEXAMPLENEWKEY001"


def _record(source: str, account: str, address: str, at: str, action: str, **more: str | dict[str, str]) -> Row:
    return event(
        vigilia__source=source, at=at, event__action=action, user__name=account, source__ip=address,
        event__outcome="success", session__id=more.get("session"), user__target__name=more.get("target"),
        user_agent__original=more.get("agent", "Chrome"), fields=more.get("fields", {}),
    )  # fmt: skip


def _month(source: str) -> list[Row]:
    return [
        _record(source, name, EGRESS, day_time(day, hour, number), "view")
        for day in range(28)
        for number, name in enumerate(STAFF)
        for hour in (9, 14)
    ]


def _scoped(source: str, later: list[Row]) -> tuple[Scope, set[str]]:
    """Give the scope, and the ids of the intruder's records; everything from the first address is matched."""
    taken = [_record(source, _VICTIM, _FIRST, day_time(8, 2, n), "download", agent="sync-2") for n in range(9)]
    rows = numbered([*_month(source), *taken, *later])
    theirs = [row for row in rows if row["source.ip"] == _FIRST]
    rules = [finding("odd-program", "critical", theirs), finding("much-fetched", "high", theirs)]
    store = EventStore.from_table(events_table(rows))
    scope = determine_scope(store, rules, _PROFILE)
    found = store.rows('SELECT "event.id" AS id FROM intruder_events WHERE probability >= 0.5')
    return scope, {str(row["id"]) for row in found}


_MAKINGS = {
    "aws.cloudtrail": "CreateUser",
    "google.workspace": "CREATE_USER",
    "m365.audit": "Add user.",
    "entra.audit": "Add user",
}


@pytest.mark.parametrize("source", _MAKINGS)
@pytest.mark.parametrize("address", [_SECOND, EGRESS], ids=["from elsewhere", "from the office"])
def test_an_account_that_the_intruder_made_is_theirs_wherever_it_is_used(source: str, address: str) -> None:
    made = _record(source, _VICTIM, _FIRST, day_time(8, 2, 30), _MAKINGS[source], target=_MADE, agent="sync-2")
    later = [_record(source, _MADE, address, day_time(12 + n, 10), "download") for n in range(3)]
    scope, theirs = _scoped(source, [made, *later])
    assert {row["event.id"] for row in later} <= theirs
    (account,) = [one for one in scope.intrusion.accounts if one.value == _MADE]
    assert account.events == 3
    assert account.reasons[0].text.startswith("The account or key was made by")


@pytest.mark.parametrize("source", _MAKINGS)
def test_an_account_that_the_administrator_made_is_nobodys_else(source: str) -> None:
    made = _record(source, STAFF[0], EGRESS, day_time(8, 10, 30), _MAKINGS[source], target=_MADE)
    later = [_record(source, _MADE, EGRESS, day_time(12 + n, 10), "download") for n in range(3)]
    _, theirs = _scoped(source, [made, *later])
    assert not theirs & {row["event.id"] for row in later}


def test_an_account_that_was_there_before_does_not_become_the_intruders_as_a_whole() -> None:
    made = _record("google.workspace", _VICTIM, _FIRST, day_time(8, 2, 30), "UNSUSPEND_USER", target=STAFF[4])
    _, theirs = _scoped("google.workspace", [made])
    assert made["event.id"] in theirs
    assert len(theirs) == 10


def _key_used(address: str, key: str) -> list[Row]:
    return [
        _record("aws.cloudtrail", STAFF[4], address, day_time(12, 10, n), "GetObject", session=key, agent="cli")
        for n in range(4)
    ]


@pytest.mark.parametrize(
    ("action", "field"),
    [
        ("CreateAccessKey", "responseElements.accessKey.accessKeyId"),
        ("AssumeRole", "responseElements.credentials.accessKeyId"),
    ],
)
def test_a_key_that_the_intruder_was_given_is_theirs_whoever_it_names(action: str, field: str) -> None:
    given = _record(
        "aws.cloudtrail", _VICTIM, _FIRST, day_time(8, 2, 30), action, target=STAFF[4], fields={field: _NEW_KEY}
    )
    used, owners = _key_used(_SECOND, _NEW_KEY), _key_used(EGRESS, "AKIAEXAMPLEOWNKEY001")
    _, theirs = _scoped("aws.cloudtrail", [given, *used, *owners])
    assert {row["event.id"] for row in used} <= theirs
    assert not theirs & {row["event.id"] for row in owners}


def test_a_local_account_that_was_made_in_the_intruders_session_is_theirs() -> None:
    rows = night()
    made = windows("4720", moment(9, 2.3), WORKSTATION, "cleo", "0xbad", user__target__name="helpdesk7")
    later = visit(12, 11, SERVER, "helpdesk7", "0x7e1", "3", "10.0.0.88")
    colleague = visit(12, 11, SERVER, "dan", "0xda1", "3", "10.0.0.41")
    _, theirs = judged([*owner_month(), *rows, made, *later, *colleague], rows[1:2], OFFICE)
    assert [row for row in later if row not in theirs] == []
    assert not [row for row in colleague if row in theirs]
