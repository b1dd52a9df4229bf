"""Finds addresses that lie in listed networks, and IPv6 addresses however a record writes them."""

from __future__ import annotations

import functools
import ipaddress
from collections import defaultdict
from collections.abc import Iterator, Sequence

import pyarrow as pa

from vigilia.model.indicators import IndicatorKind

__all__ = ["AddressSearch"]

_Prefix = tuple[int, int, int]  # version, length, network address as a number


class AddressSearch:
    """Looks addresses up by the prefixes of listed networks; the cost does not grow with the list.

    Args:
        values: (kind, canonical value), distinct; those of other kinds are passed over.
    """

    def __init__(self, values: Sequence[tuple[IndicatorKind, str]]) -> None:
        self._owners: dict[_Prefix, list[int]] = defaultdict(list)
        for number, (kind, value) in enumerate(values):
            if kind == "network" or (kind == "address" and ":" in value):
                network = ipaddress.ip_network(value)
                key = (network.version, network.prefixlen, int(network.network_address))
                self._owners[key].append(number)
        self._lengths = sorted({(version, length) for version, length, _ in self._owners})
        self._owners_of = functools.lru_cache(maxsize=65536)(self._look_up)

    def find(self, addresses: pa.StringArray) -> Iterator[tuple[int, int]]:
        """Yield (row, number of the value) for each address in a listed network."""
        if not self._lengths:
            return
        coded = addresses.dictionary_encode()
        owners = [self._owners_of(address) for address in coded.dictionary.to_pylist()]
        if not any(owners):
            return
        for row, code in enumerate(coded.indices.to_pylist()):
            if code is not None:
                for number in owners[code]:
                    yield row, number

    def _look_up(self, text: str) -> tuple[int, ...]:
        try:
            address = ipaddress.ip_address(text.partition("%")[0])
        except ValueError:
            return ()
        bits, number = address.max_prefixlen, int(address)
        return tuple(
            owner
            for version, length in self._lengths
            if version == address.version
            for owner in self._owners.get((version, length, number >> (bits - length) << (bits - length)), ())
        )
