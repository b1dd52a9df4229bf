"""The gazetteer: places, peoples and movements that repression targets, and the words that stand for them.

One file for each part of the world, in `gazetteer/`. Each entry is a topic of its own. What an entry's words say about
a larger topic is written down and not concluded: `parent` alone says where something lies, and counts nothing, because
a search for Hong Kong is no search for China; with `names_parent`, the words name the parent as well, because a search
for a party or a law of a country is a search about that country.
"""

from __future__ import annotations

import functools
from typing import Annotated, Literal

import msgspec

from vigilia.knowledge.shipped_table import decode_table, read_texts

__all__ = ["Entry", "Terms", "load_gazetteer"]

Terms = dict[Annotated[str, msgspec.Meta(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})?$")], list[str]]
"""Words by language: a BCP 47 tag (RFC 5646), or one of a language's romanisation ("bo-Latn")."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One topic.

    Attributes:
        id: "place:" and the ISO 3166-1 code, or "topic:" and a name of ours.
        parent: the id of the topic within which this one lies or by which it is ruled; empty where none or several are.
        names_parent: the words of this entry name the parent too.
        terms: words that nearly always mean this topic.
        doubtful: words that mean something else as well (an everyday word, a firm, a place elsewhere); they count
            beside another topic only.
        given_names: words that are first names or surnames as well; they count beside another topic only, and not
            beside the everyday business of a staff office.
        as_written: words that are another word without their accents (Vietnamese "Lào"); they count only where the
            text has them letter for letter.
    """

    id: Annotated[str, msgspec.Meta(pattern=r"^(place:[A-Z]{2}|topic:[a-z][a-z0-9-]*)$")]
    label: str
    kind: Literal[
        "country", "region", "people", "movement", "party", "law", "event", "faith", "office", "right", "practice"
    ]
    parent: str = ""
    names_parent: bool = False
    terms: Terms
    doubtful: Terms = {}
    given_names: Terms = {}
    as_written: Terms = {}


class _Region(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    date: str
    entry: list[Entry]


@functools.lru_cache(maxsize=1)
def load_gazetteer() -> tuple[Entry, ...]:
    """Return the entries of all parts of the world, in the order of files and of entries in them.

    Raises:
        KnowledgeError: names the file and the key that is wrong.
    """
    files = read_texts("vigilia.knowledge", "gazetteer", ".toml")
    return tuple(entry for name, text in files.items() for entry in decode_table(text, name, _Region).entry)
