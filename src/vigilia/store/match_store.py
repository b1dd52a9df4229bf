"""Matches of rules on events, one Parquet file per evidence item."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import msgspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from vigilia.model.matches import Match
from vigilia.model.times import OptionalTime, format_microseconds
from vigilia.store.connection import case_errors, connect, parquet_pattern
from vigilia.store.event_writer import TableWriter

__all__ = [
    "IDS_AT_MOST",
    "MATCH_SCHEMA",
    "RuleMatches",
    "match_batch",
    "match_writer",
    "matches_by_rule",
    "matches_of_rules",
    "stored_matches",
]

# Event ids that findings carry, all rules together; the Parquet files keep all.
IDS_AT_MOST = 500_000
_MEMORY_LIMIT = "300MB"
_REPEATED = "SELECT event_id FROM read_parquet($repeats, hive_partitioning = false)"
_NO_REPEATS = "''"
_ROWS_AT_ONCE = 100_000

MATCH_SCHEMA = pa.schema(
    [
        pa.field("rule_id", pa.string(), nullable=False),
        pa.field("event_id", pa.string(), nullable=False),
        pa.field("fields", pa.string(), nullable=False),  # JSON object: field name → value as recorded
        pa.field("time", pa.int64()),  # of the event, in microseconds since 1970-01-01 UTC
        pa.field("context", pa.string()),  # JSON object: field name → values, for correlation rules; null without any
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
            "time": match.time,
            "context": orjson.dumps(match.context, option=orjson.OPT_SORT_KEYS).decode() if match.context else None,
        }
        for match in matches
    ]
    return pa.RecordBatch.from_pylist(rows, schema=MATCH_SCHEMA)


def stored_matches(path: Path) -> list[Match]:
    """Read the matches of one item back, in the order in which they were written."""
    rows = pq.read_table(path, schema=MATCH_SCHEMA).to_pylist()
    return [
        Match(
            rule_id=row["rule_id"],
            event_id=row["event_id"],
            fields=orjson.loads(row["fields"]),
            time=row["time"],
            context=_context(row["context"]),
        )
        for row in rows
    ]


def _context(text: str | None) -> dict[str, tuple[str, ...]]:
    return {} if text is None else {name: tuple(values) for name, values in orjson.loads(text).items()}


def matches_of_rules(
    matches: Path, rule_ids: Sequence[str], scratch: Path, *, repeats: Path | None = None
) -> Iterator[pa.RecordBatch]:
    """Yield the matches of some rules with the columns of MATCH_SCHEMA, in no order.

    Args:
        matches: folder of the case.
        rule_ids: of the rules; all others are passed over without being read.
        scratch: takes what does not fit in memory.
        repeats: as for `matches_by_rule`.

    Raises:
        CaseError: a file cannot be read, or the disk is full.
    """
    files: dict[str, object] = {"matches": _parquet_files(matches), "rules": list(rule_ids)}
    if not files["matches"] or not files["rules"]:
        return
    repeated = _NO_REPEATS if repeats is None else _REPEATED
    files |= {} if repeats is None else {"repeats": [parquet_pattern(repeats)]}
    with case_errors(matches), connect(memory_limit=_MEMORY_LIMIT, threads=1, scratch=scratch) as connection:
        found: Iterable[pa.RecordBatch] = connection.sql(
            f"""SELECT * FROM read_parquet($matches, hive_partitioning = false)
            WHERE rule_id IN (SELECT unnest($rules)) AND event_id NOT IN ({repeated})""",  # noqa: S608
            params=files,
        ).to_arrow_reader(_ROWS_AT_ONCE)
        yield from found


class RuleMatches(msgspec.Struct, frozen=True, kw_only=True):
    """The events that one rule matched.

    Attributes:
        count: distinct events.
        first_time, last_time: empty where none has a time.
        event_ids: sorted by time, then id, those without time last; the first so many of them.
    """

    rule_id: str
    count: int
    first_time: OptionalTime
    last_time: OptionalTime
    event_ids: list[str]


def matches_by_rule(
    matches: Path, events: Path, scratch: Path, *, repeats: Path | None = None, at_most: int = IDS_AT_MOST
) -> Iterator[RuleMatches]:
    """Yield what each rule matched, sorted by rule id.

    Args:
        matches: folder of the case.
        events: folder of the case.
        scratch: takes what does not fit in memory.
        repeats: file with the later copies of records that were handed in more than once; they match nothing.
        at_most: event ids of all rules together; each rule gives up its last ones where there are more.

    Raises:
        CaseError: a file cannot be read, or the disk is full.
    """
    files = {"matches": _parquet_files(matches), "events": _parquet_files(events)}
    if not all(files.values()):
        return
    repeated = _NO_REPEATS if repeats is None else _REPEATED
    files |= {} if repeats is None else {"repeats": [parquet_pattern(repeats)]}
    with case_errors(matches), connect(memory_limit=_MEMORY_LIMIT, threads=1, scratch=scratch) as connection:
        connection.execute(
            f"""CREATE TEMP TABLE matched AS SELECT rule_id, event_id, "@timestamp" AS ts FROM (
              SELECT DISTINCT rule_id, event_id FROM read_parquet($matches, hive_partitioning = false)
              WHERE event_id NOT IN ({repeated}))
            LEFT JOIN read_parquet($events, hive_partitioning = false) ON event_id = "event.id\"""",  # noqa: S608
            files,
        )
        counted = connection.execute(
            "SELECT rule_id, count(*), epoch_us(min(ts)), epoch_us(max(ts)) FROM matched GROUP BY ALL ORDER BY rule_id"
        ).fetchall()
        kept = _ids_for_each([count for _, count, _, _ in counted], at_most)
        for rule_id, count, first, last in counted:
            rows = connection.execute(
                "SELECT event_id FROM matched WHERE rule_id = ? ORDER BY ts NULLS LAST, event_id LIMIT ?",
                [rule_id, kept],
            ).fetchall()
            yield RuleMatches(
                rule_id=rule_id,
                count=count,
                first_time="" if first is None else format_microseconds(first),
                last_time="" if last is None else format_microseconds(last),
                event_ids=[one for (one,) in rows],
            )


def _ids_for_each(counts: Sequence[int], at_most: int) -> int:
    """Return how many ids each rule may keep so that all together stay within the limit."""
    kept = max(counts, default=0)
    while kept > 1 and sum(min(count, kept) for count in counts) > at_most:
        kept = kept // 2
    return kept


def _parquet_files(folder: Path) -> list[str]:
    return [parquet_pattern(path) for path in sorted(folder.glob("*.parquet"))]
