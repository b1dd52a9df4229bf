"""Matches of rules on events, one Parquet file per evidence item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import duckdb
import orjson
import pyarrow as pa

from vigilia.model.matches import Match
from vigilia.store.event_writer import TableWriter

__all__ = ["MATCH_SCHEMA", "match_batch", "match_writer", "rule_matches"]

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
    files = [str(path) for path in sorted(folder.glob("*.parquet"))]
    if not files:
        return
    with duckdb.connect(config={"memory_limit": "300MB", "threads": 1}) as connection:
        rows = connection.execute(
            "SELECT rule_id, event_id, fields FROM read_parquet($files) ORDER BY rule_id, event_id", {"files": files}
        )
        while batch := rows.fetchmany(10_000):
            for rule_id, event_id, fields in batch:
                yield Match(rule_id=rule_id, event_id=event_id, fields=orjson.loads(fields))
