"""Records that say that a machine was switched off or on: the table `power_records.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["PowerRecord", "load_power_records"]


class PowerRecord(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of record.

    Attributes:
        when: it was switched off (or sent to sleep) after it, or on before it.
        providers, codes: all that are given must fit; none: any.
        words: any of them stands in the record; none: no matter what it says.
    """

    source: str
    when: Literal["off", "on"]
    providers: list[str]
    codes: list[str]
    words: list[str]
    label: str
    source_url: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    power: list[PowerRecord]


@lru_cache(maxsize=1)
def load_power_records() -> tuple[PowerRecord, ...]:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return tuple(read_table("vigilia.knowledge", "power_records.toml", _Table).power)
