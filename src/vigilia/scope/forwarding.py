"""Mail that goes on to another organisation by itself: rules and settings that somebody made, whoever it was."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Sequence

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.profile import Profile
from vigilia.model.wording import day_in_words
from vigilia.scope.acted import ACTED
from vigilia.scope.activity import Key
from vigilia.store.event_store import EventStore

__all__ = ["Forwarding", "find_forwarding"]

FORWARDING_AT_MOST = 1000
# A domain has 253 characters at most (RFC 1035, section 2.3.4), a local part 64 (RFC 5321, section 4.5.3.1).
_ADDRESS = re.compile(r"[^\s\"'<>;,:()\[\]@]{1,64}@([\w-][\w.-]{0,252})")


class _Making(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    actions: list[str]
    receivers: list[str]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    making: list[_Making]


class Forwarding(msgspec.Struct, frozen=True):
    """One record that makes mail go to an address outside; `made` is its time or empty."""

    event_id: str
    key: Key
    receiver: str
    made: str

    @property
    def statement(self) -> str:
        """Return what the record says, and what to ask."""
        when = f" on {day_in_words(self.made)}" if self.made else ""
        by = f" with the account {self.key[1]}" if self.key[1] else ""
        start = f" from {self.key[2]}" if self.key[2] else ""
        return (
            f"Mail was set to be sent on, by itself, to {self.receiver}, which is outside the organisation:"
            f" made{when}{by}{start}. Ask the owner whether this is theirs; if it is not, somebody was in."
        )


class _Row(msgspec.Struct, frozen=True):
    id: str
    key: Key
    made: str
    fields: list[str | None]


@functools.cache
def _table() -> _Table:
    return read_table("vigilia.scope", "forwarding.toml", _Table)


def find_forwarding(store: EventStore, profile: Profile) -> list[Forwarding]:
    """Return what sends mail outside, in time order, at most 1000 records looked at; needs `scope_acted`.

    Outside is what is not one of the profile's domains or, where it names none, not the account's own domain.
    """
    return [one for making in _table().making for one in _made(store, making, profile.organisation.domains)]


def _made(store: EventStore, making: _Making, domains: Sequence[str]) -> Iterable[Forwarding]:
    rows = store.rows(
        f"""SELECT id, [realm, account, address, host] AS key,
          coalesce(strftime(ts, '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS made,
          json_extract_string("vigilia.fields", $receivers) AS fields
        FROM {ACTED} JOIN events ON id = "event.id" WHERE list_contains($actions, action) AND NOT failed
        ORDER BY ts NULLS LAST, id LIMIT {FORWARDING_AT_MOST}""",  # noqa: S608 - our own constants
        {"actions": making.actions, "receivers": [f'$."{name}"' for name in making.receivers]},
    )
    for row in msgspec.convert(rows, list[_Row]):
        own = domains or [row.key[1].partition("@")[2]]
        receiver = _first_outside([text for text in row.fields if text], [one.lower() for one in own if one])
        if receiver:
            yield Forwarding(row.id, row.key, receiver, row.made)


def _first_outside(texts: Iterable[str], own: Sequence[str]) -> str:
    """Return the first address outside; without a domain of one's own nothing is known to be outside."""
    for text in texts if own else ():
        for found in _ADDRESS.finditer(text[:10_000]):
            domain = found[1].lower().rstrip(".")
            if not any(domain == one or domain.endswith(f".{one}") for one in own):
                return found[0]
    return ""
