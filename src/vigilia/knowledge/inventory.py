"""Which tables of facts this installation holds: their versions, dates and hashes."""

from __future__ import annotations

import functools
import hashlib
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from vigilia.model.result import Dated

__all__ = ["knowledge_sha256", "knowledge_tables"]

# The fictional incident is no fact and decides nothing.
_NOT_KNOWLEDGE = "demo"
_TABLE_SUFFIXES = (".toml", ".json", ".tsv", ".csv")


def knowledge_tables() -> list[Dated]:
    """Return every table that ships with the package (mappings, weights, gazetteers …), sorted by name.

    A table states `version` and `date` at its top level; where it doesn't, both are empty and the hash speaks.
    """
    return list(_shipped())


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
    top = tomllib.loads(content.decode()) if name.endswith(".toml") else {}
    return Dated(
        name=name,
        version=str(top.get("version", "")),
        date=str(top.get("date", "")),
        sha256=hashlib.sha256(content).hexdigest(),
    )
