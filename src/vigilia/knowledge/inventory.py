"""Which tables of facts this installation holds: their versions, dates and hashes."""

from __future__ import annotations

import functools
import hashlib
import lzma
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

import msgspec

from vigilia.knowledge.actors.table import ActorTable, encode
from vigilia.model.result import Dated

__all__ = ["imported_actors", "knowledge_sha256", "knowledge_tables"]

# The fictional incident is no fact and decides nothing.
_NOT_KNOWLEDGE = "demo"
_PACKED = ".json.xz"
_FIRST_TABLE = re.compile(r"^\[", re.MULTILINE)
_TABLE_SUFFIXES = (".toml", ".json", _PACKED, ".tsv", ".csv")


class _Stated(msgspec.Struct, frozen=True):
    """What a JSON table says of itself."""

    version: str = ""
    date: str = ""


def knowledge_tables() -> list[Dated]:
    """Return every table that ships with the package (mappings, weights, gazetteers …), sorted by name.

    A table states `version` and `date` at its top level; where it doesn't, both are empty and the hash speaks.
    """
    return list(_shipped())


def imported_actors(table: ActorTable) -> Dated:
    """Return how a table of actors that a user imported is named beside the shipped ones."""
    return Dated(
        name="imported/actors.json.xz",
        version=table.version,
        date=table.date,
        sha256=hashlib.sha256(encode(table)).hexdigest(),
    )


@functools.lru_cache(maxsize=1)
def _shipped() -> tuple[Dated, ...]:
    return tuple(_dated(name, table.read_bytes()) for name, table in sorted(_tables("", files("vigilia"))))


def knowledge_sha256(tables: list[Dated]) -> str:
    """Return one hash over all tables."""
    digest = hashlib.sha256()
    for table in tables:
        digest.update(f"{table.name}\0{table.sha256}\n".encode())
    return digest.hexdigest()


def _tables(prefix: str, folder: Traversable) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        name = f"{prefix}{entry.name}"
        if name == _NOT_KNOWLEDGE:
            continue
        if entry.is_dir():
            yield from _tables(f"{name}/", entry)
        elif entry.name.endswith(_TABLE_SUFFIXES):
            yield name, entry


def _dated(name: str, content: bytes) -> Dated:
    stated = _stated(name, content)
    return Dated(name=name, version=stated.version, date=stated.date, sha256=hashlib.sha256(content).hexdigest())


def _stated(name: str, content: bytes) -> _Stated:
    if name.endswith(".toml"):
        top = _top_level(content.decode())
        return _Stated(str(top.get("version", "")), str(top.get("date", "")))
    if name.endswith(_PACKED):
        return msgspec.json.decode(lzma.decompress(content), type=_Stated)
    return _Stated()


def _top_level(text: str) -> dict[str, object]:
    """Return the keys that stand before the first table; parsing hundreds of whole files takes a second."""
    first = _FIRST_TABLE.search(text)
    try:
        return tomllib.loads(text[: first.start()] if first else text)
    except tomllib.TOMLDecodeError:  # the bracket stood within a text or an array
        return tomllib.loads(text)
