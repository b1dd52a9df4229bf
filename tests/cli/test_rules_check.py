"""`vigilia rules check` as a whole process: what it prints, and its exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detect.batches import rule_text
from support.cases import run_vigilia

DOUBTFUL = rule_text("s:\n    A: 'C:\\Temp\\*'\ncondition: s", number=1)
PLACEHOLDER = rule_text("s:\n    A|expand: '%hosts%'\ncondition: s", number=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "doubtful.yml").write_text(DOUBTFUL, encoding="utf-8")
    (tmp_path / "rules" / "open.yml").write_text(PLACEHOLDER, encoding="utf-8")
    (tmp_path / "values.toml").write_text('hosts = ["db01"]\n', encoding="utf-8")
    return tmp_path


def test_remarks_have_file_line_code_and_hint_and_a_broken_rule_sets_the_exit_code(folder: Path) -> None:
    done = run_vigilia("rules", "check", folder / "rules")
    doubtful, broken = done.stdout.splitlines()
    assert doubtful.startswith("doubtful.yml:8: SG304 in 'C:\\Temp\\*' the wildcard is a plain character.")
    assert broken.startswith("open.yml:8: SG001 the placeholder %hosts% has no value here.")
    assert "1 rule can run, 1 cannot. 2 remarks." in done.stderr
    assert done.returncode == 3


def test_a_placeholder_with_a_value_lets_the_rule_run(folder: Path) -> None:
    done = run_vigilia("rules", "check", folder / "rules", "--placeholders", folder / "values.toml", "--json")
    assert [(one["path"], one["code"], one["gravity"]) for one in json.loads(done.stdout)] == [
        ("doubtful.yml", "SG304", "doubtful")
    ]
    assert done.returncode == 0


def test_checks_are_chosen_by_code(folder: Path) -> None:
    assert "SG304" not in run_vigilia("rules", "check", folder / "rules", "--ignore", "SG3").stdout
    assert "SG001" not in run_vigilia("rules", "check", folder / "rules", "--select", "sg304").stdout
    done = run_vigilia("rules", "check", folder / "rules", "--select", "SG9")
    assert done.returncode == 2
    assert "docs/rules.md" in done.stderr


def test_a_pipeline_changes_what_would_run(folder: Path) -> None:
    pipeline = folder / "refusing.yml"
    pipeline.write_text("transformations: [{type: rule_failure, message: not here}]\n", encoding="utf-8")
    done = run_vigilia("rules", "check", folder / "rules", "--pipeline", pipeline, "--select", "SG001")
    assert done.stdout.count("not here") == 2
    assert run_vigilia("rules", "list", "--pipeline", "no-such-name").returncode == 2


def test_the_rules_that_ship_with_the_package_have_no_remarks() -> None:
    done = run_vigilia("rules", "check")
    assert (done.stdout, done.returncode) == ("", 0)
