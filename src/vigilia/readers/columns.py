"""Rows with different fields become columns."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pyarrow as pa

from vigilia.model.records import POSITION_SCHEMA, Reject, SourceBatch
from vigilia.readers.json_values import PlainRuns
from vigilia.readers.reader import ReadLimits

__all__ = ["TRUNCATED", "ColumnBuilder", "FieldValue"]

FieldValue = str | list[str]

TRUNCATED: Final = "_truncated"
"""The field that says that a record had more than the budgets allow, and which budget it was."""

_TEXT = pa.string()
_TEXTS = pa.list_(pa.field("item", pa.string()))
_BATCH_CHARACTERS = 32 * 1024 * 1024
_BATCH_CELLS = 8_000_000


class ColumnBuilder:
    """Gathers records, rejects and the byte account of one batch.

    A reader appends until `full`, yields `build()`, and goes on with the same builder, which is empty again.
    """

    def __init__(self, limits: ReadLimits) -> None:
        self._limits = limits
        self._clear()

    def _clear(self) -> None:
        self._positions: list[tuple[int, int | None, int | None]] = []
        self._columns: dict[str, tuple[list[int], list[FieldValue]]] = {}
        self._rejects: list[Reject] = []
        self._parsed = 0
        self._ignored = 0
        self._characters = 0

    @property
    def plain_runs(self) -> PlainRuns | None:
        """What takes many JSON objects at once for this builder; None where each is appended by itself."""
        return None

    def append(self, record: int, offset: int | None, length: int | None, fields: Mapping[str, FieldValue]) -> None:
        """Add one record and count its `length` as parsed.

        A record with more fields than `ReadLimits.columns` keeps the first in name order and is marked.
        """
        row = len(self._positions)
        self._positions.append((record, offset, length))
        self._parsed += length or 0
        for name, value in self._within_budget(fields).items():
            rows, values = self._columns.setdefault(name, ([], []))
            rows.append(row)
            values.append(value)
            self._characters += len(value) if isinstance(value, str) else sum(map(len, value)) + 8 * len(value)

    def _within_budget(self, fields: Mapping[str, FieldValue]) -> Mapping[str, FieldValue]:
        if len(fields) <= self._limits.columns:
            return fields
        kept = dict(sorted(fields.items())[: self._limits.columns - 1])
        return kept | {TRUNCATED: f"more than {self._limits.columns} fields"}

    def reject(self, place: str, reason: str, offset: int = -1, length: int = 0) -> None:
        """Add what could not be read."""
        self.add_reject(Reject(place=place, reason=reason, offset=offset, length=length))

    def add_reject(self, reject: Reject) -> None:
        """Add what could not be read."""
        self._rejects.append(reject)

    def ignore(self, length: int) -> None:
        """Count bytes that carry no record by the format's own definition."""
        self._ignored += length

    def parsed(self, length: int) -> None:
        """Count bytes as parsed beyond the lengths of the records (an overhead that records share)."""
        self._parsed += length

    @property
    def full(self) -> bool:
        """Whether the batch must be built before the next record."""
        rows = max(len(self._positions), len(self._rejects))
        columns = len(self._columns)
        return (
            rows >= self._limits.batch_records
            or columns >= self._limits.columns
            or self._characters >= _BATCH_CHARACTERS
            or rows * columns >= _BATCH_CELLS
        )

    @property
    def empty(self) -> bool:
        """Whether nothing at all has been added, not even ignored bytes."""
        return not (self._positions or self._rejects or self._parsed or self._ignored)

    def build(self) -> SourceBatch:
        """Return the batch, columns in name order, and start the next one."""
        batch = SourceBatch(
            positions=self._build_positions(),
            fields=self._build_fields(),
            rejects=tuple(self._rejects),
            bytes_parsed=self._parsed,
            bytes_ignored=self._ignored,
        )
        self._clear()
        return batch

    def _build_positions(self) -> pa.RecordBatch:
        columns = [
            pa.array([position[at] for position in self._positions], type=field.type)
            for at, field in enumerate(POSITION_SCHEMA)
        ]
        return pa.RecordBatch.from_arrays(columns, schema=POSITION_SCHEMA)

    def _build_fields(self) -> pa.RecordBatch:
        names = sorted(self._columns)
        size = len(self._positions)
        if not names:  # Arrow cannot say "n rows of no columns"; a struct array can.
            return pa.RecordBatch.from_struct_array(pa.array([{}] * size, type=pa.struct([])))
        return pa.RecordBatch.from_arrays([_column(*self._columns[name], size) for name in names], names=names)


def _column(rows: list[int], values: list[FieldValue], size: int) -> pa.Array:
    several = any(isinstance(value, list) for value in values)
    if several:
        values = [[value] if isinstance(value, str) else value for value in values]
    if len(rows) < size:
        sparse: list[FieldValue | None] = [None] * size
        for row, value in zip(rows, values, strict=True):
            sparse[row] = value
        return pa.array(sparse, type=_TEXTS if several else _TEXT)
    return pa.array(values, type=_TEXTS if several else _TEXT)
