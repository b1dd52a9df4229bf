"""Names that are everyday words or people's names too, and phrases that mean no topic: the table `ambiguity.toml`."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.gazetteer import Terms
from vigilia.knowledge.shipped_table import read_table

__all__ = ["Ambiguity", "load_ambiguity"]


class Ambiguity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Words are compared folded, whatever their language.

    Attributes:
        everyday_words: names of countries that are words, firms or other places too.
        unusable: names of countries in some language that nearly always mean something else; they are not looked for.
        given_names: names of countries that are first names or surnames too.
        innocent_phrases: by language; the names within mean nothing ("china cabinet").
    """

    date: str
    everyday_words: list[str]
    unusable: list[str]
    given_names: list[str]
    innocent_phrases: Terms


@functools.lru_cache(maxsize=1)
def load_ambiguity() -> Ambiguity:
    """Return the table.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "ambiguity.toml", Ambiguity)
