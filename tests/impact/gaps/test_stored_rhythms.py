"""The rhythms of a store are those of records that stand in their logs, whole logs and parts for themselves."""

from __future__ import annotations

from support.assessed import at
from support.events import event, events_table
from vigilia.impact.gaps.rhythm import Rhythm
from vigilia.impact.gaps.stored_rhythms import read_channel_rhythms, read_part_rhythms, read_rhythms
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.store.event_store import EventStore


def _store(*rows: tuple[str, str, str, int]) -> EventStore:
    """A store with records of (source, machine, log, number), each a day after the one before."""
    return EventStore.from_table(
        events_table(
            [
                event(number, at=at(day), vigilia__source=source, host__name=host, event__provider=log)
                for day, (source, host, log, number) in enumerate(rows)
            ]
        )
    )


def _named(rhythms: list[Rhythm]) -> list[tuple[str, str, str, int]]:
    return [(one.source, one.entity, one.part, int(one.events.sum())) for one in rhythms]


def test_each_log_that_asked_machines_keep_has_a_rhythm_of_its_own() -> None:
    rows = [("windows", "FS01", "Security", 1), ("windows", "FS01", "System", 2), ("windows", "FS02", "System", 3)]
    with _store(*rows, ("linux.auth", "FS01", "sshd", 4), ("windows", "FS01", "System", 5)) as store:
        found = read_channel_rhythms(store, "windows", ["FS01"])
        assert _named(found) == [("windows", "FS01", "Security", 1), ("windows", "FS01", "System", 2)]


def test_records_that_are_left_over_of_a_deleted_log_break_no_silence_of_it() -> None:
    left = LEFTOVER_RECORDS + 1
    with _store(("windows", "FS01", "Security", 1), ("windows", "FS01", "Security", left)) as store:
        assert _named(read_channel_rhythms(store, "windows", ["FS01"])) == [("windows", "FS01", "Security", 1)]
        assert _named(list(read_rhythms(store))) == [("windows", "FS01", "", 1)]


def test_only_sources_that_are_several_logs_come_in_parts() -> None:
    rows = [("zeek", "", "conn", 1), ("zeek", "", "dns", 2), ("windows", "FS01", "Security", 3)]
    with _store(*rows) as store:
        assert _named(list(read_part_rhythms(store))) == [("zeek", "", "conn", 1), ("zeek", "", "dns", 1)]


def test_beside_the_workloads_of_an_export_stands_the_export_as_a_whole() -> None:
    rows = [("m365.audit", "", "Exchange", 1), ("m365.audit", "", "SharePoint", 2)]
    with _store(*rows) as store:
        found = _named(list(read_rhythms(store)))
    assert found == [("m365.audit", "", "", 2), ("m365.audit", "Exchange", "", 1), ("m365.audit", "SharePoint", "", 1)]
