"""Records that carry numbers of their log: Windows event logs, the systemd journal.

A number that is not here was a record that was made and is not here. Numbers that go on over a silence show that
nothing was recorded, so nothing was taken out.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import TracebackType
from typing import Self

import pyarrow as pa

from vigilia.model.evidence import EvidenceItem
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.store.event_store import EventStore

__all__ = ["CHANNEL", "NUMBERED", "NUMBERED_SOURCES", "Numbers"]

NUMBERED_SOURCES = ("windows", "linux.journal")  # of which some exports leave the numbers out
NUMBERED = "numbered_records"  # source, host, channel, numbering, number, moment, event_id
FIRST_NUMBERS = 10  # a log that holds one of these begins with it, or nearly so
LEAST_BEFORE = 100  # numbers that the log had reached before: fewer may come of two machines of one name

CHANNEL = """CASE lower("event.provider") WHEN 'security' THEN 'Security' WHEN 'system' THEN 'System'
            ELSE coalesce("event.provider", '') END"""  # SQL, of Windows events

# The record number is the source's own field; only EVTX readers number records by it. The journal numbers since
# systemd 254, anew for each of its sequences. Records left over in unused space fill no hole, and make none.
# A log whose file was replaced, or whose machine was set up anew, has a numbering of its own from then on, in a file of
# its own (within one, it is a clock that went back): between two numberings no record is missing.
_SELECT = f"""
WITH numbered AS (SELECT * FROM (
    SELECT DISTINCT "vigilia.source" AS source, coalesce("host.name", '') AS host,
        {CHANNEL} AS channel,
        coalesce(try_cast(json_extract_string("vigilia.fields", '$.EventRecordID') AS BIGINT),
            CASE WHEN "vigilia.item" IN (SELECT item FROM evtx_items) THEN "vigilia.record" END) AS number,
        "@timestamp" AS moment, "event.id" AS event_id
    FROM events WHERE "vigilia.source" = 'windows' AND "vigilia.record" < {LEFTOVER_RECORDS}
    UNION ALL
    SELECT DISTINCT "vigilia.source", coalesce("host.name", ''),
        'the journal ' || coalesce(json_extract_string("vigilia.fields", '$.__SEQNUM_ID'), ''),
        try_cast(json_extract_string("vigilia.fields", '$.__SEQNUM') AS BIGINT), "@timestamp", "event.id"
    FROM events WHERE "vigilia.source" = 'linux.journal'
)
WHERE number IS NOT NULL
), following AS (
    SELECT *, source = 'windows' AND channel <> ''
            AND number <= {FIRST_NUMBERS} AND lag(number) OVER log >= number + {LEAST_BEFORE}
            AND split_part(lag(event_id) OVER log, ':', 1) <> split_part(event_id, ':', 1) AS is_anew
    FROM numbered WINDOW log AS (PARTITION BY source, host, channel ORDER BY moment NULLS FIRST, number, event_id)
)
SELECT source, host, channel, coalesce(sum(is_anew::INTEGER) OVER log, 0) AS numbering, number, moment, event_id
FROM following WINDOW log AS (PARTITION BY source, host, channel ORDER BY moment NULLS FIRST, number, event_id)
"""  # noqa: S608 - our own number

# For each channel the number of its last record until a silence and of its first one after it.
_AROUND = f"""
SELECT max(number) FILTER (WHERE moment <= make_timestamptz($start)) AS before,
    min(number) FILTER (WHERE moment >= make_timestamptz($end)) AS after
FROM {NUMBERED} WHERE source = $source AND host = $host GROUP BY channel, numbering ORDER BY channel, numbering
"""  # noqa: S608 - our own names


class Numbers:
    """The numbers of the records of a case, read once; a table of the store for as long as this is open."""

    def __init__(self, store: EventStore, items: Sequence[EvidenceItem]) -> None:
        """Read them."""
        evtx = [one.item for one in items if one.format.startswith("windows-evtx")]
        store.register("evtx_items", pa.table({"item": pa.array(evtx, pa.string())}))
        store.materialize(NUMBERED, _SELECT)
        self._store = store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._store.drop(NUMBERED)

    def logs(self) -> list[tuple[str, str]]:
        """Return source and host of each log whose records carry numbers."""
        rows = self._store.rows(f"SELECT DISTINCT source, host FROM {NUMBERED} ORDER BY source, host")  # noqa: S608
        return [(str(row["source"]), str(row["host"])) for row in rows]

    def unbroken(self, source: str, host: str, start: int, end: int) -> bool | None:
        """Tell whether the numbers go on over a silence without a hole; None where there are none on both sides.

        Args:
            source: log source id.
            host: as in the records.
            start: of the silence, microseconds since 1970.
            end: of the silence.
        """
        asked = {"source": source, "host": host, "start": start, "end": end}
        known = [
            (int(str(row["before"])), int(str(row["after"])))
            for row in self._store.rows(_AROUND, asked)
            if row["before"] is not None and row["after"] is not None
        ]
        return all(after <= before + 1 for before, after in known) if known else None
