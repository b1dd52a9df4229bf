"""Very many files that one account downloaded within minutes: told also where nobody was found to be in."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.impact.weights import load_weights
from vigilia.model.times import written_time
from vigilia.store.event_store import EventStore

__all__ = ["BulkDownload", "bulk_downloads"]

# Of the spans of an account the one with the most; a span ends with each download.
_MOST = """
WITH taken AS (
    SELECT lower("user.name") AS account, "@timestamp" AS moment, "event.id" AS id
    FROM events WHERE "event.action" IN (SELECT unnest($actions::VARCHAR[])) AND coalesce("user.name", '') <> ''
        AND "@timestamp" IS NOT NULL AND coalesce("event.outcome", '') <> 'failure'
), spans AS (
    SELECT account, moment, id, count(*) OVER (PARTITION BY account ORDER BY moment
        RANGE BETWEEN to_minutes($minutes::BIGINT) PRECEDING AND CURRENT ROW) AS files
    FROM taken
)
SELECT account, max({'files': files, 'moment': moment}) AS most,
    arg_max(id, {'files': files, 'moment': moment, 'id': id}) AS id
FROM spans GROUP BY account HAVING max(files) >= $least ORDER BY max(files) DESC, account
"""


@dataclass(frozen=True, slots=True)
class BulkDownload:
    """So many files within the minutes of the table, the last of them at this time, with its record."""

    account: str
    files: int
    time: str
    event_id: str


def bulk_downloads(store: EventStore) -> list[BulkDownload]:
    """Return for each account the most that it downloaded at once, where that is very many; the most first."""
    bulk = load_weights().bulk
    rows = store.rows(_MOST, {"actions": bulk.actions, "minutes": bulk.minutes, "least": bulk.least})
    return [
        BulkDownload(str(row["account"]), int(most["files"]), written_time(most["moment"]), str(row["id"]))
        for row in rows
        if isinstance(most := row["most"], dict)
    ]
