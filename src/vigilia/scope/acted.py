"""Events with their actor: the table `scope_acted`, and the logon sessions among them, `scope_sessions`.

Sessions lend their account and address to events that record neither. Where a source has no session id, one is made
of what it has: the SSH daemon's number for a connection, the only session that an account had open on a machine, the
tree of programs that a matched program started, the request to a web shell in whose second a command began.
"""

from __future__ import annotations

from vigilia.knowledge.log_sources import load_log_sources
from vigilia.model.profile import Profile
from vigilia.scope.desktops import DESKTOPS, keep_desktops
from vigilia.scope.working_time import known_working_time
from vigilia.store.event_store import EventStore

__all__ = ["ACTED", "HITS", "SESSIONS", "keep_acted"]

# The names of tables in the store while scope runs. HITS is registered before the others are made.
HITS = "scope_hits"
ACTED = "scope_acted"
SESSIONS = "scope_sessions"
_RECORDED = "scope_recorded"
_JOINED = "scope_joined"

# People come early and leave late; a session so many minutes outside working hours is another matter.
_MARGIN = 120


def keep_acted(store: EventStore, profile: Profile) -> None:
    """Make `scope_acted`, one row for each event, and `scope_sessions`, one for each logon session."""
    store.materialize(_RECORDED, _RECORDED_SQL)
    keep_desktops(store, _RECORDED)
    store.materialize(_JOINED, _JOINED_SQL)
    store.drop(_RECORDED)
    store.drop(DESKTOPS)
    hours = known_working_time(store, profile, _JOINED)
    store.materialize(ACTED, _ACTED_SQL.format(off=hours.off_hours("ts")))
    store.drop(_JOINED)
    store.materialize(SESSIONS, _SESSIONS_SQL.format(off=hours.off_hours("min(ts)", _MARGIN)))


def _label(column: str) -> str:
    """Return SQL for the first label of a host name in lower case; an address stays whole."""
    return f"""CASE WHEN regexp_full_match({column}, '[0-9.]+') THEN {column}
      ELSE lower(split_part({column}, '.', 1)) END"""


def _realm() -> str:
    """Return SQL for the realm of an event: Defender's tables speak of machines and of cloud accounts."""
    known = [f"WHEN '{one.id}' THEN '{one.realm}'" for one in load_log_sources().values() if one.realm]
    return f"""CASE WHEN "vigilia.source" = 'defender.hunting'
      THEN CASE WHEN "user.name" LIKE '%@%' THEN 'm365' ELSE 'windows' END
    ELSE CASE "vigilia.source" {" ".join(known)} ELSE "vigilia.source" END END"""


# The user agent. Exchange's ClientInfoString ("Client=OWA;Mozilla/5.0 …") names a protocol, which much of the staff
# shares and which tells no device, and with some protocols the device's user agent behind it.
_DEVICE = """nullif(CASE WHEN "user_agent.original" NOT LIKE 'Client=%' THEN "user_agent.original"
  ELSE rtrim(regexp_extract(coalesce("user_agent.original", "client.application"), 'Mozilla/.*|UserAgent=[^;]*'), '; ')
  END, '')"""
_SESSION_HOST = _label("split_part(\"session.id\", ':', 1)")

