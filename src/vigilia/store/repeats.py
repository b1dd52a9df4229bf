"""Records that were handed in more than once: exports that overlap, the same export as CSV and as JSON.

The Parquet files keep every copy. Which copies are later ones is written to one file beside them, and the view
`events` leaves those out, so that nothing is counted twice. Two copies are the same record

- where the source gives its records an id (`knowledge/identity.toml`): same id, same second;
- elsewhere: same time and all of the same fields, in two files that agree on almost all records of the time that both
  cover. A few equal lines are no repetition: two servers may well have answered the same request in the same second.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from vigilia.knowledge.identity import Identity, identity_of
from vigilia.model.evidence import EvidenceItem
from vigilia.model.times import parse_time
from vigilia.store.connection import case_errors, connect, parquet_pattern
from vigilia.store.durable import staged

__all__ = ["REPEAT_SCHEMA", "write_repeats"]

REPEAT_SCHEMA: Final = pa.schema(
    [
        pa.field("event_id", pa.string(), nullable=False),  # of the copy that is left out
        pa.field("item", pa.string(), nullable=False),  # the evidence item that it is in
        pa.field("record", pa.int64(), nullable=False),
        pa.field("of_item", pa.string(), nullable=False),  # the item whose copy is kept
        pa.field("moment", pa.timestamp("us", tz="UTC")),
    ]
)

_MEMORY_LIMIT: Final = "700MB"
_THREADS: Final = 2
_AGREE: Final = 0.9  # share of the records of the time that both cover, in the file that has fewer of them
_ALIKE: Final = 0.5  # the same share in the file that has more
_LEAST: Final = 3  # equal records, or all of the smaller file
_FILES_AT_ONCE: Final = 500  # of 15,000 files read in one query, the buffers alone took more than the limit
_MOST_HOLDERS: Final = 8  # files looked at for each record; a record that is in more is in these as well

# One row for each record in play: a quick hash to find those that may be there twice, and what decides which one stays.
_KEYED: Final = """
SELECT place, record, moment, hash(key) AS quick, size, cut FROM ({records})
WHERE key IS NOT NULL AND moment IS NOT NULL
"""

_ANY_TWICE: Final = "SELECT 1 FROM keyed GROUP BY quick HAVING count(*) > 1 LIMIT 1"

# Whoever can write into a log could make two records with one quick hash, and so hide one of them: not with SHA-256.
_SAME: Final = """
SELECT place, record, moment, cut, left(sha256(key), 32) AS identity FROM ({records})
WHERE key IS NOT NULL AND moment IS NOT NULL
    AND hash(key) IN (SELECT quick FROM keyed GROUP BY quick HAVING count(*) > 1)
"""

_EXACT: Final = """
CREATE OR REPLACE TEMP TABLE exact AS
WITH ranked AS (
    -- The file whose records say most is kept; among equals the one whose path sorts first.
    SELECT place, row_number() OVER (ORDER BY floor(log2(avg(size) + 1)) DESC, place) AS rank
    FROM keyed GROUP BY place
)
SELECT same.*, rank, {ordinal} AS ordinal FROM same JOIN ranked USING (place)
"""
_ORDINAL: Final = "row_number() OVER (PARTITION BY identity, place ORDER BY record)"

_STRONG: Final = """
SELECT place, record, moment, of_place FROM (
    SELECT place, record, moment, first_value(place) OVER copies AS of_place, row_number() OVER copies AS copy
    FROM exact WINDOW copies AS (PARTITION BY identity, ordinal ORDER BY cut, rank, record)
) WHERE copy > 1
"""

_HOLDERS: Final = """
CREATE OR REPLACE TEMP TABLE holders AS
SELECT * FROM exact
QUALIFY row_number() OVER (PARTITION BY identity, ordinal ORDER BY rank) <= {most}
    AND count(*) OVER (PARTITION BY identity, ordinal) > 1
