"""Things that two logs record, each for itself: the table `twin_records.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["TwinRecords", "TwinSide", "load_twin_records"]


class TwinSide(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The records of one of the two logs.

    Attributes:
        source: log source id; one that ends in a dot stands for a family ("firewall.").
        actions, codes, providers, ports: all that are given must fit. words: any of them stands in the record.
        key: the columns by whose values both sides name the same thing.
    """

    source: str
    actions: list[str] = []
    codes: list[str] = []
    providers: list[str] = []
    ports: list[int] = []
    words: list[str] = []
    key: list[Literal["user.name", "source.ip", "session.id"]]


class TwinRecords(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A thing that both logs record; what the left one has and the right one lacks is missing on the right."""

    id: str
    label: str
    within_seconds: Annotated[int, msgspec.Meta(ge=1, le=3600)]
    left: TwinSide
    right: TwinSide
    source_url: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    twin: list[TwinRecords]


@lru_cache(maxsize=1)
def load_twin_records() -> tuple[TwinRecords, ...]:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return tuple(read_table("vigilia.knowledge", "twin_records.toml", _Table).twin)
