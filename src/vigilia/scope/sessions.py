"""Logon sessions: their circumstances, and the sessions to which an intruder's session leads."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
import pyarrow as pa

from vigilia.scope.acted import ACTED, SESSIONS
from vigilia.store.event_store import EventStore

__all__ = ["Lead", "LogonSession", "find_leads", "keep_places", "load_sessions"]

SessionKey = tuple[str, str, str, str, str]

_FRONTIER = "scope_frontier"
_PLACES = "scope_places"
_WANTED = "scope_wanted"
LEADS_AT_MOST = 2000


class LogonSession(msgspec.Struct, frozen=True, kw_only=True):
    """One logon session on Windows or Linux, or one sign-in session of a cloud service.

    Attributes:
        kind: Windows logon type ("3" network, "10" remote desktop), or empty. agent: the program, in the cloud.
        off_hours: it began outside working hours. off_share: the share of the account's sessions that did.
        origin_sessions: sessions of the account on this machine from the same address, of the same kind.
        place_sessions: all sessions of the account on this machine.
    """

    realm: str
    account: str
    address: str
    host: str
    session: str
    machine: str
    kind: str
    agent: str
    first: str
    last: str
    events: int
    failures: int
    off_hours: bool
    off_share: float
    origin_sessions: int
    place_sessions: int

    @property
    def key(self) -> SessionKey:
        """Return the activity's key and the session."""
        return (self.realm, self.account, self.address, self.host, self.session)


class Lead(msgspec.Struct, frozen=True, kw_only=True):
    """A session to which another one leads; `share` is how much of the link's weight counts."""

    kind: str
    origin: SessionKey
    target: SessionKey
    share: float


_KEY = "realm, account, address, host, session"
_COLUMNS = f"""{_KEY}, machine, kind, agent, strftime(first, '%Y-%m-%dT%H:%M:%S.%fZ') AS first,
  strftime(last, '%Y-%m-%dT%H:%M:%S.%fZ') AS last, events, failures, off_hours, off_share,
  origin_sessions, place_sessions"""

# Whose address is it: the machine's own side of connections that it opened (Sysmon 3), the name that a machine gave
# when it logged on over the network (4624), and the only address from which an account came to a server within a minute
# of being entered for that server on the machine (4648).
_PLACES_SQL = """
WITH entered AS (
  -- By the minute, so that neither a busy account nor a busy server makes this more than linear.
  SELECT lower(split_part("host.name", '.', 1)) AS machine, lower("user.target.name") AS account,
    "@timestamp" AS entered_at,
    lower(split_part(json_extract_string("vigilia.fields", '$.TargetServerName'), '.', 1)) AS server,
    unnest([epoch_ms("@timestamp") // 60000 - 1, epoch_ms("@timestamp") // 60000,
      epoch_ms("@timestamp") // 60000 + 1]) AS minute
  FROM events WHERE "vigilia.source" = 'windows' AND "event.code" = '4648' AND "user.target.name" IS NOT NULL
), arrived AS (
  SELECT entered.machine, max("source.ip") AS address, entered_at
  FROM entered JOIN events ON lower(split_part("host.name", '.', 1)) = server AND lower("user.name") = account
    AND epoch_ms("@timestamp") // 60000 = minute
    AND "@timestamp" BETWEEN entered_at - INTERVAL 2 SECOND AND entered_at + INTERVAL 60 SECOND
  WHERE server <> entered.machine AND "vigilia.source" = 'windows' AND "source.ip" IS NOT NULL
    AND ("event.code" = '4624' AND "event.provider" = 'Security'
      OR "event.code" IN ('1149', '21') AND "event.provider" LIKE '%TerminalServices%')
  GROUP BY entered.machine, account, server, entered_at HAVING count(DISTINCT "source.ip") = 1
), told AS (
  SELECT lower(split_part("host.name", '.', 1)) AS place_machine, "source.ip" AS place_address, "@timestamp" AS told_at
  FROM events WHERE "vigilia.source" = 'windows' AND "event.code" = '3' AND "event.provider" LIKE '%Sysmon%'
    AND lower(json_extract_string("vigilia.fields", '$.Initiated')) = 'true'
  UNION ALL
  SELECT lower(split_part(ltrim(json_extract_string("vigilia.fields", '$.WorkstationName'), '\\'), '.', 1)),
    "source.ip", "@timestamp"
  FROM events WHERE "vigilia.source" = 'windows' AND "event.code" = '4624' AND "event.provider" = 'Security'
    AND json_extract_string("vigilia.fields", '$.LogonType') = '3'
  UNION ALL
  SELECT machine, address, entered_at FROM arrived
)
SELECT place_machine, place_address, min(told_at) - INTERVAL 7 DAY AS place_from,
  max(told_at) + INTERVAL 7 DAY AS place_to
FROM told WHERE place_machine NOT IN ('', '-') AND place_address NOT IN ('', '-', '127.0.0.1', '::1')
  AND place_address NOT LIKE 'fe80:%'
GROUP BY place_machine, place_address
"""

