"""What rules cover is counted by what could match, and said without comfort."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from detect.batches import rule_text
from support.program_starts import SAMPLE, STARTED
from vigilia.investigate.progress import Silent
from vigilia.investigate.rule_coverage import MEANING, SERVED, RuleCoverage, cover_files, cover_rules, coverage_layer
from vigilia.investigate.samples import ReadingSettings
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import RuleSet

CORRELATION = """
title: Many starts
id: 00000000-0000-4000-8000-00000000000{number}
level: low
tags: [attack.t1059]
correlation:
    type: event_count
    rules: [00000000-0000-4000-8000-00000000000{of}]
    group-by: [User]
    timespan: 5m
    condition:
        gte: 3
"""


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    start = "s:\n    Image|endswith: \\curl.exe\ncondition: s"
    tags = "tags: [attack.t1105, attack.command-and-control]\n"
    texts = [
        rule_text(start, number=1, logsource=STARTED, extra=tags),
        rule_text(start, number=2, logsource="product: windows, category: network_connection", extra=tags),
        rule_text("s:\n    A: x\ncondition: s", number=3, logsource="product: nobodys, category: nothing"),
        rule_text("s:\n    Company: x\ncondition: s", number=4, logsource=STARTED),
        CORRELATION.format(number=5, of=1),
        CORRELATION.format(number=6, of=2),
        "title: no rule\n",
    ]
    return compile_rules((f"{number}.yml", text) for number, text in enumerate(texts))


@pytest.fixture(scope="module")
def covered(rules: RuleSet, tmp_path_factory: pytest.TempPathFactory) -> RuleCoverage:
    path = tmp_path_factory.mktemp("covered") / "sample.evtx"
    path.write_bytes(SAMPLE)
    return cover_files(rules, [path], ReadingSettings(), Silent())


def test_each_rule_has_its_reason(covered: RuleCoverage) -> None:
    assert {rule.id[-1]: rule.obstacle for rule in covered.rules} == {
        "1": "",
        "2": "no such record",
        "3": "no source serves it",
        "4": "field absent",
        "5": "",
        "6": "no such record",
    }
    assert {rule.id[-1]: rule.records for rule in covered.rules if rule.could_match} == {"1": 3, "5": 3}
    assert (covered.sources, covered.unsupported) == ({"windows": 3}, 1)


def test_without_evidence_a_rule_could_match_where_any_source_serves_it(rules: RuleSet) -> None:
    covered = cover_rules(rules)
    assert [rule.id[-1] for rule in covered.rules if not rule.could_match] == ["3"]
    assert not covered.with_evidence
    assert covered.meaning == SERVED


def test_techniques_are_scored_by_the_rules_that_could_match(covered: RuleCoverage) -> None:
    assert [(one.id, one.rules, one.could_match) for one in covered.techniques] == [("T1059", 2, 1), ("T1105", 2, 1)]
    layer = json.loads(coverage_layer(covered))
    assert [(one["techniqueID"], one["score"]) for one in layer["techniques"]] == [("T1059", 1), ("T1105", 1)]
    assert layer["techniques"][1]["comment"] == "1 of 2 rules could match. Test rule 1"
    assert MEANING in layer["description"]


def test_the_same_evidence_gives_the_same_layer(covered: RuleCoverage, rules: RuleSet, tmp_path: Path) -> None:
    path = tmp_path / "renamed.evtx"
    path.write_bytes(SAMPLE)
    again = cover_files(rules, [path], ReadingSettings(workers=2), Silent())
    assert coverage_layer(again) == coverage_layer(covered)
    assert again.rules == covered.rules