_RECORDED_SQL = f"""
WITH named AS (
  SELECT "user.id" AS named_id, max(lower("user.name")) AS named_account FROM events
  WHERE "vigilia.source" = 'windows' AND "user.id" LIKE 'S-1-5-21-%' AND "user.name" IS NOT NULL
    AND "event.provider" = 'Security'
  GROUP BY "user.id" HAVING count(DISTINCT lower("user.name")) = 1
), named_events AS (
  SELECT events.*, lower(coalesce("user.name", named_account, '')) AS name
  FROM events LEFT JOIN named ON "vigilia.source" = 'windows' AND "user.name" IS NULL AND "user.id" = named_id
)
SELECT "event.id" AS id, "@timestamp" AS ts, "vigilia.source" AS source, "event.action" AS action,
  {_realm()} AS realm,
  CASE WHEN name IN ('', '-', 'system', 'local service', 'network service', 'anonymous logon',
      'unset', '4294967295', '(unknown)', 'not available') OR name LIKE '%$' OR name LIKE '%$@%' THEN ''
    ELSE name END AS account,
  CASE WHEN "source.ip" IN ('-', '::1', '127.0.0.1', '0.0.0.0', '::') THEN ''
    -- Here the source is the machine's own side of a connection (or, of 4648, the server), not where the actor is.
    WHEN "vigilia.source" = 'windows' AND ("event.code" IN ('4648', '5156', '5157', '5158')
      OR "event.code" = '3' AND "event.provider" LIKE '%Sysmon%') THEN ''
    WHEN "vigilia.source" = 'defender.hunting' AND "event.category" = 'network'
      AND "event.action" <> 'InboundConnectionAccepted' THEN ''
    ELSE coalesce("source.ip", '') END AS address,
  coalesce({_label('"host.name"')}, '') AS machine,
  CASE WHEN "session.id" LIKE '%:0x3e_' OR "session.id" LIKE '%:0x0' OR "session.id" LIKE '%ses4294967295'
      OR "session.id" LIKE '%ses-1' OR "session.id" LIKE '%sesunset' THEN ''
    WHEN "vigilia.source" = 'windows' AND "session.id" LIKE '%:0x%'
      THEN {_SESSION_HOST} || ':' || split_part("session.id", ':', 2)
    ELSE coalesce("session.id", '') END AS plain_session,
  "session.id" AS shown,
  CASE WHEN "vigilia.source" = 'linux.auditd' THEN json_extract_string("vigilia.fields", '$.audit_id') END AS audit_id,
  CASE WHEN "vigilia.source" = 'linux.auditd' THEN lower(coalesce(json_extract_string("vigilia.fields", '$.UID'),
    json_extract_string("vigilia.fields", '$."syscall.UID"'))) END AS service_name,
  CASE WHEN "vigilia.source" = 'linux.auditd' THEN coalesce(json_extract_string("vigilia.fields", '$.uid'),
    json_extract_string("vigilia.fields", '$."syscall.uid"')) END AS service_number,
  CASE WHEN "vigilia.source" = 'windows' AND "event.code" = '4624' AND "event.provider" = 'Security'
    THEN json_extract_string("vigilia.fields", '$.LogonType') END AS kind,
  "vigilia.item" AS item, "process.pid" AS pid, "event.provider" AS provider,
  CASE WHEN "process.entity_id" <> '' THEN {_label('"host.name"')} || lower("process.entity_id") END AS entity,
  CASE WHEN "process.parent.entity_id" <> '' THEN {_label('"host.name"')} || lower("process.parent.entity_id") END
    AS parent,
  CASE WHEN "vigilia.source" = 'web.access' THEN split_part("url.original", '?', 1) END AS path,
  coalesce({_DEVICE}, "user_agent.original", "client.application", '') AS agent,
  {_DEVICE} IS NOT NULL AS tells_device,
  coalesce("event.outcome" = 'failure' OR "http.response.status_code" >= 400, false) AS refused,
  coalesce("event.outcome" = 'failure', false) AS failed
FROM named_events
"""  # noqa: S608 - our own constants

