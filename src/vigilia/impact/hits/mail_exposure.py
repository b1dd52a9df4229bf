"""What of each mailbox must be taken as read, after Microsoft's procedure for MailItemsAccessed.

https://learn.microsoft.com/en-us/purview/audit-log-investigate-accounts: was it throttled? then all of the day; was a
folder synchronised in the intruder's context? then all of the folder; else the messages that were opened, by id.
The context (address, client, session, account) is scope's: it gave each event its probability.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from vigilia.impact.weights import load_weights
from vigilia.model.probability import clamp
from vigilia.model.result import Exposure, Intrusion
from vigilia.model.times import format_time, parse_time, written_time
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["MOST_MESSAGES", "exposures", "shortened"]

MOST_MESSAGES = 5000
_THROTTLED_FOR = dt.timedelta(hours=24)

_READS = """
reads AS (
    SELECT id, chance, moment, lower(coalesce(nullif(json_extract_string(fields, '$."MailboxOwnerUPN"'), ''),
            list_filter(coalesce(objects, []), lambda one: starts_with(one, 'mailbox:'))[1][9:], actor)) AS mailbox,
        lower(coalesce(json_extract_string(fields, '$."OperationProperties.MailAccessType"'), '')) AS kind,
        coalesce(nullif(json_extract_string(fields, '$."Item.ParentFolder.Path"'), ''),
            nullif(json_extract_string(fields, '$."Item.ParentFolder.Name"'), ''),
            nullif(json_extract_string(fields, '$."Folders.Path"'), ''), '') AS folder,
        json_extract(fields, '$."Folders.FolderItems.InternetMessageId"') AS messages
    FROM (SELECT id, chance, moment, action, fields, objects, actor FROM impact_mine
        UNION ALL SELECT id, chance, moment, action, fields, objects, '' AS actor FROM impact_applications
            WHERE id NOT IN (SELECT id FROM impact_mine WHERE chance >= {counted})
        UNION ALL SELECT * FROM impact_session_reads
            WHERE id NOT IN (SELECT id FROM impact_mine WHERE chance >= {counted}))
    WHERE action = 'MailItemsAccessed' AND chance >= {counted}
)
"""

_BIND = """
WITH {reads}, opened AS (
    SELECT mailbox, id, chance, moment, unnest(CASE json_type(messages) WHEN 'ARRAY' THEN CAST(messages AS VARCHAR[])
        ELSE [json_extract_string(messages, '$')] END) AS message
    FROM reads WHERE kind <> 'sync' AND messages IS NOT NULL
)
SELECT mailbox, '' AS folder, min(moment) AS first_time, max(moment) AS last_time, min(chance) AS chance,
    list_sort(list(DISTINCT message)) AS messages,
    list(DISTINCT {{'moment': moment, 'id': id}} ORDER BY {{'moment': moment, 'id': id}})[1:100] AS cited
FROM opened WHERE message <> '' GROUP BY mailbox ORDER BY mailbox
"""

_SYNC = """
WITH {reads}, folders AS (
    SELECT * EXCLUDE (folder), unnest(CASE WHEN starts_with(folder, '[') THEN CAST(folder::JSON AS VARCHAR[])
        ELSE [folder] END) AS folder
    FROM reads WHERE kind = 'sync'
)
SELECT mailbox, folder, min(moment) AS first_time, max(moment) AS last_time, min(chance) AS chance, [] AS messages,
    list(DISTINCT {{'moment': moment, 'id': id}} ORDER BY {{'moment': moment, 'id': id}})[1:100] AS cited
FROM folders GROUP BY mailbox, folder ORDER BY mailbox, folder
"""

# Whoever read while throttled: the intruder's reading of that day may be among what was not recorded.
_THROTTLED = """
WITH {reads}, reached AS (SELECT mailbox, min(chance) AS chance FROM reads GROUP BY mailbox)
SELECT reached.mailbox, chance, "@timestamp" AS moment, "event.id" AS id
FROM events JOIN reached ON lower(json_extract_string("vigilia.fields", '$."MailboxOwnerUPN"')) = reached.mailbox
WHERE "vigilia.source" = 'm365.audit' AND "event.action" = 'MailItemsAccessed'
    AND lower(json_extract_string("vigilia.fields", '$."OperationProperties.IsThrottled"')) = 'true'
    AND "@timestamp" BETWEEN ? AND ?
