"""Zeek's logs as JSON, one object for each record: Zeek's own writer, Corelight, and copies in log collectors."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import orjson

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, head_objects, read_objects
from vigilia.readers.network.zeek_values import LOG_NAME, log_of, named, plain_json, plain_name
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_TIME: Final = "ts"
_LOG_NAMES: Final = (LOG_NAME, "@stream")
_WRAPPED_IN: Final = "message"
_FILE: Final = "log_file"
_LOG_OF_FILE: Final = re.compile(r"(?:.{0,512}[/\\])?([a-z][a-z0-9_]{1,40}?)(?:[_.]\d{2,8}.{0,128})?\.log(?:\.gz)?")


@dataclass(frozen=True, slots=True)
class _ZeekJson(BatchedReader):
    name: str = "zeek-json"
    source: str = "zeek"
    title: str = "Zeek log (JSON)"

    def recognise(self, head: bytes) -> float:
        return max((_likeness(_unwrapped(one)) for one in head_objects(head)), default=0.0)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for found in read_objects(stream, builder, limits):
            if found is not None:
                fields = _fields(_unwrapped(found.value), limits.depth)
                if found.duplicates:
                    fields[DUPLICATE_KEYS] = found.duplicates
                builder.append(found.ordinal, found.offset, found.length, fields)
            yield


def _unwrapped(record: dict[str, object]) -> dict[str, object]:
    """Return the record that a collector holds as text, with the collector's own fields beside it."""
    text = record.get(_WRAPPED_IN)
    if _TIME in record or not isinstance(text, str) or not text.startswith("{"):
        return record
    try:
        inner = orjson.loads(text)
    except ValueError:  # also for half a surrogate pair, which cannot be encoded
        return record
    outer = {key: value for key, value in record.items() if key != _WRAPPED_IN}
    return outer | inner if isinstance(inner, dict) else record


def _fields(record: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    plain = {key: plain_json(value, key) for key, value in record.items()}
    fields = {plain_name(name): value for name, value in flatten(plain, depth).items()}
    log = next((str(fields.pop(name)) for name in _LOG_NAMES if isinstance(fields.get(name), str)), "")
    return named(fields, log or _log_of_file(fields.get(_FILE)))


def _log_of_file(path: FieldValue | None) -> str:
    found = _LOG_OF_FILE.fullmatch(path) if isinstance(path, str) else None
    return found[1] if found else ""


def _likeness(record: Mapping[str, object]) -> float:
    if _TIME not in record:
        return 0.0
    names = set(flatten(record, 3))
    connected = {"uid", "id.orig_h"} <= names or {"uid", "id_orig_h"} <= names
    if connected or {LOG_NAME, "_write_ts"} <= names or {"@stream", "@proc"} <= names:
        return 0.95
    known = log_of(names) if not names.isdisjoint({"uid", "fuid", "id", "fingerprint", "peer", LOG_NAME}) else ""
    return 0.8 if known else 0.0


READER: Final[Reader] = _ZeekJson()
