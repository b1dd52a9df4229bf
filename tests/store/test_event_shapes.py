from __future__ import annotations

import orjson
import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA
from vigilia.store.event_shapes import EventShape, event_shapes, event_sources
from vigilia.store.event_store import EventStore

ROWS: list[tuple[str, dict[str, str | list[str]], str | None]] = [
    ("windows", {"Channel": "Security", "A": "1"}, "a.exe"),
    ("windows", {"Channel": "Security", "A": "2", "Odd": "x"}, "b.exe"),
    ("windows", {"Channel": "Security"}, None),
    ("windows", {"A": '"quoted"', "Channel": ["x", "y"]}, None),
    ("linux.auditd", {"type": "EXECVE"}, None),
]


def store_of(rows: list[tuple[str, dict[str, str | list[str]], str | None]]) -> EventStore:
    known = {
        "event.id": [f"0000000000000000:{number}" for number in range(len(rows))],
        "vigilia.source": [source for source, _, _ in rows],
        "vigilia.fields": [orjson.dumps(fields, option=orjson.OPT_SORT_KEYS).decode() for _, fields, _ in rows],
        "process.executable": [program for _, _, program in rows],
    }
    plain = {"vigilia.time_basis": "recorded", "vigilia.item": "0" * 16, "vigilia.record": 0}
    columns = [
        pa.array(known.get(field.name, [plain.get(field.name)] * len(rows)), field.type) for field in EVENT_SCHEMA
    ]
    return EventStore.from_table(pa.Table.from_arrays(columns, schema=EVENT_SCHEMA))


def test_records_with_the_same_fields_are_one_shape() -> None:
    """Fields that nobody asked for part no records; values do only where they were asked for."""
    with store_of(ROWS) as store:
        assert event_sources(store) == {"linux.auditd": 1, "windows": 4}
        shapes = list(event_shapes(store, "windows", ["A", "B", "Channel"], ["Channel"], ["process.executable"]))
    assert sorted(shapes, key=str) == sorted(
        [
            EventShape(("A", "Channel"), {"Channel": "Security"}, ("process.executable",), 2),
            EventShape(("Channel",), {"Channel": "Security"}, (), 1),
            EventShape(("A", "Channel"), {"Channel": ["x", "y"]}, (), 1),
        ],
        key=str,
    )


def test_nothing_needs_to_be_asked_for() -> None:
    with store_of(ROWS) as store:
        assert list(event_shapes(store, "linux.auditd", [], [], [])) == [EventShape((), {}, (), 1)]
        assert list(event_shapes(store, "zeek", ["A"], ["A"], [])) == []