"""

_WEAK: Final = """
WITH pairs AS (
    SELECT kept.place AS of_place, later.place AS place, count(*) AS equal
    FROM holders AS kept JOIN holders AS later USING (identity, ordinal)
    WHERE kept.rank < later.rank GROUP BY ALL
), spans AS (
    SELECT place, min(moment) AS first, max(moment) AS last, count(*) AS records FROM keyed GROUP BY place
), shared AS (
    SELECT pairs.*, greatest(a.first, b.first) AS start, least(a.last, b.last) AS finish,
        least(a.records, b.records) AS smaller
    FROM pairs JOIN spans AS a ON a.place = pairs.of_place JOIN spans AS b ON b.place = pairs.place
), counted AS (
    SELECT sides.*, count(*) AS covered FROM (
        SELECT *, place AS side FROM shared UNION ALL SELECT *, of_place AS side FROM shared
    ) AS sides JOIN keyed ON keyed.place = side AND keyed.moment BETWEEN start AND finish
    GROUP BY ALL
), agreed AS (
    SELECT place, of_place FROM counted GROUP BY place, of_place, equal, smaller
    HAVING equal >= {agree} * min(covered) AND equal >= {alike} * max(covered) AND (equal >= {least} OR equal = smaller)
)
SELECT later.place, later.record, later.moment, arg_min(kept.place, kept.rank) AS of_place
FROM exact AS later JOIN holders AS kept USING (identity, ordinal)
    JOIN agreed ON agreed.place = later.place AND agreed.of_place = kept.place
