"""Audit events as LAUREL writes them: one JSON object for each event, one key for each type of record.

`{"ID":"1626611363.720:348501","SYSCALL":{"exe":"/usr/bin/perl",…},"EXECVE":{"argc":3,"ARGV":["perl",…]},"PATH":[…]}`

Each record becomes a row of its own, with the fields that the audit daemon's own log has. Bytes that are not plain
ASCII are written as %XX; they are read back. Format: github.com/threathunters-io/laurel, json-format.md.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import BinaryIO, Final
from urllib.parse import unquote_to_bytes

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, JsonObject, head_objects, read_objects
from vigilia.readers.linux.audit_syscalls import SystemCalls
from vigilia.readers.linux.socket_address import socket_parts
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_ID: Final = "ID"
_NODE: Final = "NODE"
_PARENT: Final = "PARENT_INFO"
_ABOUT_EVENT: Final = frozenset({_ID, _NODE, _PARENT, "CONTAINER_INFO", "EOE"})
_ARGUMENTS: Final = "ARGV"
_MOST_ARGUMENT_FIELDS: Final = 64  # as in the audit daemon's own log; more are in `arguments` alone
_DIGITS: Final = frozenset("0123456789.:")

Event = Mapping[str, object]
Record = dict[str, FieldValue]


class _LaurelReader(BatchedReader):
    name = "linux-laurel"
    source = "linux.auditd"
    title = "Linux audit events as JSON (LAUREL)"

    def recognise(self, head: bytes) -> float:
        return 0.95 if any(_audit_id(value) and _record_types(value) for value in head_objects(head)) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        number = 0
        for event in read_objects(stream, builder, limits):
            for record in _records(event, builder, limits.depth):
                builder.append(number, *record)
                number += 1
                yield
            yield


READER: Final[Reader] = _LaurelReader()


def _audit_id(event: Event) -> str:
    text = event.get(_ID)
    sound = isinstance(text, str) and 0 < len(text) <= 48 and text.count(":") == 1 and _DIGITS.issuperset(text)
    return str(text) if sound else ""


def _record_types(event: Event) -> list[str]:
    """Return the types of record that an event has, in its own order."""
    return [
        name
        for name, value in event.items()
        if name not in _ABOUT_EVENT and name.isupper() and isinstance(value, dict | list)
    ]


def _records(event: JsonObject | None, builder: ColumnBuilder, depth: int) -> Iterator[tuple[int, int, Record]]:
    """Yield place and fields of each record; the bytes of the event are accounted for once, by the first."""
    if event is None:
        return
    audit_id = _audit_id(event.value)
    if not audit_id:
        place = f"value {event.ordinal + 1} at byte {event.offset}"
        builder.reject(place, "not an audit event", event.offset, event.length)
        return
    node = event.value.get(_NODE)
    shared: Record = {"timestamp": audit_id.partition(":")[0], "audit_id": audit_id}
    shared |= {"node": node} if isinstance(node, str) else {}
    shared |= {DUPLICATE_KEYS: event.duplicates} if event.duplicates else {}
    records = [{**shared, **record} for record in _each_record(event.value, depth)] or [shared | {"type": "EVENT"}]
    SystemCalls().complete(records)
    for at, record in enumerate(records):
        builder.parsed(-event.length if at else 0)
        yield event.offset, event.length, record


def _each_record(event: Event, depth: int) -> Iterator[Record]:
    parent = event.get(_PARENT)
    above = _fields("parent", parent, depth) if isinstance(parent, dict) else {}
    for name in _record_types(event):
        value = event[name]
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                yield _fields(name, one, depth) | {"type": name} | _named_above(name, above)


def _named_above(record_type: str, parent: Record) -> Record:
    """Return the parent's fields, for the records that tell what was run."""
    if record_type not in {"SYSCALL", "EXECVE"}:
        return {}
    return {f"parent.{name}": value for name, value in parent.items()}


def _fields(record_type: str, record: Mapping[str, object], depth: int) -> Record:
    fields = {name: _plain(value) for name, value in flatten(record, depth).items()}
    if record_type == "SOCKADDR":
        fields |= socket_parts(fields)
    arguments = fields.pop(_ARGUMENTS, None)
    if arguments is None:
        return fields
    words = arguments if isinstance(arguments, list) else [arguments]
    if record_type == "PROCTITLE":
        return fields | {"proctitle": " ".join(words)}
    numbered = {f"a{number}": word for number, word in enumerate(words[:_MOST_ARGUMENT_FIELDS])}
    return fields | numbered | ({} if record_type == "SYSCALL" else {"arguments": words})


def _plain(value: FieldValue) -> FieldValue:
    if isinstance(value, list):
        return [_unquoted(text) for text in value]
    return _unquoted(value)


def _unquoted(text: str) -> str:
    return unquote_to_bytes(text).decode("utf-8", "backslashreplace") if "%" in text else text
