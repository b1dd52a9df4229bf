"""Records that say that recording was stopped, started again or lost something: the table `logging_changes.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["LoggingChange", "load_logging_changes"]


class LoggingChange(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of record.

    Attributes:
        id: what was stopped; "off" and "on" of the same id belong together.
        source: the log that it concerns. told_in: the log in which it stands; empty: the same.
        actions, codes, providers: all that are given must fit, whatever their case.
        words: any of them stands in the record.
        least_minutes: shorter stops are everyday.
    """

    id: str
    source: str
    told_in: str = ""
    effect: Literal["off", "on", "lost"]
    actions: list[str] = []
    codes: list[str] = []
    providers: list[str] = []
    words: list[str] = []
    least_minutes: int = 0
    label: str
    source_url: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    change: list[LoggingChange]


@lru_cache(maxsize=1)
def load_logging_changes() -> tuple[LoggingChange, ...]:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return tuple(read_table("vigilia.knowledge", "logging_changes.toml", _Table).change)
