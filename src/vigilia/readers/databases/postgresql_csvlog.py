"""PostgreSQL's log in CSV (log_destination = csvlog): a table of 23 to 26 columns without a line that names them."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.csv_rows import CsvRow, LineEnds, iterate_rows, split_cells
from vigilia.readers.databases.postgresql_records import CSVLOG_COLUMNS, with_message
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_window import TextWindow

__all__ = ["READER"]

_FEWEST: Final = 22  # before 9.0, which added the name of the application
_TIME: Final = re.compile(rb"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,6})? [A-Za-z0-9+:-]{1,6}")
_LOOKED_AT: Final = 20


@dataclass(frozen=True, slots=True)
class _CsvLog(BatchedReader):
    name: str = "postgresql-csvlog"
    source: str = "database.postgresql"
    title: str = "PostgreSQL log (CSV)"

    def recognise(self, head: bytes) -> float:
        rows = (item for item in iterate_rows(TextWindow(io.BytesIO(head)), len(head) + 1) if isinstance(item, CsvRow))
        looked_at = [row for row, _ in zip(rows, range(_LOOKED_AT), strict=False)]
        if not looked_at:
            return 0.0
        return round(0.97 * sum(_cells(row) is not None for row in looked_at) / len(looked_at), 4)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        record = 0
        for item in iterate_rows(TextWindow(stream), limits.line_bytes):
            if isinstance(item, LineEnds):
                builder.ignore(item.length)
            elif not isinstance(item, CsvRow):
                builder.add_reject(item)
            elif (cells := _cells(item)) is None:
                builder.reject(f"line {item.line}", "not a row of this log", item.offset, item.length)
            else:
                builder.append(record, item.offset, item.length, with_message(_named(cells)))
                record += 1
            yield


def _cells(row: CsvRow) -> list[bytes] | None:
    """Return the cells of a row, or None where their number or the first, a time, says that it is none of this log."""
    if _TIME.match(row.content) is None:
        return None
    cells = split_cells(row.content, b",")
    return cells if _FEWEST <= len(cells) <= len(CSVLOG_COLUMNS) and _TIME.fullmatch(cells[0]) else None


def _named(cells: list[bytes]) -> dict[str, str]:
    return {
        name: cell.decode("utf-8", "backslashreplace")
        for name, cell in zip(CSVLOG_COLUMNS, cells, strict=False)
        if cell
    }


READER: Final[Reader] = _CsvLog()
