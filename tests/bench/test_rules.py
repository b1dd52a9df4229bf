"""Variants of rules: as many as asked for, each a rule of its own that is as choosy as its model."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from bench.rule_variants import varied, write_variants
from bench.rulesets import RuleFolder, make_rules
from vigilia.investigate.ruleset import compile_rulepack

_RULE = r"""
title: Listing of a harbour
id: 11111111-2222-4333-8444-555555555555
status: test
level: medium
logsource: {product: windows, category: process_creation}
detection:
  selection:
    Image|endswith: '\harbourlist.exe'
    CommandLine|re: 'harbour[0-9]+'
    Initiated: 'true'
    EventID: 4688
    ParentImage|contains: [quaylister, 'dock']
  filter:
    DestinationIp|cidr: 192.0.2.0/24
  condition: selection and not filter
"""


def test_the_first_variant_is_the_rule() -> None:
    rule = yaml.safe_load(_RULE)
    assert varied(rule, 0) == rule


def test_variants_differ_in_long_texts_only() -> None:
    rule = yaml.safe_load(_RULE)
    variants: list[Any] = [varied(rule, number) for number in range(4)]
    assert len({one["id"] for one in variants}) == 4
    assert len({str(one["detection"]["selection"]["Image|endswith"]) for one in variants}) == 4
    assert len({one["detection"]["selection"]["ParentImage|contains"][0] for one in variants}) == 4
    for one in variants:
        selection = one["detection"]["selection"]
        assert len(selection["Image|endswith"]) == len(r"\harbourlist.exe")
        assert selection["CommandLine|re"] == "harbour[0-9]+"
        assert (selection["Initiated"], selection["EventID"]) == ("true", 4688)
        assert selection["ParentImage|contains"][1] == "dock"
        assert one["detection"]["filter"] == {"DestinationIp|cidr": "192.0.2.0/24"}
        assert one["detection"]["condition"] == "selection and not filter"


def test_every_variant_compiles(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "one.yml").write_text(_RULE)
    assert write_variants(tmp_path / "rules", tmp_path / "more", 5) == 5
    ours = len(compile_rulepack([]).rules)
    compiled = compile_rulepack([tmp_path / "more"])
    assert (len(compiled.rules) - ours, compiled.unsupported) == (5, ())


def test_the_rule_that_never_matches_compiles(tmp_path: Path) -> None:
    rules = make_rules("one", tmp_path)
    assert isinstance(rules, RuleFolder)
    assert rules.files == 1
    assert not compile_rulepack([tmp_path / "one"]).unsupported
