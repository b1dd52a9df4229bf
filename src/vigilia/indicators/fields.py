"""The table of names that lists of indicators use (`fields.toml`)."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.indicators import IndicatorKind

__all__ = ["FieldNames", "load_field_names"]


class FieldNames(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Names of kinds in STIX patterns, MISP attributes and CSV lists.

    Attributes:
        misp_types: type → the kind of each part of its value, which "|" parts; empty: of no use.
        csv_columns: what a column means → its names.
    """

    version: str
    date: str
    source: str
    stix_paths: dict[str, IndicatorKind | Literal["guess"]]
    misp_types: dict[str, list[IndicatorKind | Literal[""]]]
    csv_columns: dict[Literal["value", "kind", "name", "source", "grade", "first", "last"], list[str]]
    csv_kinds: dict[str, IndicatorKind]


@lru_cache(maxsize=1)
def load_field_names() -> FieldNames:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.indicators", "fields.toml", FieldNames)
