"""Events of Apple's Endpoint Security, as `eslogger` writes them: one JSON object on each line.

`{"event_type":9,"event":{"exec":{"target":{"executable":{"path":"/usr/bin/curl"},…},"args":["curl",…]}},"process":{…},…}`

The name of the event, "exec", becomes `action`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, head_objects, read_objects
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_SIGNS: Final = frozenset({"event", "event_type", "mach_time", "process"})


class _EsloggerReader(BatchedReader):
    name = "macos-eslogger"
    source = "macos.endpoint"
    title = "macOS Endpoint Security events (eslogger)"

    def recognise(self, head: bytes) -> float:
        return 0.95 if any(value.keys() >= _SIGNS for value in head_objects(head)) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for event in read_objects(stream, builder, limits):
            if event is not None:
                fields = flatten(event.value, limits.depth) | _action(event.value)
                if event.duplicates:
                    fields[DUPLICATE_KEYS] = event.duplicates
                builder.append(event.ordinal, event.offset, event.length, fields)
            yield


READER: Final[Reader] = _EsloggerReader()


def _action(value: Mapping[str, object]) -> dict[str, FieldValue]:
    """Return the name of the event, which is the one key of `event`."""
    event = value.get("event")
    return {"action": next(iter(event))} if isinstance(event, dict) and event else {}
