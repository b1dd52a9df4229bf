"""Activities: who acted from where. Millions of events fold, inside the database, into a few thousand activities.

An activity is one account from one address (or, where no address is known, on one machine) in one realm. A compromised
account so falls into its owner's activities and the intruder's.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from vigilia.model.matches import Finding
from vigilia.model.profile import Profile
from vigilia.store.event_store import EventStore

__all__ = ["ACTED", "HITS", "Activity", "Hit", "Key", "load_activities", "load_hits", "load_split_sessions"]

Key = tuple[str, str, str, str]

# The name under which the matches are registered in the store, while scope runs.
HITS = "scope_hits"

# Events with their actor: `realm` joins sources that share accounts, sessions lend their address and account to
# events that record neither (process starts, audit records of one system call).
ACTED = """
WITH recorded AS (
  SELECT "event.id" AS id, "@timestamp" AS ts, "vigilia.source" AS source, "event.action" AS action,
    CASE "vigilia.source" WHEN 'linux.auditd' THEN 'linux' WHEN 'linux.syslog' THEN 'linux'
      WHEN 'm365.audit' THEN 'm365' WHEN 'web.access' THEN 'web' ELSE "vigilia.source" END AS realm,
    CASE WHEN lower("user.name") IN ('', '-', 'system', 'local service', 'network service', 'anonymous logon',
        'unset', '4294967295', '(unknown)', 'not available') OR "user.name" LIKE '%$' OR "user.name" LIKE '%$@%' THEN ''
      ELSE coalesce(lower("user.name"), '') END AS account,
    CASE WHEN "source.ip" IN ('-', '::1', '127.0.0.1', '0.0.0.0', '::') THEN '' ELSE coalesce("source.ip", '') END
      AS address,
    coalesce(lower("host.name"), '') AS host,
    CASE WHEN "session.id" LIKE '%:0x3e_' OR "session.id" LIKE '%:0x0' OR "session.id" LIKE '%ses4294967295'
        OR "session.id" LIKE '%ses-1' OR "session.id" LIKE '%sesunset' THEN '' ELSE coalesce("session.id", '') END
      AS plain_session,
    CASE WHEN "vigilia.source" = 'linux.auditd' THEN json_extract_string("vigilia.fields", '$.audit_id') END
      AS audit_id,
    "vigilia.item" AS item,
    coalesce("user_agent.original", "client.application", '') AS agent,
    coalesce("event.outcome" = 'failure', false) AS failed
  FROM events
), calls AS (
  SELECT item AS call_item, audit_id AS call_id, max(plain_session) AS call_session, max(account) AS call_account
  FROM recorded WHERE audit_id IS NOT NULL GROUP BY item, audit_id
), joined AS (
  SELECT recorded.* EXCLUDE (account), coalesce(nullif(plain_session, ''), call_session, '') AS session,
    coalesce(nullif(account, ''), call_account, '') AS account
  FROM recorded LEFT JOIN calls ON item = call_item AND audit_id = call_id
), lent AS (
  SELECT realm AS lent_realm, session AS lent_session, max(address) AS lent_address, max(account) AS lent_account
  FROM joined WHERE session <> '' AND realm IN ('windows', 'linux') GROUP BY realm, session
), acted AS (
  SELECT joined.id, joined.ts, joined.source, joined.action,
    joined.audit_id, joined.realm, joined.session, joined.agent, joined.failed,
    joined.host AS machine,
    CASE WHEN lent_account IS NULL OR lent_account = '' THEN joined.account
      WHEN joined.account = '' OR regexp_full_match(joined.account, '[0-9]+') THEN lent_account
      ELSE joined.account END AS account,
    coalesce(nullif(joined.address, ''), lent_address, '') AS address,
    CASE WHEN coalesce(nullif(joined.address, ''), lent_address, '') = '' THEN joined.host ELSE '' END AS host,
    coalesce(strftime(joined.ts, '%Y-%m-%d'), '') AS day
  FROM joined LEFT JOIN lent ON joined.realm = lent_realm AND joined.session = lent_session
)
"""


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One account from one address, or on one machine.

    Attributes:
        account, address, host: empty where not recorded; `host` is set only where the address is not.
        days: distinct UTC days with events. account_days: the same for the account as a whole.
        off_hours: events outside working hours. agents, machines: at most 20 of each, sorted.
    """

    realm: str
    account: str
    address: str
    host: str
    events: int
    failures: int
    off_hours: int
    days: int
    account_days: int
    agents: list[str]
    machines: list[str]
    first: str
    last: str

    @property
    def key(self) -> Key:
        """Return what makes it one activity."""
        return (self.realm, self.account, self.address, self.host)

    @property
    def actor(self) -> str:
        """Return the account or, without one, the address or machine."""
        return self.account or self.address or self.host


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """Matches of one rule within one activity, session and day; at most five event ids."""

    realm: str
    account: str
    address: str
    host: str
    session: str
    day: str
    rule: int
    count: int
    event_ids: list[str]

    @property
    def key(self) -> Key:
        """Return the activity's key."""
        return (self.realm, self.account, self.address, self.host)


