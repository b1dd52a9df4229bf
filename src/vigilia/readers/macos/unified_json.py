"""The macOS unified log as JSON: `log show --style ndjson` and `--style json`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, head_objects, read_objects
from vigilia.readers.macos.unified_fields import unified_fields
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_SIGNS: Final = frozenset({"machTimestamp", "processImagePath", "eventMessage", "traceID"})
_LEAST_SIGNS: Final = 2
_LAST: Final = {"count", "finished"}  # the line that ends an ndjson log
_FILTER: Final = b"Filtering the log data"  # what `log` says before the log, where a predicate was given


class _UnifiedJsonReader(BatchedReader):
    name = "macos-unified-json"
    source = "macos.unified"
    title = "macOS unified log (log show --style ndjson)"

    def recognise(self, head: bytes) -> float:
        start = head.partition(b"\n")[2] if head.startswith(_FILTER) else head
        return 0.95 if any(map(_is_entry, head_objects(start))) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for entry in read_objects(stream, builder, limits):
            if entry is not None and entry.value.keys() == _LAST:
                builder.ignore(entry.length)
            elif entry is not None:
                fields = unified_fields(flatten(entry.value, limits.depth))
                if entry.duplicates:
                    fields[DUPLICATE_KEYS] = entry.duplicates
                builder.append(entry.ordinal, entry.offset, entry.length, fields)
            yield


READER: Final[Reader] = _UnifiedJsonReader()


def _is_entry(value: Mapping[str, object]) -> bool:
    return "timestamp" in value and len(_SIGNS & value.keys()) >= _LEAST_SIGNS
