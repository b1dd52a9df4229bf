"""Gaps that audit logs show of themselves: throttled, switched off, never switched on, uncertain clocks."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from vigilia.knowledge.telemetry import Recording, load_telemetry
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.model.times import format_time, written_time
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore

__all__ = ["clock_gaps", "disabled_gaps", "not_enabled_gaps", "throttled_gaps"]

_THROTTLE = dt.timedelta(hours=24)  # Microsoft: recording stops for 24 hours

_THROTTLED = """
SELECT "event.id" AS event_id, "@timestamp" AS moment, coalesce(
    list_filter("vigilia.objects", lambda one: starts_with(one, 'mailbox:'))[1][9:], "user.name", '') AS mailbox
FROM events
WHERE "vigilia.source" = 'm365.audit' AND "event.action" = 'MailItemsAccessed'
    AND lower(json_extract_string("vigilia.fields", '$."OperationProperties.IsThrottled"')) = 'true'
    AND "@timestamp" IS NOT NULL
ORDER BY mailbox, moment, event_id
"""

_SWITCHES = """
WITH said AS (
    SELECT "event.id" AS event_id, "@timestamp" AS moment, "event.action" AS action,
        lower(json_extract_string("vigilia.fields", '$."Parameters.UnifiedAuditLogIngestionEnabled"')) AS tenant,
        lower(json_extract_string("vigilia.fields", '$."Parameters.AuditEnabled"')) AS mailbox,
        lower(json_extract_string("vigilia.fields", '$."Parameters.AuditBypassEnabled"')) AS bypass,
        coalesce(json_extract_string("vigilia.fields", '$."Parameters.Identity"'),
            json_extract_string("vigilia.fields", '$.ObjectId'), '') AS identity,
        coalesce("event.outcome", '') AS outcome
    FROM events WHERE "vigilia.source" = 'm365.audit' AND "event.action" IN
        ('Set-AdminAuditLogConfig', 'Set-Mailbox', 'Set-MailboxAuditBypassAssociation') AND "@timestamp" IS NOT NULL
)
SELECT event_id, moment, action, CASE WHEN action = 'Set-AdminAuditLogConfig' THEN '' ELSE identity END AS entity,
    CASE action WHEN 'Set-AdminAuditLogConfig' THEN tenant WHEN 'Set-Mailbox' THEN mailbox
        ELSE CASE bypass WHEN 'true' THEN 'false' WHEN 'false' THEN 'true' END END AS recording
FROM said WHERE outcome <> 'failure' AND recording IN ('true', 'false') ORDER BY moment, event_id
"""

_PRESENT = """
SELECT count(*) FILTER (WHERE lower("event.provider") IN (SELECT lower(unnest(?::VARCHAR[])))) AS alive,
    count(*) FILTER (WHERE "event.action" IN (SELECT unnest(?::VARCHAR[]))
        OR ("event.code" IN (SELECT unnest(?::VARCHAR[]))
            AND ("event.code" <> '1' OR contains("event.provider", 'Sysmon')))) AS recorded,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time
FROM events WHERE "vigilia.source" = ?
"""

_CLOCKS = """
SELECT "vigilia.source" AS source, "vigilia.time_basis" AS basis, count(*) AS events,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time
FROM events WHERE "vigilia.time_basis" <> 'recorded'
GROUP BY source, basis ORDER BY source, basis
"""

_CLOCK_WORDS = {
    "zone-assumed": (
        "says no time zone: {zone}",
        "say no time zone: {zone}",
        "Times may be hours off; give --time-zone.",
    ),
    "year-assumed": (
        "says no year, and as a rule no time zone either: the year was concluded from the file, {zone}",
        "say no year, and as a rule no time zone either: the year was concluded from the file, {zone}",
        "Dates may be a year off and times hours off; give --time-zone.",
    ),
    "missing": (
        "has no time that can be read",
        "have no time that can be read",
        "What has no time stands in no timeline and on no day of the coverage picture.",
    ),
}


def throttled_gaps(store: EventStore) -> list[Gap]:
    """Return the spans for which a mailbox's records of reading were throttled, overlapping ones joined."""
    spans: dict[str, list[tuple[dt.datetime, dt.datetime, list[str]]]] = {}
    for row in store.rows(_THROTTLED):
        moment, mailbox = _moment(row["moment"]), str(row["mailbox"])
        earlier = spans.setdefault(mailbox, [])
        if earlier and moment <= earlier[-1][1]:
            start, _, ids = earlier.pop()
            earlier.append((start, moment + _THROTTLE, [*ids, str(row["event_id"])]))
        else:
            earlier.append((moment, moment + _THROTTLE, [str(row["event_id"])]))
    return [_throttled(mailbox, *span) for mailbox in sorted(spans) for span in spans[mailbox]]


