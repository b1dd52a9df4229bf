"""VPN tunnels: who came from which outside address as which address inside, and the logon sessions through them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator, Sequence

import msgspec
import pyarrow as pa

from vigilia.knowledge.shipped_table import read_table
from vigilia.scope.acted import ACTED, SESSIONS
from vigilia.scope.activity import Key
from vigilia.scope.sessions import Lead, LogonSession, SessionKey, load_sessions
from vigilia.store.event_store import EventStore

__all__ = ["find_tunnel_leads", "keep_tunnels"]

_TUNNELS = "scope_tunnels"
_ENDS = "scope_tunnel_ends"
LEADS_AT_MOST = 2000
# A VPN's records of one tunnel are seldom further apart; a tunnel whose end is not recorded is believed no longer.
_LONGEST_HOURS = 12
# Clocks of a firewall and of a machine behind it differ by so much at most.
_CLOCKS_MINUTES = 2


class _Tunnel(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    inside: list[str]
    ends: list[str] = []


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    tunnel: list[_Tunnel]


@functools.cache
def _table() -> _Table:
    return read_table("vigilia.scope", "tunnels.toml", _Table)


# Each record that names an address inside stands for the time until the next record of that address.
_TUNNELS_SQL = f"""
WITH recorded AS (
  SELECT id, ts, acted.source, realm, account, action,
    last_value(nullif(address, '') IGNORE NULLS) OVER (
      PARTITION BY acted.source, account ORDER BY ts, id ROWS UNBOUNDED PRECEDING) AS outside,
    list_filter(json_extract_string("vigilia.fields", $inside), lambda one: coalesce(one, '') <> '')[1] AS inside
  FROM {ACTED} AS acted JOIN events ON id = "event.id"
  WHERE list_contains($sources, acted.source) AND account <> '' AND ts IS NOT NULL
), followed AS (
  SELECT *, lead(ts) OVER (PARTITION BY source, inside ORDER BY ts, id) AS next FROM recorded WHERE inside IS NOT NULL
)
SELECT DISTINCT realm, account, outside, inside, ts AS opened,
  least(coalesce(next, ts + INTERVAL {_LONGEST_HOURS} HOUR), ts + INTERVAL {_LONGEST_HOURS} HOUR) AS closed
FROM followed
WHERE outside IS NOT NULL AND outside <> inside AND NOT list_contains($ends, source || ' ' || action)
"""  # noqa: S608 - our own constants


def keep_tunnels(store: EventStore) -> None:
    """Make `scope_tunnels`: account, outside address, address inside, from when until when; needs `scope_acted`."""
    tunnels = _table().tunnel
    values: dict[str, object] = {
        "sources": [one.source for one in tunnels],
        "inside": [f'$."{name}"' for one in tunnels for name in one.inside],
        "ends": [f"{one.source} {action}" for one in tunnels for action in one.ends],
    }
    store.register(_TUNNELS, store.query(_TUNNELS_SQL, values))


def find_tunnel_leads(
    store: EventStore, activities: Iterable[Key], sessions: Iterable[SessionKey]
) -> list[tuple[Lead, LogonSession | None]]:
    """Return which sessions came through the tunnels of activities, and through whose tunnels sessions came.

    Args:
        store: with `scope_tunnels` and `scope_sessions`.
        activities: accounts at outside addresses, of the intruder.
        sessions: logon sessions of the intruder.

    Returns:
        Leads with the session that they lead to, or None where they lead to an activity outside; at most 2000 each way.
    """
    onward = [*_through(store, "origin", [(*key, "*") for key in activities])]
    back = [*_through(store, "target", sessions)]
    known = {one.key: one for one in load_sessions(store, [lead.target for lead in onward])}
    return [*((lead, known.get(lead.target)) for lead in onward), *((_turned(lead), None) for lead in back)]


def _through(store: EventStore, end: str, keys: Iterable[SessionKey]) -> Iterator[Lead]:
    """Yield the leads from tunnels to sessions that have one of the keys at this end ("origin" or "target")."""
    _register(store, sorted(set(keys)))
    rows = store.rows(
        f"""WITH found AS (
          SELECT DISTINCT [tunnel.realm, tunnel.account, tunnel.outside, '', '*'] AS origin,
            [logon.realm, logon.account, logon.address, logon.host, logon.session] AS target
          FROM {_TUNNELS} AS tunnel JOIN {SESSIONS} AS logon ON logon.address = tunnel.inside
            AND logon.first BETWEEN opened - INTERVAL {_CLOCKS_MINUTES} MINUTE
              AND closed + INTERVAL {_CLOCKS_MINUTES} MINUTE
          WHERE logon.realm IN ('windows', 'linux')
        )
        SELECT origin, target FROM found SEMI JOIN {_ENDS} ON {end} = wanted
        ORDER BY origin, target LIMIT {LEADS_AT_MOST}"""  # noqa: S608 - our own constants
    )
    for row in rows:
        yield msgspec.convert({"kind": "link-tunnel", "share": 1.0, **row}, Lead)


def _turned(lead: Lead) -> Lead:
    return Lead(kind=lead.kind, origin=lead.target, target=lead.origin, share=lead.share)


def _register(store: EventStore, keys: Sequence[SessionKey]) -> None:
    schema = pa.schema([("wanted", pa.list_(pa.string()))])
    store.register(_ENDS, pa.Table.from_pylist([{"wanted": list(key)} for key in keys], schema=schema))
