"""Windows events in tables of text: Event Viewer's "Save All Events As…", and PowerShell's Export-Csv.

    Keywords,Date and Time,Source,Event ID,Task Category
    Audit Success,3/2/2026 9:15:00 AM,Microsoft-Windows-Security-Auditing,4624,Logon,"An account was …"

They hold the message that is shown to people, not the event's own fields; what an English message says is taken out of
it. Times are local, in the form of the person who saved them. The columns of Event Viewer are known in English, German,
French and Spanish.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_rows import CsvRow, LineEnds, iterate_rows, split_cells
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_window import TextWindow
from vigilia.readers.windows.rendered_message import TABLES, message_fields

__all__ = ["READER"]

_MESSAGE: Final = "Message"
_REQUIRED: Final = {"EventTime", "EventID"}
_PROVIDER: Final = "Provider_Name"
_AUDITING: Final = "Microsoft-Windows-Security-Auditing"
_AUDITED_ACCOUNT: Final = "UserSid"
_SEPARATORS: Final = (b",", b"\t", b";")
_PREAMBLE: Final = (b"#TYPE ", b"sep=")  # Export-Csv before PowerShell 6; a hint to Excel
_LINES_BEFORE: Final = 3
_LONGEST_HEADER: Final = 4096


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    separator: bytes


class _RenderedCsv(BatchedReader):
    name = "windows-rendered-csv"
    source = "windows"
    title = "Windows events as CSV or text (Event Viewer, Get-WinEvent, Get-EventLog)"

    def recognise(self, head: bytes) -> float:
        rows = 0
        for item in iterate_rows(TextWindow(io.BytesIO(head)), len(head) + 1):
            if isinstance(item, CsvRow):
                rows += 1
                if _header(item.content) is not None:
                    return 0.95
            if rows >= _LINES_BEFORE:
                break
        return 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        header: _Header | None = None
        record = 0
        for item in iterate_rows(TextWindow(stream), limits.line_bytes):
            if isinstance(item, LineEnds):
                builder.ignore(item.length)
            elif not isinstance(item, CsvRow):
                builder.add_reject(item)
            elif (found := _header(item.content)) is not None:
                header = found
                builder.ignore(item.length)
            elif header is None:
                _before_header(item, builder)
            else:
                record += _take_row(item, header, record, builder)
            yield


def _header(row: bytes) -> _Header | None:
    """Return the header that a row is; a long one is none."""
    for table in TABLES if len(row) <= _LONGEST_HEADER else ():
        if all(sign.encode() in row for sign in table.signs):
            for separator in _SEPARATORS:
                columns = tuple(cell.decode(errors="replace").strip() for cell in split_cells(row, separator))
                if set(columns).issuperset(table.signs):
                    names = tuple(table.names.get(column, column) for column in columns)
                    return _Header((*names, _MESSAGE) if table.message_unnamed else names, separator)
    return None


def _before_header(row: CsvRow, builder: ColumnBuilder) -> None:
    if row.content.startswith(_PREAMBLE):
        builder.ignore(row.length)
    else:
        builder.reject(f"line {row.line}", "a row before the column names", row.offset, row.length)


def _take_row(row: CsvRow, header: _Header, record: int, builder: ColumnBuilder) -> int:
    """Append one row or reject it, and return how many records that makes."""
    cells = [cell.decode("utf-8", "backslashreplace") for cell in split_cells(row.content, header.separator)]
    while len(cells) > len(header.names) and not cells[-1]:
        cells.pop()
    told = {name: cell for name, cell in zip(header.names, cells, strict=False) if name and cell}
    if len(cells) > len(header.names) or not told.keys() >= _REQUIRED:
        builder.reject(f"line {row.line}", "not a row of this table", row.offset, row.length)
        return 0
    held = message_fields(told.get(_PROVIDER, ""), told.get(_MESSAGE, ""))
    if _PROVIDER not in told and any(name.endswith(_AUDITED_ACCOUNT) for name in held):
        held[_PROVIDER] = _AUDITING  # no other provider's messages have a section on an account with its security id
    fields: dict[str, FieldValue] = {**held, **told}
    builder.append(record, row.offset, row.length, fields)
    return 1


READER: Final[Reader] = _RenderedCsv()
