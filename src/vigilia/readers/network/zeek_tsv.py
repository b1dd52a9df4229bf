r"""Zeek's logs in their own form: lines of cells between tabs, under `#fields` and `#types`.

Several logs, or several days of one, may follow each other in a file: each row is read by the header above it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.directive_lines import DirectiveRow, Directives, Layout, head_columns, read_directive_rows
from vigilia.readers.network.zeek_values import element_type, named, plain_name, plain_text, unescaped
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_TAB: Final = b"\t"


@dataclass(frozen=True, slots=True)
class _ZeekTsv(BatchedReader):
    name: str = "zeek-tsv"
    source: str = "zeek"
    title: str = "Zeek log (tab-separated)"

    def recognise(self, head: bytes) -> float:
        columns, directives = head_columns(head, _LAYOUT)
        if not columns or "types" not in directives:
            return 0.0
        return 0.97 if "separator" in directives or "path" in directives else 0.7

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for row in read_directive_rows(stream, builder, limits, _LAYOUT):
            if row is not None:
                builder.append(row.record, row.offset, row.length, _fields(row))
            yield


def _separator(directives: Directives) -> bytes:
    written = directives.get("separator", _TAB).decode("latin-1")
    return unescaped(written).encode("latin-1", "replace") or _TAB


def _split(content: bytes, directives: Directives) -> list[bytes]:
    return content.split(_separator(directives))


_LAYOUT: Final = Layout(split=_split, nothing=frozenset())


@dataclass(frozen=True, slots=True)
class _Column:
    """A column as it is named here, its type, and the type of its elements where it is a set or a vector."""

    name: str
    kind: str
    element: str


@functools.lru_cache(maxsize=64)
def _columns(names: bytes, kinds: bytes, separator: bytes) -> Mapping[str, _Column]:
    columns: dict[str, _Column] = {}
    for written, kind in zip(names.split(separator), kinds.split(separator), strict=False):
        name = written.decode("utf-8", "backslashreplace")
        columns[name] = _Column(plain_name(name), kind.decode("latin-1"), element_type(kind.decode("latin-1")))
    return columns


def _fields(row: DirectiveRow) -> dict[str, FieldValue]:
    directives = row.directives
    columns = _columns(directives.get("fields", b""), directives.get("types", b""), _separator(directives))
    cells = _Cells(
        unset=directives.get("unset_field", b"-").decode("latin-1"),
        empty=directives.get("empty_field", b"(empty)").decode("latin-1"),
        between=directives.get("set_separator", b",").decode("latin-1") or ",",
    )
    fields: dict[str, FieldValue] = {}
    for name, cell in row.fields.items():
        column = columns.get(name) or _Column(plain_name(name), "string", "")
        value = cells.value(cell, column) if isinstance(cell, str) else cell  # a list: the name stands twice
        if value is not None:
            fields[column.name] = value
    return named(fields, directives.get("path", b"").decode("utf-8", "backslashreplace"))


@dataclass(frozen=True, slots=True)
class _Cells:
    """How cells say that there is nothing, and what stands between the values of a set."""

    unset: str
    empty: str
    between: str

    def value(self, cell: str, column: _Column) -> FieldValue | None:
        if cell == self.unset:
            return None
        if not column.element:
            return "" if cell == self.empty else plain_text(cell, column.kind)
        if cell == self.empty:
            return None
        values = [
            "" if one == self.empty else plain_text(one, column.element)
            for one in cell.split(self.between)
            if one != self.unset
        ]
        return values or None


READER: Final[Reader] = _ZeekTsv()
