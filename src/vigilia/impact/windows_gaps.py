"""Gaps that Windows event logs show of themselves: cleared, switched off, and holes in the record numbers."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap, GapKind
from vigilia.model.times import written_time
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore

__all__ = ["cleared_gaps", "record_number_gaps", "switched_off_gaps"]

_MOST_TOLD = 1000  # times that a log was cleared, and days on which a policy was switched off
_MOST_HOLES = 20  # more holes than this in one log are told as one

_CLEARED = """
WITH cleared AS (
    SELECT "event.id" AS event_id, "@timestamp" AS moment, coalesce("host.name", '') AS host,
        CASE WHEN "event.code" = '1102' THEN 'Security' ELSE coalesce(
            json_extract_string("vigilia.fields", '$."LogFileCleared.Channel"'),
            json_extract_string("vigilia.fields", '$."UserData.LogFileCleared.Channel"'), '') END AS channel
    FROM events
    WHERE "vigilia.source" = 'windows' AND (
        ("event.code" = '1102' AND lower("event.provider") = 'security') OR
        ("event.code" = '104' AND lower("event.provider") = 'system'))
)
SELECT cleared.event_id, cleared.moment, cleared.host, cleared.channel, (
    SELECT max(earlier."@timestamp") FROM events AS earlier
    WHERE earlier."vigilia.source" = 'windows' AND coalesce(earlier."host.name", '') = cleared.host
        AND lower(earlier."event.provider") = lower(cleared.channel)
        AND earlier."@timestamp" < cleared.moment) AS before, count(*) OVER () AS of_all
FROM cleared ORDER BY cleared.moment, cleared.event_id LIMIT ?
"""

_POLICY = """
SELECT min("@timestamp") AS moment, coalesce("host.name", '') AS host, count(*) AS changes,
    list("event.id" ORDER BY "@timestamp", "event.id")[1:20] AS event_ids, count(*) OVER () AS of_all
FROM events WHERE "vigilia.source" = 'windows' AND "event.code" = '4719' AND lower("event.provider") = 'security'
    AND (contains("vigilia.fields", '%%8448') OR contains("vigilia.fields", '%%8450'))
GROUP BY host, date_trunc('day', "@timestamp") ORDER BY host, moment LIMIT ?
"""

# The record number is the source's own field; only EVTX readers number records by it.
_NUMBERED = """
WITH numbered AS (
    SELECT DISTINCT coalesce("host.name", '') AS host,
        CASE lower("event.provider") WHEN 'security' THEN 'Security' WHEN 'system' THEN 'System'
            ELSE coalesce("event.provider", '') END AS channel,
        coalesce(try_cast(json_extract_string("vigilia.fields", '$.EventRecordID') AS BIGINT),
            CASE WHEN "vigilia.item" IN (SELECT unnest(?::VARCHAR[])) THEN "vigilia.record" END) AS number,
        "@timestamp" AS moment, "event.id" AS event_id
    FROM events WHERE "vigilia.source" = 'windows'
), stepped AS (
    SELECT *, lead(number) OVER log AS next_number, lead(moment) OVER log AS next_moment,
        lead(event_id) OVER log AS next_id
    FROM numbered WHERE number IS NOT NULL
    WINDOW log AS (PARTITION BY host, channel ORDER BY number, event_id)
)
"""

_LOGS = (
    _NUMBERED
    + """
SELECT host, channel, count(*) FILTER (WHERE next_number > number + 1) AS holes,
    sum(greatest(next_number - number - 1, 0)) AS lost, count(DISTINCT number) AS kept,
    min(moment) AS first_time, max(moment) AS last_time
FROM stepped GROUP BY host, channel HAVING holes > 0 ORDER BY host, channel
"""
)

_HOLES = (
    _NUMBERED
    + """
SELECT number, next_number, moment, next_moment, event_id, next_id
FROM stepped WHERE host = ? AND channel = ? AND next_number > number + 1 ORDER BY number, event_id LIMIT 20
"""
)


def cleared_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time that a log was cleared (Security 1102, System 104)."""
    rows = store.rows(_CLEARED, [_MOST_TOLD])
    return [_cleared(row) for row in rows] + _untold("cleared", "more records say that an event log was cleared", rows)


