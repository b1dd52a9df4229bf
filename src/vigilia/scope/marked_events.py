"""The records that a person's marks name."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from vigilia.model.marks import Mark, MarkKind
from vigilia.scope.acted import ACTED
from vigilia.store.event_store import EventStore

__all__ = ["REJECTED", "keep_rejected", "marked_rows"]

# The name of a table in the store: ids of events that a person's word takes away from the intruder.
REJECTED = "scope_rejected"
_MARKED = "scope_marked"

_COLUMNS: dict[MarkKind, tuple[str, ...]] = {
    "account": ("account",),
    "address": ("address",),
    "machine": ("machine",),
    "session": ("shown", "session"),
    "event": ("id",),
}


def keep_rejected(store: EventStore, marks: Sequence[Mark]) -> None:
    """Make `scope_rejected`; needs `scope_acted`."""
    _register(store, [one for one in marks if one.verdict == "rejected"])
    store.materialize(REJECTED, f"SELECT DISTINCT id AS rejected FROM ({_rows('id')})")  # noqa: S608 - our own constants


def marked_rows(store: EventStore, marks: Sequence[Mark], columns: str) -> list[dict[str, object]]:
    """Return these columns of `scope_acted` where it is named, once each, with `mark_kind` and `mark_value`."""
    _register(store, marks)
    return store.rows(f"SELECT DISTINCT mark_kind, mark_value, {columns} FROM ({_rows(columns)})")  # noqa: S608


def _rows(columns: str) -> str:
    parts = [
        f"SELECT mark_kind, mark_value, {columns} FROM {ACTED} JOIN {_MARKED} "  # noqa: S608 - our own constants
        f"ON mark_kind = '{kind}' AND {column} = mark_value"
        for kind, names in _COLUMNS.items()
        for column in names
    ]
    return " UNION ALL ".join(parts)


def _register(store: EventStore, marks: Sequence[Mark]) -> None:
    rows = [{"mark_kind": one.kind, "mark_value": one.value} for one in marks]
    schema = pa.schema([("mark_kind", pa.string()), ("mark_value", pa.string())])
    store.register(_MARKED, pa.Table.from_pylist(rows, schema=schema))
