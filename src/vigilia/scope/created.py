"""What the intruder made acts for the intruder: accounts, keys and tokens, and all that was done with them."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator

import msgspec
import pyarrow as pa

from vigilia.knowledge.shipped_table import read_table
from vigilia.scope.acted import ACTED
from vigilia.scope.activity import Key
from vigilia.scope.persistence import load_means
from vigilia.scope.sessions import Lead
from vigilia.store.event_store import EventStore

__all__ = ["find_creations", "keep_creations"]

_CREATIONS = "scope_creations"
_MAKERS = "scope_makers"
LEADS_AT_MOST = 2000

# A unit's activity, session ("*": all) and day ("*": all).
Maker = tuple[Key, str, str]


class _Giving(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    actions: list[str]
    key: list[str]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    given: list[_Giving]


@functools.cache
def _table() -> _Table:
    return read_table("vigilia.scope", "created.toml", _Table)


_CREATIONS_SQL = f"""
SELECT acted.id AS made_id, acted.ts AS made_at, acted.realm, acted.account, acted.address, acted.host, acted.session,
  acted.day, CASE WHEN list_contains($accounts, acted.action) THEN lower(coalesce(nullif("user.target.name", ''),
    list_filter(json_extract_string("vigilia.fields", $names), lambda one: coalesce(one, '') <> '')[1])) END
    AS made_account,
  CASE WHEN list_contains($givings, acted.action)
    THEN list_filter(json_extract_string("vigilia.fields", $keys), lambda one: coalesce(one, '') <> '')[1] END
    AS made_key
FROM {ACTED} AS acted JOIN events ON acted.id = "event.id"
WHERE (list_contains($accounts, acted.action) OR list_contains($givings, acted.action)) AND NOT acted.failed
  AND acted.ts IS NOT NULL
"""  # noqa: S608 - our own constants

# Whose account or key it is, is told by the creation; what was recorded before it was somebody else's.
_USES = f"""
SELECT DISTINCT [maker.realm, maker.account, maker.address, maker.host, maker_session] AS origin,
  [used.realm, used.account, used.address, used.host,
    CASE WHEN used.session = made_key THEN used.session ELSE '*' END] AS target
FROM {_CREATIONS} AS maker
JOIN {_MAKERS} ON maker.realm = maker_realm AND maker.account = maker_account AND maker.address = maker_address
  AND maker.host = maker_host AND maker_session IN ('*', maker.session) AND maker_day IN ('*', maker.day)
JOIN {ACTED} AS used ON used.realm = maker.realm AND used.ts >= made_at
  AND (used.account = made_account AND made_account <> '' AND used.account <> maker.account
    OR used.session = made_key AND made_key <> '')
ANTI JOIN earlier ON earlier.realm = used.realm AND earlier.account = used.account AND earlier.account = made_account
  AND first < made_at - INTERVAL 1 HOUR
ORDER BY origin, target LIMIT {LEADS_AT_MOST}
"""  # noqa: S608 - our own constants


def keep_creations(store: EventStore) -> None:
    """Make `scope_creations`: who made which account, or was given which key; needs `scope_acted`."""
    means = [one for one in load_means() if one.kind == "account" and one.lasts]
    given = _table().given
    values: dict[str, object] = {
        "accounts": sorted({action for one in means for action in one.made}),
        "names": [f'$."{name}"' for name in dict.fromkeys(name for one in means for name in one.name)],
        "givings": sorted({action for one in given for action in one.actions}),
        "keys": [f'$."{name}"' for one in given for name in one.key],
    }
    store.register(_CREATIONS, store.query(_CREATIONS_SQL, values))


def find_creations(store: EventStore, makers: Iterable[Maker]) -> Iterator[Lead]:
    """Yield leads from units that made something to the activities (session "*") and sessions that used it.

    An account with records more than an hour before is not new: enabling it again gives the intruder what follows in
    other ways. At most 2000, by origin and target.
    """
    rows = [dict(zip(_MAKER_COLUMNS, (*key, session, day), strict=True)) for key, session, day in sorted(set(makers))]
    schema = pa.schema([(name, pa.string()) for name in _MAKER_COLUMNS])
    store.register(_MAKERS, pa.Table.from_pylist(rows, schema=schema))
    sql = f"""WITH earlier AS (
      SELECT realm, account, min(ts) AS first FROM {ACTED}
      WHERE account IN (SELECT made_account FROM {_CREATIONS}) AND NOT failed GROUP BY realm, account
    ) {_USES}"""  # noqa: S608 - our own constants
    for row in store.rows(sql):
        yield msgspec.convert({"kind": "link-created", "share": 1.0, **row}, Lead)


_MAKER_COLUMNS = ("maker_realm", "maker_account", "maker_address", "maker_host", "maker_session", "maker_day")
