"""Consents that owners were tricked into: made from their own desk, and a way back of the intruder all the same."""

from __future__ import annotations

from importlib.resources import files

import pytest

from scope.months import EGRESS, STAFF, Row, day_time, finding, numbered
from support.events import event, events_table
from vigilia.model.profile import Organisation, Profile
from vigilia.model.result import Persistence
from vigilia.scope.let_in import read_by_programs
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_PROFILE = Profile(organisation=Organisation(domains=["example.org"], egress=[EGRESS]))
_ELSEWHERE = "203.0.113.143"
_VICTIM = STAFF[3]
_APPLICATION = "Minutes Tidy"
_READ_BY_PROGRAM = "1141ef36-c6f6-4bf1-8808-a4de9d37b457"


def _record(address: str, at: str, action: str, program: str, account: str = _VICTIM) -> Row:
    return event(
        vigilia__source="google.workspace", at=at, event__action=action, user__name=account, source__ip=address,
        event__outcome="success", client__application=program, fields={"app_name": program},
    )  # fmt: skip


def _let_in(reads_from: str) -> Scope:
    """A consent far from the owner's ways; afterwards the application reads mail from some address."""
    rows = [
        _record(EGRESS, day_time(day, hour, number), "view", "Drive", name)
        for day in range(28)
        for number, name in enumerate(STAFF)
        for hour in (9, 14)
    ]
    let_in = _record(_ELSEWHERE, day_time(8, 10), "authorize", _APPLICATION)
    reads = [_record(reads_from, day_time(day, 11, n), "read", _APPLICATION) for day in (9, 10) for n in range(9)]
    numbered([*rows, let_in, *reads])
    rules = [finding("let-in", "medium", [let_in], "T1528"), finding(_READ_BY_PROGRAM, "medium", reads)]
    return determine_scope(EventStore.from_table(events_table([*rows, let_in, *reads])), rules, _PROFILE)


def test_an_application_that_reads_from_where_it_was_let_in_is_weighed_as_the_intruders() -> None:
    scope = _let_in(_ELSEWHERE)
    assert scope.intrusion.verdict != "none-found"
    assert any("makers read from theirs" in one.text for one in scope.intrusion.accounts[0].reasons)


def test_one_that_reads_from_its_makers_address_is_not() -> None:
    intrusion = _let_in("198.51.100.60").intrusion
    reasons = [one.text for unit in (*intrusion.accounts, *intrusion.nearest) for one in unit.reasons]
    assert reasons
    assert not [text for text in reasons if "makers read from theirs" in text]


def test_the_rules_of_programs_that_read_exist() -> None:
    rules = files("vigilia").joinpath("rules")
    folders = [rules.joinpath(name) for name in ("m365", "google", "entra")]
    text = "".join(one.read_text(encoding="utf-8") for folder in folders for one in folder.iterdir())
    assert not {rule for rule in read_by_programs() if f"id: {rule}" not in text}


def _scope(*more: Row, consented: str = _APPLICATION) -> Scope:
    rows = [
        _record(EGRESS, day_time(day, hour, number), "view", "Drive", name)
        for day in range(28)
        for number, name in enumerate(STAFF)
        for hour in (9, 14)
    ]
    theirs = [_record(_ELSEWHERE, day_time(day, 11, n), "download", _APPLICATION) for day in (9, 10) for n in range(9)]
    clicked = _record(EGRESS, day_time(8, 10), "authorize", consented)
    numbered([*rows, *theirs, clicked, *more])
    rules = [finding("mass-download", "critical", theirs), finding("new-program", "high", theirs)]
    return determine_scope(EventStore.from_table(events_table([*rows, *theirs, clicked, *more])), rules, _PROFILE)


def _consents(scope: Scope) -> list[Persistence]:
    return [one for one in scope.intrusion.persistence if one.kind == "consent"]


def test_a_consent_from_the_owners_desk_to_the_intruders_application_is_a_way_back() -> None:
    scope = _scope()
    (one,) = _consents(scope)
    assert (one.value, one.account, one.state, one.made[:10]) == (_APPLICATION, _VICTIM, "there", "2026-03-10")
    assert "was given on 10 March 2026" in one.statement
    assert "That the application is the intruder's is" in one.statement
    assert [step for step in scope.containment if f"“{_APPLICATION}”" in step.what and "consents" in step.what]


def test_once_it_was_revoked_it_is_gone() -> None:
    revoked = _record(EGRESS, day_time(20, 10), "revoke", _APPLICATION)
    (one,) = _consents(_scope(revoked))
    assert (one.state, one.removed[:10]) == ("removed", "2026-03-22")
    assert revoked["event.id"] in one.event_ids


@pytest.mark.parametrize("consented", ["Drive", "Holiday Planner"])
def test_a_consent_to_another_application_is_none_of_theirs(consented: str) -> None:
    assert _consents(_scope(consented=consented)) == []
