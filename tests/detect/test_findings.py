from __future__ import annotations

import pytest

from detect.batches import rule_set, rule_text
from vigilia.detect.findings import findings
from vigilia.model.errors import RuleError
from vigilia.store.match_store import RuleMatches

ITEM = "s:\n    A: x\ncondition: s"
RULES = rule_set(
    rule_text(ITEM, number=1),
    rule_text(ITEM, number=2).replace("level: low", "level: critical"),
    rule_text(ITEM, number=3),
)


def matched(rule: int) -> RuleMatches:
    rule_id = f"00000000-0000-4000-8000-{rule:012}"
    return RuleMatches(rule_id=rule_id, count=7, first_time="", last_time="", event_ids=["i:1"])


def test_findings_come_by_falling_level_then_rule_id() -> None:
    found = findings(RULES, [matched(3), matched(1), matched(2)])
    assert [(one.level, one.rule_id[-1]) for one in found] == [("critical", "2"), ("low", "1"), ("low", "3")]


def test_the_count_is_of_all_events_whatever_is_listed() -> None:
    (found,) = findings(RULES, [matched(1)])
    assert (found.count, found.event_ids) == (7, ["i:1"])


def test_no_matches_no_findings() -> None:
    assert findings(RULES, []) == []


def test_a_match_of_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(RuleError):
        findings(RULES, [matched(4)])


def test_rules_that_only_serve_correlations_give_none_and_correlations_do() -> None:
    correlation = (
        "title: Correlation\nid: 00000000-0000-4000-8000-000000000009\nstatus: test\nlevel: high\ncorrelation:\n"
        "  type: event_count\n  rules: [00000000-0000-4000-8000-000000000001]\n  timespan: 1m\n  condition: {gte: 2}\n"
    )
    rules = rule_set(rule_text(ITEM, number=1), rule_text(ITEM, number=2), correlation)
    found = findings(rules, [matched(1), matched(2), matched(9)])
    assert [(one.level, one.rule_id[-1]) for one in found] == [("high", "9"), ("low", "2")]
