"""Family names: which parts of a listed name may be the family name, and the shorter names that hold one of them.

What part it is cannot be known in general. The rule: it is what stands before a comma; a known surname that stands
first (Chinese, Korean, Vietnamese); else the last part, or the last two of three or more ("given given surname
surname"), unless the last but one is a common given name or short. Given names alone name nobody.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.names.han_readings import is_surname
from vigilia.targeting.names.titles import particles
from vigilia.targeting.terms.folding import fold

__all__ = ["FamilyParts", "family_parts", "shorter_names"]

FamilyParts = tuple[int, ...]
_OUTER_NAMES_FROM = 4
_OTHER_NAMES_FROM = 6


class _GivenNames(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    sources: list[str]
    names: list[str]


def family_parts(words: Sequence[str], before_comma: int = 0) -> list[FamilyParts]:
    """Return, each as the places of its words, what may be the family name.

    Args:
        words: of the listed name, at least one.
        before_comma: how many of them stand before a comma.
    """
    if before_comma:
        parts = [place for place in _telling(words) if place < before_comma]
        return [tuple(parts or [before_comma - 1])]
    last = len(words) - 1
    first_is, last_is = is_surname(fold(words[0])), is_surname(fold(words[-1]))
    if first_is:
        return [(0,)] if not last_is or not last else [(0,), (last,)]
    telling = _telling(words)
    if len(telling) < 3 or not _may_be_first_surname(fold(words[telling[-2]])):
        return [(last,)]
    return [(last,), (telling[-2], telling[-1])]


def shorter_names(words: Sequence[str], families: Sequence[FamilyParts]) -> Iterator[tuple[str, ...]]:
    """Yield two or three of the words, in their order: one family name at least among them, and no short words."""
    telling = _telling(words)
    holding = {place for family in families for place in family}
    sizes = range(2, min(len(telling), 4))
    for places in itertools.chain.from_iterable(itertools.combinations(telling, size) for size in sizes):
        outer = {telling[0], telling[-1]} | holding
        long_enough = all(
            len(words[place]) >= (_OUTER_NAMES_FROM if place in outer else _OTHER_NAMES_FROM) for place in places
        )
        if long_enough and not holding.isdisjoint(places):
            yield tuple(words[place] for place in places)


def _telling(words: Sequence[str]) -> list[int]:
    return [place for place, word in enumerate(words) if fold(word) not in particles()]


def _may_be_first_surname(word: str) -> bool:
    return len(word) >= _OTHER_NAMES_FROM and word not in _given_names()


@functools.lru_cache(maxsize=1)
def _given_names() -> frozenset[str]:
    return frozenset(map(fold, read_table("vigilia.knowledge", "given_names.toml", _GivenNames).names))
