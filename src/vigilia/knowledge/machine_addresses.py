"""Records that name a machine together with its own address: the table `machine_addresses.toml`."""

from __future__ import annotations

from functools import lru_cache

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["AddressSighting", "load_address_sightings"]


class AddressSighting(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of record.

    Attributes:
        source: log source id. actions: any of them.
        field, values: a field of the source that must hold one of these (lower case); empty: nothing is asked.
        name_field, address_field: fields of the source with the machine and its address; empty: host.name, source.ip.
    """

    source: str
    actions: list[str]
    field: str = ""
    values: list[str] = []
    name_field: str = ""
    address_field: str = ""
    reason: str
    source_url: str


class _Table(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    version: str
    date: str
    sighting: list[AddressSighting]


@lru_cache(maxsize=1)
def load_address_sightings() -> tuple[AddressSighting, ...]:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return tuple(read_table("vigilia.knowledge", "machine_addresses.toml", _Table).sighting)
