"""The coverage ledger: for each source and entity, how many events on each UTC day."""

from __future__ import annotations

from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import CoverageRow
from vigilia.model.times import written_time
from vigilia.store.event_store import EventStore

__all__ = ["MAXIMUM_ENTITIES", "coverage_rows"]

# Host names of syslog lines are the sender's own words: a flood of invented ones must not fill the report.
MAXIMUM_ENTITIES = 500

# Records that were left over in unused space do not say that a log covers their days.
# The entity of Microsoft 365 records is the workload (Exchange, SharePoint …), of all others the host.
_DAYS = f"""
WITH placed AS (
    SELECT "vigilia.source" AS source,
        CASE WHEN "vigilia.source" = 'm365.audit' THEN coalesce("event.provider", '')
             ELSE coalesce("host.name", '') END AS entity,
        "@timestamp" AS moment
    FROM events WHERE "@timestamp" IS NOT NULL AND "vigilia.record" < {LEFTOVER_RECORDS}
), ranked AS (
    SELECT source, entity, row_number() OVER (PARTITION BY source ORDER BY count(*) DESC, entity) AS place
    FROM placed GROUP BY source, entity
), named AS (
    SELECT placed.source, CASE WHEN place <= ? THEN placed.entity ELSE '(further entities)' END AS entity, moment
    FROM placed JOIN ranked ON placed.source = ranked.source AND placed.entity = ranked.entity
)
SELECT source, entity, strftime(moment, '%Y-%m-%d') AS day, count(*) AS events,
    min(moment) AS first_time, max(moment) AS last_time
FROM named GROUP BY source, entity, day ORDER BY source, entity, day
"""  # noqa: S608 - our own number


def coverage_rows(store: EventStore) -> tuple[CoverageRow, ...]:
    """Return the ledger, sorted by source and entity; events without a time are not in it (see the clock gaps).

    Gaps, advice and every ledger of an analysis ask for it: the events are gone through once.
    """
    return store.once(_counted)


def _counted(store: EventStore) -> tuple[CoverageRow, ...]:
    grouped: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in store.rows(_DAYS, [MAXIMUM_ENTITIES]):
        grouped.setdefault((str(row["source"]), str(row["entity"])), []).append(row)
    return tuple(_coverage(source, entity, rows) for (source, entity), rows in sorted(grouped.items()))


def _coverage(source: str, entity: str, rows: list[dict[str, object]]) -> CoverageRow:
    days = {str(row["day"]): int(str(row["events"])) for row in rows}
    return CoverageRow(
        source=source,
        entity=entity,
        first_time=written_time(rows[0]["first_time"]),
        last_time=written_time(rows[-1]["last_time"]),
        events=sum(days.values()),
        days=days,
    )
