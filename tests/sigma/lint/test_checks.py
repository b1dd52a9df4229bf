"""Each check is shown by a rule that has just that fault, on just that line; a sound rule has none."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from detect.batches import compiled_sigma_rules, sigma_rules
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.lint.checks import CHECKS, Remark
from vigilia.sigma.lint.linting import check_rule_texts
from vigilia.sigma.rules import LogSource

PAGE = Path(__file__).parents[3] / "docs" / "rules.md"

HEAD = """title: A sound rule
id: 11111111-1111-4111-8111-111111111111
status: test
level: low
date: 2026-03-01
tags: [attack.t1059.001, attack.execution]
logsource: {product: windows}
"""
SOUND = "  s:\n    A: abc\n    B|contains|all:\n      - def\n      - ghi\n  condition: s\n"


def check(*texts: str) -> list[Remark]:
    sources = [(f"{number}.yml", text) for number, text in enumerate(texts)]
    return list(check_rule_texts(sources, compile_rules(sources), _why_unserved))


def _why_unserved(source: LogSource) -> str:
    return "" if source.product == "windows" else "nobody reads it"


def seen(text: str) -> list[tuple[str, int]]:
    return [(one.code, one.line) for one in check(text)]


def with_detection(detection: str) -> str:
    return f"{HEAD}detection:\n{detection}"


def test_a_sound_rule_has_no_remarks() -> None:
    assert check(with_detection(SOUND)) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "line"),
    [
        ("title: A sound rule\n", "", "SG101", 1),
        ("title: A sound rule", "title: " + "x" * 300, "SG101", 1),
        ("id: 11111111-1111-4111-8111-111111111111\n", "", "SG103", 1),
        ("11111111-1111-4111-8111-111111111111", "rule-7", "SG104", 2),
        ("level: low\n", "", "SG105", 1),
        ("level: low", "level: severe", "SG105", 4),
        ("status: test\n", "", "SG106", 1),
        ("status: test", "status: draft", "SG106", 3),
        ("2026-03-01", "2026/03/01", "SG107", 5),
        ("2026-03-01", "2026-02-30", "SG107", 5),
        ("2026-03-01", "20260301", "SG107", 5),
        ("date:", "modified: soon #", "SG107", 5),
        ("attack.execution", "Attack.Execution", "SG108", 6),
        ("attack.execution", "nodot", "SG108", 6),
        ("attack.execution", "other.thing", "SG108", 6),
        ("attack.t1059.001", "attack.t9999", "SG109", 6),
        ("attack.execution", "attack.executing", "SG109", 6),
        ("level: low", "level: low\nrelated: 7", "SG110", 1),
        ("windows}", "abacus}", "SG205", 7),
    ],
)
def test_a_fault_of_the_head_is_found_on_its_line(old: str, new: str, code: str, line: int) -> None:
    text = with_detection(SOUND)
    assert old in text
    assert seen(text.replace(old, new, 1)) == [(code, line)]


@pytest.mark.parametrize(
    ("detection", "code", "line"),
    [
        ("  s:\n    A|unheard: x\n  condition: s\n", "SG001", 10),
        ("  s:\n    A: abc\n  t:\n    A: def\n  condition: s\n", "SG201", 11),
        ("  s:\n    A: abc\n  _t:\n    A: def\n  condition: 1 of them\n", "SG201", 11),
        ("  s:\n    A: abc\n  condition: s and not s\n", "SG202", 11),
        ("  s:\n    A: abc\n  t:\n    A: null\n  condition: s and t\n", "SG202", 13),
        ("  s:\n    A: abc\n  t:\n    A|exists: false\n  condition: all of them\n", "SG202", 13),
        ("  s:\n    A: abc\n    B: [de, fg]\n  t:\n    B: [de, fg]\n  condition: s and not t\n", "SG202", 14),
        ("  s:\n    A: abc\n  condition: s or not s\n", "SG203", 11),
        ("  s:\n    A: 1\n  t:\n    A: 2\n  condition: s and t\n", "SG204", 13),
        ("  s:\n    A: abc\n  condition: not s\n", "SG206", 11),
        ("  s:\n    A: null\n  condition: s\n", "SG206", 11),
        ("  s:\n    A|contains|all: abc\n  condition: s\n", "SG301", 10),
        ("  s:\n    A:\n      - abc\n      - ABC\n  condition: s\n", "SG302", 12),
        ("  s:\n    A|contains:\n      - '*abc'\n  condition: s\n", "SG303", 11),
        ("  s:\n    A|startswith: 'abc*'\n  condition: s\n", "SG303", 10),
        ("  s:\n    A: 'C:\\Temp\\*'\n  condition: s\n", "SG304", 10),
        ("  s:\n    A|re: abc\n  condition: s\n", "SG305", 10),
        ("  s:\n    A|re: '.*a[bc]'\n  condition: s\n", "SG306", 10),
        ("  s:\n    A|re: 'x[0-9]+y.exe'\n  condition: s\n", "SG307", 10),
        ("  s:\n    - abc\n    - de\n  condition: s\n", "SG308", 11),
        ("  s:\n    A: abc\n    B: []\n  condition: s\n", "SG309", 11),
        ("  s:\n    A: 0x10\n  condition: s\n", "SG310", 10),
        ("  s:\n    A: 1.10\n  condition: s\n", "SG310", 10),
        ("  s:\n    A: yes\n  condition: s\n", "SG310", 10),
        ("  s:\n    A: 12:30\n  condition: s\n", "SG310", 10),
        ("  s:\n    A|contains: ['', abc]\n  condition: s\n", "SG311", 10),
        ("  s:\n    A|hour: 25\n  condition: s\n", "SG312", 10),
        ("  s:\n    A|base64offset|contains: ab\n  condition: s\n", "SG313", 10),
    ],
)
def test_a_fault_of_the_detection_is_found_on_its_line(detection: str, code: str, line: int) -> None:
    assert seen(with_detection(detection)) == [(code, line)]


@pytest.mark.parametrize(
    "detection",
    [
        "  s:\n    A|exists: yes\n  condition: s\n",
        "  s:\n    A: [1, 2.5, true, null, 'x']\n    B: abc\n  condition: s\n",
        "  s:\n    A|cased: [abc, ABC]\n  condition: s\n",
        "  s:\n    A|contains: '\\*abc\\*'\n  condition: s\n",
        "  s:\n    A|base64offset|contains: [abc, ABC]\n  condition: s\n",
        "  s:\n    A: 'C:\\Temp\\\\*'\n  condition: s\n",
        "  s:\n    A|re: '\\.exe$'\n  condition: s\n",
        "  s:\n    A: abc\n  t:\n    A: abc\n    B: def\n  condition: s and not t\n",
        "  s:\n    A: abc\n  t:\n    B: null\n  condition: s and t\n",
        "  s:\n    A: abc\n  t_1:\n    B: [de, fg]\n  t_2:\n    B: hi\n  condition: s and not 1 of t_*\n",
        "  s:\n    A|contains|all: [abc, def]\n    B|hour: 23\n  condition: s\n",
        "  s:\n    A: abc\n    B: [1, 2]\n  t:\n    B: 3\n  condition: s or t\n",
    ],
)
def test_what_is_sound_is_not_remarked_on(detection: str) -> None:
    assert seen(with_detection(detection)) == []


def test_rules_with_one_title_are_told_apart_and_rules_with_one_id_do_not_both_run() -> None:
    first = with_detection(SOUND)
    other = first.replace("id: 1", "id: 2")
    assert [(one.path, one.code, one.line) for one in check(first, other)] == [("1.yml", "SG102", 1)]
    assert [(one.path, one.code) for one in check(first, first)] == [("1.yml", "SG001"), ("1.yml", "SG102")]


def test_a_file_with_several_documents_has_each_on_its_lines() -> None:
    shared = "action: global\n" + HEAD + "---\n"
    text = f"{shared}detection:\n{SOUND}---\ndetection:\n  s:\n    A|contains: '*abc'\n  condition: s\n"
    assert seen(text) == [("SG303", 20)]


def test_correlation_rules_are_checked_for_what_describes_them() -> None:
    correlation = (
        "title: Many\nid: 33333333-3333-4333-8333-333333333333\nstatus: test\ndate: yesterday\n"
        "correlation: {type: event_count, rules: [11111111-1111-4111-8111-111111111111], timespan: 5m,"
        " group-by: [A], condition: {gte: 5}}\n"
    )
    assert seen(f"{with_detection(SOUND)}---\n{correlation}") == [("SG107", 19)]


def test_a_broken_file_is_told_with_its_line_and_the_others_are_checked() -> None:
    remarks = check("title: x\n  bad: : indentation\n", with_detection("  s:\n    A: [x, X]\n  condition: s\n"))
    assert [(one.path, one.code, one.line) for one in remarks] == [("0.yml", "SG001", 2), ("1.yml", "SG302", 10)]
    assert all(one.hint for one in remarks)


def test_sigmahq_rules_are_checked_without_a_fault_of_ours() -> None:
    sources = sigma_rules("rules", "rules-emerging-threats", "rules-threat-hunting")
    remarks = check_rule_texts(sources, compiled_sigma_rules(), lambda _: "")
    codes = Counter(one.code for one in remarks)
    assert codes["SG001"] == 2
    assert set(codes) <= {"SG001", "SG109", "SG206", "SG302", "SG303", "SG304", "SG305", "SG308", "SG311"}
    assert sum(codes.values()) - codes["SG109"] < 100


def test_every_check_is_documented_and_every_documented_check_exists() -> None:
    rows = re.findall(r"^\| (SG\d{3}) \| (\w+) \| (.+) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert {code: (gravity, meaning) for code, gravity, meaning in rows} == {
        code: (check.gravity, check.meaning) for code, check in CHECKS.items()
    }
