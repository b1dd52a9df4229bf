"""Access keys of programs: a way back that no new password closes."""

from __future__ import annotations

import pytest

from scope.months import EGRESS, Row, day_time, finding, numbered
from support.events import event, events_table
from vigilia.model.profile import Organisation, Profile
from vigilia.model.result import Persistence
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_PROFILE = Profile(organisation=Organisation(domains=["example.org"], egress=[EGRESS]))
_ELSEWHERE = "203.0.113.142"
_USER = "nightly-export"
_OLD, _NEW = "AKIAEXAMPLEOLDKEY002", "AKIAEXAMPLENEWKEY002"


def _call(at: str, action: str, session: str = _OLD, address: str = _ELSEWHERE, **fields: str) -> Row:
    return event(
        vigilia__source="aws.cloudtrail", at=at, event__action=action, user__name=_USER, source__ip=address,
        event__outcome="success", session__id=session, user_agent__original="cli/9", fields=fields,
    )  # fmt: skip


def _scope(*more: Row) -> Scope:
    rows = [_call(day_time(day, 4), "PutObject", address=EGRESS) for day in range(28)]
    for row in rows:
        row["user_agent.original"] = "exporter/1"
    theirs = [_call(day_time(9, 2, n), "GetObject") for n in range(8)]
    made = _call(day_time(9, 2, 30), "CreateAccessKey", **{"responseElements.accessKey.accessKeyId": _NEW})
    numbered([*rows, *theirs, made, *more])
    matched = [*theirs, made]
    rules = [finding("odd-program", "critical", matched), finding("key-made", "high", [made], "T1098.001")]
    rules.append(finding("fetched", "high", theirs))
    return determine_scope(EventStore.from_table(events_table([*rows, *theirs, made, *more])), rules, _PROFILE)


def _keys(scope: Scope) -> dict[str, Persistence]:
    return {one.value: one for one in scope.intrusion.persistence if one.kind == "access-key"}


def test_the_key_that_was_used_and_the_key_that_was_made_are_ways_back_each_told_once() -> None:
    scope = _scope()
    keys = _keys(scope)
    assert {value: one.state for value, one in keys.items()} == {_OLD: "unknown", _NEW: "there"}
    assert keys[_OLD].statement == (
        f"The access key “{_OLD}” of {_USER} was first used by the intruder on 11 March 2026."
        " It works until it is made inactive or deleted."
    )
    assert not [one for one in scope.intrusion.persistence if one.kind == "credential"]


def test_the_step_is_to_deactivate_the_keys_and_not_to_reset_a_password() -> None:
    steps = [one.what for one in _scope().containment]
    assert f"Deactivate the access keys that the intruder used or made: “{_NEW}” and “{_OLD}”" in steps
    assert not [one for one in steps if "password" in one or "SSH" in one]


def test_who_signed_in_to_the_console_has_a_password_to_reset_too() -> None:
    steps = [one.what for one in _scope(_call(day_time(9, 2, 40), "ConsoleLogin", "")).containment]
    assert f"Reset the password and the second sign-in methods of {_USER}" in steps


@pytest.mark.parametrize("key", [_OLD, _NEW])
def test_a_key_that_was_deleted_afterwards_is_gone(key: str) -> None:
    deleted = _call(day_time(20, 9), "DeleteAccessKey", address=EGRESS, **{"requestParameters.accessKeyId": key})
    one = _keys(_scope(deleted))[key]
    assert (one.state, one.removed[:10]) == ("removed", "2026-03-22")
    assert deleted["event.id"] in one.event_ids


def test_temporary_keys_and_the_owners_are_no_ways_back() -> None:
    temporary = _call(day_time(9, 2, 50), "GetObject", "ASIAEXAMPLETEMPORARY")
    assert set(_keys(_scope(temporary))) == {_OLD, _NEW}
