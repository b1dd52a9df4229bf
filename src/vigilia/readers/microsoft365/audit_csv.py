"""The Microsoft 365 unified audit log as CSV: the Purview portal's export and Search-UnifiedAuditLog | Export-Csv."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_table import TableRow, head_header, read_table
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.microsoft365.audit_record import AUDIT_DATA_CUT, has_operation, wrapped_fields
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_AUDIT: Final = "AuditData"
_OTHER_COLUMNS: Final = frozenset(
    {"CreationDate", "CreationTime", "Operation", "Operations", "RecordType", "UserId", "UserIds"}
)


@dataclass(frozen=True, slots=True)
class _M365Csv(BatchedReader):
    name: str = "m365-audit-csv"
    source: str = "m365.audit"
    title: str = "Microsoft 365 audit log (Purview CSV)"

    def recognise(self, head: bytes) -> float:
        return 0.98 if head_header(head, _is_header) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        record = 0
        for row in read_table(stream, builder, limits, _is_header):
            if row is not None:
                record += _add(row, record, builder, limits)
            yield


def _is_header(columns: tuple[str, ...]) -> bool:
    return _AUDIT in columns and not _OTHER_COLUMNS.isdisjoint(columns)


def _add(row: TableRow, record: int, builder: ColumnBuilder, limits: ReadLimits) -> int:
    """Append one row or reject it, and return how many records that makes."""
    fields, refused = _fields(row, limits.depth)
    if not refused and not has_operation(fields):
        refused = "a row without an audited operation"
    if refused:
        builder.reject(f"line {row.line}", refused, row.offset, row.length)
        return 0
    builder.append(record, row.offset, row.length, fields)
    return 1


def _fields(row: TableRow, depth: int) -> tuple[dict[str, FieldValue], str]:
    outer: dict[str, FieldValue] = {name: text for name, text in row.cells.items() if name != _AUDIT}
    fields, refused = wrapped_fields(row.cells.get(_AUDIT, ""), outer, depth)
    if row.alone and AUDIT_DATA_CUT in fields:
        return {}, "a line of a row that was torn"
    if not row.sound:
        fields[INVALID_TEXT] = "true"
    return fields, refused


READER: Final[Reader] = _M365Csv()
