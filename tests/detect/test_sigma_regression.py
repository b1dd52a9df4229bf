"""SigmaHQ's own regression tests: an EVTX file, a rule, and how often it must match, run as a person would run them."""

from __future__ import annotations

import tarfile
from pathlib import Path

from detect.batches import public_path
from vigilia.investigate.progress import Silent
from vigilia.investigate.rule_regression import run_regression
from vigilia.investigate.samples import ReadingSettings

# The file holds three files that the rule names (procdump.exe, procdump64.exe, procdump64a.exe); its info.yml says 1.
_MISCOUNTED = {"8fbf3271-1ef6-4e94-8210-03c2317947f6": ("count differs", 3, 1)}


def test_every_rule_finds_what_its_authors_say(tmp_path: Path) -> None:
    rules = public_path("sigma")
    with tarfile.open(public_path("sigma_regression", "sigma_regression_half.tar.xz")) as archive:
        archive.extractall(tmp_path / "tests", filter="data")
    report = run_regression(tmp_path / "tests", [rules], ReadingSettings(workers=2), Silent())
    failed = {one.rule_id: (one.verdict, one.found, one.expected) for one in report.outcomes if one.verdict != "passed"}
    assert failed == _MISCOUNTED
    assert (report.total, report.passed, report.matched, report.rules) == (92, 91, 92, 92)
