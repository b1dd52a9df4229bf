"""Amazon CloudFront's standard log: W3C columns with tabs between them, `x-edge-location` and its kin among them.

The names are W3C's own but for `cs(Referer)` and the like, which take the names that all readers of access logs give.
Cells are percent-encoded where they hold blanks or quotes, twice in old logs; they are left as they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.directive_lines import Directives, Layout, head_columns, read_directive_rows
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_SIGNS: Final = frozenset({"x-edge-location", "c-ip", "cs-method", "sc-status"})
_NAMES: Final = {
    "cs(Host)": "x-distribution",
    "x-host-header": "cs-host",
    "cs(Referer)": "cs-referer",
    "cs(User-Agent)": "cs-user-agent",
    "cs(Cookie)": "cs-cookie",
    "x-forwarded-for": "x-forwarded-for",
    "cs-protocol-version": "cs-version",
}


def _split(content: bytes, _directives: Directives) -> list[bytes]:
    return content.split(b"\t") if b"\t" in content else content.split()


_LAYOUT: Final = Layout(split=_split)


@dataclass(frozen=True, slots=True)
class _CloudFront(BatchedReader):
    name: str = "web-cloudfront"
    source: str = "web.access"
    title: str = "Amazon CloudFront standard log"

    def recognise(self, head: bytes) -> float:
        columns, _ = head_columns(head, _LAYOUT)
        return 0.97 if columns >= _SIGNS else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for row in read_directive_rows(stream, builder, limits, _LAYOUT):
            if row is not None:
                builder.append(row.record, row.offset, row.length, _named(row.fields))
            yield


def _named(fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
    """Return the fields under common names; date and time, which are UTC, become one."""
    named = {_NAMES.get(name, name): value for name, value in fields.items()}
    date, time = named.get("date"), named.get("time")
    if isinstance(date, str) and isinstance(time, str):
        named["timestamp"] = f"{date}T{time}Z"
    return named


READER: Final[Reader] = _CloudFront()
