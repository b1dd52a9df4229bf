"""What a file of one machine lost takes comfort from the ways that ask for this machine and log, and from no other."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from support.assessed import at, intrusion
from support.events import event, events_table
from vigilia.impact.assessment import assess_impact
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_CASES = DataClass(id="cases", label="Case files", where=["share:\\\\fs01\\cases"])


def _reading(gaps: list[Gap], items: list[EvidenceItem]) -> list[str]:
    """Levels of reading from fs01, whose log others' reading keeps alive; dc01 keeps logs too."""
    rows = [
        event(
            0,
            at=at(day, hour),
            vigilia__source="windows",
            vigilia__item=f"{host}-security",
            host__name=host,
            event__provider="Security",
            event__action="5145" if host == "fs01" else "4624",
            event__code="5145" if host == "fs01" else "4624",
            vigilia__objects=["share:\\\\fs01\\all\\a.docx"] if host == "fs01" else None,
        )
        for day in range(60)
        for hour in range(0, 24, 4)
        for host in ("fs01", "dc01")
    ]
    with EventStore.from_table(events_table(rows)) as store:
        nobody = {"event.id": pa.array([], pa.string()), "probability": pa.array([], pa.float64())}
        store.register("intruder_events", pa.table(nobody))
        found = assess_impact(store, items, gaps, intrusion(), Profile(data=[_CASES]))
    return [row.level for row in found.impact if row.channel == "share-read"]


def _torn(host: str, channel: str) -> Gap:
    return Gap(
        id="gap-1",
        source="windows",
        entity=f"ev/{host}/a.evtx",
        kind="torn",
        start="2026-01-22T03:00:00.000000Z",
        end="",
        basis="test",
        consequence="",
        hosts=[host],
        channels=[channel],
    )


def _lost(**columns: Any) -> EvidenceItem:
    values: dict[str, Any] = {"item": "a", "path": "ev/a.evtx", "sha256": "", "bytes": 9, "status": "quarantined"}
    return EvidenceItem(**(values | columns))


@pytest.mark.parametrize(
    ("host", "channel", "comfort"),
    [("dc01", "Security", True), ("fs01", "System", True), ("fs01", "Security", False)],
)
def test_a_torn_file_takes_comfort_only_where_its_machine_and_log_are_asked_for(
    host: str, channel: str, *, comfort: bool
) -> None:
    assert (set(_reading([_torn(host, channel)], [])) == {"E3"}) is comfort


def test_a_file_that_was_not_read_counts_against_its_machine_or_where_nothing_tells_against_all() -> None:
    assert set(_reading([], [])) == {"E3"}
    assert set(_reading([], [_lost(host="dc01", source="windows")])) == {"E3"}
    assert set(_reading([], [_lost(host="fs01", source="windows")])) == {"E4"}
    assert set(_reading([], [_lost(source="windows")])) == {"E4"}
