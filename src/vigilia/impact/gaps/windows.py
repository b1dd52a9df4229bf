"""Gaps that Windows event logs show of themselves: cleared and switched off."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.result import Gap, GapKind
from vigilia.model.times import written_time
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

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

# Of each kind of record auditing of success (%%8448 removed, %%8449 added) and of failure (%%8450, %%8451) is switched
# by itself; a kind is off until the first later record that says the opposite of the same kind on the same machine.
_POLICY = """
WITH said AS (
    SELECT "event.id" AS event_id, "@timestamp" AS moment, coalesce("host.name", '') AS host,
        "vigilia.fields" AS fields,
        lower(coalesce(json_extract_string("vigilia.fields", '$.SubcategoryGuid'),
            json_extract_string("vigilia.fields", '$.SubcategoryId'), '')) AS kind
    FROM events WHERE "vigilia.source" = 'windows' AND "event.code" = '4719' AND lower("event.provider") = 'security'
), switched AS (
    SELECT said.*, half.removed, contains(fields, half.removed) AS off,
        min(moment) FILTER (WHERE contains(fields, half.added)) OVER (
            PARTITION BY host, kind, half.removed ORDER BY moment, event_id
            ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS again
    FROM said CROSS JOIN (VALUES ('%%8448', '%%8449'), ('%%8450', '%%8451')) AS half (removed, added)
)
SELECT min(moment) AS moment, host, count(DISTINCT event_id) AS changes,
    CASE WHEN bool_and(again IS NOT NULL) THEN max(again) END AS again,
    list(DISTINCT event_id ORDER BY event_id)[1:20] AS event_ids, count(*) OVER () AS of_all
FROM switched WHERE off
GROUP BY host, date_trunc('day', moment) ORDER BY host, moment LIMIT ?
"""


def cleared_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time that a log was cleared (Security 1102, System 104)."""
    rows = store.rows(_CLEARED, [_MOST_TOLD])
    return [_cleared(row) for row in rows] + _untold("cleared", "more records say that an event log was cleared", rows)


def switched_off_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each host and day on which a kind of audit record was switched off (Security 4719).

    It ends when all that was switched off that day was on again; without such records it has no end.
    """
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
    until = "; later events say that it was switched on again" if row["again"] else ""
    often = counted(int(str(row["changes"])), "time")
    return Gap(
        id="",
        source="windows",
        entity=str(row["host"]),
        kind="disabled",
        start=written_time(row["moment"]),
        end=written_time(row["again"]),
        basis=f"event 4719 says {often} on this day that a kind of audit record was switched off on this machine"
        + until,
        consequence="Events of this kind are not recorded " + ("in that time." if row["again"] else "from then on."),
        event_ids=list_cell(row["event_ids"]),
    )
