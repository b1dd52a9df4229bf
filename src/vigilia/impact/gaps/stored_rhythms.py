"""The rhythms of the logs in a store: of whole logs, and of the parts of those that are several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pyarrow as pa

from vigilia.impact.coverage import MAXIMUM_ENTITIES
from vigilia.impact.gaps.rhythm import Integers, Rhythm
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.store.event_store import EventStore

__all__ = ["read_channel_rhythms", "read_part_rhythms", "read_rhythms"]

_IN_PARTS = ("zeek",)  # sources that are several logs, one of which may fail while the others go on

_QUARTERS = f"""
WITH placed AS (
    SELECT "vigilia.source" AS source, "@timestamp" AS moment,
        CASE WHEN "vigilia.source" = 'm365.audit' THEN coalesce("event.provider", '')
             ELSE coalesce("host.name", '') END AS entity
    FROM events WHERE "@timestamp" IS NOT NULL AND "vigilia.record" < {LEFTOVER_RECORDS}
), ranked AS (
    SELECT source, entity, row_number() OVER (PARTITION BY source ORDER BY count(*) DESC, entity) AS place
    FROM placed GROUP BY source, entity
), all_logs AS (
    SELECT source, entity, moment FROM placed JOIN ranked USING (source, entity) WHERE place <= ?
    UNION ALL SELECT source, '', moment FROM placed WHERE source = 'm365.audit' AND entity <> ''
)
SELECT source, entity, '' AS part, epoch_us(moment) // 900000000 AS quarter, count(*) AS events,
    min(epoch_us(moment)) AS first, max(epoch_us(moment)) AS last
FROM all_logs GROUP BY source, entity, quarter ORDER BY source, entity, quarter
"""  # noqa: S608 - our own number

_PARTS = f"""
SELECT "vigilia.source" AS source, coalesce("host.name", '') AS entity, coalesce("event.provider", '') AS part,
    epoch_us("@timestamp") // 900000000 AS quarter, count(*) AS events,
    min(epoch_us("@timestamp")) AS first, max(epoch_us("@timestamp")) AS last
FROM events
WHERE "@timestamp" IS NOT NULL AND list_contains($sources::VARCHAR[], "vigilia.source")
    AND "vigilia.record" < {LEFTOVER_RECORDS} AND ($hosts IS NULL OR list_contains($hosts::VARCHAR[], "host.name"))
GROUP BY source, entity, part, quarter ORDER BY source, entity, part, quarter
"""  # noqa: S608 - our own number


def read_rhythms(store: EventStore, shifts: tuple[int, ...] = ()) -> Iterator[Rhythm]:
    """Give the rhythm of each log, by source and entity; only the busiest entities of a source."""
    return _rhythms(store.query(_QUARTERS, [MAXIMUM_ENTITIES]), shifts)


def read_part_rhythms(store: EventStore, shifts: tuple[int, ...] = ()) -> Iterator[Rhythm]:
    """Give the rhythms of the single logs of those sources that are several logs (the conn.log and dns.log of Zeek)."""
    return _rhythms(store.query(_PARTS, {"sources": list(_IN_PARTS), "hosts": None}), shifts)


def read_channel_rhythms(
    store: EventStore, source: str, entities: Sequence[str], shifts: tuple[int, ...] = ()
) -> list[Rhythm]:
    """Return the rhythms of the single logs that some machines keep, as the channels of Windows, by machine and log."""
    return list(_rhythms(store.query(_PARTS, {"sources": [source], "hosts": list(entities)}), shifts))


def _rhythms(table: pa.Table, shifts: tuple[int, ...]) -> Iterator[Rhythm]:
    names = [table[name].to_pylist() for name in ("source", "entity", "part")]
    keys = list(zip(*names, strict=True))
    columns = [_numbers(table[name]) for name in ("quarter", "events", "first", "last")]
    start = 0
    for at in range(1, len(keys) + 1):
        if at == len(keys) or keys[at] != keys[start]:
            source, entity, part = keys[start]
            quarters, events, first, last = (column[start:at] for column in columns)
            yield Rhythm(source, entity, quarters, events, first, last, shifts, part)
            start = at


def _numbers(column: pa.ChunkedArray) -> Integers:
    numbers: Integers = column.combine_chunks().to_numpy(zero_copy_only=False).astype(np.int64)
    return numbers
