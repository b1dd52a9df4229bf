"""The detection part as a whole, with scanners that only copy: what is absent is told, nothing names this machine."""

from __future__ import annotations

import sys
from pathlib import Path

import msgspec
import pytest

from bench import detection
from bench.corpora import CORPORA
from bench.detection import GROUPS, Detection, measure_detection
from bench.rulesets import make_rules
from bench.scans import Speed
from bench.tables import detection_table
from support.scanners import scanner

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the bench chooses processor cores as Linux does")


def test_every_group_names_corpora_that_can_be_made() -> None:
    names = {recipe.name for recipe in CORPORA}
    assert {planned.corpus for group in GROUPS.values() for planned in group} <= names


def test_a_group_is_measured_and_kept_without_places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIGILIA_TEST_DATA", str(tmp_path / "nowhere"))
    monkeypatch.setattr(detection, "make_rules", lambda _name, folder: make_rules("one", folder))
    told: list[Speed] = []
    measured = measure_detection(
        tmp_path, [(scanner("vigilia"), "1"), (scanner("other"), "1")], ["start", "lane-cisco-syslog"], 1, told.extend
    )
    assert [(one.runner, one.corpus) for one in told] == [("vigilia", "small"), ("vigilia", "small")]
    assert [one.detections for one in measured.speeds] == [40, 40]
    assert [one.name for one in measured.skipped] == ["lane-cisco-syslog"]
    kept = msgspec.json.encode(measured)
    assert str(tmp_path).encode() not in kept.replace(measured.skipped[0].reason.encode(), b"")
    assert msgspec.json.decode(kept, type=Detection) == measured
    table = detection_table(measured)
    assert "start to first finding" in table
    assert "skipped: lane-cisco-syslog" in table
