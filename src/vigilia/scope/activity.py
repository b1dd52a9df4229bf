"""Activities: who acted from where. Millions of events fold, inside the database, into a few thousand activities.

An activity is one account from one address (or, where no address is known, on one machine) in one realm. A compromised
account so falls into its owner's activities and the intruder's.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pyarrow as pa

from vigilia.model.marks import Mark
from vigilia.model.matches import Finding
from vigilia.model.profile import Profile
from vigilia.scope.acted import ACTED, HITS, keep_acted
from vigilia.scope.marked_events import REJECTED, keep_rejected
from vigilia.scope.persistence import load_means
from vigilia.store.event_store import EventStore

__all__ = ["Activity", "AgentUse", "Hit", "Key", "load_activities", "load_agents", "load_hits", "load_split_sessions"]

Key = tuple[str, str, str, str]
_RULES = "scope_rules"


class Program(msgspec.Struct, frozen=True):
    """A program, and the records of it in one activity."""

    name: str
    count: int


class Activity(msgspec.Struct, frozen=True, kw_only=True):
    """One account from one address, or on one machine.

    Attributes:
        account, address, host: empty where not recorded; `host` is set only where the address is not.
        days: distinct UTC days with events. account_days: the same for the account as a whole.
        off_hours: events outside working hours. agents, machines: at most 20 of each, sorted.
        programs: records by program, the most used first, at most 20: user agents, which tell the device, or, where the
            activity has none, names of clients and protocols.
        lasting: it made what lasts (a consent, a rule, a sign-in method …, persistence.toml).
        through_shell: commands that began in the second of a request to what was matched as a web shell.
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
    lasting: bool
    programs: list[Program]
    through_shell: bool
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


class AgentUse(msgspec.Struct, frozen=True, kw_only=True):
    """How many days an account used a program (user agent or client application) with success, and who else does.

    Attributes:
        users: accounts of the realm that use the program, this one included.
    """

    realm: str
    account: str
    agent: str
    days: int
    users: int


def load_agents(store: EventStore) -> list[AgentUse]:
    """Return who uses which programs; the web's visitors have thousands and are left out."""
    rows = store.rows(
        f"""WITH used AS (
          SELECT realm, account, agent, count(DISTINCT day) AS days FROM {ACTED}
          WHERE agent <> '' AND account <> '' AND NOT failed AND realm NOT IN ('web', 'network') GROUP BY ALL
        )
        SELECT *, count(*) OVER (PARTITION BY realm, agent) AS users FROM used
        ORDER BY realm, account, agent"""  # noqa: S608 - our own constants
    )
    return msgspec.convert(rows, list[AgentUse])


def load_activities(store: EventStore, addresses: Sequence[str] = ()) -> list[Activity]:
    """Return all activities, sorted by key.

    Visitors of a web server and ends of a connection without an account are left out, unless a rule matched their
    address, it occurs in another source too or it is among `addresses`: there may be a million of them, and they do
    not bear on the others.
    """
    sql = f"""WITH known AS (
      SELECT address AS known_address FROM {ACTED} WHERE address <> '' AND realm NOT IN ('web', 'network')
      UNION SELECT address FROM {ACTED} JOIN {HITS} ON id = hit_event WHERE address <> ''
      UNION SELECT unnest($addresses)
    ), days AS (
      SELECT realm AS day_realm, account AS day_account, count(DISTINCT day) AS account_days FROM {ACTED}
      WHERE account <> '' GROUP BY ALL
    ), grouped AS (
      SELECT realm, account, address, host, count(*) AS events, count(*) FILTER (WHERE failed) AS failures,
        count(*) FILTER (WHERE off_hours) AS off_hours, count(DISTINCT day) AS days,
        list_slice(list_sort(list(DISTINCT agent) FILTER (WHERE agent <> '')), 1, 20) AS agents,
        list_slice(list_sort(list(DISTINCT machine) FILTER (WHERE machine <> '')), 1, 20) AS machines,
        bool_or(through_shell) AS through_shell,
        bool_or(NOT failed AND coalesce(list_contains($lasting, action), false)) AS lasting,
        coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first,
        coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last
      FROM {ACTED}
      WHERE realm NOT IN ('web', 'network') OR account <> '' OR address IN (SELECT known_address FROM known)
      GROUP BY realm, account, address, host
    ), used AS (
      SELECT realm, account, address, host, agent AS name, tells_device, count(*) AS count
      FROM {ACTED} WHERE agent <> '' AND account <> '' GROUP BY ALL
    ), told AS (
      SELECT *, bool_or(tells_device) OVER (PARTITION BY realm, account, address, host) AS device_told FROM used
    ), programs AS (
      SELECT realm, account, address, host,
        list_slice(list({{'name': name, 'count': count}} ORDER BY count DESC, name), 1, 20) AS programs
      FROM told WHERE tells_device OR NOT device_told GROUP BY ALL
    )
    SELECT grouped.* EXCLUDE (agents, machines), coalesce(account_days, 0) AS account_days,
      coalesce(agents, []) AS agents, coalesce(machines, []) AS machines, coalesce(programs, []) AS programs
    FROM grouped LEFT JOIN days ON realm = day_realm AND account = day_account
    LEFT JOIN programs USING (realm, account, address, host)
    ORDER BY realm, account, address, host"""  # noqa: S608 - built from our own constants
    making = sorted({action for means in load_means() if means.lasts for action in means.made})
    return msgspec.convert(store.rows(sql, {"lasting": making, "addresses": list(addresses) or [""]}), list[Activity])


