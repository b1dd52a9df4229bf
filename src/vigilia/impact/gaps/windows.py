"""Gaps that Windows event logs show of themselves: cleared and switched off."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.result import Gap, GapKind
from vigilia.model.times import written_time
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore

__all__ = ["cleared_gaps", "switched_off_gaps"]

_MOST_TOLD = 1000  # times that a log was cleared, and days on which a policy was switched off

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
