"""Rule collections of the old form: several rules out of shared parts."""

from __future__ import annotations

import pytest

from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rendering import render_form
from vigilia.sigma.rules import CompiledRule, RuleSet

SHARED = (
    "action: global\ntitle: Shared\nid: 11111111-1111-4111-8111-111111111111\nlevel: high\n"
    "detection:\n  condition: selection\n"
)
ONE = "logsource: {product: windows, service: security}\ndetection:\n  selection: {EventID: 1}\n"
TWO = "logsource: {product: windows, service: sysmon}\ndetection:\n  selection: {EventID: 2}\n"


def compiled(*documents: str) -> RuleSet:
    return compile_rules([("collection.yml", "---\n".join(documents))])


def told(rules: RuleSet) -> list[tuple[str, str, str]]:
    return [(rule.title, rule.logsource.service, render_form(rule.conditions[0])) for rule in by_service(rules)]


def by_service(rules: RuleSet) -> list[CompiledRule]:
    return sorted(rules.rules, key=lambda one: one.logsource.service)


def test_what_is_global_goes_into_each_rule_that_follows() -> None:
    rules = compiled(SHARED, ONE, TWO)
    assert told(rules) == [
        ("Shared", "security", 'EventID equals "1"'),
        ("Shared", "sysmon", 'EventID equals "2"'),
    ]
    assert {rule.level for rule in rules.rules} == {"high"}
    assert not rules.unsupported


def test_rules_that_share_an_id_are_numbered() -> None:
    ids = [rule.id for rule in by_service(compiled(SHARED, ONE, TWO))]
    assert ids == ["11111111-1111-4111-8111-111111111111", "11111111-1111-4111-8111-111111111111-2"]


def test_several_global_parts_add_up_and_reset_forgets_them() -> None:
    rules = compiled(SHARED, "action: global\nstatus: test\n", ONE, "action: reset\n", f"title: Own\n{TWO}")
    (rule,) = rules.rules
    assert (rule.status, rule.level) == ("test", "high")
    assert "condition" in rules.unsupported[0].reason


def test_a_rule_is_repeated_with_changes() -> None:
    whole = f"title: First\nid: 22222222-2222-4222-8222-222222222222\n{ONE}  condition: selection\n"
    change = "action: repeat\ntitle: Second\nlogsource: {service: sysmon}\ndetection:\n  selection: {EventID: 3}\n"
    rules = compiled(whole, change)
    assert told(rules) == [("First", "security", 'EventID equals "1"'), ("Second", "sysmon", 'EventID equals "3"')]
    assert len({rule.id for rule in rules.rules}) == 2


def test_an_id_written_twice_is_still_a_mistake() -> None:
    whole = f"title: First\nid: 22222222-2222-4222-8222-222222222222\n{ONE}  condition: selection\n"
    rules = compiled(whole, whole)
    assert len(rules.rules) == 1
    assert "is already that of" in rules.unsupported[0].reason


@pytest.mark.parametrize(
    ("documents", "reason"),
    [
        (("action: repeat\ntitle: x\n",), "no rule before"),
        (("action: everything\n",), "unknown"),
        (("action: [global]\n",), "unknown"),
        ((SHARED, "action: repeat\ntitle: x\n"), "no rule before"),
    ],
)
def test_an_action_that_cannot_be_done_is_reported_and_the_rules_after_it_run(
    documents: tuple[str, ...], reason: str
) -> None:
    rules = compiled(*documents, f"title: Last\n{ONE}  condition: selection\n")
    assert len(rules.rules) == 1
    assert reason in rules.unsupported[0].reason
    assert rules.unsupported[0].hint