def disabled_gaps(store: EventStore) -> list[Gap]:
    """Return the spans for which somebody switched auditing off, until it was switched on again or for good."""
    open_gaps: dict[tuple[str, str], Gap] = {}
    closed: list[Gap] = []
    for row in store.rows(_SWITCHES):
        key = (str(row["action"]), str(row["entity"]))
        if row["recording"] == "false":
            open_gaps.setdefault(key, _disabled(row))
        elif key in open_gaps:
            gap = open_gaps.pop(key)
            closed.append(_ended(gap, format_time(_moment(row["moment"])), str(row["event_id"])))
    return closed + [open_gaps[key] for key in sorted(open_gaps)]


def not_enabled_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each kind of record that a source could hold and of which it holds none."""
    found = [(one, _recorded(store, one)) for one in load_telemetry().recording]
    return [_not_enabled(one, row) for one, row in found if row["alive"] and not row["recorded"]]


def clock_gaps(store: EventStore, profile: Profile) -> list[Gap]:
    """Return a gap for each source with times that had to be assumed or are missing."""
    # What was given with --time-zone is not known here, so the words leave room for it.
    zone = f"the zone was taken to be {profile.organisation.time_zone} unless --time-zone named another"
    return [_clock(row, zone) for row in store.rows(_CLOCKS)]


def _recorded(store: EventStore, one: Recording) -> dict[str, object]:
    return store.rows(_PRESENT, [one.when_providers, one.needs, one.needs, one.source])[0]


def _throttled(mailbox: str, start: dt.datetime, end: dt.datetime, event_ids: Sequence[str]) -> Gap:
    return Gap(
        id="",
        source="m365.audit",
        entity=mailbox,
        kind="throttled",
        start=format_time(start),
        end=format_time(end),
        basis="MailItemsAccessed was throttled: after more than 1,000 records within 24 hours, "
        "recording stops for 24 hours",
        consequence="Which messages were read in this time cannot be determined; "
        "Microsoft's advice is to assume that all of them were.",
        event_ids=list(event_ids),
    )


def _disabled(row: dict[str, object]) -> Gap:
    entity = str(row["entity"])
    whom = f"for {entity}" if entity else "for the whole organisation"
    return Gap(
        id="",
        source="m365.audit",
        entity=entity,
        kind="disabled",
        start=format_time(_moment(row["moment"])),
        end="",
        basis=f"{row['action']} switched audit records off {whom}",
        consequence="What was done while it was off is not recorded. It may have been done to hide something.",
        event_ids=[str(row["event_id"])],
    )


def _ended(gap: Gap, end: str, event_id: str) -> Gap:
    return Gap(
        id="",
        source=gap.source,
        entity=gap.entity,
        kind=gap.kind,
        start=gap.start,
        end=end,
        basis=gap.basis + ", and on again later",
        consequence=gap.consequence,
        event_ids=[*gap.event_ids, event_id],
    )


def _not_enabled(one: Recording, row: dict[str, object]) -> Gap:
    return Gap(
        id="",
        source=one.source,
        entity=one.id,
        kind="not-enabled",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=f"{one.basis}; this kind of record is switched off by default, or was left out of the export",
        consequence=one.consequence,
    )


def _clock(row: dict[str, object], zone: str) -> Gap:
    one, several, consequence = (words.format(zone=zone) for words in _CLOCK_WORDS[str(row["basis"])])
    return Gap(
        id="",
        source=str(row["source"]),
        entity="",
        kind="clock",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=counted(int(str(row["events"])), f"record {one}", f"records {several}"),
        consequence=consequence,
    )


def _moment(value: object) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"not a time: {value!r}")
    return value