# From a machine on which the intruder sits, at that moment, to another: with the same account while nobody else was at
# work on that machine under its name; or with an account that otherwise does not come from there.
_LATERAL = f"""
SELECT 'link-lateral' AS kind, f AS origin, t AS target, CASE WHEN f.account = t.account THEN 1.0 ELSE 0.6 END AS share
FROM {_FRONTIER} AS f
JOIN {_PLACES} AS place ON place.place_machine = f.machine
JOIN {SESSIONS} AS t ON t.address = place.place_address AND t.first BETWEEN f.first AND f.last
  AND t.first BETWEEN place_from AND place_to
WHERE t.machine <> f.machine AND t.account <> '' AND (f.account = t.account OR t.origin_sessions <= 2)
  AND NOT EXISTS (SELECT 1 FROM {_PLACES} AS other WHERE other.place_address = t.address
    AND other.place_machine <> f.machine AND t.first BETWEEN other.place_from AND other.place_to)
  AND NOT EXISTS (SELECT 1 FROM {ACTED} AS owner WHERE owner.realm = 'windows' AND owner.machine = f.machine
    AND owner.account = t.account AND owner.session <> '' AND owner.session NOT IN (SELECT session FROM {_FRONTIER})
    AND owner.ts BETWEEN t.first - INTERVAL 30 MINUTE AND t.first + INTERVAL 30 MINUTE)
"""  # noqa: S608 - our own constants

# One login that two sources or two tokens record: an elevated and a plain session, a connection and its audit session.
_TWINS = f"""
SELECT 'link-login' AS kind, f AS origin, t AS target, 1.0 AS share
FROM {_FRONTIER} AS f JOIN {SESSIONS} AS t ON f.realm = t.realm AND f.account = t.account AND f.address = t.address
  AND f.session <> t.session AND abs(epoch_ms(f.first) - epoch_ms(t.first)) <= 5000 AND f.account <> ''
WHERE (f.realm = 'linux' AND t.address <> ''
  OR f.machine = t.machine AND f.kind = t.kind AND f.kind IN ('2', '7', '10', '11'))
"""  # noqa: S608 - our own constants

# A program in one session started a program in another.
_TREES = f"""
SELECT DISTINCT 'link-tree' AS kind, f AS origin, t AS target, 1.0 AS share
FROM {_FRONTIER} AS f JOIN {ACTED} AS parent ON parent.session = f.session AND parent.realm = f.realm
  AND parent.entity IS NOT NULL
JOIN {ACTED} AS child ON child.parent = parent.entity AND child.session <> '' AND child.session <> f.session
JOIN {SESSIONS} AS t ON t.realm = child.realm AND t.session = child.session AND t.account = child.account
  AND t.address = child.address AND t.host = child.host
"""  # noqa: S608 - our own constants