def load_hits(
    store: EventStore, findings: Sequence[Finding], profile: Profile, marks: Sequence[Mark] = ()
) -> list[Hit]:
    """Register the findings' matches as `scope_hits` and return them by activity, session, day and rule.

    Informational findings describe and do not accuse: they are left out, and so are matches on what a person rejected.
    Makes `scope_acted` and `scope_rejected` on the way.
    """
    _keep_hits(store, findings)
    keep_acted(store, profile)
    keep_rejected(store, marks)
    sql = f"""SELECT realm, account, address, host, session, day, hit_rule AS rule, count(*) AS count,
      list_slice(list(id ORDER BY ts, id), 1, 5) AS event_ids
    FROM {ACTED} JOIN {HITS} ON id = hit_event ANTI JOIN {REJECTED} ON id = rejected
    GROUP BY realm, account, address, host, session, day, hit_rule
    ORDER BY realm, account, address, host, session, day, hit_rule"""  # noqa: S608 - our own constants
    return msgspec.convert(store.rows(sql), list[Hit])


def load_split_sessions(store: EventStore) -> list[tuple[str, list[Key]]]:
    """Return the cloud sessions seen from more than one address, with the activities that they join (at most 20)."""
    sql = f"""SELECT session, list_slice(list_sort(list(DISTINCT [realm, account, address, host])), 1, 20) AS keys
    FROM {ACTED} WHERE session <> '' AND address <> '' AND realm NOT IN ('windows', 'linux')
    GROUP BY realm, session HAVING count(DISTINCT address) > 1
    ORDER BY realm, session"""  # noqa: S608 - our own constants
    return [(str(row["session"]), msgspec.convert(row["keys"], list[Key])) for row in store.rows(sql)]


def _keep_hits(store: EventStore, findings: Sequence[Finding]) -> None:
    """Make `scope_hits` from the findings' events or, where there are too many for a list, from all matches."""
    if all(one.count == len(one.event_ids) for one in findings):
        store.register(HITS, _hits_table(findings))
        return
    numbers = {
        "rule_id": [one.rule_id for one in findings],
        "hit_rule": list(range(len(findings))),
        "hit_serious": [one.level in ("high", "critical") for one in findings],
        "telling": [one.level != "informational" for one in findings],
    }
    store.register(_RULES, pa.table(numbers))
    store.materialize(
        HITS,
        f"""SELECT DISTINCT event_id AS hit_event, hit_rule, hit_serious
        FROM matches JOIN {_RULES} USING (rule_id) WHERE telling""",  # noqa: S608 - our own constants
    )


def _hits_table(findings: Sequence[Finding]) -> pa.Table:
    events: list[str] = []
    rules: list[int] = []
    serious: list[bool] = []
    for number, finding in enumerate(findings):
        if finding.level != "informational":
            events.extend(finding.event_ids)
            rules.extend([number] * len(finding.event_ids))
            serious.extend([finding.level in ("high", "critical")] * len(finding.event_ids))
    return pa.table(
        {
            "hit_event": pa.array(events, pa.string()),
            "hit_rule": pa.array(rules, pa.int64()),
            "hit_serious": pa.array(serious),
        },
    )
