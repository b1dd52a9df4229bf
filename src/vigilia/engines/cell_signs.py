"""What the values of a table give away: cells cut at a known limit, dates that a spreadsheet rewrote, bytes lost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.evidence import Sign
from vigilia.model.records import SourceBatch
from vigilia.model.wording import counted
from vigilia.normalize.mapping import TimeField
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.microsoft365.audit_record import AUDIT_DATA_CUT, AUDIT_DATA_LENGTH

__all__ = ["SIGN_FIELDS", "CellSigns"]

SIGN_FIELDS: Final = frozenset({AUDIT_DATA_CUT, AUDIT_DATA_LENGTH, INVALID_TEXT})
"""The fields that are looked at in whatever is no table of cells."""

# Excel keeps at most so many characters in a cell (Microsoft, "Excel specifications and limits").
_EXCEL_CELL: Final = 32_767
# Old Search-UnifiedAuditLog cut AuditData near 3,060 characters (github.com/T0pCyber/hawk and others report it).
_OLD_AUDIT_DATA: Final = range(3_000, 3_101)
# "3/4/2026 10:00", "03.04.26 10:00": how a spreadsheet writes a date and time that it took for one; no seconds.
_NO_SECONDS: Final = r"^\d{1,2}[/.]\d{1,2}[/.]\d{2,4},? \d{1,2}:\d\d( ?[AaPp][Mm])?$"
_SLASHED: Final = r"^(?P<first>\d{1,2})/(?P<second>\d{1,2})/\d{4},? "
_LAST_MONTH: Final = 12


@dataclass(slots=True)
class CellSigns:
    """Looks at the fields of one item, batch by batch.

    Args:
        times: the fields that may hold a record's time, the first one that is there counts.
        is_table: whether the item is a table of cells; other forms know no such limits.
    """

    times: list[TimeField]
    is_table: bool
    _full_cells: int = 0
    _full_columns: set[str] = field(default_factory=set)
    _cut: dict[str, int] = field(default_factory=dict)
    _replaced: int = 0
    _no_seconds: int = 0
    _slashed: int = 0
    _largest: tuple[int, int] = (0, 0)

    def add(self, batch: SourceBatch) -> None:
        """Add the next records of the item."""
        fields = batch.fields
        if not fields.num_rows:
            return
        self._count_cut(fields)
        if INVALID_TEXT in fields.schema.names:
            self._replaced += fields.num_rows - fields.column(INVALID_TEXT).null_count
        if self.is_table:
            self._count_full_cells(fields)
            self._look_at_dates(fields)

    def signs(self) -> Iterator[Sign]:
        """Yield what was found."""
        for limit, count in sorted(self._cut.items()):
            what = counted(count, "record holds an audit record (AuditData)", "records hold audit records (AuditData)")
            yield Sign(kind="cut-values", count=count, basis=f"{what} cut off {limit}")
        if self._full_cells:
            cells = counted(self._full_cells, "cell has", "cells have")
            columns = ", ".join(sorted(self._full_columns)[:5])
            yield Sign(
                kind="cut-values",
                count=self._full_cells,
                basis=f"{cells} exactly {_EXCEL_CELL} characters ({columns}), the most that Excel keeps in a cell",
            )
        if self._replaced:
            records = counted(self._replaced, "record holds", "records hold")
            yield Sign(
                kind="replaced-text",
                count=self._replaced,
                basis=f"{records} bytes that are no text in its encoding; they were replaced",
            )
        yield from self._date_signs()

    def _date_signs(self) -> Iterator[Sign]:
        if self._no_seconds:
            yield Sign(
                kind="dates",
                count=self._no_seconds,
                basis=f"{counted(self._no_seconds, 'time has', 'times have')} no seconds, as after a spreadsheet "
                "saved the table again; few exports leave them out themselves",
            )
        if self._slashed and max(self._largest) <= _LAST_MONTH:
            yield Sign(
                kind="dates",
                count=self._slashed,
                basis=f"{counted(self._slashed, 'date', 'dates')} could be read with day and month exchanged: "
                "no day above 12 in the whole file tells which comes first",
            )

    def _count_cut(self, fields: pa.RecordBatch) -> None:
        if AUDIT_DATA_CUT not in fields.schema.names:
            return
        cut = fields.num_rows - fields.column(AUDIT_DATA_CUT).null_count
        lengths = fields.column(AUDIT_DATA_LENGTH).drop_null() if AUDIT_DATA_LENGTH in fields.schema.names else []
        for entry in pc.value_counts(lengths).to_pylist() if len(lengths) else []:
            self._add_cut(_limit(str(entry["values"])), int(entry["counts"]))
        self._add_cut("in the middle", cut - len(lengths))

    def _add_cut(self, limit: str, count: int) -> None:
        if count > 0:
            self._cut[limit] = self._cut.get(limit, 0) + count

    def _count_full_cells(self, fields: pa.RecordBatch) -> None:
        for name, column in zip(fields.schema.names, fields.columns, strict=True):
            if column.type != pa.string() or not _may_be_full(column):
                continue
            full = pc.sum(pc.equal(pc.utf8_length(column), _EXCEL_CELL)).as_py() or 0
            if full:
                self._full_cells += full
                self._full_columns.add(name)

    def _look_at_dates(self, fields: pa.RecordBatch) -> None:
        named = [one.field for one in self.times if one.field in fields.schema.names]
        columns = [fields.column(name) for name in named if fields.schema.field(name).type == pa.string()]
        if not columns:
            return
        texts = pc.coalesce(*columns).drop_null()
        if not len(texts):
            return
        self._no_seconds += pc.sum(pc.match_substring_regex(texts, _NO_SECONDS)).as_py() or 0
        parts = pc.extract_regex(texts, _SLASHED).drop_null()
        if len(parts):
            ends = (pc.max(pc.struct_field(parts, name).cast(pa.int64())).as_py() for name in ("first", "second"))
            first, second = ends
            self._slashed += len(parts)
            self._largest = (max(self._largest[0], first), max(self._largest[1], second))


def _may_be_full(column: pa.Array) -> bool:
    """Whether a column has enough bytes for one full cell: most have not, which spares counting characters."""
    return bool(column.nbytes >= _EXCEL_CELL)


def _limit(length: str) -> str:
    characters = int(length) if length.isdecimal() else 0
    if characters == _EXCEL_CELL:
        return f"at {_EXCEL_CELL} characters, the most that Excel keeps in a cell"
    if characters in _OLD_AUDIT_DATA:
        return "near 3,060 characters, as Search-UnifiedAuditLog once did"
    return "in the middle"
