"""The systemd journal as JSON: `journalctl -o json`, `json-pretty` and `json-seq` (RFC 7464)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, cast

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.json_records import DUPLICATE_KEYS, JsonObject, head_objects, read_objects
from vigilia.readers.linux.journal_fields import is_journal_entry, journal_fields, json_value, too_long
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_MARK: Final = b"\x1e"  # before each entry of json-seq; no JSON text holds it unescaped


def _plain(content: bytes) -> bytes:
    """Return the bytes with marks made blank, one for one, so that places stay true."""
    return content.replace(_MARK, b" ")


class _Unmarked:
    """A stream without the marks of json-seq."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def read(self, size: int = -1) -> bytes:
        return _plain(self._stream.read(size))


class _JournalJsonReader(BatchedReader):
    name = "linux-journal-json"
    source = "linux.journal"
    title = "systemd journal (journalctl -o json)"

    def recognise(self, head: bytes) -> float:
        return 0.95 if any(map(is_journal_entry, head_objects(_plain(head)))) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for entry in read_objects(cast(BinaryIO, _Unmarked(stream)), builder, limits):
            if entry is not None:
                builder.append(entry.ordinal, entry.offset, entry.length, _fields(entry))
            yield


READER: Final[Reader] = _JournalJsonReader()


def _fields(entry: JsonObject) -> dict[str, FieldValue]:
    values = {name: json_value(value) for name, value in entry.value.items()}
    known = {name: value for name, value in values.items() if value is not None}
    marks = too_long([name for name, value in entry.value.items() if value is None])
    return journal_fields(known) | marks | ({DUPLICATE_KEYS: entry.duplicates} if entry.duplicates else {})
