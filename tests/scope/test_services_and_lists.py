"""Accounts of services at new places, listed addresses in use, and visitors who then sign in from the same address."""

from __future__ import annotations

import pytest

from scope.months import Row, day_time, finding, numbered
from support.events import event, events_table
from vigilia.model.matches import Finding, Level
from vigilia.model.profile import Organisation, Profile
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_SERVICE = "mirror-bot"
_OFFICE, _ELSEWHERE = "192.0.2.44", "198.51.100.171"
_USUAL, _STRANGE = "archiver/3.1", "s5cmd/2.3"
_PROFILE = Profile(
    organisation=Organisation(
        time_zone="UTC", working_hours="08:00-18:00", service_accounts=[_SERVICE], egress=[f"{_OFFICE}/32"]
    )
)


def _call(at: str, address: str, agent: str, action: str = "GetObject") -> Row:
    return event(
        vigilia__source="aws.cloudtrail", at=at, event__action=action, user__name=_SERVICE, source__ip=address,
        user_agent__original=agent, event__outcome="success",
    )  # fmt: skip


def _request(at: str, address: str, status: int) -> Row:
    return event(
        vigilia__source="web.access", at=at, event__action="GET", source__ip=address, url__original="/backup.zip",
        http__response__status_code=status, user_agent__original="curl/8",
    )  # fmt: skip


def _nights() -> list[Row]:
    return [_call(day_time(day, 3, 10), _OFFICE, _USUAL) for day in range(28)]


def _stolen(agent: str = _STRANGE) -> list[Row]:
    return [_call(day_time(12, 3, minute), _ELSEWHERE, agent, "ListBuckets") for minute in range(8)]


def _scope(rows: list[Row], findings: list[Finding]) -> Scope:
    return determine_scope(EventStore.from_table(events_table(rows)), findings, _PROFILE)


def _listed(rows: list[Row], level: Level = "high") -> Finding:
    return finding(f"indicator:address:{_ELSEWHERE}", level, [row for row in rows if row["source.ip"] == _ELSEWHERE])


@pytest.mark.parametrize("agent", [_STRANGE, _USUAL], ids=["new program", "usual program"])
def test_a_listed_address_from_which_a_service_account_is_used_is_an_intrusion(agent: str) -> None:
    rows = numbered([*_nights(), *_stolen(agent)])
    scope = _scope(rows, [_listed(rows)])
    assert scope.intrusion.verdict == "intrusion"
    assert [one.value for one in scope.intrusion.addresses] == [_ELSEWHERE]
    assert not any("at its routine" in reason.text for reason in scope.intrusion.accounts[0].reasons)


def test_that_the_address_probed_the_website_too_does_not_make_the_list_weigh_less() -> None:
    alone = numbered([*_nights(), *_stolen()])
    both = numbered([*_nights(), *_stolen(), _request(day_time(12, 2, 50), _ELSEWHERE, 200)])
    weights = [
        max(
            reason.weight
            for reason in _scope(rows, [_listed(rows)]).intrusion.accounts[0].reasons
            if "Rule" in reason.text
        )
        for rows in (alone, both)
    ]
    assert weights[1] >= weights[0]


def test_what_rules_saw_of_a_visitor_counts_for_the_account_used_from_the_same_address() -> None:
    probe = _request(day_time(12, 2, 50), _ELSEWHERE, 200)
    rows = numbered([*_nights(), *_stolen(), probe])
    called = [row for row in rows if row["source.ip"] == _ELSEWHERE and row["user.name"]]
    rules = [finding("looked-around", "medium", called), finding("settings-file", "medium", [probe])]
    scope = _scope(rows, rules)
    reasons = {reason.text for one in scope.intrusion.accounts for reason in one.reasons}
    assert any("settings file" in text for text in reasons)


def test_probes_from_the_office_do_not_count_for_the_accounts_behind_it() -> None:
    probe = _request(day_time(12, 2, 50), _OFFICE, 200)
    rows = numbered([*_nights(), probe])
    scope = _scope(rows, [finding("settings-file", "high", [probe]), finding("odd-request", "high", [probe])])
    assert scope.intrusion.accounts == []


def test_the_routine_of_a_service_is_no_intrusion_though_rules_match_every_night() -> None:
    rows = numbered(_nights())
    scope = _scope(rows, [finding("bulk", "medium", rows), finding("copy-tool", "high", rows)])
    assert scope.intrusion.verdict == "none-found"


def test_a_medium_rule_that_matched_is_told_where_nobody_was_found() -> None:
    rows = numbered([*_nights(), _request(day_time(4, 2), "203.0.113.5", 200)])
    scope = _scope(rows, [finding("settings-file", "medium", [rows[4]]), finding("odd", "low", [rows[5]])])
    assert scope.intrusion.verdict == "none-found"
    (said,) = [one for one in scope.statements if "look at these" in one.text]
    assert said.text == "Have somebody look at these all the same: “settings file” (medium, once)."
    assert said.question == "who-was-in"
    assert not any("stands out" in one.text for one in scope.statements)
