"""Records that a place was made, before which nothing could be reached in it: the table `places_made.toml`."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["PlaceMade", "load_places_made"]


class PlaceMade(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of record.

    Attributes:
        kind: prefix of the places' locators. source: log source id. actions: any of them.
        entity: the part of the source (workload, machine) that must have been recorded without a hole before.
        fields: of the source, the first that says something names the place; none: the objects of the record do.
        channels: ways that lead into the place itself.
        label: what happened, in words.
    """

    kind: str
    source: str
    entity: str = ""
    actions: list[str]
    fields: list[str] = []
    channels: list[str]
    label: str
    reason: str
    source_url: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    made: list[PlaceMade]


@lru_cache(maxsize=1)
def load_places_made() -> tuple[PlaceMade, ...]:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return tuple(read_table("vigilia.knowledge", "places_made.toml", _Table).made)