def switched_off_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each host and day on which a kind of audit record was switched off (Security 4719)."""
    rows = store.rows(_POLICY, [_MOST_TOLD])
    return [_policy(row) for row in rows] + _untold("disabled", "more days with event 4719 are in the evidence", rows)


def _untold(kind: GapKind, what: str, rows: Sequence[dict[str, object]]) -> list[Gap]:
    """Return a gap that counts those beyond the thousand that are told one by one."""
    more = int(str(rows[0]["of_all"])) - len(rows) if rows else 0
    if more <= 0:
        return []
    return [
        Gap(
            id="",
            source="windows",
            entity="",
            kind=kind,
            start=written_time(rows[-1]["moment"]),
            end="",
            basis=f"{more} {what} than are listed one by one",
            consequence="So many are no everyday work: somebody may have tried to hide the ones that matter.",
        )
    ]


def record_number_gaps(store: EventStore, items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return the holes in EventRecordID of each host and channel."""
    numbered = [one.item for one in items if one.format.startswith("windows-evtx")]
    found: list[Gap] = []
    for log in store.rows(_LOGS, [numbered]):
        if int(str(log["holes"])) > _MOST_HOLES:
            found.append(_thinned(log))
        else:
            holes = store.rows(_HOLES, [numbered, log["host"], log["channel"]])
            found.extend(_hole(log, hole) for hole in holes)
    return found


def _cleared(row: dict[str, object]) -> Gap:
    before = written_time(row["before"])
    channel = f"the {row['channel']} event log" if row["channel"] else "an event log"
    since = f"its last record before that is of {before}" if before else "no earlier record of it is in the evidence"
    return Gap(
        id="",
        source="windows",
        entity=str(row["host"]),
        kind="cleared",
        start=before,
        end=written_time(row["moment"]),
        basis=f"a record says that {channel} was cleared; {since}",
        consequence="What this log held before cannot be seen, unless it was also kept elsewhere. "
        "Clearing a log is often done to hide something.",
        event_ids=[str(row["event_id"])],
    )


def _policy(row: dict[str, object]) -> Gap:
    often = counted(int(str(row["changes"])), "time")
    return Gap(
        id="",
        source="windows",
        entity=str(row["host"]),
        kind="disabled",
        start=written_time(row["moment"]),
        end="",
        basis=f"event 4719 says {often} on this day that a kind of audit record was switched off on this machine",
        consequence="Events of this kind are not recorded from then on.",
        event_ids=[str(one) for one in row["event_ids"]] if isinstance(row["event_ids"], list) else [],
    )


def _hole(log: dict[str, object], hole: dict[str, object]) -> Gap:
    moments = sorted(one for one in (written_time(hole["moment"]), written_time(hole["next_moment"])) if one)
    lost = int(str(hole["next_number"])) - int(str(hole["number"])) - 1
    return Gap(
        id="",
        source="windows",
        entity=str(log["host"]),
        kind="record-numbers",
        start=moments[0] if moments else "",
        end=moments[-1] if moments else "",
        basis=f"record numbers of {log['channel']} jump from {hole['number']} to {hole['next_number']}: "
        f"{counted(lost, 'record is', 'records are')} not here",
        consequence="These records were removed, overwritten, unreadable or left out of the export; "
        "what they said is not known.",
        event_ids=[str(hole["event_id"]), str(hole["next_id"])],
    )


def _thinned(log: dict[str, object]) -> Gap:
    return Gap(
        id="",
        source="windows",
        entity=str(log["host"]),
        kind="thinned",
        start=written_time(log["first_time"]),
        end=written_time(log["last_time"]),
        basis=f"{log['lost']} record numbers of {log['channel']} are missing in {log['holes']} places, "
        f"{log['kept']} are here: it looks like an export with a filter",
        consequence="Only some kinds of events were handed in; that a kind of record is missing "
        "does not mean that it did not happen.",
    )
