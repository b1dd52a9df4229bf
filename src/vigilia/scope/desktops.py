"""Remote desktops as Terminal Services records them, joined to their logon sessions: the table `scope_desktops`.

Its records name account, machine and client, and hold no logon id. They say how long somebody sat there, which a logon
(4624) alone does not, and that somebody did where the logon's record is lost or was cleared. A desktop takes the id of
the logon with which it began. Logon sessions whose logon is recorded nowhere, and which began and ended on the only
desktop that their account had open there, are that desktop's. Sessions of other accounts on the same server never are.
"""

from __future__ import annotations

from vigilia.store.event_store import EventStore

__all__ = ["DESKTOPS", "keep_desktops"]

DESKTOPS = "scope_desktops"

# Microsoft, events of TerminalServices-RemoteConnectionManager and -LocalSessionManager: 1149 connected, 21 logged on,
# 22 shell started, 23 logged off, 24 disconnected, 25 reconnected. Only 23 names no client.
_BEGINS = "('1149', '21', '22', '25')"

_DESKTOPS_SQL = """
WITH signs AS (
  SELECT id, ts, account, machine, action, address, lag(action) OVER near AS before, lag(ts) OVER near AS before_ts,
    lag(address) OVER near AS before_address
  FROM {recorded} WHERE source = 'windows' AND provider LIKE '%TerminalServices%' AND ts IS NOT NULL
    AND action IN ('1149', '21', '22', '23', '24', '25') AND account <> '' AND machine <> ''
    AND (address <> '' OR action = '23')
  WINDOW near AS (PARTITION BY machine, account ORDER BY ts, id)
), numbered AS (
  SELECT *, sum(CASE WHEN action IN {begins} AND (before IS NULL OR before NOT IN {begins}
      OR ts - before_ts > INTERVAL 1 MINUTE OR address <> before_address) THEN 1 ELSE 0 END) OVER (
    PARTITION BY machine, account ORDER BY ts, id ROWS UNBOUNDED PRECEDING) AS number
  FROM signs
), desktops AS (
  SELECT machine, account, number, machine || ':desktop:' || account || '#' || number AS desktop,
    max(address) AS address, min(ts) AS began,
    CASE WHEN bool_or(action IN ('23', '24')) THEN max(ts) ELSE max(ts) + INTERVAL 1 HOUR END AS ended
  FROM numbered GROUP BY machine, account, number HAVING count(DISTINCT address) FILTER (WHERE address <> '') = 1
    AND bool_or(action IN {begins})
), logons AS (
  SELECT machine, account, plain_session AS logon, max(address) AS address, max(kind) AS kind,
    min(ts) FILTER (WHERE kind IS NOT NULL) AS logged_on, min(ts) AS first, max(ts) AS last
  FROM {recorded} SEMI JOIN desktops USING (machine, account)
  WHERE source = 'windows' AND plain_session <> '' GROUP BY machine, account, plain_session
), begun AS (
  SELECT desktop, arg_min(logon, (abs(epoch_ms(logged_on) - epoch_ms(began)), logon)) AS logon
  FROM desktops JOIN logons USING (machine, account)
  WHERE kind IN ('7', '10') AND logons.address IN ('', desktops.address)
    AND logged_on BETWEEN began - INTERVAL 1 MINUTE AND began + INTERVAL 1 MINUTE
  GROUP BY desktop
), named AS (
  SELECT desktops.*, coalesce(begun.logon, desktop) AS session FROM desktops LEFT JOIN begun USING (desktop)
), unrecorded AS (
  SELECT machine, account, logon, max(session) AS session FROM named JOIN logons USING (machine, account)
  WHERE logged_on IS NULL AND logons.address = '' AND first <= ended AND last >= began
  GROUP BY machine, account, logon HAVING count(*) = 1 AND bool_and(first >= began AND last <= ended)
)
SELECT id AS desk_id, session AS desk_session, '10' AS desk_kind
FROM numbered JOIN named USING (machine, account, number)
UNION ALL
SELECT id, session, NULL FROM {recorded} AS rows JOIN unrecorded ON rows.machine = unrecorded.machine
  AND rows.account = unrecorded.account AND plain_session = logon
WHERE source = 'windows'
"""


def keep_desktops(store: EventStore, recorded: str) -> None:
    """Make `scope_desktops`: of each record of a desktop, and of sessions that belong to one, which session it is.

    Args:
        store: where the tables are.
        recorded: the name of the table of records with account, machine, address, action, kind and `plain_session`.
    """
    store.materialize(DESKTOPS, _DESKTOPS_SQL.format(recorded=recorded, begins=_BEGINS))