# Other credentials used in the session (4648), and the logon with them that follows within a minute.
_CREDENTIALS = f"""
SELECT DISTINCT 'link-credentials' AS kind, f AS origin, t AS target, 1.0 AS share
FROM {_FRONTIER} AS f JOIN {ACTED} AS used ON used.session = f.session AND used.realm = 'windows'
  AND used.action = '4648'
JOIN events ON "event.id" = used.id
JOIN {SESSIONS} AS t ON t.realm = 'windows' AND t.account = lower("user.target.name") AND t.account <> f.account
  AND t.first BETWEEN used.ts - INTERVAL 2 SECOND AND used.ts + INTERVAL 60 SECOND
  AND t.machine = CASE lower(json_extract_string("vigilia.fields", '$.TargetServerName'))
    WHEN 'localhost' THEN f.machine
    ELSE lower(split_part(json_extract_string("vigilia.fields", '$.TargetServerName'), '.', 1)) END
"""  # noqa: S608 - our own constants

# The same the other way: the session in which the credentials for this logon were entered.
_ENTERED = f"""
SELECT DISTINCT 'link-credentials' AS kind, f AS origin, t AS target, 1.0 AS share
FROM {_FRONTIER} AS f JOIN {ACTED} AS used ON used.realm = 'windows' AND used.action = '4648' AND used.session <> ''
  AND f.first BETWEEN used.ts - INTERVAL 2 SECOND AND used.ts + INTERVAL 60 SECOND
JOIN events ON "event.id" = used.id AND lower("user.target.name") = f.account
JOIN {SESSIONS} AS t ON t.realm = 'windows' AND t.session = used.session AND t.account = used.account
  AND t.machine = used.machine
WHERE f.realm = 'windows' AND f.account <> '' AND t.account NOT IN ('', f.account)
  AND f.machine = CASE lower(json_extract_string("vigilia.fields", '$.TargetServerName'))
    WHEN 'localhost' THEN t.machine
    ELSE lower(split_part(json_extract_string("vigilia.fields", '$.TargetServerName'), '.', 1)) END
"""  # noqa: S608 - our own constants


def keep_places(store: EventStore) -> None:
    """Make the table of machines and the addresses that were theirs, with the time around which this is known."""
    store.materialize(_PLACES, _PLACES_SQL)


def load_sessions(store: EventStore, keys: Iterable[SessionKey]) -> list[LogonSession]:
    """Return the sessions of these keys; a session of "*" stands for all of the activity."""
    _register_keys(store, keys)
    sql = f"""SELECT DISTINCT {_COLUMNS} FROM {SESSIONS} AS known
    WHERE EXISTS (SELECT 1 FROM {_WANTED} AS one WHERE one.realm = known.realm AND one.account = known.account
      AND one.address = known.address AND one.host = known.host AND one.session IN ('*', known.session))
    ORDER BY {_KEY}"""  # noqa: S608 - our own constants
    return msgspec.convert(store.rows(sql), list[LogonSession])


def find_leads(store: EventStore, frontier: Sequence[LogonSession]) -> list[tuple[Lead, LogonSession]]:
    """Return to which sessions those of the frontier lead, with the sessions themselves; at most 2000."""
    columns = _KEY.split(", ")
    _register_keys(store, [one.key for one in frontier])
    store.materialize(_FRONTIER, f"SELECT known.* FROM {SESSIONS} AS known SEMI JOIN {_WANTED} USING ({_KEY})")  # noqa: S608
    parts = " UNION ALL ".join(f"({part})" for part in (_LATERAL, _TWINS, _TREES, _CREDENTIALS, _ENTERED))
    origin = ", ".join(f"origin.{name}" for name in columns)
    target = ", ".join(f"target.{name}" for name in columns)
    sql = f"""WITH found AS ({parts})
    SELECT kind, [{origin}] AS origin, [{target}] AS target, max(share) AS share
    FROM found GROUP BY ALL
    ORDER BY kind, [{origin}], [{target}] LIMIT {LEADS_AT_MOST}"""  # noqa: S608 - our own constants
    found = msgspec.convert(store.rows(sql), list[Lead])
    known = {one.key: one for one in load_sessions(store, [lead.target for lead in found])}
    return [(lead, known[lead.target]) for lead in found]


def _register_keys(store: EventStore, keys: Iterable[SessionKey]) -> None:
    columns = _KEY.split(", ")
    rows = [dict(zip(columns, key, strict=True)) for key in sorted(set(keys))]
    store.register(_WANTED, pa.Table.from_pylist(rows, schema=pa.schema([(name, pa.string()) for name in columns])))
