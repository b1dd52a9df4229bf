"""Queries over the normalised events of a case."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar, cast

import duckdb
import pyarrow as pa

from vigilia.model.events import EVENT_SCHEMA
from vigilia.store.connection import case_errors, connect
from vigilia.store.gathering import gathered, reading

__all__ = ["EventStore"]

_Answer = TypeVar("_Answer")
_MEMORY_LIMIT = "1200MB"  # the readers have ended by then; 5 GB of evidence (17 M records) did not fit into 700 MB
_THREADS = 2
_SAME_RECORD = 'SELECT 1 FROM repeated WHERE item = mine."vigilia.item" AND record = mine."vigilia.record"'
_SAME_EVENT = "SELECT 1 FROM repeated WHERE repeated.event_id = mine.event_id"


class EventStore:
    """The events of a case as the DuckDB view `events`, with the columns of EVENT_SCHEMA.

    Later copies of records that were handed in more than once are not in it; `repeated` (REPEAT_SCHEMA) names them.

    Queries must say ORDER BY wherever order matters, ending in `"event.id"`: promise 3, same in, same out.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, place: str = "memory") -> None:
        self._connection = connection
        self._place = place
        self._answers: dict[Callable[[Self], object], object] = {}

    @classmethod
    def open(cls, folder: Path, scratch: Path, matches: Path | None = None, repeats: Path | None = None) -> Self:
        """Open the Parquet files in `folder`; `scratch` takes what does not fit in memory.

        Args:
            folder: of the events.
            scratch: a folder of the case.
            matches: folder of the rules' matches, where they are to be the view `matches` (MATCH_SCHEMA).
            repeats: what `write_repeats` wrote; without it every copy is an event.
        """
        connection = connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS, scratch=scratch)
        store = cls(connection, str(folder))
        with case_errors(folder):
            connection.execute(f"CREATE TEMP TABLE repeated AS {_repeats_query(repeats)}")
            items = [name for (name,) in connection.execute("SELECT DISTINCT item FROM repeated ORDER BY 1").fetchall()]
            if any(folder.glob("*.parquet")):
                store._view("events", folder, scratch, items, _SAME_RECORD)
            else:
                connection.register("events", EVENT_SCHEMA.empty_table())
            if matches is not None and any(matches.glob("*.parquet")):
                store._view("matches", matches, scratch, items, _SAME_EVENT)
        return store

    def _view(self, name: str, folder: Path, scratch: Path, items: Sequence[str], same: str) -> None:
        """Make the rows of a folder's files a view; only the files with repeated records pay for leaving those out."""
        repeating = set(items)
        files = sorted(folder.glob("*.parquet"))
        whole = [path for path in files if path.stem not in repeating]
        some = [path for path in files if path.stem in repeating]
        parts = []
        if whole:
            found = gathered(self._connection, whole, scratch / f"gathered-{name}.parquet")
            parts.append(f"SELECT * FROM {reading(found)}")  # noqa: S608 - our own folder
        if some:
            found = gathered(self._connection, some, scratch / f"gathered-{name}-repeating.parquet")
            parts.append(f"SELECT * FROM {reading(found)} AS mine WHERE NOT EXISTS ({same})")  # noqa: S608
        self._connection.execute(f"CREATE VIEW {name} AS {' UNION ALL '.join(parts)}")

    @classmethod
    def from_table(cls, events: pa.Table) -> Self:
        """Serve a table from memory (tests, small batches)."""
        connection = connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS)
        connection.register("events", events.cast(EVENT_SCHEMA))
        connection.execute(f"CREATE TEMP TABLE repeated AS {_repeats_query(None)}")
        return cls(connection)

    def query(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one SELECT and return its rows."""
        with case_errors(self._place):
            return self._connection.sql(sql, params=parameters).to_arrow_table()

    def rows(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> list[dict[str, object]]:
        """Run one SELECT whose answer is small and return it as dictionaries."""
        answer: list[dict[str, object]] = self.query(sql, parameters).to_pylist()
        return answer

    def once(self, question: Callable[[Self], _Answer]) -> _Answer:
        """Return what a function of the events alone gives: several stages may ask, it is worked out once.

        The answer is shared, so it must be of a kind that nobody changes.
        """
        if question not in self._answers:
            self._answers[question] = question(self)
        return cast("_Answer", self._answers[question])

    def register(self, name: str, table: pa.Table) -> None:
        """Make a table available to queries under a name, replacing an earlier one."""
        self._connection.register(name, table)

    def materialize(self, name: str, sql: str, parameters: Sequence[object] | dict[str, object] | None = None) -> None:
        """Keep the answer of one SELECT under a name, replacing an earlier one; it may spill to scratch."""
        with case_errors(self._place):
            self._connection.execute(f"CREATE OR REPLACE TEMP TABLE {name} AS {sql}", parameters)

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


def _repeats_query(repeats: Path | None) -> str:
    if repeats is not None and repeats.exists():
        return f"SELECT * FROM {reading([repeats])}"  # noqa: S608 - our own file
    return "SELECT ''::VARCHAR event_id, '' item, 0::BIGINT record, '' of_item, NULL::TIMESTAMPTZ AS moment LIMIT 0"
