"""Which machine stood behind an address inside, day by day, as the machines' own logs and DHCP say."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

import pyarrow as pa

from vigilia.knowledge.machine_addresses import load_address_sightings
from vigilia.store.event_store import EventStore

__all__ = ["MachineAddresses", "machine_addresses"]

_SIGHTINGS = """
WITH said AS (
    SELECT "@timestamp" AS moment, kind.wanted,
        CASE kind.field WHEN '' THEN '' ELSE lower(json_extract_string("vigilia.fields", kind.field)) END AS condition,
        CASE kind.name WHEN '' THEN "host.name" ELSE json_extract_string("vigilia.fields", kind.name) END AS name,
        CASE kind.address WHEN '' THEN "source.ip"
            ELSE json_extract_string("vigilia.fields", kind.address) END AS address
    FROM events JOIN impact_sightings AS kind
        ON "vigilia.source" = kind.source AND coalesce("event.action", "event.code") = kind.action
    WHERE "@timestamp" IS NOT NULL
)
SELECT DISTINCT lower(split_part(name, '.', 1)) AS machine, address, CAST(moment AT TIME ZONE 'UTC' AS DATE) AS day
FROM said WHERE name NOT IN ('', '-') AND address <> '' AND (len(wanted) = 0 OR list_contains(wanted, condition))
ORDER BY machine, address, day
"""
_KINDS = pa.schema(
    [
        *(pa.field(name, pa.string()) for name in ("source", "action", "field", "name", "address")),
        pa.field("wanted", pa.list_(pa.string())),
    ]
)


@dataclass(frozen=True, slots=True)
class MachineAddresses:
    """Machines (first labels, lower case) by address, and by address and day (UTC)."""

    _by_day: dict[tuple[str, dt.date], set[str]] = field(default_factory=dict)
    _ever: dict[str, set[str]] = field(default_factory=dict)

    def add(self, address: str, machine: str, day: dt.date) -> None:
        """Note that a machine had an address on a day."""
        self._by_day.setdefault((address, day), set()).add(machine)
        self._ever.setdefault(address, set()).add(machine)

    def addresses(self, machine: str) -> frozenset[str]:
        """Return the addresses that no other machine was ever seen to have."""
        return frozenset(address for address, machines in self._ever.items() if machines == {machine})

    def machine(self, address: str, day: dt.date) -> str:
        """Return the machine behind an address on a day; "" where no record, or more than one machine, says so.

        An address that only one machine was ever seen to have is taken for that machine's on other days too.
        """
        found = self._by_day.get((address, day)) or self._ever.get(address, set())
        return next(iter(found)) if len(found) == 1 else ""


def machine_addresses(store: EventStore) -> MachineAddresses:
    """Return what the records of the case say of machines and their addresses."""
    kinds = [
        {
            "source": one.source,
            "action": action,
            "field": _path(one.field),
            "name": _path(one.name_field),
            "address": _path(one.address_field),
            "wanted": one.values,
        }
        for one in load_address_sightings()
        for action in one.actions
    ]
    store.register("impact_sightings", pa.Table.from_pylist(kinds, schema=_KINDS))
    found = MachineAddresses()
    for row in store.rows(_SIGHTINGS):
        if isinstance(day := row["day"], dt.date):
            found.add(str(row["address"]), str(row["machine"]), day)
    return found


def _path(name: str) -> str:
    return f'$."{name}"' if name else ""
