"""SigmaHQ's regression layout: what is right passes, and whatever is wrong in a folder is told, never skipped."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detect.batches import rule_text
from support.cases import run_vigilia
from support.evtx_files import evtx_chunk, evtx_file, slack_behind
from support.program_starts import SAMPLE, STARTED
from vigilia.investigate.progress import Silent
from vigilia.investigate.rule_regression import RegressionReport, find_expectations, run_regression
from vigilia.investigate.samples import ReadingSettings, read_samples
from vigilia.model.errors import UsageError
from vigilia.sigma.compilation import compile_rules

RULE = "00000000-0000-4000-8000-{:012}"


class Repository:
    """A folder like SigmaHQ's: rules, and samples below `regression_data`."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.tests = root / "regression_data"
        self.rules = root / "rules" / "windows"
        self.rules.mkdir(parents=True)
        self.tests.mkdir()

    def rule(self, number: int, detection: str, logsource: str = STARTED) -> None:
        (self.rules / f"rule_{number}.yml").write_text(rule_text(detection, number=number, logsource=logsource))

    def test(self, number: int, lines: str, *, folder: str = "", metadata: bool = True) -> Path:
        """Write an info.yml; `lines` are the keys of its only test."""
        place = self.tests / "rules" / "windows" / (folder or f"rule_{number}")
        place.mkdir(parents=True, exist_ok=True)
        named = f"rule_metadata:\n    - id: {RULE.format(number)}\n      title: One\n" if metadata else ""
        entry = "\n".join(f"      {line}" for line in lines.splitlines())
        (place / "info.yml").write_text(f"id: x\n{named}regression_tests_info:\n    -\n{entry}\n")
        return place

    def run(self, *, rules: bool = False) -> RegressionReport:
        folders = [self.root / "rules"] if rules else []
        return run_regression(self.tests, folders, ReadingSettings(), Silent())


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    made = Repository(tmp_path)
    made.rule(1, "s:\n    Image|endswith: \\curl.exe\ncondition: s")
    return made


def verdicts(report: RegressionReport) -> list[tuple[str, int | None]]:
    return [(one.verdict, one.found) for one in report.outcomes]


# What an entry says → verdict and matches. "{here}" is the entry's own folder.
ENTRIES: dict[str, tuple[str, int | None]] = {
    "path: regression_data/rules/windows/{here}/a.evtx\nmatch_count: 2": ("passed", 2),
    "path: regression_data/rules/windows/{here}/a.evtx\nmatch_count: '2'": ("passed", 2),
    "path: regression_data/rules/windows/{here}/a.evtx": ("passed", 2),
    "path: a.evtx\nmatch_count: null": ("passed", 2),
    "path: a.evtx\ntype: a-type-of-tomorrow\nmatch_count: 2": ("passed", 2),
    "path: a.evtx\nmatch_count: 1": ("count differs", 2),
    "path: a.evtx\nmatch_count: 0": ("unexpected match", 2),
    "path: a.evtx\nname: Negative Detection Test": ("unexpected match", 2),
    "path: rules/windows/{here}/a.evtx": ("passed", 2),
    "path: elsewhere/regression_data/rules/windows/{here}/a.evtx": ("passed", 2),
    "path: 'regression_data\\rules\\windows\\{here}\\a.evtx'": ("passed", 2),
    "path: regression_data/rules/windows/{here}/b.evtx": ("sample missing", None),
    "path: ../../../../outside.evtx": ("sample missing", None),
    "name: nothing else": ("sample missing", None),
}


def test_a_test_is_understood_as_it_is_written(repository: Repository) -> None:
    for number, stated in enumerate(ENTRIES):
        here = f"entry_{number:02}"
        place = repository.test(1, stated.format(here=here), folder=here)
        (place / "a.evtx").write_bytes(SAMPLE)
    (repository.root.parent / "outside.evtx").write_bytes(SAMPLE)
    report = repository.run()
    assert verdicts(report) == list(ENTRIES.values())
    assert (report.total, report.passed, report.matched) == (14, 8, 9)


def test_samples_may_be_logs_of_any_kind(repository: Repository) -> None:
    place = repository.test(1, "path: a.json\ntype: json\nmatch_count: 1")
    system = {"Provider": {"#attributes": {"Name": "Microsoft-Windows-Sysmon"}}, "EventID": 1, "EventRecordID": 7}
    system |= {"Channel": "Microsoft-Windows-Sysmon/Operational", "Computer": "WS01.example.org"}
    system |= {"TimeCreated": {"#attributes": {"SystemTime": "2026-01-01T00:00:00.000000Z"}}}
    event = {"Event": {"System": system, "EventData": {"Image": "C:\\curl.exe", "CommandLine": "curl"}}}
    (place / "a.json").write_text(json.dumps(event, indent=2))
    assert verdicts(repository.run()) == [("passed", 1)]


