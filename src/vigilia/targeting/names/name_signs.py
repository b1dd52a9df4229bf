"""Signs of a name: whether an unknown phrase is written as names of people are. A guess, and told as one."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.targeting.terms.scripts import script_of

__all__ = ["may_be_name"]

_SHORTEST_WITH_ENDING = 6


class _Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    han_family_names: str
    han_double_family_names: list[str]
    korean_family_names: str
    endings: list[str]


def may_be_name(typed: str) -> bool:
    """Tell whether a phrase, as it was typed, looks like the name of a person.

    Two or three capitalised words, or words joined by a full stop as in mail addresses; a Han or Hangul text of a
    name's length that begins with a family name; a word with an ending of family names or patronymics.
    """
    script = script_of(typed)
    if script == "CJK":
        return _is_han_name(typed)
    if script == "HANGUL":
        return len(typed) == 3 and typed[0] in _signs().korean_family_names
    words = typed.split()
    if len(words) >= 2 and all(word[0].isupper() and word[1:].islower() for word in words):
        return True
    if "." in typed and len(words) == 1:
        return True
    return any(len(word) >= _SHORTEST_WITH_ENDING and word.casefold().endswith(_endings()) for word in words)


def _is_han_name(typed: str) -> bool:
    if typed[:2] in _signs().han_double_family_names:
        return 3 <= len(typed) <= 4
    return 2 <= len(typed) <= 3 and typed[0] in _signs().han_family_names


@functools.lru_cache(maxsize=1)
def _endings() -> tuple[str, ...]:
    return tuple(_signs().endings)


@functools.lru_cache(maxsize=1)
def _signs() -> _Signs:
    return read_table("vigilia.knowledge", "name_signs.toml", _Signs)