# Audit sessions are numbered anew at each boot, and process numbers are used again: a new login, or days of silence,
# end them here.
_JOINED_SQL = f"""
WITH calls AS (
  SELECT item AS call_item, audit_id AS call_id, max(plain_session) AS call_session, max(account) AS call_account,
    max(service_name) AS call_name, max(service_number) AS call_number
  FROM {_RECORDED} WHERE audit_id IS NOT NULL GROUP BY item, audit_id
), called AS (
  SELECT rows.* EXCLUDE (account, plain_session, kind),
    coalesce(desk_session, nullif(plain_session, ''), call_session, '') AS plain_session,
    coalesce(kind, desk_kind) AS kind,
    coalesce(nullif(account, ''), call_account, '') AS account, call_name, call_number
  FROM {_RECORDED} AS rows LEFT JOIN calls ON item = call_item AND audit_id = call_id
  LEFT JOIN {DESKTOPS} ON id = desk_id
), audited AS (
  SELECT id AS numbered_id, plain_session || '#' || sum(starts) OVER (
      PARTITION BY plain_session ORDER BY ts, starts DESC, id ROWS UNBOUNDED PRECEDING) AS numbered
  FROM (SELECT id, ts, plain_session, CASE WHEN action = 'LOGIN' OR ts - before > INTERVAL 3 DAY
      OR action = 'USER_LOGIN' AND ts - before > INTERVAL 10 MINUTE THEN 1 ELSE 0 END AS starts
    FROM (SELECT *, lag(ts) OVER (PARTITION BY plain_session ORDER BY ts, action <> 'LOGIN', id) AS before
      FROM called WHERE source = 'linux.auditd' AND plain_session <> ''))
), connected AS (
  SELECT id AS numbered_id, machine || ':sshd' || pid || '#' || sum(starts) OVER (
      PARTITION BY machine, pid ORDER BY ts, id ROWS UNBOUNDED PRECEDING) AS numbered
  FROM (SELECT id, ts, machine, pid, CASE WHEN ended OR ts - before > INTERVAL 3 DAY THEN 1 ELSE 0 END AS starts
    FROM (SELECT *, lag(ts) OVER near AS before, lag(action) OVER near IN ('session-closed', 'disconnected') AS ended
      FROM called
      WHERE source IN ('linux.syslog', 'linux.journal') AND provider IN ('sshd', 'sshd-session') AND pid <> ''
      WINDOW near AS (PARTITION BY machine, pid ORDER BY ts, id)))
), parents AS (
  SELECT entity AS known_entity, max(plain_session) AS known_session FROM called
  WHERE entity IS NOT NULL AND plain_session <> '' GROUP BY entity
)
SELECT called.* EXCLUDE (account),
  coalesce(audited.numbered, connected.numbered, nullif(plain_session, ''), known_session, '') AS session,
  CASE WHEN account = '' AND call_session = '' AND source = 'linux.auditd'
      AND action IN ('SYSCALL', 'EXECVE', 'CWD', 'PATH', 'PROCTITLE') THEN
    coalesce(call_name, CASE call_number WHEN '0' THEN 'root' WHEN '33' THEN 'www-data' WHEN '48' THEN 'apache'
      ELSE 'uid ' || call_number END, '') ELSE account END AS account
FROM (SELECT *, plain_session AS call_session FROM called) AS called
LEFT JOIN audited ON called.id = audited.numbered_id
LEFT JOIN connected ON called.id = connected.numbered_id
LEFT JOIN parents ON realm = 'windows' AND plain_session = '' AND entity = known_entity
"""  # noqa: S608 - our own constants

