"""The matcher of what everybody may know: places, peoples and kinds of things.

Making its hundred thousand terms of the shipped tables takes seconds, so what is made is kept in the user's cache. Kept
terms are found by a hash over the tables, over the code that made them, and over what that code builds upon.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterator
from typing import Final

import msgspec

from vigilia.store.user_cache import UserCache, cache_key, package_files, user_cache
from vigilia.targeting.terms.term_matcher import TermMatcher
from vigilia.targeting.terms.term_table import TermTable, table_of
from vigilia.targeting.terms.world_terms import world_terms

__all__ = ["load_world", "world_matcher"]

_MOST_KEPT: Final = 2
_MADE_BY: Final = ("vigilia.knowledge", "vigilia.targeting.terms")


@functools.lru_cache(maxsize=1)
def world_matcher() -> TermMatcher:
    """Return the matcher of the terms that ship with the package.

    The targets of its mentions are keys of senses (`world_terms.sense_of`), or INNOCENT.
    """
    return load_world(user_cache("terms", _MOST_KEPT))


def load_world(cache: UserCache) -> TermMatcher:
    """Return the matcher that an earlier run kept, if it is there; else make it and keep it."""
    key = cache_key(_parts())
    body = cache.load(key)
    kept = None if body is None else _decoded(body)
    if kept is not None:
        return TermMatcher(kept)
    made = table_of(world_terms())
    cache.keep(key, msgspec.msgpack.encode(made, order="deterministic"))
    return TermMatcher(made)


def _decoded(body: bytes) -> TermTable | None:
    try:
        return msgspec.msgpack.decode(body, type=TermTable)
    except msgspec.DecodeError:
        return None  # sound, but no terms: made anew


def _parts() -> Iterator[bytes]:
    yield unicodedata.unidata_version.encode()
    for package in _MADE_BY:
        yield from package_files(package)
