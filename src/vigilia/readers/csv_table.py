"""Tables in CSV: rows under column names, whatever the separator, the encoding and the lines before the header."""

from __future__ import annotations

import functools
import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.csv_rows import CsvRow, LineEnds, iterate_rows, split_cells
from vigilia.readers.reader import ReadLimits
from vigilia.readers.text_window import TextWindow

__all__ = ["HeaderSign", "TableRow", "head_cells", "head_header", "read_table"]

HeaderSign = Callable[[tuple[str, ...]], bool]
"""Says whether these column names are those of the table that is looked for."""

_PREAMBLE: Final = (b"#TYPE ", b"sep=")  # Export-Csv before PowerShell 6; a hint to Excel
_SEPARATORS: Final = (b",", b";", b"\t", b"|")
_HEADER_WITHIN: Final = 10
_CELL_COUNT: Final = "the row has another number of cells than the header"


@dataclass(frozen=True, slots=True)
class TableRow:
    """One row under its column names.

    Attributes:
        cells: column name → text, without empty cells; columns without a name are "unnamed", and the second of one name
            is "name (2)".
        alone: as in `CsvRow`: after a quoted cell that did not end, this is one line taken for a row.
        sound: whether the bytes are valid UTF-8.
    """

    line: int
    offset: int
    length: int
    cells: dict[str, str]
    alone: bool
    sound: bool


@dataclass(frozen=True, slots=True)
class _Header:
    columns: tuple[str, ...]
    separator: bytes
    begins: bytes


def read_table(
    stream: BinaryIO,
    builder: ColumnBuilder,
    limits: ReadLimits,
    is_header: HeaderSign,
    ends: tuple[str, ...] = (),
) -> Iterator[TableRow | None]:
    """Yield each row of a table; header lines, blanks and what cannot be read go to the builder's account.

    Whoever takes a row must append it or reject it, so that its bytes are accounted for. None comes after anything
    else, so that a builder that is full of rejects can be emptied too. A further header line (files that were put
    together) starts a new table. A row whose first cell is one of `ends` ends the table: sums below it are no rows.
    """
    header: _Header | None = None
    last = tuple(end.encode() for end in ends)
    ended = False
    for item in iterate_rows(TextWindow(stream), limits.line_bytes):
        row: TableRow | None = None
        if isinstance(item, LineEnds):
            builder.ignore(item.length)
        elif not isinstance(item, CsvRow):
            builder.add_reject(item)
        elif (found := _as_header(item.content, header, is_header)) is not None:
            header, ended = found, False
            builder.ignore(item.length)
        elif ended or (header is not None and _ends(item.content, header, last)):
            ended = True
            builder.ignore(item.length)
        elif header is not None:
            row = _take(item, header, builder)
        elif item.content.startswith(_PREAMBLE):
            builder.ignore(item.length)
        else:
            builder.reject(f"line {item.line}", "a row before the column names", item.offset, item.length)
        yield row


@functools.lru_cache(maxsize=1)
def _first_rows(head: bytes) -> tuple[bytes, ...]:
    """Return the first rows of an item; kept for the many forms that look at the same head."""
    rows: list[bytes] = []
    for item in iterate_rows(TextWindow(io.BytesIO(head)), len(head) + 1):
        if isinstance(item, CsvRow):
            rows.append(item.content)
        if len(rows) >= _HEADER_WITHIN:
            break
    return tuple(rows)


@functools.lru_cache(maxsize=4 * _HEADER_WITHIN)
def _columns(row: bytes, separator: bytes) -> tuple[str, ...]:
    return tuple(cell.decode(errors="replace").strip() for cell in split_cells(row, separator))


@functools.lru_cache(maxsize=1)
def head_cells(head: bytes) -> frozenset[str]:
    """Return the texts, without case, of all cells among which `head_header` looks for column names.

    A table whose names are not among these is not there: one look for the many forms that ask.
    """
    rows = _first_rows(head)
    return frozenset(name.casefold() for row in rows for separator in _SEPARATORS for name in _columns(row, separator))


def head_header(head: bytes, is_header: HeaderSign) -> tuple[str, ...] | None:
    """Return the column names in the head of an item, or None where no line of it is such a header."""
    for row in _first_rows(head):
        for separator in _SEPARATORS:
            if is_header(_columns(row, separator)):
                return _columns(row, separator)
    return None


def _as_header(row: bytes, known: _Header | None, is_header: HeaderSign) -> _Header | None:
    """Return the header that a line is; once there is one, only a line that begins with its first column can be."""
    if known is not None and not row.lstrip(b'"').startswith(known.begins):
        return None
    for separator in _SEPARATORS:
        columns = _columns(row, separator)
        if is_header(columns):
            return _Header(_told_apart(columns), separator, columns[0].encode())
    return None


def _told_apart(columns: tuple[str, ...]) -> tuple[str, ...]:
    """Number the names that occur again, as spreadsheets do: else the last of such cells would hide the others."""
    times: dict[str, int] = {}
    named: dict[str, None] = {}
    for column in columns:
        first = name = column or "unnamed"
        while name in named:
            times[first] = times.get(first, 1) + 1
            name = f"{first} ({times[first]})"
        named[name] = None
    return tuple(named)


def _ends(row: bytes, header: _Header, last: tuple[bytes, ...]) -> bool:
    return bool(last) and row.startswith(last) and split_cells(row, header.separator)[0] in last


def _take(row: CsvRow, header: _Header, builder: ColumnBuilder) -> TableRow | None:
    cells = split_cells(row.content, header.separator)
    while len(cells) > len(header.columns) and not cells[-1]:
        cells.pop()
    if len(cells) > len(header.columns) or (row.alone and len(cells) < len(header.columns)):
        builder.reject(f"line {row.line}", _CELL_COUNT, row.offset, row.length)
        return None
    named = {name: cell.decode(errors="replace") for name, cell in zip(header.columns, cells, strict=False) if cell}
    return TableRow(row.line, row.offset, row.length, named, row.alone, _is_utf8(row.content))


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
