"""What records say of logging itself: stopped until started again, dropped; restarts and shutdowns are everyday."""

from __future__ import annotations

from typing import Any

from support.events import event, events_table
from vigilia.impact.gaps.logging_changes import logging_change_gaps
from vigilia.knowledge.logging_changes import load_logging_changes
from vigilia.model.result import Gap
from vigilia.normalize.mapping import mapping_sources
from vigilia.store.event_store import EventStore


def _gaps(*rows: dict[str, Any]) -> list[Gap]:
    with EventStore.from_table(events_table(rows)) as store:
        return logging_change_gaps(store)


def _row(number: int, source: str, at: str, action: str = "", provider: str = "", **more: Any) -> dict[str, Any]:
    return event(
        number,
        at=f"2026-03-{at}:00Z",
        vigilia__source=source,
        event__action=action or None,
        event__provider=provider or None,
        host__name=more.pop("host", None),
        **more,
    )


def test_a_trail_that_was_stopped_is_a_gap_until_it_is_started_again() -> None:
    off = _row(1, "aws.cloudtrail", "01T10:00", "StopLogging")
    on = _row(2, "aws.cloudtrail", "03T10:00", "StartLogging")
    (open_end,) = _gaps(off)
    (closed,) = _gaps(off, on)
    assert (open_end.kind, open_end.end) == ("disabled", "")
    assert (closed.start[:13], closed.end[:13]) == ("2026-03-01T10", "2026-03-03T10")
    assert closed.event_ids == [off["event.id"], on["event.id"]]


def test_what_was_refused_stopped_nothing() -> None:
    assert not _gaps(_row(1, "aws.cloudtrail", "01T10:00", "StopLogging", event__outcome="failure"))


def test_what_one_log_tells_of_another_is_told_for_that_one() -> None:
    (gap,) = _gaps(_row(1, "aws.cloudtrail", "01T10:00", "DeleteFlowLogs"))
    assert gap.source == "aws.vpcflow"


def test_the_kernels_audit_is_off_from_one_change_to_the_next() -> None:
    rows = [
        _row(n, "linux.auditd", at, "CONFIG_CHANGE", "auditd", host="web01", fields={"audit_enabled": value})
        for n, (at, value) in enumerate([("01T10:00", "0"), ("01T16:00", "1")], 1)
    ]
    (gap,) = _gaps(*rows)
    assert (gap.entity, gap.start[11:13], gap.end[11:13]) == ("web01", "10", "16")


def _rsyslog(number: int, at: str, message: str, provider: str = "rsyslogd") -> dict[str, Any]:
    return _row(number, "linux.syslog", at, provider=provider, host="web01", fields={"message": message})


def test_a_service_that_is_restarted_or_goes_down_with_its_machine_is_everyday() -> None:
    stop = _rsyslog(1, "01T10:00", '[origin software="rsyslogd"] exiting on signal 15.')
    soon = _rsyslog(2, "01T10:02", '[origin software="rsyslogd"] start')
    late = _rsyslog(2, "01T15:00", '[origin software="rsyslogd"] start')
    boot = _rsyslog(3, "01T15:01", "Linux version 6.1.0", "kernel")
    assert not _gaps(stop)
    assert not _gaps(stop, soon)
    assert not _gaps(stop, late, boot)
    assert [(gap.start[11:13], gap.end[11:13]) for gap in _gaps(stop, late)] == [("10", "15")]


def test_dropped_records_are_told_once_for_each_day() -> None:
    rows = [
        _row(n, "windows", f"0{day}T1{n}:00", provider="Security", host="FS01", event__code="1101")
        for n, day in enumerate((1, 1, 1, 2), 1)
    ]
    gaps = _gaps(*rows)
    assert [(gap.kind, len(gap.event_ids)) for gap in gaps] == [("thinned", 3), ("thinned", 1)]
    assert all(0 < gap.hidden < 1 for gap in gaps)


def test_every_row_names_a_known_log_and_something_to_look_for() -> None:
    for one in load_logging_changes():
        assert {one.source, one.told_in or one.source} <= set(mapping_sources()), one.id
        assert one.actions or one.codes or one.words, one.id
        assert one.source_url.startswith("https://"), one.id
    offs = {one.id for one in load_logging_changes() if one.effect == "off"}
    assert offs == {one.id for one in load_logging_changes() if one.effect == "on"}
