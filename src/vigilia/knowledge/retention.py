"""How long logs are kept by default, and where exports stop: the table `retention.toml`."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["ExportCap", "Retention", "RetentionTable", "load_retention"]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A default retention time.

    Attributes:
        days: 0 where the log is kept by size, not by time.
        since, until: the days of records to which it applies; none: always.
        how: how to export it today; empty where another row says so.
    """

    id: str
    source: str
    label: str
    days: int
    readable: bool
    since: dt.date | None = None
    until: dt.date | None = None
    how: str
    note: str
    source_url: str
    source_date: str


class ExportCap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of rows at which an export stops without saying so."""

    source: str
    rows: int
    what: str
    source_url: str
    source_date: str


class RetentionTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    retention: list[Retention]
    export_cap: list[ExportCap]


@lru_cache(maxsize=1)
def load_retention() -> RetentionTable:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "retention.toml", RetentionTable)
