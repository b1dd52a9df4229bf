"""The cases of the grid are what they say: repeatable, with truth that fits the evidence that is handed in."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.impact_grid.cases import CHANNELS, Plan, Scenario, plans, write_case


def _plan(channel: str, telemetry: str, *behaviours: str) -> Plan:
    return Plan("test", 0, telemetry, tuple(Scenario(channel, one) for one in behaviours or ("left",)))


def test_a_grid_of_two_rounds_has_every_channel_with_every_loss_of_its_logs_left_and_not() -> None:
    dealt = list(plans("test", 2))
    scenarios = [(one, plan.telemetry) for plan in dealt for one in plan.scenarios]
    assert len({one.channel for one, _ in scenarios}) >= 14
    assert len({telemetry for _, telemetry in scenarios}) >= 6
    assert len(scenarios) >= 500
    for channel in CHANNELS:
        own = [one for one, _ in scenarios if one.channel == channel]
        assert sum(one.behaviour == "left" for one in own) * 2 == len(own)
    assert len({plan.name for plan in dealt}) == len(dealt)


@pytest.mark.parametrize("channel", ["mail-read", "web-upload", "google-drive", "crm-export"])
def test_the_same_case_is_the_same_bytes_again(channel: str, tmp_path: Path) -> None:
    plan = _plan(channel, "days-deleted")
    assert write_case(plan, tmp_path / "a") == write_case(plan, tmp_path / "b")
    written = [
        {path.name: path.read_bytes() for path in (tmp_path / name / "evidence").iterdir()} for name in ("a", "b")
    ]
    assert written[0] == written[1]


@pytest.mark.parametrize("channel", list(CHANNELS))
def test_with_full_telemetry_what_left_is_recorded_and_nothing_is_said_to_be_lost(channel: str, tmp_path: Path) -> None:
    truth = write_case(_plan(channel, "full", "left", "left"), tmp_path / "case")
    assert not truth.lost
    visible = [deed for deed in truth.deeds if deed.act.kind != "hidden"]
    assert visible or not truth.intruder
    assert all(deed.recorded for deed in visible)


@pytest.mark.parametrize("channel", ["mail-sync", "c2-channel", "database-dump"])
def test_of_a_log_that_was_never_kept_nothing_is_recorded(channel: str, tmp_path: Path) -> None:
    truth = write_case(_plan(channel, "never-enabled"), tmp_path / "case")
    own = [deed for deed in truth.deeds if deed.act.channel == channel and deed.act.kind == "left"]
    assert own
    assert not any(deed.recorded for deed in own)


def test_where_only_the_owner_acts_nothing_left(tmp_path: Path) -> None:
    truth = write_case(_plan("sharepoint-download", "full", "owner", "read"), tmp_path / "case")
    assert truth.deeds
    assert not any(deed.act.kind == "left" for deed in truth.deeds)
