"""Through VPN tunnels: sessions from an address inside belong to whoever was given it at that time."""

from __future__ import annotations

import pytest

from scope.logons import OFFICE, SERVER, WORKSTATION, judged, moment, owner_month, visit, windows
from scope.months import Row
from support.events import event, events_table
from vigilia.model.marks import Mark
from vigilia.scope.scope import Scope, determine_scope
from vigilia.store.event_store import EventStore

_OUTSIDE, _HOME = "203.0.113.160", "198.51.100.31"
_INSIDE = "10.9.0.61"
_GATE = "gate-4"
# Source, the field with the address inside, the action that ends a tunnel.
_KINDS = {
    "fortigate": ("firewall.fortigate", "tunnelip", "tunnel-down"),
    "openvpn": ("vpn.openvpn", "virtual_address", ""),
    "anyconnect": ("firewall.cisco", "assigned_ip", "session-closed"),
    "globalprotect": ("firewall.paloalto", "private_ip", "gateway-logout"),
}


def _tunnel(
    kind: str, day: int, hour: float, hours: float, outside: str = _OUTSIDE, inside: str = _INSIDE
) -> list[Row]:
    source, field, ends = _KINDS[kind]

    def record(action: str, at: float, **fields: str) -> Row:
        return event(
            vigilia__source=source, at=moment(day, at), event__action=action, event__category="session",
            event__outcome="success", user__name="cleo", source__ip=outside, host__name=_GATE, fields=fields,
        )  # fmt: skip

    rows = [record("connected", hour), record("assigned", hour + 0.01, **{field: inside})]
    # The address inside does not stand in every vendor's last record.
    end = {field: inside} if kind in ("fortigate", "globalprotect") else {}
    return [*rows, *([record(ends, hour + hours, **end)] if ends else [])]


def _home_days(kind: str) -> list[Row]:
    """Cleo dials in from home on some afternoons, and works on the server through the tunnel."""
    return [
        row
        for day in (0, 2, 4, 8, 10, 14, 16)
        for row in (
            *_tunnel(kind, day, 13, 3, _HOME, "10.9.0.40"),
            *visit(day, 13.5, SERVER, "cleo", f"0x4{day:03x}", "3", "10.9.0.40"),
        )
    ]


def _confirmed(rows: list[Row]) -> tuple[Scope, list[Row]]:
    for number, row in enumerate(rows, 1):
        row["vigilia.record"], row["event.id"] = number, f"{row['vigilia.item']}:{number}"
    store = EventStore.from_table(events_table(rows))
    mark = Mark(verdict="confirmed", kind="address", value=_OUTSIDE, why="the bank told us")
    scope = determine_scope(store, [], OFFICE, [mark])
    ids = {row["id"] for row in store.rows('SELECT "event.id" AS id FROM intruder_events WHERE probability >= 0.5')}
    return scope, [row for row in rows if row["event.id"] in ids]


@pytest.mark.parametrize("kind", _KINDS)
def test_what_came_through_the_intruders_tunnel_is_theirs_and_the_owners_is_not(kind: str) -> None:
    tunnel, through = _tunnel(kind, 11, 11, 2), visit(11, 11.5, SERVER, "cleo", "0xbad", "3", _INSIDE)
    scope, theirs = _confirmed([*owner_month(), *_home_days(kind), *tunnel, *through])
    # Logging off comes after the tunnel is gone, and is still of the session.
    assert [row for row in theirs if row["vigilia.source"] == "windows"] == through
    assert [one.value for one in scope.intrusion.hosts] == ["fs1"]


@pytest.mark.parametrize("kind", _KINDS)
def test_the_gate_that_passed_it_on_is_no_machine_of_the_intruders(kind: str) -> None:
    scope, _ = _confirmed([*owner_month(), *_tunnel(kind, 11, 11, 2)])
    assert [one.value for one in scope.intrusion.hosts] == []
    assert not [one for one in scope.containment if _GATE in one.what]


