"""The table of what statements, query documents and directory filters look for (`knowledge/search_statements.toml`)."""

from __future__ import annotations

import functools
import re

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["StatementTable", "holds_names", "load_statement_table"]

_NAME_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class StatementTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of search_statements.toml; the file explains the lists."""

    date: str
    comparisons: frozenset[str]
    equalities: frozenset[str]
    first_text: frozenset[str]
    last_text: frozenset[str]
    concatenations: frozenset[str]
    character_functions: frozenset[str]
    hex_functions: frozenset[str]
    base64_functions: frozenset[str]
    inner_statements: frozenset[str]
    openings: frozenset[str]
    conditions: frozenset[str]
    assignments: frozenset[str]
    name_columns: frozenset[str]
    other_columns: frozenset[str]
    document_leaves: frozenset[str]
    document_equalities: frozenset[str]
    document_values: frozenset[str]
    document_ignored: frozenset[str]
    directory_structure: frozenset[str]


@functools.lru_cache(maxsize=1)
def load_statement_table() -> StatementTable:
    """Read the table that ships with the package."""
    return read_table("vigilia.knowledge", "search_statements.toml", StatementTable)


@functools.lru_cache(maxsize=4096)
def holds_names(column: str) -> bool:
    """Tell whether a column ("crm.donors.last_name", "lastName") holds names or words, going by its own name."""
    table = load_statement_table()
    own = column[-200:].rpartition(".")[2]
    words = {word.lower() for word in _NAME_WORD.findall(own)} | {own.lower()}
    return bool(words & table.name_columns) and not words & table.other_columns
