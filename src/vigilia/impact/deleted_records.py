"""Single records that somebody deleted from an event log: what the report opens with, and what is to be done first."""

from __future__ import annotations

from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import Statement
from vigilia.model.times import written_time
from vigilia.model.wording import counted, days_in_words, plural
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["deletion_statements"]

_MOST_NAMED = 20  # machines, and events of each

_HIDDEN_ON = f"""
SELECT coalesce("host.name", '') AS host, count(*) AS records, min("@timestamp") AS first_time,
    max("@timestamp") AS last_time, list("event.id" ORDER BY "@timestamp", "event.id")[1:{_MOST_NAMED}] AS event_ids
FROM events WHERE "vigilia.source" = 'windows' AND "vigilia.record" >= {LEFTOVER_RECORDS}
    AND json_extract_string("vigilia.fields", '$._recovered') = 'hidden'
GROUP BY host ORDER BY host LIMIT {_MOST_NAMED}
"""  # noqa: S608 - our own numbers


def deletion_statements(store: EventStore) -> list[Statement]:
    """Say on which machines somebody took single records out of an event log, and what to do."""
    rows = list(enumerate(store.rows(_HIDDEN_ON), 1))
    return [statement for number, row in rows for statement in _deleted(number, row)]


def _deleted(number: int, row: dict[str, object]) -> tuple[Statement, Statement]:
    records, events = int(str(row["records"])), list_cell(row["event_ids"])
    first, last = (written_time(row[name]) for name in ("first_time", "last_time"))
    when = f" {days_in_words(first, last)}" if first and last else ""
    where = f" on {row['host']}" if row["host"] else ""
    told = (
        f"Somebody with full rights{where} hid {counted(records, 'record')} within others of an event log{when}, as "
        f"tools that delete single records do. {plural(records, 'It was', 'They were')} read all the same; what else "
        "was removed is not known."
    )
    step = (
        f"Before anything is changed{where}, have the disk copied by somebody who does this for courts: single records "
        "were deleted from an event log there, which only somebody with full rights can do."
    )
    return (
        Statement(id=f"hidden-{number}", question="who-was-in", weight="headline", text=told, event_ids=events),
        Statement(id=f"hidden-step-{number}", question="what-now", weight="action", text=step, event_ids=events),
    )
