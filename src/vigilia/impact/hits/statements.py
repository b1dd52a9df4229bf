"""Statements by which the intruder copied whole tables out of a database."""

from __future__ import annotations

import datetime as dt

from vigilia.impact.hits.hit import Found
from vigilia.knowledge.channels import load_channels
from vigilia.store.event_store import EventStore

__all__ = ["statements"]

_COPIED = """
SELECT id, chance, moment, address, lower(fields[1:4000]) AS said FROM impact_mine
WHERE moment IS NOT NULL AND starts_with(source, 'database.')
    AND len(list_filter(?::VARCHAR[], lambda one: contains(lower(fields[1:4000]), one))) > 0
ORDER BY moment, id
"""


def statements(store: EventStore) -> list[Found]:
    """Return them in time order; `impact_mine` must be there."""
    return [
        Found(
            channel="database-dump",
            means="probably",
            action="whole table copied",
            address=str(row["address"]),
            chance=float(str(row["chance"])),
            moment=moment,
            event_ids=(str(row["id"]),),
            text=str(row["said"]).replace("\\", "/"),
        )
        for row in store.rows(_COPIED, [load_channels().statement.words])
        if isinstance(moment := row["moment"], dt.datetime)
    ]
