"""Filters change the rules that they name, say so, and never vanish."""

from __future__ import annotations

import pytest

from detect.batches import batch
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import RuleSet

RULE = (
    "title: Rule {number}\nid: 00000000-0000-4000-8000-{number:012}\nname: rule_{number}\nstatus: test\nlevel: low\n"
    "logsource: {{{logsource}}}\ndetection: {{selection: {{A: x}}, condition: selection}}\n"
)
FILTER = (
    "title: Known tool\nid: 00000000-0000-4000-8000-0000000000ff\nlogsource: {{{logsource}}}\n"
    "filter:\n  rules: {rules}\n  selection: {{User|startswith: adm_}}\n  condition: {condition}\n"
)


def rule(number: int, logsource: str = "product: windows") -> str:
    return RULE.format(number=number, logsource=logsource)


def a_filter(rules: str, condition: str = "not selection", logsource: str = "product: windows") -> str:
    return FILTER.format(rules=rules, condition=condition, logsource=logsource)


def compiled(*texts: str) -> RuleSet:
    return compile_rules([("rules.yml", "---\n".join(texts))])


def matched(rules: RuleSet, *users: str) -> list[str]:
    rows = batch([{"A": "x", "User": user} for user in users])
    found = Matcher(rules).match(rows)
    assert found == reference_match(rules, rows)
    return [users[int(one.event_id.rpartition(":")[2])] for one in found]


@pytest.mark.parametrize("rules", ["[rule_1]", "rule_1", "[00000000-0000-4000-8000-000000000001]", "any", "[]", "ANY"])
def test_a_filter_leaves_out_what_it_selects(rules: str) -> None:
    found = compiled(rule(1), a_filter(rules))
    assert not found.unsupported
    assert matched(found, "anna", "adm_anna", "boris") == ["anna", "boris"]
    assert found.rules[0].filters == ("Known tool",)


def test_a_filter_without_not_keeps_only_what_it_selects_and_a_remark_says_so() -> None:
    found = compiled(rule(1), a_filter("[rule_1]", "selection"))
    assert matched(found, "anna", "adm_anna") == ["adm_anna"]
    assert "needs a `not`" in found.rules[0].remarks[0]


def test_other_rules_stay_as_they_are() -> None:
    found = compiled(rule(1), rule(2), a_filter("[rule_1]"))
    assert [one.filters for one in found.rules] == [("Known tool",), ()]


@pytest.mark.parametrize(
    ("of_rule", "of_filter", "applies"),
    [
        ("product: windows, category: process_creation", "product: windows", True),
        ("product: windows, category: process_creation", "category: process_creation", True),
        ("product: windows, category: process_creation", "product: windows, category: process_creation", True),
        ("product: windows", "product: windows, category: process_creation", False),
        ("product: linux", "product: windows", False),
        ("product: windows, service: security", "product: windows, service: system", False),
    ],
)
def test_a_filter_changes_rules_that_have_its_log_source(of_rule: str, of_filter: str, applies: bool) -> None:
    for rules in ("any", "[rule_1]"):
        found = compiled(rule(1, of_rule), a_filter(rules, logsource=of_filter))
        assert bool(found.rules[0].filters) == applies
        assert bool(found.unsupported) != applies


def test_two_filters_apply_both_in_the_order_of_their_ids() -> None:
    other = (
        a_filter("any", "not selection").replace("0ff", "0fe").replace("Known tool", "Other").replace("adm_", "svc_")
    )
    found = compiled(rule(1), a_filter("any"), other)
    assert found.rules[0].filters == ("Other", "Known tool")
    assert matched(found, "anna", "adm_anna", "svc_x") == ["anna"]


def test_a_filter_in_another_file_applies_whatever_the_order() -> None:
    files = [("z.yml", rule(1)), ("a.yml", a_filter("[rule_1]"))]
    assert compile_rules(files) == compile_rules(files[::-1])
    assert compile_rules(files).rules[0].filters == ("Known tool",)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (a_filter("[missing]"), "no rule has the name or id 'missing', which"),
        (a_filter("[missing, other]"), "'missing' and 1 more"),
        (a_filter("{a: b}"), "does not say which rules"),
        (a_filter("[rule_1]").replace("  rules: [rule_1]\n", ""), "does not say which rules"),
        (a_filter("[rule_1]", "[selection]"), "no single condition"),
        (a_filter("[rule_1]", "not nothing"), "nothing"),
        (a_filter("[rule_1]").replace("logsource: {product: windows}\n", ""), "log source"),
        ("title: Odd\nlogsource: {product: windows}\nfilter: [a]\n", "no mapping"),
    ],
)
def test_a_filter_that_does_nothing_is_told_with_line_and_hint(text: str, reason: str) -> None:
    found = compiled(rule(1), text)
    (broken,) = found.unsupported
    assert reason.lower() in broken.reason.lower()
    assert broken.line > rule(1).count("\n")
    assert broken.hint
    assert matched(found, "anna", "adm_anna") == ["anna", "adm_anna"]


def test_a_filter_that_names_a_missing_rule_still_changes_the_others() -> None:
    found = compiled(rule(1), a_filter("[missing, rule_1]"))
    assert found.rules[0].filters == ("Known tool",)
    assert len(found.unsupported) == 1


def test_a_large_filter_for_very_many_rules_is_refused() -> None:
    many = ", ".join(f"t{number}" for number in range(9_000))
    text = a_filter("any").replace("User|startswith: adm_", f"User: [{many}]")
    found = compiled(*(rule(number) for number in range(1, 130)), text)
    assert "would put 9000 tests into 129 rules" in found.unsupported[0].reason
    assert not any(one.filters for one in found.rules)


def test_the_line_is_that_of_the_wrong_part() -> None:
    for wrong in ("rules: [missing]", "condition: [selection]"):
        text = rule(1) + "---\n" + a_filter("[rule_1]")
        key = wrong.partition(":")[0]
        text = "\n".join(f"  {wrong}" if line.startswith(f"  {key}:") else line for line in text.splitlines())
        (broken,) = compile_rules([("rules.yml", text)]).unsupported
        assert wrong in text.splitlines()[broken.line - 1]
