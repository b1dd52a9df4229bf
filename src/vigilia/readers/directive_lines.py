r"""Logs that name their columns in lines that begin with "#": IIS, Windows Firewall, Exchange, HTTP.sys, Zeek.

    #Software: Microsoft Internet Information Services 10.0
    #Fields: date time s-ip cs-method cs-uri-stem
    2026-03-02 09:15:00 192.0.2.10 GET /

The column names may change in the middle of a file; each row is read by the ones above it. Format: W3C, "Extended Log
File Format" (www.w3.org/TR/WD-logfile.html). Zeek writes a tab where W3C writes a colon.
"""

from __future__ import annotations

import functools
import io
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.lines import Line
from vigilia.readers.reader import ReadLimits
from vigilia.readers.text_lines import head_lines, iterate_text_lines

__all__ = [
    "COLUMNS_ASSUMED",
    "DirectiveReader",
    "DirectiveRow",
    "Directives",
    "Layout",
    "head_columns",
    "read_directive_rows",
    "split_at_spaces",
    "split_directive",
]

COLUMNS_ASSUMED: Final = "_columns_assumed"
"""The field that says that no fitting column names stood above a row: its own form told what its columns are."""

_FIELDS: Final = "fields"
_LONGEST_LINE: Final = 1024 * 1024
_MOST_DIRECTIVES: Final = 64
_LONGEST_NAME: Final = 256
_LONGEST_VALUE: Final = 16 * 1024
_HEAD_LINES: Final = 100
_GUESSED: Final = 0.95  # how much a guess is worth beside column names

Directives = Mapping[str, bytes]


@dataclass(frozen=True, slots=True)
class Layout:
    """How a kind of log divides its lines.

    Attributes:
        split: cells of a row (or names of the `#Fields` line), under the directives above it.
        header: the first column names of a line that holds such though no "#Fields:" stands before them.
        nothing: cells that mean that there is no value.
        guess: column names for a row that no fitting ones stand above (the file was cut, or searched), or nothing.
        loose: the column whose text may hold what divides cells elsewhere: it takes the cells that are too many.
    """

    split: Callable[[bytes, Directives], list[bytes]]
    header: tuple[bytes, ...] = ()
    nothing: frozenset[bytes] = frozenset({b"", b"-"})
    guess: Callable[[list[bytes]], tuple[str, ...]] | None = None
    loose: str = ""

    def is_header(self, cells: list[bytes]) -> bool:
        """Tell whether cells are column names though no "#Fields:" stands before them."""
        return bool(self.header) and tuple(cells[: len(self.header)]) == self.header

    def may_name_columns(self, line: bytes) -> bool:
        """Tell, without dividing it, whether a line may give column names or a directive."""
        return line.startswith(b"#") or (bool(self.header) and self.header[0] in line)


@dataclass(frozen=True, slots=True)
class DirectiveRow:
    """One row and the directives that hold for it; `record` is its line, from 0."""

    record: int
    offset: int
    length: int
    fields: dict[str, FieldValue]
    directives: Directives


def split_at_spaces(content: bytes, directives: Directives) -> list[bytes]:  # noqa: ARG001 - a `Layout.split`
    """Return the cells of a row where a cell is never empty, so that spaces side by side divide like one."""
    return content.split()


def split_directive(content: bytes) -> tuple[str, bytes] | None:
    """Return name (lower case) and value of `#Name: value`, `#name<tab>value` or `#name value`, or None."""
    if not content.startswith(b"#"):
        return None
    body = content[1:]
    places = [at for at in (body.find(b":", 0, _LONGEST_NAME), body.find(b"\t", 0, _LONGEST_NAME)) if at >= 0]
    at = min(places) if places else body.find(b" ", 0, _LONGEST_NAME)
    name, value = (body[:at], body[at + 1 :]) if at >= 0 else (body[:_LONGEST_NAME], b"")
    return name.strip().lower().decode("utf-8", "backslashreplace"), value.strip(b" \r")


def read_directive_rows(
    stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits, layout: Layout
) -> Iterator[DirectiveRow | None]:
    """Yield each row; directives, blank lines and what cannot be read go to the builder's account.

    Whoever takes a row must append it or reject it, so that its bytes are accounted for. None comes after each reject,
    so that a builder that is full of rejects can be emptied too.
    """
    table = _Table(layout)
    for line in iterate_text_lines(stream, min(limits.line_bytes, _LONGEST_LINE)):
        found = table.take(line)
        if isinstance(found, DirectiveRow):
            yield found
        elif isinstance(found, Reject):
            builder.add_reject(found)
            yield None
        else:
            builder.ignore(line.length)


def head_columns(head: bytes, layout: Layout) -> tuple[frozenset[str], Directives]:
    """Return the column names that an item's head states, and its directives; both empty where there are none."""
    table = _Table(layout)
    for line in _head_lines(head):
        if isinstance(line, Line) and layout.may_name_columns(_unpadded(line)):
            table.take(line)
    return frozenset(table.columns), table.directives