def test_records_left_over_in_a_log_count_in_no_test(repository: Repository) -> None:
    repository.rule(2, "s:\n    TargetUserName|startswith: ada\ncondition: s", "product: windows, service: security")
    new = evtx_chunk([(101, {"TargetUserName": "bob"}), (102, {"TargetUserName": "ada-now"})])
    old = evtx_chunk([(number, {"TargetUserName": f"ada{number}"}) for number in range(1, 13)])
    place = repository.test(2, "path: a.evtx\nmatch_count: 1")
    (place / "a.evtx").write_bytes(evtx_file(slack_behind(new, old)))
    rules = compile_rules([("rule.yml", (repository.rules / "rule_2.yml").read_text())])
    with read_samples([place / "a.evtx"], rules, ReadingSettings(), Silent()) as read:
        assert sum(len(read.matches(item)) for item in read.items) > 1, "else nothing that matches was left over"
    assert verdicts(repository.run()) == [("passed", 1)]


def test_what_keeps_a_rule_or_a_sample_from_being_run_is_said(repository: Repository) -> None:
    repository.rule(2, "s:\n    A|re: '(?=x)'\ncondition: s")
    repository.rule(3, "s:\n    A: x\ncondition: s", logsource="product: nobodys, category: nothing")
    for number in (1, 2, 3, 4):
        place = repository.test(number, "path: a.evtx\nmatch_count: 1")
        (place / "a.evtx").write_bytes(SAMPLE if number > 1 else b"\x00\x01 no log at all \xff" * 40)
    empty = repository.test(1, "path: a.evtx", folder="rule_empty")
    (empty / "a.evtx").write_bytes(b"")
    broken = repository.tests / "rules" / "windows" / "rule_broken"
    broken.mkdir()
    (broken / "info.yml").write_text("regression_tests_info: [", encoding="utf-8")
    without = repository.tests / "rules" / "windows" / "rule_without"
    without.mkdir()
    (without / "info.yml").write_text("id: x", encoding="utf-8")
    found = {one.info.split("/")[2]: one for one in repository.run().outcomes}
    assert {name: one.verdict for name, one in found.items()} == {
        "rule_1": "sample unread",
        "rule_2": "rule unsupported",
        "rule_3": "log source not served",
        "rule_4": "rule missing",
        "rule_broken": "test unreadable",
        "rule_empty": "sample unread",
        "rule_without": "test unreadable",
    }
    assert all(one.why for one in found.values())


def test_rules_are_found_from_any_part_of_the_repository(repository: Repository) -> None:
    """Folders of tests mirror those of rules, names and all, and are not taken for them."""
    place = repository.test(1, "path: a.evtx")
    (place / "a.evtx").write_bytes(SAMPLE)
    (repository.tests / "rules-emerging-threats" / "x").mkdir(parents=True)
    for folder in (repository.root, repository.tests, repository.tests / "rules", place):
        report = run_regression(folder, [], ReadingSettings(), Silent())
        assert (verdicts(report), report.folders) == ([("passed", 2)], [str(repository.root / "rules")])


def test_several_samples_and_several_rules_are_each_a_test(repository: Repository) -> None:
    repository.rule(2, "s:\n    Image|endswith: \\other.exe\ncondition: s")
    place = repository.tests / "two"
    place.mkdir()
    ids = "".join(f"    - id: {RULE.format(number)}\n" for number in (1, 2))
    tests = "".join(f"    - path: {name}.evtx\n" for name in "ab")
    (place / "info.yml").write_text(f"rule_metadata:\n{ids}regression_tests_info:\n{tests}")
    (place / "a.evtx").write_bytes(SAMPLE)
    (place / "b.evtx").write_bytes(SAMPLE)
    report = repository.run()
    assert verdicts(report) == [("passed", 2), ("passed", 1), ("passed", 2), ("passed", 1)]
    assert report.rules == 2


def test_a_sample_named_after_its_rule_needs_no_other_name(repository: Repository) -> None:
    name = RULE.format(1)
    place = repository.test(1, f"path: {name}.evtx", metadata=False)
    (place / f"{name}.evtx").write_bytes(SAMPLE)
    assert verdicts(repository.run(rules=True)) == [("passed", 2)]


def test_a_folder_without_tests_or_without_rules_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no info\.yml"):
        find_expectations(tmp_path)
    with pytest.raises(UsageError, match="no such folder"):
        find_expectations(tmp_path / "absent")


def test_the_command_prints_failures_and_a_score_and_fails_unless_all_pass(repository: Repository) -> None:
    place = repository.test(1, "path: a.evtx\nmatch_count: 2")
    (place / "a.evtx").write_bytes(SAMPLE)
    passed = run_vigilia("rules", "test", "--regression", repository.tests)
    assert (passed.returncode, passed.stdout.splitlines()[-1]) == (0, "1 of 1 tests passed; 1 rule was run.")
    repository.test(1, "path: a.evtx\nmatch_count: 5")
    failed = run_vigilia("rules", "test", "--regression", repository.tests, "--rules", repository.root / "rules")
    assert failed.returncode == 3
    assert "2 of 3 records match, not 5" in failed.stdout
    assert "0 of 1 tests passed" in failed.stdout
    document = json.loads(run_vigilia("rules", "test", "--regression", repository.tests, "--json").stdout)
    assert (document["total"], document["passed"], document["outcomes"][0]["found"]) == (1, 0, 2)
