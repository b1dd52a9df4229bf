"""Phases: the intruder's work towards each ATT&CK tactic, over time."""

from __future__ import annotations

from scope.months import VPS, Row, day_time, finding, intruder_days, mail, numbered, staff_month
from support.events import events_table
from vigilia.knowledge.tactics import tactic_labels
from vigilia.model.profile import Profile
from vigilia.model.result import Phase
from vigilia.scope.phases import PHASES_AT_MOST
from vigilia.scope.scope import determine_scope
from vigilia.store.event_store import EventStore


def phases_of(rows: list[Row]) -> list[Phase]:
    theirs = [row for row in rows if row["source.ip"] == VPS and row["event.action"] in ("New-InboxRule", "Send")]
    findings = [finding("inbox-rule", "critical", theirs), finding("inbox-rule-too", "high", theirs)]
    return determine_scope(EventStore.from_table(events_table(rows)), findings, Profile()).intrusion.phases


def test_a_phase_counts_and_dates_the_intruders_records_of_one_tactic_alone() -> None:
    rows = numbered(staff_month() + intruder_days(range(3, 6)))
    found = phases_of(rows)
    reading = next(one for one in found if one.tactic == "collection")
    assert (reading.first_time[:16], reading.last_time[:16]) == ("2026-03-05T02:05", "2026-03-07T02:14")
    assert reading.count == 31, "ten records of reading in each of three nights, and the matched rule"
    assert reading.label == "Gathering"
    entered = next(one for one in found if one.tactic == "initial-access")
    assert (entered.count, entered.first_time[:16]) == (1, "2026-03-05T02:00")


def test_a_silence_of_more_than_a_week_begins_a_new_phase() -> None:
    rows = numbered(staff_month() + intruder_days([3, 9, 20]))
    spans = [(one.first_time[:10], one.last_time[:10]) for one in phases_of(rows) if one.tactic == "collection"]
    assert spans == [("2026-03-05", "2026-03-11"), ("2026-03-22", "2026-03-22")]


def test_phases_come_in_order_and_each_rests_on_events_of_its_own_time() -> None:
    rows = numbered(staff_month() + intruder_days([3, 20]))
    times = {row["event.id"]: row["@timestamp"].strftime("%Y-%m-%dT%H:%M:%S.%fZ") for row in rows}
    found = phases_of(rows)
    assert [one.first_time for one in found] == sorted(one.first_time for one in found)
    for one in found:
        assert one.event_ids
        assert one.tactic in tactic_labels()
        assert all(one.first_time <= times[event] <= one.last_time for event in one.event_ids)


def test_nobody_found_means_no_phase() -> None:
    rows = numbered(staff_month())
    assert determine_scope(EventStore.from_table(events_table(rows)), [], Profile()).intrusion.phases == []


def test_a_long_intrusion_is_told_in_a_bounded_number_of_phases() -> None:
    """Two years of one visit every nine days would be more stretches than anybody reads."""
    nights = range(0, 730, 9)
    rows = numbered(staff_month() + intruder_days(nights) + [
        mail("cleo@example.org", VPS, day_time(day, 3), action="SearchQueryInitiatedExchange", agent="axios/1.7")
        for day in nights
    ])  # fmt: skip
    found = phases_of(rows)
    assert 0 < len(found) <= PHASES_AT_MOST
    assert max(one.last_time for one in found)[:4] == "2028"
