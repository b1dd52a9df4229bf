"""Where records are missing the intrusion is cut, and what nobody knows the place of takes comfort from all of it."""

from __future__ import annotations

import pyarrow as pa

from support.assessed import at, intrusion
from support.events import event, events_table
from vigilia.impact.assessment import assess_impact
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Gap, GapKind
from vigilia.store.event_store import EventStore

_CASES = DataClass(id="cases", label="Case files", where=["sharepoint:https://x.example/sites/Cases"])
_NOBODY = pa.table({"event.id": pa.array([], pa.string()), "probability": pa.array([], pa.float64())})


def _levels(kind: GapKind, source: str, start: str = "", end: str = "") -> list[str]:
    where = "sharepoint:https://x.example/sites/All/a"
    rows = [
        event(0, at=at(day), event__action="FileAccessed", event__provider="SharePoint", vigilia__objects=[where])
        for day in range(60)
    ]
    gap = Gap(
        id="gap-1", source=source, entity="", kind=kind, start=start, end=end, basis="test", consequence="", hidden=1.0
    )
    with EventStore.from_table(events_table(rows)) as store:
        store.register("intruder_events", _NOBODY)
        found = assess_impact(store, [], [gap], intrusion(), Profile(data=[_CASES]))
    return [row.level for row in found.impact if row.channel == "sharepoint-download"]


def test_a_hole_is_a_slice_of_its_own() -> None:
    hole = ("2026-01-24T03:00:00.000000Z", "2026-01-24T05:00:00.000000Z")
    assert _levels("missing", "m365.audit", *hole) == ["E3", "E4", "E3"]
    assert _levels("missing", "windows", *hole) == ["E3"]


def test_a_hole_that_begins_where_the_intruder_was_last_seen_may_hide_more_of_them() -> None:
    near, far = ("2026-02-01T03:00:00.000000Z", "2026-02-04T05:00:00.000000Z"), ("2026-02-20T03:00:00.000000Z", "")
    assert _levels("missing", "m365.audit", *near) == ["E3", "E4"]
    assert _levels("missing", "m365.audit", *far) == ["E3"]


def test_a_part_of_an_export_that_may_be_of_any_log_takes_comfort_from_all() -> None:
    assert _levels("missing-part", "") == ["E4"]
    assert _levels("missing-part", "windows") == ["E3"]
