"""How words change in sentences (cases, plurals, suffixes), by language: the table `inflections.toml`."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Ending", "Inflection", "Inflections", "load_inflections"]


class Ending(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the last letters of a word become.

    Attributes:
        ending: the word must end so; this is taken away.
        last_vowel: the last vowel before the ending must be one of these; empty: any word fits.
        forms: what takes the ending's place; where words agree, in the order of the cases.
    """

    ending: str = ""
    last_vowel: str = ""
    forms: list[str]


class Inflection(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the words of one language change.

    Attributes:
        agree: each word of a phrase changes, all into the same case; otherwise the last word alone does.
        rules: of these, the first that fits a word holds.
        shortest: words of fewer letters stay, because they would change into other words.
        in_front: articles and prepositions that are written onto the first word.
        in_front_up_to: only onto first words of up to so many letters (the matcher knows them before longer ones).
    """

    agree: bool = False
    rules: list[Ending] = []
    shortest: int = 4
    in_front: list[str] = []
    in_front_up_to: int = 99


class Inflections(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table: `vowels` are the letters that `last_vowel` looks for, `language` is by BCP 47 tag."""

    date: str
    vowels: str
    language: dict[str, Inflection]


@functools.lru_cache(maxsize=1)
def load_inflections() -> Inflections:
    """Return the table.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "inflections.toml", Inflections)
