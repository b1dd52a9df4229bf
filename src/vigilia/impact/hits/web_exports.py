"""Exports and archives that the intruder fetched from the organisation's own web server."""

from __future__ import annotations

import datetime as dt

from vigilia.impact.hits.hit import Found
from vigilia.knowledge.channels import load_channels
from vigilia.store.event_store import EventStore

__all__ = ["web_exports"]

_FETCHED = """
SELECT id, chance, moment, url, address, bytes,
    len(list_filter(?::VARCHAR[], lambda one: ends_with(split_part(url, '?', 1), one))) > 0 AS archive
FROM impact_mine
WHERE moment IS NOT NULL AND url <> '' AND status BETWEEN 200 AND 299
    AND (source LIKE 'web.%' OR source LIKE 'crm.%' OR source LIKE 'app.%' OR source LIKE 'proxy.%')
    AND ((len(list_filter(?::VARCHAR[], lambda one: ends_with(split_part(url, '?', 1), one))) > 0
            AND coalesce(bytes, 0) >= ?)
        OR len(list_filter(?::VARCHAR[], lambda one: contains(url, one))) > 0)
ORDER BY moment, id
"""


def web_exports(store: EventStore) -> list[Found]:
    """Return what was fetched, in time order: exports of an application, archives from the server's own folders."""
    table = load_channels().web_export
    rows = store.rows(_FETCHED, [table.suffixes, table.suffixes, table.minimum_bytes, table.words])
    return [
        Found(
            channel="web-upload" if row["archive"] else "crm-export",
            means="probably" if row["archive"] else "left",
            action="archive fetched" if row["archive"] else "export fetched",
            address=str(row["address"]),
            chance=float(str(row["chance"])),
            moment=moment,
            event_ids=(str(row["id"]),),
            text=str(row["url"]) if row["archive"] else "",
            sent=int(str(row["bytes"] or 0)) if row["archive"] else 0,
        )
        for row in rows
        if isinstance(moment := row["moment"], dt.datetime)
    ]
