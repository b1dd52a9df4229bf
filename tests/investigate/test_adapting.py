"""Pipelines by name or file, and placeholders from files, as rules are compiled with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from detect.batches import batch, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.investigate.adapting import read_adaptation, shipped_pipelines
from vigilia.model.errors import UsageError
from vigilia.sigma.adaptation import UNCHANGED
from vigilia.sigma.compilation import compile_rules

EXPANDING = "s:\n    A|expand: '%hosts%'\ncondition: s"
SYSMON = {"Channel": "Microsoft-Windows-Sysmon/Operational", "EventID": "1"}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("values.toml", 'hosts = ["db01", 7]\n'),
        ("values.yml", "hosts: [db01, 7]\n"),
        ("values.yaml", "hosts:\n  - db01\n  - 7\n"),
    ],
)
def test_placeholders_come_from_toml_or_yaml(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    adaptation = read_adaptation(placeholders=[tmp_path / name])
    assert adaptation.placeholders == {"hosts": ("db01", "7")}
    rules = compile_rules([("r.yml", rule_text(EXPANDING))], adaptation)
    assert len(Matcher(rules).match(batch([{"A": "DB01"}, {"A": "7"}, {"A": "db02"}]))) == 2


def test_a_file_takes_the_place_of_what_the_profile_says(tmp_path: Path) -> None:
    (tmp_path / "one.toml").write_text('hosts = "db01"\n', encoding="utf-8")
    known = {"hosts": ["old"], "admins": ["ana"]}
    adaptation = read_adaptation(placeholders=[tmp_path / "one.toml"], known=known)
    assert adaptation.placeholders == {"hosts": ("db01",), "admins": ("ana",)}


def test_without_values_the_rule_says_which_placeholder_needs_some() -> None:
    (refused,) = compile_rules([("r.yml", rule_text(EXPANDING))]).unsupported
    assert "%hosts%" in refused.reason
    assert "--placeholders" in refused.hint


def test_nothing_asked_is_nothing_changed() -> None:
    assert read_adaptation() is UNCHANGED


def test_the_hash_tells_adaptations_apart(tmp_path: Path) -> None:
    pipeline = tmp_path / "p.yml"
    hashes = set()
    for number in range(2):
        pipeline.write_text(f"priority: {number}\ntransformations: []\n", encoding="utf-8")
        hashes.add(read_adaptation([str(pipeline)]).sha256)
    assert len(hashes | {UNCHANGED.sha256, read_adaptation(known={"a": ["b"]}).sha256}) == 4


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.toml", "hosts = 1.5\n"),
        ("a.toml", "not toml"),
        ("a.yml", "hosts: {a: b}\n"),
        ("a.yml", "- a list\n"),
        ("a.yml", ""),
    ],
)
def test_a_wrong_file_of_placeholders_is_one_clear_error(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_adaptation(placeholders=[tmp_path / name])
    assert caught.value.where.startswith(str(tmp_path))


def test_a_missing_pipeline_file_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_adaptation([str(tmp_path / "absent.yml")])


def test_every_shipped_pipeline_compiles() -> None:
    for name in shipped_pipelines():
        rules = compile_rules([("r.yml", rule_text("s:\n    A: x\ncondition: s"))], read_adaptation([name]))
        assert len(rules.rules) == 1


@pytest.mark.parametrize(
    ("pipeline", "detection"),
    [
        ("ecs-windows", "s:\n    process.executable|endswith: '\\a.exe'\n    process.parent.pid: 4\ncondition: s"),
        ("ecs-windows", "s:\n    winlog.event_data.Image|endswith: '\\a.exe'\ncondition: s"),
        ("defender-names", "s:\n    FolderPath|endswith: '\\a.exe'\n    ProcessCommandLine: a.exe /x\ncondition: s"),
    ],
)
def test_rules_in_other_names_run_with_a_shipped_pipeline(pipeline: str, detection: str) -> None:
    text = rule_text(detection, logsource="product: windows, category: process_creation")
    rules = compile_rules([("r.yml", text)], read_adaptation([pipeline]))
    event = {**SYSMON, "Image": "C:\\A.exe", "CommandLine": "a.exe /x", "ParentProcessId": "4"}
    assert len(Matcher(rules).match(batch([event, {**SYSMON, "Image": "C:\\b.exe"}]))) == 1
