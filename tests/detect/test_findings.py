from __future__ import annotations

import pytest

from detect.batches import rule_set, rule_text
from vigilia.detect.findings import findings
from vigilia.model.errors import RuleError
from vigilia.model.matches import Match

ITEM = "s:\n    A: x\ncondition: s"
RULES = rule_set(
    rule_text(ITEM, number=1),
    rule_text(ITEM, number=2).replace("level: low", "level: critical"),
    rule_text(ITEM, number=3),
)
TIMES = {"i:1": "2026-03-02T00:00:00.000000Z", "i:2": "2026-03-01T00:00:00.000000Z", "i:3": ""}


def match(rule: int, event: str) -> Match:
    return Match(rule_id=f"00000000-0000-4000-8000-{rule:012}", event_id=event, fields={})


def test_findings_come_by_falling_level_then_rule_id() -> None:
    found = findings(RULES, [match(3, "i:1"), match(1, "i:1"), match(2, "i:1")], TIMES)
    assert [(one.level, one.rule_id[-1]) for one in found] == [("critical", "2"), ("low", "1"), ("low", "3")]


def test_events_come_by_time_and_those_without_time_last() -> None:
    (found,) = findings(RULES, [match(1, event) for event in ("i:9", "i:3", "i:1", "i:2", "i:1")], TIMES)
    assert found.event_ids == ["i:2", "i:1", "i:3", "i:9"]
    assert (found.count, found.first_time, found.last_time) == (4, TIMES["i:2"], TIMES["i:1"])


def test_a_finding_without_any_time_says_so() -> None:
    (found,) = findings(RULES, [match(1, "i:3")], TIMES)
    assert (found.first_time, found.last_time) == ("", "")


def test_no_matches_no_findings() -> None:
    assert findings(RULES, [], TIMES) == []


def test_a_match_of_an_unknown_rule_is_an_error() -> None:
    with pytest.raises(RuleError):
        findings(RULES, [match(4, "i:1")], TIMES)
