"""Titles and particles: words within or beside names that tell nothing of who it is."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.terms.folding import fold

__all__ = ["particles", "titles"]


class _Titles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    titles: dict[str, list[str]]
    particles: list[str]


@functools.lru_cache(maxsize=1)
def titles() -> frozenset[str]:
    """Return words of address in many languages, folded."""
    return frozenset(word for words in _table().titles.values() for title in words for word in [fold(title)])


@functools.lru_cache(maxsize=1)
def particles() -> frozenset[str]:
    """Return particles of names that some leave out ("al", "van"), folded."""
    return frozenset(_table().particles)


@functools.lru_cache(maxsize=1)
def _table() -> _Titles:
    return read_table("vigilia.knowledge", "titles.toml", _Titles)