_ACTED_SQL = f"""
WITH RECURSIVE opened AS (
  SELECT realm AS open_realm, session AS open_session, max(account) AS open_account, max(address) AS open_address,
    max(machine) AS open_machine, max(shown) AS open_shown,
    min(ts) - CASE WHEN bool_or(kind <> '' OR action IN ('4624', 'LOGIN', 'USER_LOGIN', 'accepted'))
      THEN INTERVAL 0 HOUR ELSE INTERVAL 1 HOUR END AS opened_at,
    max(ts) + CASE WHEN bool_or(action IN ('4634', '4647', 'USER_END', 'USER_LOGOUT', 'session-closed'))
      THEN INTERVAL 0 HOUR ELSE INTERVAL 1 HOUR END AS closed_at
  FROM {_JOINED} WHERE session <> '' AND realm IN ('windows', 'linux') GROUP BY realm, session
), homes AS (
  -- Without a session id: the account's only session on that machine at that moment. Where its beginning or end is not
  -- recorded, it may have been open an hour longer.
  SELECT id AS home_id, arg_max(open_session, opened_at) AS home
  FROM {_JOINED} JOIN opened ON realm = open_realm AND account = open_account AND machine = open_machine
    AND ts BETWEEN opened_at AND closed_at
  WHERE session = '' AND account <> '' AND machine <> '' AND address = '' AND source <> 'linux.auditd'
  GROUP BY id
  HAVING count(*) = 1 OR max(opened_at) - min(opened_at) <= INTERVAL 5 SECOND
    OR count(DISTINCT open_address) = 1 AND max(open_address) <> ''
), started AS (
  -- Programs of the system's own session: each matched one, with all that it started, counts as one session.
  SELECT DISTINCT entity, entity AS root, 0 AS depth FROM {_JOINED} JOIN {HITS} ON id = hit_event
  WHERE realm = 'windows' AND session = '' AND entity IS NOT NULL
  UNION
  SELECT rows.entity, root, depth + 1 FROM {_JOINED} AS rows JOIN started ON parent = started.entity
  WHERE session = '' AND rows.entity IS NOT NULL AND depth < 12
), trees AS (
  SELECT entity AS tree_entity, arg_max(root, (depth, root)) AS root FROM started GROUP BY entity
), matched_paths AS (
  SELECT DISTINCT path AS shell_path FROM {_JOINED} JOIN {HITS} ON id = hit_event
  WHERE realm = 'web' AND NOT refused AND hit_serious
), shell_paths AS (
  -- A page that many visit is no web shell.
  SELECT shell_path FROM {_JOINED} JOIN matched_paths ON path = shell_path WHERE NOT refused
  GROUP BY shell_path HAVING count(DISTINCT address) <= 5
), shells AS (
  SELECT DISTINCT ts AS shell_ts, address AS shell_address FROM {_JOINED} JOIN shell_paths ON path = shell_path
  WHERE realm = 'web' AND address <> '' AND NOT refused
), commands AS (
  -- A command of the web server's account in the second of a request to what was matched as a web shell.
  SELECT id AS command_id, arg_min(shell_address, (abs(epoch_ms(ts) - epoch_ms(shell_ts)), shell_address)) AS lender
  FROM {_JOINED} JOIN shells ON ts BETWEEN shell_ts - INTERVAL 2 SECOND AND shell_ts + INTERVAL 2 SECOND
  WHERE source = 'linux.auditd' AND session = '' AND call_number <> '0' GROUP BY id
)
SELECT id, ts, source, action, audit_id, realm, agent, tells_device, failed, machine, entity, parent, kind, path, pid,
  coalesce(nullif(session, ''), home, CASE WHEN root IS NOT NULL THEN 'tree:' || root END, '') AS session,
  coalesce(CASE WHEN plain_session <> '' THEN shown END, open_shown, '') AS shown,
  CASE WHEN open_account IS NULL OR open_account = '' THEN account
    WHEN account = '' OR regexp_full_match(account, '[0-9]+') THEN open_account ELSE account END AS account,
  coalesce(nullif(address, ''), open_address, lender, '') AS address,
  CASE WHEN coalesce(nullif(address, ''), nullif(open_address, ''), lender, '') = '' THEN machine ELSE '' END AS host,
  lender IS NOT NULL AS through_shell, {{off}} AS off_hours,
  coalesce(strftime(ts, '%Y-%m-%d'), '') AS day
FROM {_JOINED}
LEFT JOIN homes ON id = home_id
LEFT JOIN trees ON realm = 'windows' AND session = '' AND home IS NULL AND entity = tree_entity
LEFT JOIN commands ON id = command_id
LEFT JOIN opened ON realm = open_realm AND coalesce(nullif(session, ''), home) = open_session
"""  # noqa: S608 - our own constants

_SESSIONS_SQL = f"""
WITH grouped AS (
  SELECT realm, session, account, address, host, max(machine) AS machine, coalesce(max(kind), '') AS kind,
    min(ts) AS first, max(ts) AS last, count(*) AS events, count(*) FILTER (WHERE failed) AS failures,
    {{off}} AS off_hours, coalesce(max(agent) FILTER (WHERE tells_device), max(agent), '') AS agent
  FROM {ACTED} WHERE session <> '' AND ts IS NOT NULL AND realm NOT IN ('web', 'network')
  GROUP BY realm, session, account, address, host
), origins AS (
  SELECT realm, account, machine, address, kind, count(*) AS origin_sessions FROM grouped GROUP BY ALL
), places AS (
  SELECT realm, account, machine, count(*) AS place_sessions FROM grouped GROUP BY ALL
), persons AS (
  SELECT realm, account, count(*) FILTER (WHERE off_hours) / count(*) AS off_share FROM grouped GROUP BY ALL
)
SELECT * FROM grouped JOIN origins USING (realm, account, machine, address, kind)
JOIN places USING (realm, account, machine) JOIN persons USING (realm, account)
"""  # noqa: S608 - our own constants
