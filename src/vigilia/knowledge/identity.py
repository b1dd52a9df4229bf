"""By what a record is known to be the same one in another export: the table `identity.toml`."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Identity", "identity_of"]


class Identity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What makes a record of one source the same record; its time, to the second, always belongs to it.

    Attributes:
        fields: the source's own fields, all of which must be there.
        columns: columns of the normalised event.
        several: one record may have become several events of one file, told apart by their order.
    """

    source: str
    fields: list[str]
    columns: list[str] = []
    several: bool = False
    source_url: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    identity: list[Identity]


def identity_of(source: str) -> Identity | None:
    """Return what identifies a record of a log source, or None where only all of it does.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return _by_source().get(source)


@lru_cache(maxsize=1)
def _by_source() -> dict[str, Identity]:
    table = read_table("vigilia.knowledge", "identity.toml", _Table)
    return {one.source: one for one in table.identity}
