"""Gaps that audit logs show of themselves: throttled, switched off, never or only later switched on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence, Set

from vigilia.impact.hidden_times import entity_key
from vigilia.impact.locators import hosts_of, places
from vigilia.knowledge.telemetry import Recording, load_telemetry
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.model.times import format_time, written_time
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore

__all__ = ["disabled_gaps", "not_enabled_gaps", "throttled_gaps"]

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

# Records that show that a source was alive, and those of the kind that is looked for.
_ALIVE = """
SELECT * FROM (
    SELECT "event.id" AS event_id, "@timestamp" AS moment, coalesce("host.name", '') AS host,
        coalesce(lower("event.provider") IN (SELECT lower(unnest($providers::VARCHAR[]))), false)
            OR coalesce("event.action" IN (SELECT unnest($actions::VARCHAR[])), false) AS alive,
        coalesce("event.action" IN (SELECT unnest($needs::VARCHAR[])), false)
            OR coalesce("event.code" IN (SELECT unnest($needs::VARCHAR[]))
                AND ("event.code" <> '1' OR contains("event.provider", 'Sysmon')), false) AS recorded
    FROM events WHERE "vigilia.source" = $source AND "@timestamp" IS NOT NULL
)
WHERE alive OR recorded
"""

_DAYS = f"""
SELECT strftime(moment, '%Y-%m-%d') AS day, bool_or(recorded) AS recorded,
    min(moment) AS first_time, max(moment) AS last_time, min(moment) FILTER (WHERE recorded) AS first_recorded,
    arg_min(event_id, (moment, event_id)) FILTER (WHERE recorded) AS event_id
FROM ({_ALIVE}) GROUP BY day ORDER BY day
"""  # noqa: S608 - our own query

# Machines that were alive and recorded nothing of the kind, the busiest first.
_HOSTS_WITHOUT = f"""
SELECT host, min(moment) AS first_time, max(moment) AS last_time FROM ({_ALIVE})
GROUP BY host HAVING NOT bool_or(recorded) AND count(*) >= $least AND host <> '' ORDER BY count(*) DESC, host
"""  # noqa: S608 - our own query

_ANY = """SELECT 1 FROM events
WHERE "vigilia.source" = ? AND "event.action" IN (SELECT unnest(?::VARCHAR[])) LIMIT 1"""

# Kinds of record that are rare by nature prove nothing by a late start: their silence before must be hardly credible.
_CREDIBLE = 0.001
_LEAST_DAYS_WITH = 3
# Where records of a sibling show that such things are recorded at all, so few days without the kind prove nothing.
_FEW_DAYS = 30
_LEAST_ALIVE = 10  # records of a machine from which it is seen that such records are not switched on there
_MOST_HOSTS = 20  # machines told one by one; the rest are counted together


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


def not_enabled_gaps(store: EventStore, profile: Profile) -> list[Gap]:
    """Return a gap for each kind of record of which a source that was alive holds none, or none at first.

    Where each machine is switched on for itself, each is told that has none while others have; of records of shares
    only the servers on which the profile keeps some.
    """
    servers = frozenset(host for place in places(profile.data) for host in hosts_of(place.keys))
    return [gap for one in load_telemetry().recording for gap in _unrecorded(one, store, servers)]


def _unrecorded(one: Recording, store: EventStore, servers: Set[str]) -> list[Gap]:
    asked: dict[str, object] = {
        "source": one.source,
        "providers": one.when_providers,
        "actions": one.when_actions,
        "needs": one.needs,
    }
    days = store.rows(_DAYS, asked)
    first = next((at for at, day in enumerate(days) if day["recorded"]), None)
    if first is None:
        credible = len(days) < _FEW_DAYS and _records_any(store, one.source, one.siblings)
        return [_never_recorded(one, days)] if days and not credible else []
    hosts = store.rows(_HOSTS_WITHOUT, asked | {"least": _LEAST_ALIVE}) if one.per_host else []
    if one.per_host == "share":
        hosts = [host for host in hosts if entity_key(str(host["host"])) in servers]
    found = [_never_on_host(one, host) for host in hosts[:_MOST_HOSTS]]
    found += [_never_on_more(one, hosts[_MOST_HOSTS:])] if len(hosts) > _MOST_HOSTS else []
    with_it = sum(1 for day in days[first:] if day["recorded"])
    share = with_it / len(days[first:])
    before_by_chance = (1 - share) ** first if with_it >= _LEAST_DAYS_WITH else 1.0
    return found + ([_late_recorded(one, days, first)] if first and before_by_chance < _CREDIBLE else [])


def _records_any(store: EventStore, source: str, actions: Sequence[str]) -> bool:
    return bool(actions and store.rows(_ANY, [source, actions]))


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


def _never_recorded(one: Recording, days: Sequence[dict[str, object]]) -> Gap:
    return Gap(
        id="",
        source=one.source,
        entity=one.id,
        kind="not-enabled",
        start=written_time(days[0]["first_time"]),
        end=written_time(days[-1]["last_time"]),
        basis=f"{one.basis}; this kind of record was not switched on, or was left out of the export",
        consequence=one.consequence,
    )


def _never_on_host(one: Recording, host: dict[str, object]) -> Gap:
    return Gap(
        id="",
        source=one.source,
        entity=f"{one.id} of {host['host']}",
        kind="not-enabled",
        start=written_time(host["first_time"]),
        end=written_time(host["last_time"]),
        basis=f"{host['host']}: {one.basis}, though other machines have some: not switched on there, or left out",
        consequence=f"{host['host']}: {one.consequence}",
    )


def _never_on_more(one: Recording, hosts: Sequence[dict[str, object]]) -> Gap:
    return Gap(
        id="",
        source=one.source,
        entity=f"{one.id} of more machines",
        kind="not-enabled",
        start=min(written_time(host["first_time"]) for host in hosts),
        end=max(written_time(host["last_time"]) for host in hosts),
        basis=f"of {counted(len(hosts), 'more machine', 'more machines')} too: {one.basis}, though others have some",
        consequence=one.consequence,
    )


def _late_recorded(one: Recording, days: Sequence[dict[str, object]], first: int) -> Gap:
    begin = written_time(days[first]["first_recorded"])
    return Gap(
        id="",
        source=one.source,
        entity=one.id,
        kind="not-enabled",
        start=written_time(days[0]["first_time"]),
        end=begin,
        basis=f"{one.basis} before {begin[:10]}, though from then on there are some on most days: "
        "it seems to have been switched on only then",
        consequence=f"Before {begin[:10]}: {one.consequence}",
        event_ids=[str(days[first]["event_id"])],
    )


def _moment(value: object) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"not a time: {value!r}")
    return value
