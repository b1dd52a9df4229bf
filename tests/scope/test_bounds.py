"""Bounds on the stay: what the logs allow to say of its beginning and end, and what a gap takes away."""

from __future__ import annotations

from scope.months import VPS, Row, day_time, finding, intruder_days, numbered, staff_month
from support.events import events_table
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, Intrusion
from vigilia.scope.bounds import bound_stay, stay_statement
from vigilia.scope.scope import determine_scope
from vigilia.store.event_store import EventStore

FIRST, LAST = 50, 60


def gap(start: str, end: str, kind: str = "missing", source: str = "m365.audit") -> Gap:
    return Gap(id="gap-1", source=source, entity="", kind=kind, start=start, end=end, basis="", consequence="")  # type: ignore[arg-type]


def bounded(gaps: list[Gap], days: int = 110, nights: tuple[int, ...] = (FIRST, 55, LAST)) -> Intrusion:
    rows: list[Row] = numbered([*staff_month(days), *intruder_days(nights)])
    theirs = [row for row in rows if row["source.ip"] == VPS]
    findings = [finding("bad", "critical", theirs), finding("bad-too", "high", theirs)]
    store = EventStore.from_table(events_table(rows))
    return bound_stay(store, determine_scope(store, findings, Profile()).intrusion, gaps)


def utc(day: int, hour: int = 0) -> str:
    return f"{day_time(day, hour)[:19]}.000000Z"


def test_logs_that_go_on_well_before_and_after_bound_the_stay_on_both_sides() -> None:
    intrusion = bounded([])
    first, last = intrusion.first_activity, intrusion.last_activity
    assert first is not None
    assert last is not None
    assert (first.earliest, first.latest) == (intrusion.first_seen, intrusion.first_seen)
    assert (last.earliest, last.latest) == (intrusion.last_seen, intrusion.last_seen)
    assert intrusion.dwell_at_most == intrusion.dwell_at_least > 9


def test_logs_that_begin_or_end_near_the_traces_bound_nothing_there() -> None:
    intrusion = bounded([], days=66, nights=(10, LAST))
    first, last = intrusion.first_activity, intrusion.last_activity
    assert first is not None
    assert last is not None
    assert (first.earliest, last.latest, intrusion.dwell_at_most) == ("", "", None)
    (said,) = stay_statement(intrusion)
    assert "too near to the first sign" in said.text
    assert "at most" not in said.text


def test_a_gap_that_touches_a_sign_widens_the_interval_to_its_end_and_is_named() -> None:
    intrusion = bounded([gap(utc(40), utc(FIRST, 1))])
    first = intrusion.first_activity
    assert first is not None
    assert (first.earliest, first.latest) == (utc(40), intrusion.first_seen)
    assert first.gap_ids == ["gap-1"]
    assert intrusion.dwell_at_most is not None
    assert intrusion.dwell_at_most > intrusion.dwell_at_least + 9.9
    (said,) = stay_statement(intrusion)
    assert said.gap_ids == ["gap-1"]


def test_a_gap_that_leaves_too_little_of_the_logs_leaves_the_stay_open() -> None:
    """A part of the log that is missing all along is no bound: the days without a sign would be none."""
    intrusion = bounded([gap(utc(1), utc(109), kind="not-provided")])
    first, last = intrusion.first_activity, intrusion.last_activity
    assert first is not None
    assert last is not None
    assert (first.earliest, last.latest, intrusion.dwell_at_most) == ("", "", None)
    (said,) = stay_statement(intrusion)
    assert " 0 days" not in said.text
    assert "too little of the logs to say when it began" in said.text


def test_a_gap_without_a_beginning_leaves_it_open_and_one_of_another_log_or_far_away_changes_nothing() -> None:
    open_gap = bounded([gap("", utc(FIRST, 1), kind="retention")]).first_activity
    assert open_gap is not None
    assert open_gap.earliest == ""
    elsewhere = bounded([gap(utc(40), utc(FIRST, 1), source="windows"), gap(utc(2), utc(4))]).first_activity
    assert elsewhere is not None
    assert (elsewhere.earliest, elsewhere.gap_ids) == (elsewhere.latest, [])


def test_nobody_found_has_no_stay() -> None:
    store = EventStore.from_table(events_table(numbered(staff_month())))
    intrusion = bound_stay(store, determine_scope(store, [], Profile()).intrusion, [])
    assert (intrusion.first_activity, stay_statement(intrusion)) == (None, [])