@functools.lru_cache(maxsize=1)
def _head_lines(head: bytes) -> tuple[Line | Reject, ...]:
    """Return the first lines in the head of an item; kept for the many layouts that look at the same head."""
    return tuple(itertools.islice(iterate_text_lines(io.BytesIO(head), len(head) + 1), _HEAD_LINES))


@dataclass(frozen=True, slots=True)
class DirectiveReader(BatchedReader):
    """A reader of such a log.

    Attributes:
        signs: columns that it has, each of them; names are compared without case.
        begin: called for each file; what it returns makes the fields of a record from a row, or None where it is none.
        sureness: what `recognise` answers where the columns are there.
    """

    name: str
    source: str
    title: str
    layout: Layout
    signs: frozenset[str]
    begin: Callable[[], Callable[[DirectiveRow], Mapping[str, FieldValue] | None]]
    sureness: float = 0.97

    def recognise(self, head: bytes) -> float:
        """Answer by the column names; where there are none, by the share of rows whose form tells them."""
        columns, _ = head_columns(head, self.layout)
        if columns:
            return self.sureness if self.signs <= {column.lower() for column in columns} else 0.0
        guess = self.layout.guess
        if guess is None:
            return 0.0
        rows = [line for line in head_lines(head, _HEAD_LINES) if line.strip() and not line.startswith(b"#")]
        guessed = sum(bool(guess(self.layout.split(row, {}))) for row in rows)
        return round(_GUESSED * self.sureness * guessed / len(rows), 4) if rows else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        """Read row by row."""
        parse = self.begin()
        for row in read_directive_rows(stream, builder, limits, self.layout):
            if row is not None:
                fields = parse(row)
                if fields is None:
                    builder.reject(f"line {row.record + 1}", "not a record of this log", row.offset, row.length)
                else:
                    builder.append(row.record, row.offset, row.length, fields)
            yield


def _unpadded(line: Line) -> bytes:
    """Return a line without zeros: a server that stopped leaves them where it would have gone on."""
    return line.content.strip(b"\0\r")


@dataclass(slots=True)
class _Table:
    layout: Layout
    columns: tuple[str, ...] = ()
    directives: dict[str, bytes] = field(default_factory=dict)

    def take(self, line: Line | Reject) -> DirectiveRow | Reject | None:
        """Return the row that a line is; None for a directive or a blank line."""
        if isinstance(line, Reject):
            return line
        content = _unpadded(line)
        directive = split_directive(content)
        if directive is not None:
            self._remember(*directive)
            return None
        return self._row(line, content) if content.strip() else None

    def _remember(self, name: str, value: bytes) -> None:
        if name in self.directives or len(self.directives) < _MOST_DIRECTIVES:
            self.directives[name] = value[:_LONGEST_VALUE]
        if name == _FIELDS:
            self._name_columns(self.layout.split(value, self.directives))

    def _name_columns(self, cells: list[bytes]) -> None:
        """Take the names; where one stands twice the second is `name_1`, so that every field is one text."""
        seen: Counter[str] = Counter()
        names: list[str] = []
        for cell in cells:
            name = cell.strip().decode("utf-8", "backslashreplace")
            if name:
                names.append(f"{name}_{seen[name]}" if seen[name] else name)
                seen[name] += 1
        self.columns = tuple(names)

    def _row(self, line: Line, content: bytes) -> DirectiveRow | Reject | None:
        cells = self.layout.split(content, self.directives)
        if self.layout.is_header(cells):
            self._name_columns(cells)
            return None
        named = self._named(cells, self.columns)
        if named is None:
            named = self._guessed(cells)
        if named is None:
            reason = "another number of cells than column names" if self.columns else "a row before the column names"
            return Reject(place=f"line {line.number}", reason=reason, offset=line.offset, length=line.length)
        return DirectiveRow(line.number - 1, line.offset, line.length, named, self.directives)

    def _guessed(self, cells: list[bytes]) -> dict[str, FieldValue] | None:
        named = self._named(cells, self.layout.guess(cells)) if self.layout.guess is not None else None
        return None if named is None else named | {COLUMNS_ASSUMED: "true"}

    def _named(self, cells: list[bytes], columns: tuple[str, ...]) -> dict[str, FieldValue] | None:
        """Return the cells under these names; None where they don't go together."""
        if len(cells) > len(columns) and self.layout.loose in columns:
            cells = self._tightened(cells, columns)
        return self._fields(cells, columns) if columns and len(cells) == len(columns) else None

    def _tightened(self, cells: list[bytes], columns: tuple[str, ...]) -> list[bytes]:
        at, surplus = columns.index(self.layout.loose), len(cells) - len(columns)
        return [*cells[:at], b" ".join(cells[at : at + surplus + 1]), *cells[at + surplus + 1 :]]

    def _fields(self, cells: list[bytes], columns: tuple[str, ...]) -> dict[str, FieldValue]:
        nothing = self.layout.nothing
        return {
            name: cell.decode("utf-8", "backslashreplace")
            for name, cell in zip(columns, cells, strict=True)
            if cell not in nothing
        }
