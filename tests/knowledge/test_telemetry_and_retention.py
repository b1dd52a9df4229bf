"""Telemetry and retention tables load, and every row says where its fact comes from."""

from __future__ import annotations

import datetime as dt

from vigilia.knowledge.channels import load_channels
from vigilia.knowledge.identity import identity_of
from vigilia.knowledge.retention import load_retention
from vigilia.knowledge.telemetry import load_telemetry, several_logs
from vigilia.normalize.mapping import mapping_sources


def test_every_row_has_a_source_and_a_day() -> None:
    recordings = [(row.source_url, row.source_date) for row in load_telemetry().recording]
    kept = [(row.source_url, row.source_date) for row in load_retention().retention]
    caps = [(row.source_url, row.source_date) for row in load_retention().export_cap]
    lags = [(row.source_url, row.source_date) for row in load_retention().lag]
    companions = [(row.source_url, row.source_date) for row in load_telemetry().companion]
    for url, day in recordings + kept + caps + lags + companions:
        assert url.startswith("https://")
        assert dt.date.fromisoformat(day) <= dt.date.fromisoformat(load_telemetry().date)


def test_the_change_of_audit_retention_in_october_2023_is_known() -> None:
    table = {row.id: row for row in load_retention().retention}
    assert (table["m365-audit-standard"].days, table["m365-audit-standard"].since) == (180, dt.date(2023, 10, 17))
    assert table["m365-audit-before-2023"].days == 90


def test_every_source_of_the_tables_has_a_reader_or_is_a_family() -> None:
    known = set(mapping_sources())
    named = {one.source for one in load_retention().retention} | {one.source for one in load_telemetry().companion}
    named |= {one.source for one in load_retention().export_cap if one.source != "*"}
    named |= {source.partition("/")[0] for one in load_telemetry().needed for source in one.sources} - {"own."}
    for source in sorted(named):
        assert any(one == source or (source.endswith(".") and one.startswith(source)) for one in known), source
    assert all(identity_of(source) is None or identity_of(source).fields for source in known)  # type: ignore[union-attr] # not None


def test_what_is_needed_may_come_from_several_sources() -> None:
    (flow,) = (one for one in load_telemetry().needed if one.id == "network-flow")
    assert flow.served_by("firewall.fortinet")
    assert flow.served_by("zeek")
    assert not flow.served_by("web.access")


def test_caps_of_one_source_differ_and_are_those_that_vendors_name() -> None:
    caps = [(one.source, one.rows) for one in load_retention().export_cap]
    assert len(set(caps)) == len(caps)
    assert {("m365.audit", 50_000), ("m365.audit", 5_000), ("google.workspace", 100_000), ("*", 1_048_575)} <= set(caps)


def test_of_a_source_that_is_several_logs_only_the_right_one_serves() -> None:
    needed = {one.id: one for one in load_telemetry().needed}
    assert needed["dns"].served_by("zeek", "dns")
    assert not needed["dns"].served_by("zeek", "conn")
    assert needed["network-flow"].served_by("zeek", "conn")
    assert not needed["network-flow"].served_by("zeek", "dns")
    assert needed["dns"].served_by("dns.bind", "queries")
    assert set(several_logs()) == {"zeek", "suricata"}


def test_each_of_several_logs_that_is_needed_is_one_that_a_channel_hears() -> None:
    heard = {
        (source, provider)
        for channel in load_channels().channel
        for log in channel.log
        for source in log.sources
        for provider in log.providers
    }
    asked = {(source, part) for source, parts in several_logs().items() for part in parts}
    assert asked
    assert asked <= heard