WHERE kept.rank < later.rank GROUP BY later.place, later.record, later.moment
"""


def write_repeats(events: Path, items: Sequence[EvidenceItem], scratch: Path, target: Path) -> None:
    """Find the records that are there more than once, and write which copies are left out.

    Args:
        events: folder with the events of each item.
        items: all evidence, sorted by path: the order decides which copy is kept.
        scratch: takes what does not fit in memory.
        target: the file to write, rows × REPEAT_SCHEMA; the same evidence gives the same bytes.

    Raises:
        CaseError: a file of the case cannot be read or written, or there is no space.
    """
    readable = [item for item in items if item.status == "read" and item.records and item.first_time]
    with (
        case_errors(target),
        connect(memory_limit=_MEMORY_LIMIT, threads=_THREADS, scratch=scratch) as connection,
        staged(target) as part,
    ):
        search = _Search(connection, events, readable)
        connection.execute(
            "CREATE TEMP TABLE found (place INTEGER, record BIGINT, moment TIMESTAMPTZ, of_place INTEGER)"
        )
        for source in sorted({item.source for item in readable}):
            search.source(source)
        _write(connection, [item.item for item in readable], part)


@dataclass(frozen=True, slots=True)
class _Search:
    connection: duckdb.DuckDBPyConnection
    events: Path
    items: Sequence[EvidenceItem]

    def source(self, source: str) -> None:
        """Find the repeats of one log source."""
        mine = [place for place, item in enumerate(self.items) if item.source == source]
        identity = identity_of(source)
        if identity is not None and self._look(mine, _strong_key(identity), _ORDINAL if identity.several else "1"):
            self.connection.execute(f"INSERT INTO found {_STRONG}")
        overlapping = sorted(_overlapping([(place, self.items[place]) for place in mine]))
        if overlapping:
            without_id = "" if identity is None else f"CASE WHEN {_strong_key(identity)} IS NULL THEN"
            ending = "" if identity is None else "END"
            if self._look(overlapping, f"{without_id} {_WEAK_KEY} {ending}", _ORDINAL):
                self.connection.execute(_HOLDERS.format(most=_MOST_HOLDERS))
                weak = _WEAK.format(agree=_AGREE, alike=_ALIKE, least=_LEAST)
                self.connection.execute(f"INSERT INTO found {weak}")

    def _look(self, places: Sequence[int], key: str, ordinal: str) -> bool:
        """Make the tables of the records in play; tell whether any may be there twice."""
        self._gather("keyed", _KEYED, places, key)
        if not self.connection.execute(_ANY_TWICE).fetchall():
            return False
        self._gather("same", _SAME, places, key)
        self.connection.execute(_EXACT.format(ordinal=ordinal))
        return True

    def _gather(self, table: str, query: str, places: Sequence[int], key: str) -> None:
        """Make a table of what a query gives of the records of many items, some items at a time."""
        for at in range(0, len(places), _FILES_AT_ONCE):
            records = self._records(places[at : at + _FILES_AT_ONCE], key)
            begin = f"INSERT INTO {table}" if at else f"CREATE OR REPLACE TEMP TABLE {table} AS"
            self.connection.execute(f"{begin} {query.format(records=records)}")

    def _records(self, places: Sequence[int], key: str) -> str:
        """Return SQL for the records of some items: place of the item, record, time, key, and how much it says."""
        _name_places(self.connection, {self.items[place].item: place for place in places})
        files = ", ".join(_literal(parquet_pattern(self.events / f"{self.items[n].item}.parquet")) for n in places)
        return f"""
            SELECT place, "vigilia.record" AS record, "@timestamp" AS moment, {key} AS key,
                strlen("vigilia.fields") AS size, contains("vigilia.fields", '"Export.AuditDataCut"') AS cut
            FROM read_parquet([{files}], hive_partitioning = false) JOIN places ON item = "vigilia.item"
        """  # noqa: S608 - our own folder and columns


_WEAK_KEY: Final = """concat_ws(chr(31), epoch_us("@timestamp"), "vigilia.fields")"""


def _strong_key(identity: Identity) -> str:
    """Return SQL for what identifies a record; null where one of its fields is missing."""
    fields = [f"""json_extract_string("vigilia.fields", {_literal(f'$."{name}"')})""" for name in identity.fields]
    columns = [f"""lower(coalesce("{name}", ''))""" for name in identity.columns]
    parts = ["""(epoch_us("@timestamp") // 1000000)::VARCHAR""", *fields, *columns]
    return f"({' || chr(31) || '.join(parts)})"


def _overlapping(items: Sequence[tuple[int, EvidenceItem]]) -> set[int]:
    """Return the places of items whose time another item of the source covers too, if only in part."""
    found: set[int] = set()
    ordered = sorted(items, key=lambda one: (one[1].first_time, one[0]))
    reach: tuple[dt.datetime, int] | None = None
    for place, item in ordered:
        first, last = parse_time(item.first_time), parse_time(item.last_time)
        if reach is not None and first <= reach[0]:
            found |= {reach[1], place}
        if reach is None or last > reach[0]:
            reach = (last, place)
    return found


def _name_places(connection: duckdb.DuckDBPyConnection, places: Mapping[str, int]) -> None:
    """Make the places of items a table for the queries to come."""
    columns = {"item": pa.array(places.keys(), pa.string()), "place": pa.array(places.values(), pa.int32())}
    connection.register("places", pa.table(columns))


def _write(connection: duckdb.DuckDBPyConnection, names: Sequence[str], part: Path) -> None:
    _name_places(connection, {name: place for place, name in enumerate(names)})
    with pq.ParquetWriter(part, REPEAT_SCHEMA, compression="zstd") as writer:
        for batch in _sorted_batches(connection):
            writer.write_batch(batch)


def _sorted_batches(connection: duckdb.DuckDBPyConnection) -> Iterator[pa.RecordBatch]:
    reader = connection.sql(
        """SELECT mine.item || ':' || record AS event_id, mine.item AS item, record, kept.item AS of_item, moment
        FROM (
            SELECT place, record, any_value(moment) AS moment, min(of_place) AS of_place FROM found GROUP BY ALL
        ) JOIN places AS mine USING (place) JOIN places AS kept ON kept.place = of_place
        ORDER BY place, record"""
    ).to_arrow_reader(32_768)
    for batch in reader:
        columns = [column.cast(field.type) for column, field in zip(batch.columns, REPEAT_SCHEMA, strict=True)]
        yield pa.RecordBatch.from_arrays(columns, schema=REPEAT_SCHEMA)


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
