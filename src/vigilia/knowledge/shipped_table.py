"""Tables that ship with the package: found, read and checked in one place."""

from __future__ import annotations

import importlib.resources
from typing import TypeVar

import msgspec

from vigilia.model.errors import KnowledgeError
from vigilia.model.toml_text import decode_toml

__all__ = ["decode_table", "read_table", "read_text", "read_texts"]

_Table = TypeVar("_Table")


def read_text(package: str, name: str) -> str:
    """Return a file beside the modules of a package ("vigilia.knowledge", "places.tsv"), which is UTF-8."""
    return importlib.resources.files(package).joinpath(name).read_text(encoding="utf-8")


def read_texts(package: str, folder: str, suffix: str) -> dict[str, str]:
    """Return the files of a folder beside the modules of a package: name → text, in name order."""
    entries = importlib.resources.files(package).joinpath(folder).iterdir()
    wanted = sorted((entry for entry in entries if entry.name.endswith(suffix)), key=lambda entry: entry.name)
    return {entry.name: entry.read_text(encoding="utf-8") for entry in wanted}


def read_table(package: str, name: str, kind: type[_Table]) -> _Table:
    """Return a TOML file beside the modules of a package as the type that says what it may hold.

    Raises:
        KnowledgeError: it is no TOML, or not of this type; names the key that is wrong.
    """
    return decode_table(read_text(package, name), name, kind)


def decode_table(text: str, name: str, kind: type[_Table]) -> _Table:
    """Return TOML text as the type that says what it may hold; `name` is shown where it is wrong.

    Raises:
        KnowledgeError: it is no TOML, or not of this type; names the key that is wrong.
    """
    try:
        return decode_toml(text, kind)
    except msgspec.DecodeError as error:
        raise KnowledgeError(str(error), where=name, hint="Install the package again.") from error
