"""Queries over the normalised events of a case."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

import duckdb
import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA
from vigilia.store.connection import case_errors, connect, parquet_pattern

__all__ = ["EventStore"]

_MEMORY_LIMIT = "700MB"
_THREADS = 2


class EventStore:
    """The events of a case as the DuckDB view `events`, with the columns of EVENT_SCHEMA.

    Queries must say ORDER BY wherever order matters, ending in `"event.id"`: promise 3, same in, same out.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, place: str = "memory") -> None:
        self._connection = connection
        self._place = place

    @classmethod
    def open(cls, folder: Path, scratch: Path, matches: Path | None = None) -> Self:
        """Open the Parquet files in `folder`; `scratch` takes what does not fit in memory.

        Args:
            folder: of the events.
            scratch: a folder of the case.
            matches: folder of the rules' matches, where they are to be the view `matches` (MATCH_SCHEMA).
        """
        connection = connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS, scratch=scratch)
        store = cls(connection, str(folder))
        if any(folder.glob("*.parquet")):
            store._view("events", folder)
        else:
            connection.register("events", EVENT_SCHEMA.empty_table())
        if matches is not None and any(matches.glob("*.parquet")):
            store._view("matches", matches)
        return store

    def _view(self, name: str, folder: Path) -> None:
        source = f"read_parquet('{_quoted(parquet_pattern(folder))}/*.parquet', hive_partitioning = false)"
        with case_errors(self._place):
            self._connection.execute(f"CREATE VIEW {name} AS SELECT * FROM {source}")  # noqa: S608 - our own folder

    @classmethod
    def from_table(cls, events: pa.Table) -> Self:
        """Serve a table from memory (tests, small batches)."""
        connection = connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS)
        connection.register("events", events.cast(EVENT_SCHEMA))
        return cls(connection)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one SELECT and return its rows."""
        with case_errors(self._place):
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
        with case_errors(self._place):
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}")

    def drop(self, name: str) -> None:
        """Forget a kept answer, and give back its memory and disk."""
        self._connection.execute(f"DROP TABLE {name}")

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
