"""Texts of our own tables as SQL literals; values from evidence are always bound as parameters instead."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["in_list", "quoted"]


def quoted(text: str) -> str:
    """Return a text as an SQL literal."""
    return "'" + text.replace("'", "''") + "'"


def in_list(texts: Iterable[str]) -> str:
    """Return texts for `IN (…)`, sorted; NULL, which nothing equals, where there are none."""
    return ", ".join(map(quoted, sorted(set(texts)))) or "NULL"