def test_a_gate_that_the_intruder_changed_is_one() -> None:
    changed = event(
        vigilia__source="firewall.fortigate", at=moment(11, 12), event__action="Edit", event__category="configuration",
        event__outcome="success", user__name="cleo", source__ip=_OUTSIDE, host__name=_GATE,
    )  # fmt: skip
    scope, _ = _confirmed([*owner_month(), *_tunnel("fortigate", 11, 11, 2), changed])
    assert [one.value for one in scope.intrusion.hosts] == [_GATE]


@pytest.mark.parametrize(
    ("hour", "address"), [(14.2, _INSIDE), (9.5, _INSIDE), (11.5, "10.9.0.62")], ids=["after", "before", "another"]
)
def test_what_came_at_another_time_or_from_another_address_is_not(hour: float, address: str) -> None:
    other = visit(11, hour, SERVER, "dan", "0xda7", "3", address)
    _, theirs = _confirmed([*owner_month(), *_tunnel("fortigate", 11, 11, 2), *other])
    assert not [row for row in theirs if row["vigilia.source"] == "windows"]


def test_the_same_address_inside_given_to_somebody_else_afterwards_is_theirs_from_then_on() -> None:
    later = _tunnel("openvpn", 11, 15, 1, _HOME)
    mine = visit(11, 15.5, SERVER, "cleo", "0xca1", "3", _INSIDE)
    _, theirs = _confirmed([*owner_month(), *_tunnel("openvpn", 11, 11, 2), *later, *mine])
    assert not [row for row in theirs if row["vigilia.source"] == "windows"]


@pytest.mark.parametrize("visits", [(9,), (3, 7, 9, 11, 14, 16)], ids=["once", "on six days"])
def test_a_session_that_rules_caught_leads_out_through_its_tunnel(visits: tuple[int, ...]) -> None:
    """However often they came: the only address of an account in the VPN's log is not its owner's for that."""
    others = [
        event(vigilia__source="firewall.fortigate", at=moment(day, 12), event__action="tunnel-up",
              event__category="session", event__outcome="success", user__name="dan", source__ip="198.51.100.40",
              fields={"tunnelip": "10.9.0.44"})
        for day in range(40)
    ]  # fmt: skip
    tunnels = [row for day in visits for row in _tunnel("fortigate", day, 11, 2)]
    caught = visit(9, 11.5, WORKSTATION, "cleo", "0xbad", "10", _INSIDE)
    quiet = [
        row for day in visits if day != 9 for row in visit(day, 11.5, SERVER, "cleo", f"0xb{day:02x}", "3", _INSIDE)
    ]
    scope, theirs = judged([*owner_month(), *others, *tunnels, *caught, *quiet], caught[1:2])
    assert [one.value for one in scope.intrusion.addresses if one.probability >= 0.5] == [_OUTSIDE]
    assert [row for row in quiet if row not in theirs] == []


def test_a_session_leads_back_to_that_in_which_its_credentials_were_entered() -> None:
    entered = windows(
        "4648", moment(9, 11.9), WORKSTATION, "cleo", "0xca7", user__target__name="adm-eve", source__ip="10.0.0.5",
        fields={"TargetServerName": "FS1"},
    )  # fmt: skip
    first = [*visit(9, 11.5, WORKSTATION, "cleo", "0xca7", "10", _INSIDE), entered]
    second = visit(9, 11.905, SERVER, "adm-eve", "0xad1", "10", "10.0.0.37")
    _, theirs = judged([*owner_month(), *first, *second], second[1:2])
    assert [row for row in first if row not in theirs] == []


def test_a_credential_entered_an_hour_before_leads_nowhere() -> None:
    entered = windows(
        "4648", moment(9, 10.9), WORKSTATION, "cleo", "0xca7", user__target__name="adm-eve",
        fields={"TargetServerName": "FS1"},
    )  # fmt: skip
    first = [*visit(9, 10.5, WORKSTATION, "cleo", "0xca7", "10", _INSIDE), entered]
    second = visit(9, 12.2, SERVER, "adm-eve", "0xad1", "10", "10.0.0.37")
    _, theirs = judged([*owner_month(), *first, *second], second[1:2])
    assert not [row for row in first if row in theirs]
