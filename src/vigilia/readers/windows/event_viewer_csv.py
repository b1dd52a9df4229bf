"""Event Viewer's "Save All Events As…" in CSV: five named columns, and the message in a sixth without a name.

    Keywords,Date and Time,Source,Event ID,Task Category
    Audit Success,3/2/2026 9:15:00 AM,Microsoft-Windows-Security-Auditing,4624,Logon,"An account was …"

The first column is called Level in most logs and Keywords in Security. Times are local, in the form of the person who
saved them. The names of the columns are those of English Windows.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.model.records import SourceBatch
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_rows import CsvRow, LineEnds, iterate_rows, split_cells
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_window import TextWindow

__all__ = ["READER"]

_NAMES: Final = {
    "Level": "Level",
    "Keywords": "Keywords",
    "Date and Time": "EventTime",
    "Source": "Provider_Name",
    "Event ID": "EventID",
    "Task Category": "TaskCategory",
}
_MESSAGE: Final = "Message"
_REQUIRED: Final = {"EventTime", "Provider_Name", "EventID"}
_SEPARATORS: Final = (b",", b"\t", b";")


@dataclass(frozen=True, slots=True)
class _Header:
    names: tuple[str, ...]
    separator: bytes


class _EventViewerCsv:
    name = "windows-viewer-csv"
    source = "windows"
    title = "Windows events as CSV or text (Event Viewer)"

    def recognise(self, head: bytes) -> float:
        for item in iterate_rows(TextWindow(io.BytesIO(head)), len(head) + 1):
            if isinstance(item, CsvRow):
                return 0.95 if _header(item.content) else 0.0
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
            elif header is None or _header(item.content) == header:
                header = header or _header(item.content)
                _take_header(item, header, builder)
            else:
                record += _take_row(item, header, record, builder)
            if builder.full:
                yield builder.build()
        if not builder.empty:
            yield builder.build()


def _header(row: bytes) -> _Header | None:
    for separator in _SEPARATORS:
        names = tuple(_NAMES.get(cell.decode(errors="replace").strip(), "") for cell in split_cells(row, separator))
        if set(names) >= _REQUIRED:
            return _Header((*names, _MESSAGE), separator)
    return None


def _take_header(row: CsvRow, header: _Header | None, builder: ColumnBuilder) -> None:
    if header is None:
        builder.reject(f"line {row.line}", "a row before the column names", row.offset, row.length)
    else:
        builder.ignore(row.length)


def _take_row(row: CsvRow, header: _Header, record: int, builder: ColumnBuilder) -> int:
    """Append one row or reject it, and return how many records that makes."""
    cells = [cell.decode("utf-8", "backslashreplace") for cell in split_cells(row.content, header.separator)]
    fields: dict[str, FieldValue] = {
        name: cell for name, cell in zip(header.names, cells, strict=False) if name and cell
    }
    if len(cells) > len(header.names) or not fields.keys() >= _REQUIRED:
        builder.reject(f"line {row.line}", "not a row of this table", row.offset, row.length)
        return 0
    builder.append(record, row.offset, row.length, fields)
    return 1


READER: Final[Reader] = _EventViewerCsv()
