"""Which records hold a search, in which field, and how it is to be read: the table `search_records.toml`."""

from __future__ import annotations

import functools
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Grammar", "OpenedFiles", "SearchKind", "SearchRecord", "SearchRecords", "load_search_records"]

Grammar = Literal[
    "keywords", "expression", "values", "statement", "document", "parameters", "directory", "cmdlet", "command", "form"
]
SearchKind = Literal["query", "rule", "statement", "command"]


class SearchRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of record that holds a search; the file explains the columns."""

    id: str
    title: str
    sources: list[str]
    kind: SearchKind
    grammar: Grammar
    source_url: str
    date: str
    actions: list[str] = []
    codes: list[str] = []
    providers: list[str] = []
    fields: list[str] = []
    named_by: str = ""
    names: list[str] = []
    prefix: str = ""
    column: Literal["", "vigilia.search", "script.text"] = ""
    extract: str = ""
    only: str = ""


class OpenedFiles(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Records that say that somebody opened the file whose name is in `file.path`."""

    title: str
    sources: list[str]
    actions: list[str]


class SearchRecords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of search_records.toml."""

    date: str
    windows_sources: list[str]
    mixed_sources: list[str]
    unquoted_sources: list[str]
    record: list[SearchRecord]
    opened: list[OpenedFiles]


@functools.lru_cache(maxsize=1)
def load_search_records() -> SearchRecords:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "search_records.toml", SearchRecords)
