"""The Microsoft 365 unified audit log as CSV: the Purview portal's export and Search-UnifiedAuditLog | Export-Csv."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.model.records import SourceBatch
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_rows import CsvRow, LineEnds, iterate_rows, split_cells
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.microsoft365.audit_record import AUDIT_DATA_CUT, has_operation, wrapped_fields
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_window import TextWindow

__all__ = ["READER"]

_AUDIT: Final = "AuditData"
_OTHER_COLUMNS: Final = frozenset(
    {"CreationDate", "CreationTime", "Operation", "Operations", "RecordType", "UserId", "UserIds"}
)
_PREAMBLE: Final = (b"#TYPE ", b"sep=")  # Export-Csv before PowerShell 6; a hint to Excel
_SEPARATORS: Final = (b",", b";", b"\t")


@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[str, ...]
    separator: bytes


@dataclass(frozen=True, slots=True)
class _M365Csv:
    name: str = "m365-audit-csv"
    source: str = "m365.audit"
    title: str = "Microsoft 365 audit log (Purview CSV)"

    def recognise(self, head: bytes) -> float:
        for item in iterate_rows(TextWindow(io.BytesIO(head)), len(head) + 1):
            if isinstance(item, CsvRow) and not _is_preamble(item):
                return 0.98 if _header(item.content) else 0.0
        return 0.0

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:  # noqa: ARG002 - interface
        builder = ColumnBuilder(limits)
        header: _Header | None = None
        record = 0
        for item in iterate_rows(TextWindow(stream), limits.line_bytes):
            if isinstance(item, LineEnds):
                builder.ignore(item.length)
            elif not isinstance(item, CsvRow):
                builder.add_reject(item)
            elif header is None:
                header = _read_header(item, builder)
            else:
                record += _add(item, header, record, builder, limits)
            if builder.full:
                yield builder.build()
        if not builder.empty:
            yield builder.build()


def _is_preamble(row: CsvRow) -> bool:
    return row.content.startswith(_PREAMBLE)


def _read_header(row: CsvRow, builder: ColumnBuilder) -> _Header | None:
    header = _header(row.content)
    if header is None and not _is_preamble(row):
        builder.reject(f"line {row.line}", "a row before the column names", row.offset, row.length)
    else:
        builder.ignore(row.length)
    return header


def _header(row: bytes) -> _Header | None:
    for separator in _SEPARATORS:
        columns = tuple(cell.decode(errors="replace").strip() for cell in split_cells(row, separator))
        if _AUDIT in columns and not _OTHER_COLUMNS.isdisjoint(columns):
            return _Header(columns, separator)
    return None


def _add(row: CsvRow, header: _Header, record: int, builder: ColumnBuilder, limits: ReadLimits) -> int:
    """Append one row or reject it, and return how many records that makes."""
    fields, refused = _fields(row, header, limits.depth)
    if not refused and not has_operation(fields):
        refused = "a row without an audited operation"
    if refused:
        builder.reject(f"line {row.line}", refused, row.offset, row.length)
        return 0
    builder.append(record, row.offset, row.length, fields)
    return 1


def _fields(row: CsvRow, header: _Header, depth: int) -> tuple[dict[str, FieldValue], str]:
    cells = split_cells(row.content, header.separator)
    while len(cells) > len(header.columns) and not cells[-1]:
        cells.pop()
    if len(cells) > len(header.columns) or (row.alone and len(cells) < len(header.columns)):
        return {}, "the row has another number of cells than the header"
    outer: dict[str, FieldValue] = {}
    audit = ""
    for name, cell in zip(header.columns, cells, strict=False):
        text = _text(cell)
        if name == _AUDIT:
            audit = text
        elif text:
            outer[name or "unnamed"] = text
    fields, refused = wrapped_fields(audit, outer, depth)
    if row.alone and AUDIT_DATA_CUT in fields:
        return {}, "a line of a row that was torn"
    if not _is_utf8(row.content):
        fields[INVALID_TEXT] = "true"
    return fields, refused


def _text(cell: bytes) -> str:
    return cell.decode(errors="replace")


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


READER: Final[Reader] = _M365Csv()
