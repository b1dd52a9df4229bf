"""Which machine stood behind an address is read from the machines' own logs and from DHCP, and never guessed."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from support.assessed import assessed, at, gravest, intrusion, on_host
from support.events import event, events_table
from vigilia.impact.machine_addresses import MachineAddresses, machine_addresses
from vigilia.knowledge.machine_addresses import load_address_sightings
from vigilia.model.profile import DataClass
from vigilia.normalize.mapping import mapping_sources
from vigilia.store.event_store import EventStore

_DAY = dt.date(2026, 1, 5)
_SYSMON = {"vigilia__source": "windows", "event__action": "3", "host__name": "WS07.example.org"}


def _found(*rows: dict[str, Any]) -> MachineAddresses:
    with EventStore.from_table(events_table([event(9, at=at(0)), *rows])) as store:
        return machine_addresses(store)


@pytest.mark.parametrize(
    "row",
    [
        event(0, at=at(4), **_SYSMON, source__ip="10.0.0.7", fields={"Initiated": "true"}),
        event(0, at=at(4), vigilia__source="windows", event__action="5156", host__name="WS07",
              fields={"Direction": "%%14593", "SourceAddress": "10.0.0.7"}),
        event(0, at=at(4), vigilia__source="windows", event__action="4624", host__name="FS01", source__ip="10.0.0.7",
              fields={"LogonType": "3", "WorkstationName": "WS07"}),
        event(0, at=at(4), vigilia__source="zeek", event__action="dhcp",
              fields={"host_name": "ws07", "assigned_addr": "10.0.0.7"}),
        event(0, at=at(4), vigilia__source="dns.dnsmasq", event__action="DHCPACK",
              fields={"name": "ws07", "assigned_ip": "10.0.0.7"}),
    ],
    ids=["sysmon 3", "filtering platform", "network logon", "zeek dhcp", "dnsmasq"],
)  # fmt: skip
def test_each_kind_of_record_names_a_machine_and_its_address(row: dict[str, Any]) -> None:
    assert _found(row).machine("10.0.0.7", _DAY) == "ws07"


def test_a_connection_from_elsewhere_names_nothing() -> None:
    assert (
        _found(event(0, at=at(4), **_SYSMON, source__ip="10.0.0.8", fields={"Initiated": "false"})).machine(
            "10.0.0.8", _DAY
        )
        == ""
    )


def test_an_address_that_two_machines_had_is_told_by_the_day_and_else_not_at_all() -> None:
    known = MachineAddresses()
    known.add("10.0.0.7", "ws07", _DAY)
    known.add("10.0.0.7", "ws08", _DAY + dt.timedelta(days=1))
    assert known.machine("10.0.0.7", _DAY) == "ws07"
    assert known.machine("10.0.0.7", _DAY + dt.timedelta(days=9)) == ""
    assert known.machine("10.0.0.9", _DAY) == ""


def test_much_that_another_machine_sent_is_less_likely_the_intruders() -> None:
    data = [DataClass(id="donors", label="Donors", where=["share:\\\\FS01\\Donors"])]

    def level(machine: str) -> str:
        named = [event(0, at=at(day), vigilia__source="zeek", event__action="dhcp",
                       fields={"host_name": machine, "assigned_addr": "10.0.0.7"}) for day in range(60)]  # fmt: skip
        flows = [event(0, at=at(day), vigilia__source="netflow", event__action="flow", source__ip="10.0.0.7",
                       destination__ip=target, destination__port=443, source__bytes=sent)
                 for day, target, sent in [*((day, "198.51.100.9", 40_000) for day in range(60)),
                                           (22, "198.51.100.77", 90_000_000)]]  # fmt: skip
        pack = on_host(22, "rar.exe a c:\\temp\\x.rar \\\\FS01\\Donors", hour=9)
        result = assessed([*named, *flows], [pack], data, intrusion(hosts=["WS07"]))
        return gravest(result, "donors", "web-upload").level

    assert (level("ws07"), level("ws30")) == ("E1", "E4")


def test_the_table_names_sources_that_are_read() -> None:
    for row in load_address_sightings():
        assert row.source in mapping_sources()
        assert row.source_url.startswith("https://")
