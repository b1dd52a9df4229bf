"""What a person confirmed or rejected outweighs the records, and what hung on a rejected thing alone falls with it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from scope.months import EGRESS, STAFF, VICTIM, VPS, Row, day_time, finding, intruder_days, mail, numbered, staff_month
from support.events import events_table
from vigilia.model.errors import UsageError
from vigilia.model.marks import Mark, MarkKind, MarkVerdict, parse_entity
from vigilia.model.profile import Profile
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

OTHER = "198.18.5.5"


def mark(verdict: MarkVerdict, kind: MarkKind, value: str) -> Mark:
    return Mark(verdict=verdict, kind=kind, value=value, why="she said so")


def month() -> list[Row]:
    """An intruder with one account, from whose address another account was read, without any match."""
    quiet = [mail("ada@example.org", VPS, day_time(10, 3, minute), session="quiet") for minute in range(6)]
    return numbered([*staff_month(), *intruder_days(range(3, 25, 3)), *quiet])


def judged(rows: list[Row], marks: Sequence[Mark], *, matched: bool = True) -> tuple[Scope, dict[str, float]]:
    theirs = [row for row in rows if row["source.ip"] == VPS and row["user.name"] == VICTIM]
    findings = [finding("bad", "critical", theirs), finding("bad-too", "high", theirs)] if matched else []
    store = EventStore.from_table(events_table(rows))
    scope = determine_scope(store, findings, Profile(), marks)
    table = store.rows('SELECT "event.id" AS id, probability FROM intruder_events')
    return scope, {str(row["id"]): float(str(row["probability"])) for row in table}


def test_rejecting_an_account_takes_its_events_and_what_hung_on_it_alone() -> None:
    rows = month()
    scope, events = judged(rows, [])
    assert {one.value for one in scope.intrusion.accounts if one.probability >= 0.5} == {VICTIM, "ada@example.org"}
    scope, events = judged(rows, [mark("rejected", "account", VICTIM)])
    assert scope.intrusion.verdict == "none-found"
    assert not [one for one in events.values() if one >= 0.5]


@pytest.mark.parametrize(("kind", "value"), [("address", VPS), ("session", "stolen-0")])
def test_what_was_rejected_is_in_no_event_of_the_intruder(kind: MarkKind, value: str) -> None:
    rows = month()
    _, events = judged(rows, [mark("rejected", kind, value)])
    column = {"address": "source.ip", "session": "session.id"}[kind]
    assert not {row["event.id"] for row in rows if row[column] == value} & events.keys()


def test_a_rejected_event_alone_is_left_out() -> None:
    rows = month()
    one = next(row["event.id"] for row in rows if row["source.ip"] == VPS)
    _, before = judged(rows, [])
    _, after = judged(rows, [mark("rejected", "event", one)])
    assert before.keys() - after.keys() == {one}


def test_a_confirmed_address_is_theirs_though_no_rule_matched() -> None:
    rows = month()
    scope, events = judged(rows, [mark("confirmed", "address", VPS)], matched=False)
    theirs = {row["event.id"] for row in rows if row["source.ip"] == VPS}
    assert scope.intrusion.verdict == "intrusion"
    assert {event for event, chance in events.items() if chance >= 0.5} == theirs
    reasons = next(one.reasons for one in scope.intrusion.addresses if one.value == VPS)
    assert any("she said so" in one.text for one in reasons)


def test_a_confirmed_session_from_the_office_is_theirs_and_the_rest_of_the_office_is_not() -> None:
    stolen = [mail(VICTIM, EGRESS, day_time(8, 3, minute), session="inside") for minute in range(5)]
    rows = numbered([*staff_month(), *stolen])
    _, events = judged(rows, [mark("confirmed", "session", "inside")], matched=False)
    assert {one for one, chance in events.items() if chance >= 0.5} == {row["event.id"] for row in stolen}


def test_a_confirmed_event_carries_its_outside_place_with_it() -> None:
    rows = month()
    theirs = [row["event.id"] for row in rows if row["source.ip"] == VPS and row["user.name"] == VICTIM]
    _, events = judged(rows, [mark("confirmed", "event", theirs[0])], matched=False)
    assert all(events[one] >= 0.5 for one in theirs)


def test_confirming_an_account_does_not_make_its_owners_work_the_intruders() -> None:
    rows = month()
    scope, events = judged(rows, [mark("confirmed", "account", VICTIM)], matched=False)
    assert scope.intrusion.verdict == "intrusion"
    assert VICTIM in {one.value for one in scope.intrusion.accounts if one.probability >= 0.5}
    owners = {row["event.id"] for row in rows if row["source.ip"] == EGRESS}
    assert not [one for one in owners if events.get(one, 0.0) >= 0.5]


def test_what_no_record_shows_is_listed_because_a_person_says_so() -> None:
    scope, _ = judged(numbered(staff_month()), [mark("confirmed", "address", OTHER)], matched=False)
    (address,) = scope.intrusion.addresses
    assert (address.value, address.events, scope.intrusion.verdict) == (OTHER, 0, "intrusion")


def test_a_rejection_outweighs_a_confirmation_and_marks_are_told() -> None:
    marks = [mark("confirmed", "address", VPS), mark("rejected", "account", VICTIM)]
    scope, events = judged(month(), marks)
    assert not [row for row in month() if row["user.name"] == VICTIM and row["event.id"] in events]
    assert scope.intrusion.marks == marks
    assert any("a person decided" in one.text and VPS in one.text for one in scope.statements)


def test_entities_are_written_as_kind_and_value() -> None:
    assert parse_entity("account:Ada@Example.org") == ("account", "ada@example.org")
    assert parse_entity("address:2001:db8::7") == ("address", "2001:db8::7")
    for wrong in ("ada", "person:ada", "account:", f"{STAFF[0]}"):
        with pytest.raises(UsageError):
            parse_entity(wrong)