ORDER BY reached.mailbox, moment, id
"""


# A session that the intruder began is theirs as a whole, from whatever address it goes on.
_SESSIONS = """
WITH began AS (
    SELECT "session.id" AS session,
        min({'moment': "@timestamp", 'id': events."event.id", 'chance': coalesce(probability, 0.0)}).chance AS chance
    FROM events LEFT JOIN intruder_events AS chosen ON events."event.id" = chosen."event.id"
    WHERE "vigilia.source" = 'm365.audit' AND "session.id" IS NOT NULL AND "@timestamp" IS NOT NULL
    GROUP BY session
)
SELECT "event.id" AS id, began.chance AS chance, "@timestamp" AS moment, "event.action" AS action,
    "vigilia.fields" AS fields, "vigilia.objects" AS objects, lower(coalesce("user.name", '')) AS actor
FROM events JOIN began ON events."session.id" = began.session
WHERE began.chance >= ? AND "vigilia.source" = 'm365.audit' AND "event.action" = 'MailItemsAccessed'
    AND coalesce("event.outcome", '') <> 'failure'
"""


def exposures(store: EventStore, intrusion: Intrusion) -> list[Exposure]:
    """Return what is exposed, sorted by mailbox, way, folder and start; with all message ids.

    `impact_mine` and `impact_applications` must be there.
    """
    store.register("impact_session_reads", store.query(_SESSIONS, [load_weights().event.counted]))
    reads = _READS.format(counted=float(load_weights().event.counted))
    found = [_row(row, "bind") for row in store.rows(_BIND.format(reads=reads))]
    found += [_row(row, "sync") for row in store.rows(_SYNC.format(reads=reads))]
    found += _throttled_days(store, reads, intrusion)
    return sorted(found, key=lambda one: (one.mailbox, one.how, one.folder, one.start))


def shortened(all_of_them: Sequence[Exposure]) -> list[Exposure]:
    """Return them with their first MOST_MESSAGES message ids; the counts stay."""
    return [msgspec.structs.replace(one, messages=one.messages[:MOST_MESSAGES]) for one in all_of_them]


def _row(row: dict[str, object], how: str) -> Exposure:
    messages = list_cell(row["messages"])
    cited = list_cell(row["cited"])
    return Exposure(
        mailbox=str(row["mailbox"]),
        how="sync" if how == "sync" else "bind",
        folder=str(row["folder"] or ""),
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        messages=[str(one) for one in messages],
        messages_count=len(messages),
        probability=clamp(float(str(row["chance"]))),
        event_ids=[str(one["id"]) for one in cited],
    )


def _throttled_days(store: EventStore, reads: str, intrusion: Intrusion) -> list[Exposure]:
    first, last = parse_time(intrusion.first_seen), parse_time(intrusion.last_seen or intrusion.first_seen)
    found: list[Exposure] = []
    for row in store.rows(_THROTTLED.format(reads=reads), [first - _THROTTLED_FOR, last]):
        moment = row["moment"]
        if not isinstance(moment, dt.datetime):
            continue
        end = format_time(moment + _THROTTLED_FOR)
        before = found[-1] if found else None
        if before and before.mailbox == row["mailbox"] and before.end >= written_time(moment):
            found[-1] = msgspec.structs.replace(before, end=end, event_ids=[*before.event_ids, str(row["id"])][:100])
        else:
            found.append(_throttled(str(row["mailbox"]), written_time(moment), end, row))
    return found


def _throttled(mailbox: str, start: str, end: str, row: dict[str, object]) -> Exposure:
    return Exposure(
        mailbox=mailbox,
        how="throttled",
        folder="",
        start=start,
        end=end,
        messages=[],
        messages_count=0,
        probability=clamp(float(str(row["chance"]))),
        event_ids=[str(row["id"])],
    )
