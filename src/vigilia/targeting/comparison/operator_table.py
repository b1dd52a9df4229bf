"""The table of hints at the operator: operator_hints.toml as types."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.result import OperatorHintKind

__all__ = ["InputMethod", "Layout", "OperatorKind", "OperatorTable", "Variants", "load_operator_table"]


class OperatorKind(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is said of a kind of hint, and its weakness."""

    kind: OperatorHintKind
    what: str
    weakness: str


class InputMethod(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Signs that East Asian input programs write."""

    ideographic_space: str
    punctuation: str


class Variants(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Characters of two forms, in pairs."""

    simplified: str
    traditional: str


class Layout(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A keyboard layout: keys of the US layout, what they give here, and everyday words written with it."""

    name: str
    keys: str
    letters: str
    words: list[str]


class OperatorTable(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The whole of operator_hints.toml; the file explains its tables."""

    date: str
    kind: list[OperatorKind]
    input_method: InputMethod
    variants: Variants
    romanisation: dict[str, list[str]]
    layout: list[Layout]


@functools.lru_cache(maxsize=1)
def load_operator_table() -> OperatorTable:
    """Read the table that ships with the package."""
    return read_table("vigilia.knowledge", "operator_hints.toml", OperatorTable)
