"""An intruder whose client strings are those of the staff is not excused by them."""

from __future__ import annotations

import msgspec
import pytest

from scope.months import EGRESS, STAFF, VICTIM, VPS, Row, day_time, finding, mail, numbered, staff_month
from support.events import event, events_table
from vigilia.model.profile import KnownActivity, Organisation, Profile
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/141.0.0.0"
_LINUX = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
_SYNC = "Client=Exchange ActiveSync;Outlook 16.0"
_LATER = "198.18.9.9"
_PROFILE = Profile(organisation=Organisation(domains=["example.org"], egress=[EGRESS]))


def _staff() -> list[Row]:
    """Everybody signs in with their browser, reads by way of Outlook on the web, and synchronises a telephone."""
    rows = [row for row in staff_month() if row["source.ip"] == EGRESS]
    for number, row in enumerate(rows):
        row["user_agent.original"] = (_WINDOWS, f"Client=OWA;{_WINDOWS}", _SYNC)[number % 3]
    return rows


def _rule(receiver: str, address: str = VPS, account: str = VICTIM, at: str = "") -> Row:
    return event(
        at=at or day_time(4, 2, 20),
        event__action="New-InboxRule",
        user__name=account,
        source__ip=address,
        event__outcome="success",
        fields={"Parameters.Name": ".", "Parameters.ForwardTo": receiver},
    )


def _taken(agent: str, protocol: str) -> list[Row]:
    """Visits at night from two addresses: sign-ins by a device, reading under a protocol's name, one lasting rule."""
    rows = []
    for address, days in ((VPS, (4, 8, 11)), (_LATER, (16, 21, 23))):
        for day in days:
            rows += [mail(VICTIM, address, day_time(day, 2, minute), agent=protocol) for minute in range(5, 20)]
            rows += [mail(VICTIM, address, day_time(day, 2, n), action="UserLoggedIn", agent=agent) for n in range(3)]
    return rows


def _judge(rows: list[Row], profile: Profile = _PROFILE) -> tuple[Scope, dict[str, float]]:
    numbered(rows)
    rules = [row for row in rows if row["event.action"] == "New-InboxRule"]
    findings = [finding("rule-that-forwards", "medium", rules), finding("odd-name", "medium", rules)]
    store = EventStore.from_table(events_table(rows))
    scope = determine_scope(store, findings, profile)
    return scope, {one.value: one.probability for one in scope.intrusion.addresses}


@pytest.mark.parametrize("protocol", ["Client=OWA;Action=ViaProxy", _SYNC, f"Client=OWA;{_LINUX}"])
def test_a_protocol_that_staff_use_too_excuses_no_strange_device(protocol: str) -> None:
    scope, addresses = _judge([*_staff(), *_taken(_LINUX, protocol), _rule("archive@elsewhere.example")])
    assert scope.intrusion.verdict == "intrusion"
    assert addresses[VPS] >= 0.8
    assert addresses[_LATER] >= 0.5
    assert scope.intrusion.last_seen == "2026-03-25T02:19:00.000000Z"


def test_with_the_owners_very_own_program_a_lasting_rule_to_the_outside_is_suspicious_all_the_same() -> None:
    scope, addresses = _judge([*_staff(), *_taken(_WINDOWS, _SYNC), _rule("archive@elsewhere.example")])
    assert scope.intrusion.verdict != "none-found"
    assert VPS in addresses


def test_a_rule_that_forwards_outside_is_told_where_nobody_was_found() -> None:
    rule = _rule("me@elsewhere.example", address=EGRESS, at=day_time(4, 11))
    scope, _ = _judge([*_staff(), rule])
    assert scope.intrusion.verdict == "none-found"
    told = [one for one in scope.statements if "me@elsewhere.example" in one.text]
    assert {(one.question, one.weight) for one in told} == {("who-was-in", "detail"), ("what-now", "headline")}
    assert all(one.event_ids == [rule["event.id"]] for one in told)


def test_what_is_forwarded_to_a_colleague_or_a_domain_of_ones_own_is_not_outside() -> None:
    for receiver, profile in (
        (STAFF[0], Profile()),
        (STAFF[0], _PROFILE),
        ("Ada <ada@mail.example.org>", _PROFILE),
    ):
        scope, _ = _judge([*_staff(), _rule(receiver, address=EGRESS, at=day_time(4, 11))], profile)
        assert not [one for one in scope.statements if "sent on" in one.text]


def test_many_forwardings_are_counted_and_none_is_told_twice() -> None:
    rules = [_rule(f"me@out{n}.example", address=EGRESS, at=day_time(4, 11, n)) for n in range(5)]
    scope, _ = _judge([*_staff(), *rules])
    told = [one.text for one in scope.statements if one.question == "who-was-in" and "outside the organi" in one.text]
    assert len(told) == 4
    assert told[-1] == "2 more records send mail to addresses outside the organisation."


def test_where_nobody_was_found_the_nearest_is_named_with_its_reasons() -> None:
    scope, _ = _judge([*_staff(), *[mail(VICTIM, VPS, day_time(4, 2, n), agent=_LINUX) for n in range(9)]])
    assert scope.intrusion.verdict == "none-found"
    nearest = scope.intrusion.nearest[0]
    assert nearest.value == f"{VICTIM} at {VPS}"
    assert [one.weight for one in nearest.reasons] == sorted((one.weight for one in nearest.reasons), reverse=True)


def test_what_only_a_declaration_excuses_is_told_as_such() -> None:
    rows = [*_staff(), *_taken(_LINUX, _SYNC), _rule("archive@elsewhere.example")]
    test = KnownActivity(what="penetration test", where=[f"{VPS}/32", f"{_LATER}/32"])
    scope, _ = _judge(rows, msgspec.structs.replace(_PROFILE, known_activity=[test]))
    (told,) = [one for one in scope.statements if "penetration test" in one.text]
    assert (told.question, told.weight) == ("who-was-in", "caveat")
    assert f"{VICTIM} at {VPS}" in told.text
    assert told.event_ids


def test_an_address_is_not_explained_by_itself() -> None:
    rows = [*_staff(), *_taken(_LINUX, _SYNC), _rule("archive@elsewhere.example")]
    rows += [mail("ada@example.org", VPS, day_time(9, 3, n), agent=_LINUX) for n in range(6)]
    scope, _ = _judge(rows)
    texts = [reason.text for one in scope.intrusion.addresses for reason in one.reasons]
    assert not [text for text in texts if "same outside address" in text and VPS in text]
