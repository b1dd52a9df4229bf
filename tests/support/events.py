"""Builds small event tables: a test names only the columns that it is about."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

import orjson
import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA, event_id

ITEM = "00000000deadbeef"


def event(record: int = 0, /, **columns: Any) -> dict[str, Any]:
    """Return one row; write ECS dots as double underscores: `user__name="ada@example.org"`.

    `at="2026-03-01T12:00:00Z"` is the time; `fields={…}` are the source's own.
    """
    row: dict[str, Any] = {field.name: None for field in EVENT_SCHEMA}
    row |= {
        "vigilia.item": ITEM,
        "vigilia.record": record,
        "vigilia.source": "m365.audit",
        "vigilia.time_basis": "recorded",
        "vigilia.fields": "{}",
    }
    for name, value in columns.items():
        if name == "at":
            row["@timestamp"] = dt.datetime.fromisoformat(value)
        elif name == "fields":
            row["vigilia.fields"] = orjson.dumps(value, option=orjson.OPT_SORT_KEYS).decode()
        else:
            row[name.replace("__", ".")] = value
    unknown = row.keys() - set(EVENT_SCHEMA.names)
    assert not unknown, f"no such column: {sorted(unknown)}"
    row["event.id"] = row["event.id"] or event_id(row["vigilia.item"], row["vigilia.record"])
    return row


def events_table(rows: Iterable[Mapping[str, Any]]) -> pa.Table:
    """Return a table with EVENT_SCHEMA; records are numbered in order where they would repeat."""
    numbered = []
    for number, row in enumerate(rows):
        copied = dict(row)
        if copied["vigilia.record"] == 0 and number:
            copied["vigilia.record"] = number
            copied["event.id"] = event_id(copied["vigilia.item"], number)
        numbered.append(copied)
    return pa.Table.from_pylist(numbered, schema=EVENT_SCHEMA)
