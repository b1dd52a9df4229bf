"""How long logs are kept by default, and where exports stop: the table `retention.toml`."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["ExportCap", "Lag", "Retention", "RetentionTable", "load_retention"]


class Retention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A default retention time.

    Attributes:
        days: 0 where the log is kept by size, not by time.
        asked: whether everybody is asked for it; else only who hands in some of it.
        since, until: the days of records to which it applies; none: always.
        how: how to export it today; empty where another row says so.
    """

    id: str
    source: str
    label: str
    days: int
    readable: bool
    asked: bool = True
    since: dt.date | None = None
    until: dt.date | None = None
    how: str
    note: str
    source_url: str
    source_date: str


class ExportCap(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A number of rows at which an export stops without saying so.

    Attributes:
        source: log source id, "*" for any.
        loses: which rows are left out.
        per_call: it is the size of one page; the next page may lie beside it.
    """

    source: str
    rows: int
    loses: Literal["older", "newer"] = "older"
    per_call: bool = False
    what: str
    source_url: str
    source_date: str


class Lag(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log that shows its records so many hours late."""

    source: str
    hours: int
    what: str
    source_url: str
    source_date: str


class RetentionTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    retention: list[Retention]
    export_cap: list[ExportCap]
    lag: list[Lag]


@lru_cache(maxsize=1)
def load_retention() -> RetentionTable:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "retention.toml", RetentionTable)