def load_activities(store: EventStore, profile: Profile) -> list[Activity]:
    """Return all activities, sorted by key.

    Visitors of a web server without an account are left out, unless a rule matched their address or it
    occurs in another source too: there may be a million of them, and they do not bear on the others.
    """
    sql = f"""{ACTED}, known AS (
      SELECT address AS known_address FROM acted WHERE address <> '' AND realm <> 'web'
      UNION SELECT address FROM acted JOIN {HITS} ON id = hit_event WHERE address <> ''
    ), days AS (
      SELECT realm AS day_realm, account AS day_account, count(DISTINCT day) AS account_days FROM acted
      WHERE account <> '' GROUP BY ALL
    ), grouped AS (
      SELECT realm, account, address, host, count(*) AS events, count(*) FILTER (WHERE failed) AS failures,
        count(*) FILTER (WHERE {_off_hours(profile)}) AS off_hours, count(DISTINCT day) AS days,
        list_slice(list_sort(list(DISTINCT agent) FILTER (WHERE agent <> '')), 1, 20) AS agents,
        list_slice(list_sort(list(DISTINCT machine) FILTER (WHERE machine <> '')), 1, 20) AS machines,
        coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first,
        coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last
      FROM acted WHERE realm <> 'web' OR account <> '' OR address IN (SELECT known_address FROM known)
      GROUP BY realm, account, address, host
    )
    SELECT grouped.* EXCLUDE (agents, machines), coalesce(account_days, 0) AS account_days,
      coalesce(agents, []) AS agents, coalesce(machines, []) AS machines
    FROM grouped LEFT JOIN days ON realm = day_realm AND account = day_account
    ORDER BY realm, account, address, host"""  # noqa: S608 - built from our own constants
    return msgspec.convert(store.rows(sql), list[Activity])


def load_hits(store: EventStore, findings: Sequence[Finding]) -> list[Hit]:
    """Register the findings' matches as `scope_hits` and return them by activity, session, day and rule.

    Informational findings describe and do not accuse: they are left out.
    """
    store.register(HITS, _hits_table(findings))
    sql = f"""{ACTED}
    SELECT realm, account, address, host, session, day, hit_rule AS rule, count(*) AS count,
      list_slice(list(id ORDER BY ts, id), 1, 5) AS event_ids
    FROM acted JOIN {HITS} ON id = hit_event
    GROUP BY realm, account, address, host, session, day, hit_rule
    ORDER BY realm, account, address, host, session, day, hit_rule"""  # noqa: S608 - our own constants
    return msgspec.convert(store.rows(sql), list[Hit])


def load_split_sessions(store: EventStore) -> list[tuple[str, list[Key]]]:
    """Return the cloud sessions seen from more than one address, with the activities that they join (at most 20)."""
    sql = f"""{ACTED}
    SELECT session, list_slice(list_sort(list(DISTINCT [realm, account, address, host])), 1, 20) AS keys
    FROM acted WHERE session <> '' AND address <> '' AND realm NOT IN ('windows', 'linux')
    GROUP BY realm, session HAVING count(DISTINCT address) > 1
    ORDER BY realm, session"""  # noqa: S608 - our own constants
    return [(str(row["session"]), msgspec.convert(row["keys"], list[Key])) for row in store.rows(sql)]


def _hits_table(findings: Sequence[Finding]) -> pa.Table:
    events: list[str] = []
    rules: list[int] = []
    for number, finding in enumerate(findings):
        if finding.level != "informational":
            events.extend(finding.event_ids)
            rules.extend([number] * len(finding.event_ids))
    return pa.table(
        {"hit_event": pa.array(events, pa.string()), "hit_rule": pa.array(rules, pa.int64())},
    )


def _off_hours(profile: Profile) -> str:
    """Return the SQL condition for "outside working hours"; false where the profile names none."""
    minutes = _working_minutes(profile.organisation.working_hours)
    if minutes is None:
        return "false"
    zone = profile.organisation.time_zone.replace("'", "''")
    local = f"timezone('{zone}', ts)"
    minute = f"(hour({local}) * 60 + minute({local}))"
    weekend = f"dayofweek({local}) IN (0, 6)"
    return f"ts IS NOT NULL AND ({weekend} OR {minute} NOT BETWEEN {minutes[0]} AND {minutes[1]})"


def _working_minutes(hours: str) -> tuple[int, int] | None:
    """Read "09:00-17:30" as minutes after midnight; None where it is empty or not of that form."""
    start, dash, end = hours.replace(" ", "").partition("-")
    if not dash:
        return None
    try:
        first, last = (int(part[:-3]) * 60 + int(part[-2:]) for part in (start, end))
    except ValueError:
        return None
    return (first, last) if 0 <= first < last <= 24 * 60 else None
