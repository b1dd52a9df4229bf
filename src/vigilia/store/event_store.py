"""Queries over the normalised events of a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA
from vigilia.store.connection import connect, parquet_pattern

__all__ = ["EventStore"]

_MEMORY_LIMIT = "700MB"
_THREADS = 2


class EventStore:
    """The events of a case as the DuckDB view `events`, with the columns of EVENT_SCHEMA.

    Queries must say ORDER BY wherever order matters, ending in `"event.id"`: promise 3, same in, same out.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self._connection = connection

    @classmethod
    def open(cls, folder: Path, scratch: Path) -> Self:
        """Open the Parquet files in `folder`; `scratch` takes what does not fit in memory."""
        connection = connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS)
        connection.execute(f"SET temp_directory = '{_quoted(str(scratch))}'")
        if any(folder.glob("*.parquet")):
            source = f"read_parquet('{_quoted(parquet_pattern(folder))}/*.parquet', hive_partitioning = false)"
            connection.execute(f"CREATE VIEW events AS SELECT * FROM {source}")  # noqa: S608 - our own folder, quoted
        else:
            connection.register("events", EVENT_SCHEMA.empty_table())
        return cls(connection)

    @classmethod
    def from_table(cls, events: pa.Table) -> Self:
        """Serve a table from memory (tests, small batches)."""
        connection = connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS)
        connection.register("events", events.cast(EVENT_SCHEMA))
        return cls(connection)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one SELECT and return its rows."""
        return self._connection.sql(sql, params=parameters).to_arrow_table()

    def rows(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> list[dict[str, object]]:
        """Run one SELECT whose answer is small and return it as dictionaries."""
        answer: list[dict[str, object]] = self.query(sql, parameters).to_pylist()
        return answer

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table available to queries under a name, replacing an earlier one."""
        self._connection.register(name, table)

    def materialize(self, name: str, sql: str) -> None:
        """Keep the answer of one SELECT under a name, replacing an earlier one; it may spill to scratch."""
        self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _quoted(text: str) -> str:
    return text.replace("'", "''")
