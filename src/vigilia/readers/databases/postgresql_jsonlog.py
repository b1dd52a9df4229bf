"""PostgreSQL's log in JSON (log_destination = jsonlog, since 15), under the names of csvlog's columns."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.databases.postgresql_records import with_message
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, JsonObject, head_objects, read_objects
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_SIGNS: Final = frozenset({"timestamp", "pid", "session_id", "error_severity", "message"})
_NAMES: Final = {
    "timestamp": "log_time",
    "user": "user_name",
    "dbname": "database_name",
    "pid": "process_id",
    "remote_host": "connection_from",
    "remote_port": "connection_port",
    "line_num": "session_line_num",
    "ps": "command_tag",
    "session_start": "session_start_time",
    "vxid": "virtual_transaction_id",
    "txid": "transaction_id",
    "state_code": "sql_state_code",
    "statement": "query",
    "cursor_position": "query_pos",
    "internal_position": "internal_query_pos",
}


@dataclass(frozen=True, slots=True)
class _JsonLog(BatchedReader):
    name: str = "postgresql-jsonlog"
    source: str = "database.postgresql"
    title: str = "PostgreSQL log (JSON)"

    def recognise(self, head: bytes) -> float:
        return 0.97 if any(one.keys() >= _SIGNS for one in head_objects(head)) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for found in read_objects(stream, builder, limits):
            if found is not None:
                _append(found, builder, limits.depth)
            yield


def _append(found: JsonObject, builder: ColumnBuilder, depth: int) -> None:
    named = {_NAMES.get(name, name): value for name, value in flatten(found.value, depth).items()}
    fields = with_message(named)
    if found.duplicates:
        fields[DUPLICATE_KEYS] = found.duplicates
    builder.append(found.ordinal, found.offset, found.length, fields)


READER: Final[Reader] = _JsonLog()
