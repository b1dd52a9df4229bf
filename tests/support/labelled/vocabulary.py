"""What searchers look for and how they say it: the tables of a labelled set, read and checked."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from vigilia.model.profile import WatchedPerson, WatchList

__all__ = ["FIRST", "HELD_OUT", "Language", "Person", "Vocabulary", "load_vocabulary"]

_TABLES = Path(__file__).parents[2] / "targeting" / "labelled"
# Two sittings: the second was kept from whoever worked on the matching until they had finished.
FIRST = _TABLES
HELD_OUT = _TABLES / "held_out"

_Table = TypeVar("_Table", bound=msgspec.Struct)


class Language(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One language of searchers.

    Attributes:
        language: BCP 47 tag.
        script: "latin", "cyrillic", "arabic", "han" …: says which disguises make sense.
        charsets: legacy encodings in which browsers of that language sent queries, as Python names them.
        phrases: with {a}, {b} for what is looked for and {kind} for a kind of thing.
        topics, kinds: id → ways to write it. "kind:a|kind:b": either is right.
        everyday: searches of staff → ids that they name all the same; "?" before an id: may be named.
    """

    language: str
    name: str
    script: str
    charsets: list[str]
    phrases: list[str]
    topics: dict[str, list[str]]
    kinds: dict[str, list[str]]
    everyday: dict[str, list[str]]


class Person(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fictional watched person, and for each language (or "latin") how the name was written → spellings."""

    id: str
    name: str
    written: dict[str, dict[str, list[str]]]
    aliases: list[str] = []


class _Persons(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    person: list[Person]


class _Related(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    may: dict[str, list[str]]
    wording: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """One sitting.

    Attributes:
        related: id → ids that may be named beside it without being wrong.
        named_by_wording: part of a wording → ids that it may be found to name by itself.
        wordings: kind of system → what was done to hide the words → wordings.
    """

    languages: list[Language]
    persons: list[Person]
    related: dict[str, list[str]]
    named_by_wording: dict[str, list[str]]
    wordings: dict[str, dict[str, list[str]]]

    def watch_list(self) -> WatchList:
        """Return the watch list that names these people."""
        return WatchList(person=[WatchedPerson(id=one.id, name=one.name, aliases=one.aliases) for one in self.persons])

    def topic_ids(self) -> set[str]:
        """Return every id of a topic or kind that some text of this sitting is labelled with."""
        names = {name for one in self.languages for table in (one.topics, one.kinds) for name in table}
        return {name for either in names for name in either.split("|")}


def load_vocabulary(folder: Path = FIRST) -> Vocabulary:
    """Read the tables of a sitting.

    Raises:
        msgspec.ValidationError: a table is not as described here.
    """
    related = _read(folder / "related.toml", _Related)
    return Vocabulary(
        languages=[_read(path, Language) for path in sorted((folder / "languages").glob("*.toml"))],
        persons=_read(folder / "persons.toml", _Persons).person,
        related=related.may,
        named_by_wording=related.wording,
        wordings=msgspec.convert(_toml(folder / "wordings.toml"), dict[str, dict[str, list[str]]]),
    )


def _read(path: Path, kind: type[_Table]) -> _Table:
    return msgspec.convert(_toml(path), kind)


def _toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
