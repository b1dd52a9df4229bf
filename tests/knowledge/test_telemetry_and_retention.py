"""Telemetry and retention tables load, and every row says where its fact comes from."""

from __future__ import annotations

import datetime as dt

from vigilia.knowledge.retention import load_retention
from vigilia.knowledge.telemetry import load_telemetry


def test_every_row_has_a_source_and_a_day() -> None:
    channels = [(row.source_url, row.source_date) for row in load_telemetry().channel]
    recordings = [(row.source_url, row.source_date) for row in load_telemetry().recording]
    kept = [(row.source_url, row.source_date) for row in load_retention().retention]
    caps = [(row.source_url, row.source_date) for row in load_retention().export_cap]
    for url, day in channels + recordings + kept + caps:
        assert url.startswith("https://")
        assert dt.date.fromisoformat(day) <= dt.date.fromisoformat(load_telemetry().date)


def test_the_change_of_audit_retention_in_october_2023_is_known() -> None:
    table = {row.id: row for row in load_retention().retention}
    assert (table["m365-audit-standard"].days, table["m365-audit-standard"].since) == (180, dt.date(2023, 10, 17))
    assert table["m365-audit-before-2023"].days == 90


def test_channel_ids_are_unique_and_no_action_means_two_levels() -> None:
    channels = load_telemetry().channel
    assert len({one.id for one in channels}) == len(channels)
    assert all(not set(one.left) & set(one.probably_left) for one in channels)
