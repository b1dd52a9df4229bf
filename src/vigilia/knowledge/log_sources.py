"""What people call each log source, and whose accounts it speaks of: the table `log_sources.toml`."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["LogSourceEntry", "load_log_sources", "source_label"]

_OWN: str = "own."


class LogSourceEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One log source.

    Attributes:
        label: plural, for sentences: "Windows event logs".
        realm: sources of one realm name accounts and machines in one way; empty for a realm of its own.
        relays: the machine that it names passes on or logs what others do, without being of the realm "network".
    """

    id: str
    label: str
    realm: str = ""
    relays: bool = False

    @property
    def is_relay(self) -> bool:
        """Tell whether its records name the firewall, VPN server or sensor, and not where something was done."""
        return self.relays or self.realm == "network"


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    source: list[LogSourceEntry]


@functools.cache
def load_log_sources() -> dict[str, LogSourceEntry]:
    """Return the entries by id, in the order of the table.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return {one.id: one for one in read_table("vigilia.knowledge", "log_sources.toml", _Table).source}


def source_label(source: str) -> str:
    """Return what people call a log source; a mapped one by the name that it was given."""
    known = load_log_sources().get(source)
    return known.label if known else source.removeprefix(_OWN)
