"""Which countries use which offset from UTC: the table `offsets.toml`."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["Offsets", "countries_sharing", "load_offsets", "offsets_of"]


class Offsets(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `offsets.toml`: minutes east of UTC, as text → countries."""

    version: str
    date: str
    source: str
    offsets: dict[str, list[str]]


@functools.lru_cache(maxsize=1)
def load_offsets() -> Offsets:
    """Return the table of time zones that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution.tables", "offsets.toml", Offsets)


def countries_sharing(minutes: tuple[int, ...]) -> list[str]:
    """Return the ISO 3166-1 codes of every country and territory that uses one of these offsets, sorted."""
    table = load_offsets().offsets
    return sorted({code for offset in minutes for code in table.get(str(offset), [])})


def offsets_of(country: str) -> list[int]:
    """Return the offsets in minutes that a country uses, sorted."""
    return sorted(int(minutes) for minutes, codes in load_offsets().offsets.items() if country in codes)
