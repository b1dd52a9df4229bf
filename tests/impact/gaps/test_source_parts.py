"""A sensor writes several logs: one that is not here, or begins later than the others, is told by itself."""

from __future__ import annotations

import datetime as dt
from typing import Any

from support.events import event, events_table
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.ledger import make_ledger
from vigilia.model.profile import DataClass, LoggedSystem, Profile
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_FIRST = dt.datetime(2026, 2, 2, 3, tzinfo=dt.UTC)


def _sensor(log: str, days: range, source: str = "zeek", hours: int = 2) -> list[dict[str, Any]]:
    moments = [_FIRST + dt.timedelta(days=day, hours=hour) for day in days for hour in range(0, 24, hours)]
    rows = [event(at=one.isoformat(), event__provider=log) for one in moments]
    return [row | {"vigilia.source": source} for row in rows]


def _gaps(rows: list[dict[str, Any]], profile: Profile | None = None) -> list[Gap]:
    numbered = [row | {"vigilia.record": number} for number, row in enumerate(rows, 1)]
    with EventStore.from_table(events_table(numbered)) as store:
        return find_gaps(store, [], profile or Profile(), None)


def _absent(gaps: list[Gap]) -> set[str]:
    return {gap.source for gap in gaps if gap.kind == "not-provided"}


def test_a_sensor_with_names_only_shows_no_connections_and_the_reverse() -> None:
    names, connections = _sensor("dns", range(20)), _sensor("conn", range(20))
    assert {"network-flow", "dns"} & _absent(_gaps(names)) == {"network-flow"}
    assert {"network-flow", "dns"} & _absent(_gaps(connections)) == {"dns"}
    assert not {"network-flow", "dns"} & _absent(_gaps(names + connections))
    (gap,) = (gap for gap in _gaps(names) if gap.source == "network-flow")
    assert gap.basis.endswith("none was handed in, though other logs of such a sensor are here (dns)")


def test_alerts_of_a_sensor_are_neither_connections_nor_names() -> None:
    assert {"network-flow", "dns"} <= _absent(_gaps(_sensor("alert", range(5), "suricata")))
    assert "network-flow" not in _absent(_gaps(_sensor("flow", range(5), "suricata")))


def test_a_log_of_a_sensor_that_begins_weeks_after_the_others_is_told_with_both_ends() -> None:
    rows = _sensor("conn", range(28)) + _sensor("dns", range(20, 28))
    (gap,) = (gap for gap in _gaps(rows) if gap.kind == "retention")
    assert (gap.source, gap.entity) == ("zeek", "dns")
    assert (gap.start[:13], gap.end[:13]) == ("2026-02-02T03", "2026-02-22T03")


def test_a_log_that_rests_most_days_begins_when_it_begins() -> None:
    rows = _sensor("conn", range(28)) + [row for day in (4, 11, 18, 25) for row in _sensor("dns", range(day, day + 1))]
    assert not [gap for gap in _gaps(rows) if gap.kind == "retention"]
    both = _sensor("conn", range(28)) + _sensor("dns", range(28))
    assert not [gap for gap in _gaps(both) if gap.kind == "retention"]


def test_what_one_log_of_a_sensor_lost_is_not_held_against_the_other() -> None:
    rows = _sensor("conn", range(28)) + _sensor("dns", range(20, 28))
    start, end = _FIRST, _FIRST + dt.timedelta(days=20)
    numbered = [row | {"vigilia.record": number} for number, row in enumerate(rows, 1)]
    with EventStore.from_table(events_table(numbered)) as store:
        ledger = make_ledger(store, [], find_gaps(store, [], Profile(), None), Profile())
    assert ledger.covered("zeek", "dns", start, end).share == 0.0
    assert ledger.covered("zeek", "conn", start, end).share == 1.0


def test_days_of_one_log_that_its_sister_vouches_for_are_told_once_and_shown() -> None:
    """Every query is in both logs under one uid: three days of dns.log are gone."""
    queries = [row | {"session.id": f"C{n}"} for n, row in enumerate(_sensor("dns", range(40)))]
    connections = [row | {"event.provider": "conn", "vigilia.fields": '{"service":"dns"}'} for row in queries]
    kept = [row for n, row in enumerate(queries) if not 20 * 12 <= n < 23 * 12]
    numbered = [row | {"vigilia.record": number} for number, row in enumerate(connections + kept, 1)]
    with EventStore.from_table(events_table(numbered)) as store:
        gaps = find_gaps(store, [], Profile(), None)
        (row,) = make_ledger(store, [], gaps, Profile()).rows
    (gap,) = (gap for gap in gaps if gap.kind == "missing")
    assert (gap.entity, gap.start[:13], gap.end[:13]) == ("dns", "2026-02-22T01", "2026-02-25T03")
    assert "which dns has none" in gap.basis
    assert "no record in Zeek network logs (dns)" in gap.basis
    lost = [run for run in row.states if run.state != "present"]
    assert {run.state for run in lost} == {"absent"}
    assert (lost[0].first_day, lost[-1].last_day) == ("2026-02-22", "2026-02-25")


def _keeping(*where: str) -> Profile:
    return Profile(data=[DataClass(id="donors", label="Donors", where=list(where))])


def test_systems_in_which_the_profile_keeps_data_are_asked_for_each_by_its_name() -> None:
    rows = _sensor("conn", range(3))
    systems = {"google.workspace", "database", "crm.salesforce", "application"}
    assert not systems & _absent(_gaps(rows))
    assert systems & _absent(_gaps(rows, _keeping("drive:1abc", "table:crm.donors"))) == {
        "google.workspace",
        "database",
    }
    assert systems & _absent(_gaps(rows, _keeping("app:Salesforce/report/00O1"))) == {"crm.salesforce"}
    assert systems & _absent(_gaps(rows, _keeping("app:MemberHub"))) == {"application"}


def test_a_system_of_the_profile_of_which_there_is_a_log_is_not_asked_for() -> None:
    rows = _sensor("QUERY", range(3), "database.postgresql") + _sensor("", range(3), "crm.salesforce")
    kept = _keeping("table:crm.donors", "app:Salesforce/report/00O1")
    assert not {"database", "crm.salesforce", "application"} & _absent(_gaps(rows, kept))


def test_logons_to_linux_machines_without_their_commands_are_half_of_what_there_is() -> None:
    logons = _sensor("sshd", range(3), "linux.syslog")
    assert "linux.auditd" in _absent(_gaps(logons))
    assert "linux.auditd" not in _absent(_gaps(logons + _sensor("", range(3), "linux.history")))
    assert "linux.auditd" not in _absent(_gaps(_sensor("conn", range(3))))


def test_what_is_kept_for_six_days_reaches_back_to_the_sixth_day_before_the_last() -> None:
    rows = _sensor("conn", range(6))[:-6]
    profile = Profile(logging=[LoggedSystem(system="zeek", retention_days=6)])
    (gap,) = (gap for gap in _gaps(rows, profile) if gap.kind == "retention")
    assert (gap.start, gap.end[:10]) == ("", "2026-02-02")
    longer = Profile(logging=[LoggedSystem(system="zeek", retention_days=9)])
    assert not [gap for gap in _gaps(rows, longer) if gap.kind == "retention"]
