"""Gaps come from the evidence itself: what was cleared, cut, switched off, or never handed in is named."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from support.events import event, events_table
from vigilia.impact.advice import export_advice
from vigilia.impact.coverage import MAXIMUM_ENTITIES, coverage_rows
from vigilia.impact.gaps.files import truncated_gaps
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.ledger import make_ledger
from vigilia.knowledge.retention import load_retention
from vigilia.model.evidence import EvidenceItem, Missed, RejectCount
from vigilia.model.profile import DataClass, LoggedSystem, Organisation, Profile
from vigilia.model.result import Gap, Intrusion, ScopedEntity
from vigilia.store.event_store import EventStore


def _gaps(
    rows: list[dict[str, Any]],
    items: list[EvidenceItem] | None = None,
    intrusion: Intrusion | None = None,
    profile: Profile | None = None,
) -> list[Gap]:
    with EventStore.from_table(events_table(rows)) as store:
        return find_gaps(store, items or [], profile or Profile(), intrusion)


def _kinds(gaps: list[Gap], kind: str) -> list[Gap]:
    return [gap for gap in gaps if gap.kind == kind]


def _intrusion(first: str, last: str, hosts: tuple[str, ...] = ()) -> Intrusion:
    scoped = [
        ScopedEntity(value=host, probability=0.9, first_seen="", last_seen="", events=1, reasons=[], event_ids=[])
        for host in hosts
    ]
    return Intrusion(
        verdict="intrusion",
        probability=0.95,
        first_seen=first,
        last_seen=last,
        dwell_days=1.0,
        accounts=[],
        addresses=[],
        hosts=scoped,
        sessions=[],
    )


def _item(**changes: Any) -> EvidenceItem:
    values: dict[str, Any] = {"item": "a" * 16, "path": "audit.csv", "sha256": "a" * 64, "bytes": 10, "status": "read"}
    return EvidenceItem(**(values | changes))


def _windows(record: int, at: str, **columns: Any) -> dict[str, Any]:
    return event(
        record,
        at=at,
        vigilia__source="windows",
        host__name=columns.pop("host", "FS01"),
        event__provider=columns.pop("provider", "Security"),
        fields={"EventRecordID": str(record)} | columns.pop("fields", {}),
        **columns,
    )


def test_coverage_counts_events_per_source_entity_and_utc_day() -> None:
    rows = [
        event(1, at="2026-03-01T23:59:59Z", event__provider="Exchange"),
        event(2, at="2026-03-02T00:00:00Z", event__provider="Exchange"),
        _windows(3, "2026-03-02T00:00:00Z"),
    ]
    with EventStore.from_table(events_table(rows)) as store:
        found = coverage_rows(store)
    assert [(one.source, one.entity, one.days) for one in found] == [
        ("m365.audit", "Exchange", {"2026-03-01": 1, "2026-03-02": 1}),
        ("windows", "FS01", {"2026-03-02": 1}),
    ]


def test_a_flood_of_invented_host_names_does_not_fill_the_ledger() -> None:
    rows = [_windows(n, "2026-03-02T00:00:00Z", host=f"h{n:05}") for n in range(MAXIMUM_ENTITIES + 40)]
    with EventStore.from_table(events_table(rows)) as store:
        found = coverage_rows(store)
    assert len(found) == MAXIMUM_ENTITIES + 1
    assert sum(one.events for one in found) == len(rows), "folded, not dropped"


def test_a_cleared_log_hides_the_time_since_its_last_record() -> None:
    rows = [
        _windows(1, "2026-03-01T10:00:00Z", event__code="4624"),
        _windows(2, "2026-03-03T10:00:00Z", event__code="1102"),
    ]
    (gap,) = _kinds(_gaps(rows), "cleared")
    assert (gap.entity, gap.start[:10], gap.end[:10]) == ("FS01", "2026-03-01", "2026-03-03")
    assert gap.event_ids == [rows[1]["event.id"]]


@pytest.mark.parametrize(("cleared", "told"), [(True, []), (False, ["share-read"])])
def test_records_of_reading_that_begin_with_a_cleared_log_were_not_switched_on_then(
    cleared: bool, told: list[str]
) -> None:
    rows = [_windows(day, _day(day), host="DC1", event__code="4624", provider="Security") for day in range(1, 41)]
    if cleared:
        rows.append(_windows(100, _day(20), event__code="1102", provider="Security"))
    rows += [_windows(100 + day, _day(day, 11), event__code="5145", provider="Security") for day in range(20, 41)]
    late = [gap.entity for gap in _kinds(_gaps(rows), "not-enabled") if gap.entity == "share-read"]
    assert late == told


def _day(day: int, hour: int = 10) -> str:
    return (dt.datetime(2026, 3, 1, hour, tzinfo=dt.UTC) + dt.timedelta(days=day)).isoformat()


def test_a_log_that_begins_in_the_second_of_the_intruder_begins_at_the_edge_and_not_late() -> None:
    """Another log wrote whole seconds: a gap of some milliseconds would be none."""
    rows = [_windows(1, "2026-03-10T10:00:00.092000Z"), _windows(2, "2026-03-12T10:00:00Z")]
    during = _intrusion("2026-03-10T10:00:00.000000Z", "2026-03-11T00:00:00.000000Z", ("FS01",))
    (gap,) = _kinds(_gaps(rows, intrusion=during), "retention")
    assert (gap.start, gap.end[:10]) == ("", "2026-03-10")


def test_event_104_of_another_program_is_no_cleared_log() -> None:
    assert not _kinds(
        _gaps([_windows(1, "2026-03-01T10:00:00Z", event__code="104", provider="Application")]), "cleared"
    )


def test_a_hole_in_the_record_numbers_is_found_with_both_its_edges() -> None:
    rows = [_windows(n, f"2026-03-01T10:00:{n % 60:02}Z") for n in (1, 2, 3, 40, 41)]
    (gap,) = _kinds(_gaps(rows), "record-numbers")
    assert "from 3 to 40: 36 records are" in gap.basis
    assert gap.event_ids == [rows[2]["event.id"], rows[3]["event.id"]]


def test_unbroken_record_numbers_of_two_hosts_show_no_hole() -> None:
    rows = [_windows(n, "2026-03-01T10:00:00Z") for n in range(1, 9)]
    rows += [_windows(n + 100, "2026-03-01T10:00:00Z", host="DC01") for n in range(1, 9)]
    assert not _kinds(_gaps(rows), "record-numbers")


def test_a_filtered_export_is_told_once_not_hole_by_hole() -> None:
    rows = [_windows(n * 3, "2026-03-01T10:00:00Z") for n in range(1, 60)]
    gaps = _gaps(rows)
    assert len(_kinds(gaps, "thinned")) == 1
    assert not _kinds(gaps, "record-numbers")


def test_an_export_of_exactly_the_cap_was_cut_and_one_row_less_was_not() -> None:
    cut = _item(source="m365.audit", records=49_990, rejected=10, first_time="2026-03-01T00:00:00.000000Z")
    whole = _item(source="m365.audit", records=49_999)
    (gap,) = _kinds(_gaps([], [cut, whole]), "truncated-export")
    assert gap.end == cut.first_time


def test_every_cap_is_noticed_at_exactly_its_rows() -> None:
    for cap in load_retention().export_cap:
        source = "web.access" if cap.source == "*" else cap.source
        for rows, told in ((cap.rows, 1), (cap.rows - 1, 0), (cap.rows + 1, 0)):
            if any(other.rows == rows for other in load_retention().export_cap if other is not cap):
                continue
            gaps = truncated_gaps([_item(source=source, records=rows)])
            assert len(gaps) == told, (cap.source, rows)


def test_rejects_quarantine_and_unrecognised_files_are_named() -> None:
    reject = RejectCount(reason="invalid JSON", count=3, bytes=30, first_place="line 4")
    items = [
        _item(path="a.csv", rejected=3, rejects=[reject]),
        _item(path="b.evtx", status="quarantined", warnings=["it ballooned"]),
        _item(path="c.bin", status="unrecognised"),
        _item(path="d.csv"),
    ]
    bases = [gap.basis for gap in _kinds(_gaps([], items), "unreadable")]
    assert len(bases) == 3
    assert any("3 x invalid JSON" in basis for basis in bases)
    assert any("c.bin" in basis for basis in bases)


def test_throttling_covers_a_day_from_each_record_and_joins_overlaps() -> None:
    rows = [
        event(
            n,
            at=at,
            event__action="MailItemsAccessed",
            event__provider="Exchange",
            vigilia__objects=["mailbox:ada@example.org"],
            fields={"OperationProperties.IsThrottled": "True"},
        )
        for n, at in enumerate(["2026-03-01T00:00:00Z", "2026-03-01T12:00:00Z", "2026-03-09T00:00:00Z"], 1)
    ]
    spans = [(gap.entity, gap.start[:13], gap.end[:13]) for gap in _kinds(_gaps(rows), "throttled")]
    assert spans == [
        ("ada@example.org", "2026-03-01T00", "2026-03-02T12"),
        ("ada@example.org", "2026-03-09T00", "2026-03-10T00"),
    ]


def test_auditing_switched_off_is_a_gap_until_it_is_on_again() -> None:
    def switch(record: int, at: str, value: str, outcome: str = "success") -> dict[str, Any]:
        return event(
            record,
            at=at,
            event__action="Set-AdminAuditLogConfig",
            event__outcome=outcome,
            fields={"Parameters.UnifiedAuditLogIngestionEnabled": value},
        )

    off = switch(1, "2026-03-01T00:00:00Z", "False")
    assert _kinds(_gaps([off]), "disabled")[0].end == ""
    on = switch(2, "2026-03-04T00:00:00Z", "True")
    assert _kinds(_gaps([off, on]), "disabled")[0].end[:10] == "2026-03-04"
    assert not _kinds(_gaps([switch(3, "2026-03-01T00:00:00Z", "False", "failure")]), "disabled")


def test_missing_search_records_are_a_gap_and_present_ones_are_not() -> None:
    mail = event(1, at="2026-03-01T00:00:00Z", event__action="MailItemsAccessed", event__provider="Exchange")
    search = event(
        2, at="2026-03-01T00:00:00Z", event__action="SearchQueryInitiatedExchange", event__provider="Exchange"
    )
    assert [gap.entity for gap in _kinds(_gaps([mail]), "not-enabled")] == ["mail-searches"]
    assert not _kinds(_gaps([mail, search]), "not-enabled")


def test_searches_in_documents_do_not_hide_that_those_in_mail_began_later() -> None:
    rows: list[dict[str, Any]] = []
    for day in range(40):
        at = (dt.datetime(2026, 2, 2, tzinfo=dt.UTC) + dt.timedelta(days=day)).isoformat()
        searched = ["SearchQueryInitiatedSharePoint"] + ["SearchQueryInitiatedExchange"] * (day >= 20)
        for action in ["MailItemsAccessed", *searched]:
            provider = "SharePoint" if action.endswith("SharePoint") else "Exchange"
            rows.append(event(len(rows) + 1, at=at, event__action=action, event__provider=provider))
    (gap,) = _kinds(_gaps(rows), "not-enabled")
    assert (gap.entity, gap.start[:10], gap.end[:10]) == ("mail-searches", "2026-02-02", "2026-02-22")


@pytest.mark.parametrize(("days", "told"), [(29, []), (30, ["mail-searches"])])
def test_a_month_with_searches_in_documents_only_says_that_those_in_mail_are_not_recorded(
    days: int, told: list[str]
) -> None:
    rows: list[dict[str, Any]] = []
    for day in range(days):
        at = (dt.datetime(2026, 2, 2, tzinfo=dt.UTC) + dt.timedelta(days=day)).isoformat()
        for action, provider in [("MailItemsAccessed", "Exchange"), ("SearchQueryInitiatedSharePoint", "SharePoint")]:
            rows.append(event(len(rows) + 1, at=at, event__action=action, event__provider=provider))
    assert [gap.entity for gap in _kinds(_gaps(rows), "not-enabled")] == told


def test_only_the_kinds_of_sign_in_that_are_missing_are_named() -> None:
    row = event(1, at="2026-03-01T00:00:00Z", event__provider="nonInteractiveUser")
    gaps = _gaps([row | {"vigilia.source": "entra.signin"}])
    assert [gap.entity for gap in gaps if gap.kind == "not-provided" and gap.entity] == ["service principal sign-ins"]


def test_what_a_collector_could_not_copy_is_a_gap_and_logs_are_named_first() -> None:
    missed = [Missed(path=f"/tmp/{n}", reason="busy") for n in range(6)]
    missed.append(Missed(path="/var/log/audit/audit.log", reason="Permission denied"))
    (gap,) = _kinds(_gaps([], [_item(status="ignored", collector="UAC", host="mail1", missed=missed)]), "missing-part")
    assert gap.entity == "mail1"
    assert gap.basis.startswith("UAC says that it could not copy 7 files or steps: /var/log/audit/audit.log (Perm")
    assert gap.basis.endswith(", and 2 more")


def test_encrypted_members_are_told_once_for_each_archive_with_what_to_do() -> None:
    warnings = ["Encrypted: no password given."]
    items = [
        _item(path="a.zip", status="container", bytes_quarantined=9, warnings=["Members that were not unpacked: 2."]),
        _item(path="a.zip!/auth.log", status="unreadable", warnings=warnings),
        _item(path="a.zip!/b.log", status="unreadable", warnings=warnings),
    ]
    (gap,) = _kinds(_gaps([], items), "unreadable")
    assert gap.basis == "2 files are encrypted (auth.log, b.log): no password given"
    assert "--password-file" in gap.consequence


def test_what_may_be_a_table_is_named_before_what_a_desktop_left() -> None:
    names = [".DS_Store", "a.jpg", "donors.csv"]
    (gap,) = _kinds(_gaps([], [_item(path=one, status="unrecognised") for one in names]), "unreadable")
    assert gap.basis.endswith("donors.csv, a.jpg, .DS_Store")
    assert "vigilia map" in gap.consequence


def test_event_1_of_another_log_does_not_prove_that_programs_are_recorded() -> None:
    other = _windows(1, "2026-03-01T00:00:00Z", event__code="1", provider="System")
    sysmon = _windows(2, "2026-03-01T00:00:00Z", event__code="1", provider="Microsoft-Windows-Sysmon/Operational")
    assert "programs" in [gap.entity for gap in _kinds(_gaps([other]), "not-enabled")]
    assert "programs" not in [gap.entity for gap in _kinds(_gaps([other, sysmon]), "not-enabled")]


def test_a_machine_without_programs_beside_one_with_programs_is_told_by_its_name() -> None:
    rows = [
        _windows(n, f"2026-03-01T{n:02}:00:00Z", host=host, event__code=code)
        for host, code in (("FS01", "4688"), ("WS07.office.example", "4624"), ("PRINTER", "4624"))
        for n in range(3 if host == "PRINTER" else 12)
    ]
    gaps = _kinds(_gaps([row | {"vigilia.record": n} for n, row in enumerate(rows, 1)]), "not-enabled")
    assert [(gap.entity, gap.start[:13]) for gap in gaps if gap.entity.startswith("programs")] == [
        ("programs of WS07.office.example", "2026-03-01T00")
    ]


def test_a_file_server_of_the_profile_that_records_no_reading_is_told_and_a_workstation_is_not() -> None:
    rows = [
        _windows(n, f"2026-03-01T{n:02}:00:00Z", host=host, event__code=code)
        for host, code in (("FS01", "5145"), ("FS02", "4624"), ("WS07", "4624"))
        for n in range(12)
    ]
    rows = [row | {"vigilia.record": n} for n, row in enumerate(rows, 1)]
    shares = [DataClass(id="donors", label="Donors", where=["share:\\\\FS01\\Donors", "share:\\\\FS02\\Cases"])]
    told = [gap.entity for gap in _kinds(_gaps(rows, profile=Profile(data=shares)), "not-enabled")]
    assert [one for one in told if one.startswith("share-read")] == ["share-read of FS02"]
    assert not [gap for gap in _kinds(_gaps(rows), "not-enabled") if gap.entity.startswith("share-read")]


def test_what_one_machine_does_not_record_of_programs_hides_nothing_else_of_it() -> None:
    rows = [
        _windows(n, f"2026-03-01T{n:02}:00:00Z", host=host, event__code=code)
        for host, code in (("FS01", "4688"), ("WS07", "4624"))
        for n in range(12)
    ]
    start = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)
    with EventStore.from_table(events_table([row | {"vigilia.record": n} for n, row in enumerate(rows, 1)])) as store:
        ledger = make_ledger(store, [], find_gaps(store, [], Profile(), None), Profile())
    assert ledger.covered("windows", "WS07", start, start + dt.timedelta(hours=11)).share == 1.0


def _database(action: str) -> dict[str, Any]:
    return event(at="2026-03-01T00:00:00Z", event__action=action) | {"vigilia.source": "database.mysql"}


def test_a_database_log_with_connections_only_says_nothing_of_tables() -> None:
    connections = [_database("CONNECT"), _database("DISCONNECT")]
    assert [gap.entity for gap in _kinds(_gaps(connections), "not-enabled")] == ["mysql-statements"]
    assert not _kinds(_gaps([*connections, _database("QUERY")]), "not-enabled")
    assert not _kinds(_gaps([_database("Note")]), "not-enabled")


def _google(application: str) -> dict[str, Any]:
    return event(at="2026-03-01T00:00:00Z", event__provider=application) | {"vigilia.source": "google.workspace"}


def test_an_application_of_google_that_is_hardly_ever_recorded_may_be_left_out_or_unused() -> None:
    rows = [_google(one) for one in ("login", "drive", "admin", "user_accounts", "gmail")]
    (gap,) = (gap for gap in _kinds(_gaps(rows), "not-provided") if gap.source == "google.workspace")
    assert gap.entity == ""
    assert "(takeout, token)" in gap.basis
    assert gap.basis.endswith("it cannot be told")
    unnamed = [*rows, _google("")]
    assert not [gap for gap in _kinds(_gaps(unnamed), "not-provided") if gap.source == "google.workspace"]


def test_a_log_that_begins_after_the_intruder_is_a_gap_of_exactly_that_time() -> None:
    rows = [
        event(1, at="2026-03-10T00:00:00Z", event__provider="Exchange"),
        event(2, at="2026-04-01T00:00:00Z", event__provider="Exchange"),
    ]
    found = _gaps(rows, intrusion=_intrusion("2026-03-01T00:00:00.000000Z", "2026-03-30T00:00:00.000000Z"))
    (gap,) = _kinds(found, "retention")
    assert (gap.start[:10], gap.end[:10]) == ("2026-03-01", "2026-03-10")


def test_the_late_log_of_a_firewall_is_told_though_no_intruder_is_on_it_and_that_of_a_strange_machine_is_not() -> None:
    rows = [
        event(n, at=at, host__name=host) | {"vigilia.source": source}
        for source, host in (("firewall.fortigate", "fw1"), ("windows", "PC55"), ("windows", "WS07"))
        for n, at in enumerate(("2026-03-10T00:00:00Z", "2026-04-01T00:00:00Z"))
    ]
    seen = _intrusion("2026-03-01T00:00:00.000000Z", "2026-03-30T00:00:00.000000Z", hosts=("ws07.office.example",))
    assert [gap.entity for gap in _kinds(_gaps(rows, intrusion=seen), "retention")] == ["", "WS07"]


def test_the_late_beginning_of_a_log_of_very_many_senders_is_told_once() -> None:
    rows = [
        event(n, at=at, host__name=f"site{n}.example") | {"vigilia.source": "web.access"}
        for n in range(30)
        for at in ("2026-03-10T00:00:00Z", "2026-04-01T00:00:00Z")
    ]
    seen = _intrusion("2026-03-01T00:00:00.000000Z", "2026-03-30T00:00:00.000000Z")
    assert [gap.entity for gap in _kinds(_gaps(rows, intrusion=seen), "retention")] == [""]


def test_an_intruder_seen_at_the_first_record_may_have_been_in_before() -> None:
    rows = [event(n, at=f"2026-03-{n:02}T00:00:00Z", event__provider="Exchange") for n in range(1, 21)]
    found = _gaps(rows, intrusion=_intrusion("2026-03-02T00:00:00.000000Z", "2026-03-09T00:00:00.000000Z"))
    assert "lower bound" in _kinds(found, "retention")[0].consequence


def test_a_log_as_long_as_its_retention_was_cut_by_it_and_the_profile_overrides() -> None:
    rows = [
        event(1, at="2026-01-01T00:00:00Z", event__provider="Exchange"),
        event(2, at="2026-06-30T00:00:00Z", event__provider="Exchange"),
    ]
    assert "180 days" in _kinds(_gaps(rows), "retention")[0].basis
    longer = Profile(logging=[LoggedSystem(system="m365.audit", retention_days=365)])
    assert not _kinds(_gaps(rows, profile=longer), "retention")


def test_logs_that_nobody_handed_in_are_named() -> None:
    missing = {gap.source for gap in _kinds(_gaps([]), "not-provided")}
    assert {"m365.audit", "windows", "network-flow", "exchange.message-trace"} <= missing
    present = _kinds(_gaps([_windows(1, "2026-03-01T00:00:00Z")]), "not-provided")
    assert "windows" not in {gap.source for gap in present if not gap.entity}


def test_a_machine_of_the_profile_without_any_log_is_named() -> None:
    profile = Profile(organisation=Organisation(hosts=["FS01", "fs02.office.example", "WS07"]))
    rows = [_windows(1, "2026-03-01T00:00:00Z", host="fs01.office.example")]
    told = [
        gap.entity for gap in _gaps(rows, [_item(host="ws07")], profile=profile) if "the profile names" in gap.basis
    ]
    assert told == ["fs02.office.example"]


def test_a_machine_without_a_log_is_of_the_system_of_all_others_or_of_none() -> None:
    shares = [DataClass(id="donors", label="Donors", where=["share:\\\\FS09\\Donors"])]
    profile = Profile(organisation=Organisation(hosts=["WS07"]), data=shares)

    def told(*rows: dict[str, Any]) -> list[tuple[str, str]]:
        gaps = [gap for gap in _gaps(list(rows), profile=profile) if "the profile names" in gap.basis]
        return [(gap.entity, gap.source) for gap in gaps]

    windows = _windows(1, "2026-03-01T00:00:00Z")
    linux = event(2, at="2026-03-01T00:00:00Z", host__name="mail1") | {"vigilia.source": "linux.auditd"}
    assert told(windows) == [("WS07", "windows"), ("fs09", "windows")]
    assert told(windows, linux) == [("WS07", ""), ("fs09", "")]


def test_a_machine_with_very_many_channels_is_not_said_to_lack_one() -> None:
    channels = ["Security", "System", *(f"Microsoft-Windows-Example{n:03}/Operational" for n in range(120))]
    rows = [_windows(n, "2026-03-01T00:00:00Z", provider=channel) for n, channel in enumerate(channels, 1)]
    assert not [gap for gap in _kinds(_gaps(rows), "not-provided") if gap.entity]
    alone = [_windows(n, "2026-03-01T00:00:00Z", host=f"PC{n:02}") for n in range(1, 31)]
    told = [gap for gap in _kinds(_gaps(alone), "not-provided") if gap.source == "windows"]
    assert len(told) == 21
    assert any(gap.basis.startswith("of 10 more machines") for gap in told)


def test_assumed_zones_are_counted() -> None:
    rows = [event(1, at="2026-03-01T00:00:00Z", vigilia__time_basis="zone-assumed"), event(2)]
    (gap,) = _kinds(_gaps(rows), "clock")
    assert gap.basis.startswith("1 record says no time zone: the zone was taken to be UTC unless --time-zone")
    assert "organisation" not in gap.basis


def test_a_time_without_year_is_told_to_lack_its_zone_too_and_the_zone_taken_is_named() -> None:
    rows = [event(n, at="2026-03-01T00:00:00Z", vigilia__time_basis="year-assumed") for n in (1, 2)]
    (gap,) = _kinds(_gaps(rows, profile=Profile(organisation=Organisation(time_zone="Europe/Vienna"))), "clock")
    assert gap.basis.startswith("2 records say no year, and as a rule no time zone either: the year was concluded")
    assert "the zone was taken to be Europe/Vienna unless --time-zone" in gap.basis
    assert gap.consequence.startswith("Dates may be a year off and times hours off")


def test_gaps_are_numbered_in_sorted_order() -> None:
    found = _gaps([_windows(1, "2026-03-01T00:00:00Z", event__code="1102")])
    assert [gap.id for gap in found] == [f"gap-{n}" for n in range(1, len(found) + 1)]
    assert [gap.source for gap in found] == sorted(gap.source for gap in found)


def test_advice_begins_with_what_is_lost_soonest_and_counts_from_the_last_record() -> None:
    rows = [event(1, at="2026-06-30T00:00:00Z", event__provider="Exchange")]
    with EventStore.from_table(events_table(rows)) as store:
        advice = export_advice(store, [], Profile())
    assert advice[0].id == "coverage-1"
    assert all(one.weight == "action" and one.question == "what-now" for one in advice)
    order = [one.text.split(".")[0] for one in advice]
    assert order.index("Export: Windows event logs") < order.index("Export: Entra sign-in logs")
    assert order.index("Export: Exchange message trace") < order.index("Export: Microsoft 365 audit log")
    assert "everything before 2026-01-01 was already gone" in advice[-1].text


def test_advice_names_the_profile_as_its_source_and_says_where_the_evidence_reaches_further_back() -> None:
    rows = [
        event(n, at=at, event__provider="Exchange")
        for n, at in ((1, "2026-05-01T00:00:00Z"), (2, "2026-06-30T00:00:00Z"))
    ]
    profile = Profile(logging=[LoggedSystem(system="m365.audit", retention_days=28)])
    with EventStore.from_table(events_table(rows)) as store:
        texts = [[one.text for one in export_advice(store, [], asked)] for asked in (profile, Profile())]
    own, default = (next(one for one in found if "Microsoft 365 audit log" in one) for found in texts)
    assert "Your profile says that it is kept 28 days: " in own
    assert "before 2026-06-02 was already gone (yours reach further back)" in own
    assert "days unless somebody changed that: " in default
    assert "further back" not in default


def test_a_warning_about_years_is_a_doubt_about_the_clock_not_a_loss() -> None:
    found = _gaps([], [_item(source="linux.syslog", warnings=["3 times carry no year: it was inferred"])])
    assert [gap.entity for gap in _kinds(found, "clock")] == ["audit.csv"]
    assert not _kinds(found, "unreadable")


def test_a_burst_of_policy_changes_is_told_once_a_day_and_channel_names_know_no_case() -> None:
    rows = [
        _windows(n, f"2026-03-0{day}T10:00:00Z", event__code="4719", provider="security", fields={"x": "%%8448"})
        for n, day in enumerate((1, 1, 1, 2), 1)
    ]
    gaps = _kinds(_gaps(rows), "disabled")
    assert [len(gap.event_ids) for gap in gaps] == [3, 1]
    cleared = _windows(1, "2026-03-01T10:00:00Z", event__code="1102", provider="security")
    assert _kinds(_gaps([cleared]), "cleared")


def _policy(record: int, hour: str, subcategory: str, changes: str) -> dict[str, Any]:
    fields = {"SubcategoryGuid": subcategory, "AuditPolicyChanges": changes}
    return _windows(record, f"2026-03-01T{hour}:00:00Z", event__code="4719", provider="Security", fields=fields)


def test_auditing_is_off_until_the_same_kind_is_switched_on_again() -> None:
    """Success and failure of each kind are switched by themselves; what stays off leaves the gap open."""
    logon, files = "{0CCE9215-69AE-11D9-BED3-505054503030}", "{0CCE921D-69AE-11D9-BED3-505054503030}"
    off = [_policy(1, "10", logon, "%%8448, %%8450"), _policy(2, "11", files, "%%8448")]
    half = [_policy(3, "12", logon, "%%8449"), _policy(4, "13", files, "%%8449")]
    (gap,) = _kinds(_gaps([*off, *half]), "disabled")
    assert (gap.start[11:13], gap.end) == ("10", "")  # failed logons are still off
    (gap,) = _kinds(_gaps([*off, *half, _policy(5, "14", logon, "%%8451")]), "disabled")
    assert (gap.start[11:13], gap.end[11:13]) == ("10", "14")
    assert gap.basis.endswith("switched on again")


def test_a_few_rejected_records_hide_a_small_share_and_a_stopped_reader_all() -> None:
    reject = RejectCount(reason="invalid JSON", count=1, bytes=1, first_place="line 4")
    few = _item(path="a.csv", records=99, rejected=1, rejects=[reject])
    lost = _item(path="b.evtx", status="quarantined", warnings=["it ballooned"])
    assert [gap.hidden for gap in _kinds(_gaps([], [few, lost]), "unreadable")] == [0.01, 1.0]


def test_what_is_cleared_more_often_than_can_be_listed_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vigilia.impact.gaps.windows._MOST_TOLD", 2)
    rows = [_windows(n, f"2026-03-0{n}T10:00:00Z", event__code="1102", provider="Security") for n in range(1, 6)]
    told = [gap.basis for gap in _kinds(_gaps(rows), "cleared")]
    assert len(told) == 3
    assert any(basis.startswith("3 more records say") for basis in told)


def test_long_lists_in_a_gap_say_how_many_more_there_are() -> None:
    items = [_item(path=f"odd-{n}.bin", status="unrecognised") for n in range(7)]
    (gap,) = _kinds(_gaps([], items), "unreadable")
    assert gap.basis.startswith("7 files are of no kind")
    assert gap.basis.endswith("odd-4.bin, and 2 more")
