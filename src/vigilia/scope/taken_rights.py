"""Accounts whose rights the intruder took from a session of another account: root by sudo, others by their password."""

from __future__ import annotations

import functools
from collections.abc import Iterator

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.probability import clamp
from vigilia.model.result import Reason, ScopedEntity
from vigilia.model.wording import listed
from vigilia.scope.weights import Weights
from vigilia.store.event_store import EventStore

__all__ = ["find_taken_accounts"]

_TAKEN_AT_MOST = 50
_CITED_AT_MOST = 100
_PLACES_NAMED = 3


class _Taking(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    actions: list[str]
    how: str


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    taking: list[_Taking]


class _Taken(msgspec.Struct, frozen=True):
    """An account, how many records say that its rights were taken, and from whom ("deploy on web1")."""

    account: str
    probability: float
    events: int
    first: str
    last: str
    places: list[str]
    event_ids: list[str]


@functools.cache
def _table() -> _Table:
    return read_table("vigilia.scope", "taken_rights.toml", _Table)


# The intruder's are records more likely theirs than not; the accounts of machines and of the logon screen are nobody's.
_TAKEN = """
SELECT lower("user.target.name") AS taken, max(probability) AS probability, count(*) AS events,
  coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first,
  coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last,
  list_sort(list(DISTINCT account || CASE WHEN machine <> '' THEN ' on ' || machine ELSE '' END)) AS places,
  list_slice(list(id ORDER BY ts NULLS LAST, id), 1, $most) AS event_ids
FROM scope_intruder JOIN events ON id = "event.id"
WHERE probability >= 0.5 AND list_contains($actions, action) AND coalesce("event.outcome", '') <> 'failure'
  AND account <> '' AND lower("user.target.name") NOT IN ('', '-', account) AND "user.target.name" NOT LIKE '%$'
  AND NOT regexp_matches("user.target.name", '^(?i:dwm|umfd)-[0-9]+$')
GROUP BY taken ORDER BY taken LIMIT $taken
"""


def find_taken_accounts(store: EventStore, weights: Weights) -> list[ScopedEntity]:
    """Return the accounts whose rights were taken, at most 50 for each way, by way and name.

    Needs `scope_intruder` in the store.
    """
    return [one for taking in _table().taking for one in _taken(store, taking, weights)]


def _taken(store: EventStore, taking: _Taking, weights: Weights) -> Iterator[ScopedEntity]:
    rows = store.rows(_TAKEN, {"actions": taking.actions, "most": _CITED_AT_MOST, "taken": _TAKEN_AT_MOST})
    for row in rows:
        one = msgspec.convert({**row, "account": row["taken"]}, _Taken)
        further = len(one.places) - _PLACES_NAMED
        whose = listed([*one.places[:_PLACES_NAMED], *([f"{further} more"] if further > 0 else [])])
        text = f"{taking.how} (by {whose})"
        yield ScopedEntity(
            value=one.account,
            probability=clamp(one.probability),
            first_seen=one.first,
            last_seen=one.last,
            events=one.events,
            reasons=[Reason(text=text, weight=weights.decibans("taken-rights"), event_ids=one.event_ids[:5])],
            event_ids=one.event_ids,
        )
