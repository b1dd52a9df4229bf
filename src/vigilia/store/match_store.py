"""Matches of rules on events, one Parquet file per evidence item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Literal

import orjson
import pyarrow as pa

from vigilia.model.matches import Match
from vigilia.model.times import UtcTime, format_microseconds
from vigilia.store.connection import connect, parquet_pattern
from vigilia.store.event_writer import TableWriter

__all__ = ["MATCH_SCHEMA", "match_batch", "match_writer", "matched_event_times", "rule_matches"]

_MEMORY_LIMIT = "300MB"

MATCH_SCHEMA = pa.schema(
    [
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),  # JSON object: field name → value as recorded
    ]
)


def match_writer(path: Path) -> TableWriter:
    """Return a writer of rows with MATCH_SCHEMA."""
    return TableWriter(path, MATCH_SCHEMA)


def match_batch(matches: Iterable[Match]) -> pa.RecordBatch:
    """Return matches as rows."""
    rows = [
        {
            "rule_id": match.rule_id,
            "event_id": match.event_id,
            "fields": orjson.dumps(match.fields, option=orjson.OPT_SORT_KEYS).decode(),
        }
        for match in matches
    ]
    return pa.RecordBatch.from_pylist(rows, schema=MATCH_SCHEMA)


def rule_matches(folder: Path) -> Iterator[Match]:
    """Yield every match under `folder`, sorted by rule id, then event id, a bounded number at a time."""
    files = _parquet_files(folder)
    if not files:
        return
    with connect(memory_limit=_MEMORY_LIMIT, threads=1) as connection:
        rows = connection.execute(
            "SELECT rule_id, event_id, fields FROM read_parquet($files, hive_partitioning = false)"
            " ORDER BY rule_id, event_id",
            {"files": files},
        )
        while batch := rows.fetchmany(10_000):
            for rule_id, event_id, fields in batch:
                yield Match(rule_id=rule_id, event_id=event_id, fields=orjson.loads(fields))


def matched_event_times(matches: Path, events: Path) -> dict[str, UtcTime | Literal[""]]:
    """Return the time of every event that some rule matched; empty text where the event has none."""
    files = {"matches": _parquet_files(matches), "events": _parquet_files(events)}
    if not all(files.values()):
        return {}
    with connect(memory_limit=_MEMORY_LIMIT, threads=1) as connection:
        rows = connection.execute(
            'SELECT "event.id", epoch_us("@timestamp") FROM read_parquet($events, hive_partitioning = false)'
            ' SEMI JOIN read_parquet($matches, hive_partitioning = false) AS matched ON matched.event_id = "event.id"',
            files,
        )
        times: dict[str, UtcTime | Literal[""]] = {}
        while batch := rows.fetchmany(10_000):
            times |= {one: "" if moment is None else format_microseconds(moment) for one, moment in batch}
        return times


def _parquet_files(folder: Path) -> list[str]:
    return [parquet_pattern(path) for path in sorted(folder.glob("*.parquet"))]
