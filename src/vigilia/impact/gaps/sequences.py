"""What the numbers of records tell, in Windows event logs and the systemd journal: holes, and clocks set back."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.evidence import EvidenceItem
from vigilia.model.result import Gap
from vigilia.model.times import written_time
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore

__all__ = ["numbered_clock_gaps", "record_number_gaps"]

_MOST_HOLES = 20  # more holes than this in one log are told as one

# The record number is the source's own field; only EVTX readers number records by it. The journal numbers since
# systemd 254, anew for each of its sequences.
_NUMBERED = """
WITH numbered AS (
    SELECT DISTINCT "vigilia.source" AS source, coalesce("host.name", '') AS host,
        CASE lower("event.provider") WHEN 'security' THEN 'Security' WHEN 'system' THEN 'System'
            ELSE coalesce("event.provider", '') END AS channel,
        coalesce(try_cast(json_extract_string("vigilia.fields", '$.EventRecordID') AS BIGINT),
            CASE WHEN "vigilia.item" IN (SELECT unnest(?::VARCHAR[])) THEN "vigilia.record" END) AS number,
        "@timestamp" AS moment, "event.id" AS event_id
    FROM events WHERE "vigilia.source" = 'windows'
    UNION ALL
    SELECT DISTINCT "vigilia.source", coalesce("host.name", ''),
        'the journal ' || coalesce(json_extract_string("vigilia.fields", '$.__SEQNUM_ID'), ''),
        try_cast(json_extract_string("vigilia.fields", '$.__SEQNUM') AS BIGINT), "@timestamp", "event.id"
    FROM events WHERE "vigilia.source" = 'linux.journal'
), stepped AS (
    SELECT *, lead(number) OVER log AS next_number, lead(moment) OVER log AS next_moment,
        lead(event_id) OVER log AS next_id
    FROM numbered WHERE number IS NOT NULL
    WINDOW log AS (PARTITION BY source, host, channel ORDER BY number, event_id)
)
"""

_LOGS = (
    _NUMBERED
    + """
SELECT source, host, channel, count(*) FILTER (WHERE next_number > number + 1) AS holes,
    sum(greatest(next_number - number - 1, 0)) AS lost, count(DISTINCT number) AS kept,
    min(moment) AS first_time, max(moment) AS last_time
FROM stepped GROUP BY source, host, channel HAVING holes > 0 ORDER BY source, host, channel
"""
)

_HOLES = (
    _NUMBERED
    + """
SELECT number, next_number, moment, next_moment, event_id, next_id
FROM stepped WHERE source = ? AND host = ? AND channel = ? AND next_number > number + 1
ORDER BY number, event_id LIMIT 20
"""
)

# Times that go back from one number to the next, in one file, and are still behind three records later.
_BACK = (
    _NUMBERED  # noqa: S608 - our own text
    + """
, timed AS (
    SELECT *, lead(moment) OVER file AS after, lead(moment, 3) OVER file AS later, lead(event_id) OVER file AS after_id
    FROM numbered WHERE number IS NOT NULL AND moment IS NOT NULL
    WINDOW file AS (PARTITION BY source, host, channel, split_part(event_id, ':', 1) ORDER BY number, event_id)
)
SELECT source, host, channel, count(*) AS jumps, min(after) AS first_time, max(moment) AS last_time,
    arg_min(moment, number) AS before, arg_min(after, number) AS after,
    arg_min(event_id, number) AS event_id, arg_min(after_id, number) AS after_id
FROM timed WHERE moment - after > INTERVAL 10 MINUTES AND moment - later > INTERVAL 10 MINUTES
GROUP BY source, host, channel ORDER BY source, host, channel
"""
)


def record_number_gaps(store: EventStore, items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return the holes in the numbers of each host and channel."""
    numbered = [one.item for one in items if one.format.startswith("windows-evtx")]
    found: list[Gap] = []
    for log in store.rows(_LOGS, [numbered]):
        if int(str(log["holes"])) > _MOST_HOLES:
            found.append(_thinned(log))
        else:
            holes = store.rows(_HOLES, [numbered, log["source"], log["host"], log["channel"]])
            found.extend(_hole(log, hole) for hole in holes)
    return found


def numbered_clock_gaps(store: EventStore, items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each log whose times go back while its numbers go on."""
    numbered = [one.item for one in items if one.format.startswith("windows-evtx")]
    return [_back(row) for row in store.rows(_BACK, [numbered])]


def _back(row: dict[str, object]) -> Gap:
    jumps = int(str(row["jumps"]))
    first = f"from {written_time(row['before'])[:19]}Z to {written_time(row['after'])[:19]}Z"
    often = "" if jumps == 1 else f", and {counted(jumps - 1, 'more time', 'more times')} after that"
    return Gap(
        id="",
        source=str(row["source"]),
        entity=str(row["host"]),
        kind="clock",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=f"the times of {row['channel']} go back {first} while its record numbers go on{often}",
        consequence="The clock of this machine was set back: times and the order of events are uncertain there. "
        "Setting a clock back is also a way to hide something.",
        event_ids=[str(row["event_id"]), str(row["after_id"])],
    )


def _hole(log: dict[str, object], hole: dict[str, object]) -> Gap:
    moments = sorted(one for one in (written_time(hole["moment"]), written_time(hole["next_moment"])) if one)
    lost = int(str(hole["next_number"])) - int(str(hole["number"])) - 1
    return Gap(
        id="",
        source=str(log["source"]),
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
        source=str(log["source"]),
        entity=str(log["host"]),
        kind="thinned",
        start=written_time(log["first_time"]),
        end=written_time(log["last_time"]),
        basis=f"{log['lost']} record numbers of {log['channel']} are missing in {log['holes']} places, "
        f"{log['kept']} are here: it looks like an export with a filter",
        consequence="Only some kinds of events were handed in; that a kind of record is missing "
        "does not mean that it did not happen.",
    )
