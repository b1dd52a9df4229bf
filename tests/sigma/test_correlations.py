"""Correlation rules: what is read, what is refused and with which words, and what referred rules become."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.correlations import base_rules, correlation, correlation_rules, rule_id
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.correlation_form import AllRules, AnyRule, NoRule, RuleOccurs, Threshold
from vigilia.sigma.rules import RuleSet, UnsupportedRule

COUNT = "type: event_count\nrules: [f]\ntimespan: 10s\ncondition: {gte: 3}"
NEAR = "type: temporal\nrules: [f, g]\ntimespan: 10s"


def refused(*texts: str) -> tuple[UnsupportedRule, ...]:
    """Compile correlations of which all are refused; the base rules run nevertheless, and speak for themselves."""
    rules = compile_rules([("rules.yml", "---\n".join((base_rules(), *texts)))])
    assert len(rules.rules) == 3
    assert not any(rule.silent or rule.carried for rule in rules.rules)
    assert not rules.correlations
    return rules.unsupported


WRONG = [
    (COUNT.replace("event_count", "count"), "unknown type 'count'"),
    (COUNT.replace("type: event_count\n", ""), "has no type"),
    (COUNT.replace("10s", "10x"), "wrong timespan '10x'"),
    (COUNT.replace("10s", "s"), "wrong timespan"),
    (COUNT.replace("10s", "0s"), "wrong timespan"),
    (COUNT.replace("10s", "-5m"), "wrong timespan"),
    (COUNT.replace("10s", "10"), "wrong timespan"),
    (COUNT.replace("10s", "999999999y"), "wrong timespan"),
    (COUNT.replace("timespan: 10s\n", ""), "has no timespan"),
    (COUNT.replace("rules: [f]\n", ""), "refers to no rule"),
    (COUNT.replace("[f]", "[]"), "refers to no rule"),
    (COUNT.replace("[f]", "[1]"), "`rules` is no list"),
    (COUNT.replace("[f]", "[missing]"), "no rule has the name or id 'missing'"),
    (COUNT.replace("rules: [f]", "rules: [f]\ngroup_by: [User]"), "unknown key 'group_by'"),
    (COUNT.replace("rules: [f]", "rules: [f]\ngroup-by: {a: b}"), "`group-by` is no list"),
    (COUNT.replace("rules: [f]", "rules: [f]\naliases: [User]"), "`aliases` is no mapping"),
    (COUNT.replace("rules: [f]", "rules: [f]\naliases: {a: {missing: User}}"), "'missing'"),
    (COUNT.replace("rules: [f]", "rules: [f]\ngenerate: perhaps"), "`generate` is neither"),
    (COUNT.replace("condition: {gte: 3}", ""), "has no condition"),
    (COUNT.replace("{gte: 3}", "{}"), "compares nothing"),
    (COUNT.replace("{gte: 3}", "{above: 3}"), "unknown key 'above'"),
    (COUNT.replace("{gte: 3}", "{gte: many}"), "no number"),
    (COUNT.replace("{gte: 3}", "{gte: .nan}"), "no number"),
    (COUNT.replace("{gte: 3}", "{gte: true}"), "no number"),
    (COUNT.replace("{gte: 3}", "{gte: 3, field: User}"), "measures no field"),
    (COUNT.replace("{gte: 3}", "f and g"), "cannot have an expression"),
    (COUNT.replace("event_count", "value_count"), "needs a field"),
    (COUNT.replace("event_count", "value_sum").replace("3}", "3, field: [A, B]}"), "measures one field"),
    (COUNT.replace("event_count", "value_percentile").replace("3}", "3, field: A}"), "needs a percentile"),
    (
        COUNT.replace("event_count", "value_percentile").replace("3}", "3, field: A, percentile: 101}"),
        "not between 0 and 100",
    ),
    (NEAR.replace("temporal", "temporal_ordered").replace("[f, g]", str(["f"] * 21)), "at most 20 names"),
    (NEAR + "\ncondition: f and", "ends where a rule should stand"),
    (NEAR + "\ncondition: f g", "'g' where it should end"),
    (NEAR + "\ncondition: (f and g", "closing parenthesis"),
    (NEAR + "\ncondition: f and or g", "'or' where a rule should stand"),
    (NEAR + "\ncondition: " + "(" * 30 + "f" + ")" * 30, "nested too deep"),
    (NEAR + "\ncondition: " + "not " * 400 + "f", "nested too deep"),
    (NEAR + "\ncondition: " + " or ".join(["f"] * 600), "more than 2000 characters"),
    (NEAR + "\ncondition: f and h", "only one of `rules` and `condition`"),
    (NEAR + "\ncondition: f", "only one of `rules` and `condition`"),
]


@pytest.mark.parametrize(("inside", "reason"), WRONG, ids=[reason for _, reason in WRONG])
def test_what_is_wrong_is_refused_with_line_and_hint(inside: str, reason: str) -> None:
    (broken,) = refused(correlation(1, inside))
    assert reason in broken.reason
    assert broken.hint
    assert broken.line > base_rules().count("\n")


def test_a_section_that_is_no_mapping_is_refused() -> None:
    (broken,) = refused("title: Odd\ncorrelation: [f]\n")
    assert "no mapping" in broken.reason


def test_a_circle_is_refused_and_what_stands_on_it_too() -> None:
    circle = [correlation(k, COUNT.replace("[f]", f"[c{k % 2 + 1}]"), name=f"c{k}") for k in (1, 2)]
    broken = refused(*circle, correlation(3, COUNT.replace("[f]", "[c1]")))
    assert ["itself" in one.reason for one in broken] == [True, True, False]
    assert "'c1', which cannot be run" in broken[2].reason


def test_itself_is_the_smallest_circle() -> None:
    (broken,) = refused(correlation(1, COUNT.replace("[f]", "[me]"), name="me"))
    assert "itself" in broken.reason


def test_many_circles_are_all_told() -> None:
    drafts = [
        correlation(k, COUNT.replace("[f]", f"[c{k ^ 1}]"), name=f"c{k}").replace("status: test\n", "")
        for k in range(400)
    ]
    assert len(refused(*drafts)) == 400


def test_a_broken_rule_below_breaks_only_what_needs_it() -> None:
    broken = correlation(1, COUNT.replace("10s", "x"), name="broken")
    text = "---\n".join((base_rules(), broken, correlation(2, COUNT.replace("[f]", "[broken]")), correlation(3, COUNT)))
    rules = compile_rules([("rules.yml", text)])
    assert [one.id[-1] for one in rules.correlations] == ["3"]
    assert len(rules.unsupported) == 2


def test_a_name_of_two_rules_is_refused() -> None:
    twin = base_rules().partition("---\n")[0].replace(rule_id("f"), "00000000-0000-4000-8000-00000000ffff")
    text = "---\n".join((base_rules(), twin, correlation(1, COUNT)))
    (broken,) = compile_rules([("rules.yml", text)]).unsupported
    assert "2 rules are named 'f'" in broken.reason


def test_correlations_stand_on_each_other_only_so_high() -> None:
    tower = [
        correlation(k, COUNT.replace("[f]", f"[c{k - 1}]" if k > 1 else "[f]"), name=f"c{k}") for k in range(1, 13)
    ]
    rules = compile_rules([("rules.yml", "---\n".join((base_rules(), *tower)))])
    assert len(rules.correlations) == 10
    assert "10 correlations" in rules.unsupported[0].reason


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("1s", 1), ("90m", 5_400), ("2h", 7_200), ("3d", 259_200), ("1w", 604_800), ("1M", 2_629_746), ("1y", 31_556_952)],
)
def test_units_of_time(text: str, seconds: int) -> None:
    (rule,) = correlation_rules(correlation(1, COUNT.replace("10s", text))).correlations
    assert rule.timespan == seconds * 1_000_000


def test_rules_are_referred_to_by_name_or_id_in_any_case() -> None:
    (rule,) = correlation_rules(correlation(1, COUNT.replace("[f]", f"[{rule_id('g').upper()}, f]"))).correlations
    assert rule.rules == (rule_id("g"), rule_id("f"))


def test_thresholds_are_a_range_together() -> None:
    (rule,) = correlation_rules(correlation(1, COUNT.replace("{gte: 3}", "{gt: 100, lte: 200.5}"))).correlations
    assert rule.condition.thresholds == (Threshold("lte", 200.5), Threshold("gt", 100))


def test_not_binds_closest_then_and_then_or() -> None:
    (rule,) = correlation_rules(correlation(1, NEAR + "\ncondition: f or not g and f")).correlations
    f, g = RuleOccurs(rule_id("f")), RuleOccurs(rule_id("g"))
    assert rule.condition.expression == AnyRule((f, AllRules((NoRule(g), f))))


def by_name(rules: RuleSet) -> dict[str, tuple[bool, tuple[str, ...]]]:
    return {rule.name: (rule.silent, rule.carried) for rule in rules.rules}


def test_referred_rules_are_silent_unless_generate_says_otherwise_and_carry_what_is_needed() -> None:
    counted = COUNT.replace("rules: [f]", "rules: [f]\ngroup-by: [User, Host]")
    generating = NEAR + "\ngenerate: true\ngroup-by: [who]\naliases: {who: {f: User, g: Account}}"
    rules = correlation_rules(correlation(1, counted), correlation(2, generating))
    assert by_name(rules) == {"f": (False, ("Host", "User")), "g": (False, ("Account",)), "h": (False, ())}
    assert by_name(correlation_rules(correlation(1, counted)))["f"] == (True, ("Host", "User"))


def test_fields_are_carried_through_correlations_over_correlations() -> None:
    inner = correlation(1, NEAR + "\ngroup-by: [who]\naliases: {who: {f: User, g: Account}}", name="inner")
    outer = correlation(2, "type: value_count\nrules: [inner]\ntimespan: 1h\ncondition: {gte: 2, field: who}")
    rules = correlation_rules(inner, outer)
    assert by_name(rules)["f"] == (True, ("User",))
    assert by_name(rules)["g"] == (True, ("Account",))
    assert [one.silent for one in rules.correlations] == [True, False]


def test_without_a_level_of_its_own_a_correlation_has_the_highest_below_it() -> None:
    text = base_rules().replace("level: low", "level: critical", 1)
    whole = "---\n".join((text, correlation(1, NEAR, head="author: nobody"), correlation(2, NEAR)))
    rules = compile_rules([("rules.yml", whole)])
    assert [one.level for one in rules.correlations] == ["critical", "high"]


def test_the_hash_of_a_rule_set_changes_with_its_correlations() -> None:
    texts = [COUNT, COUNT.replace("3", "4")]
    assert len({correlation_rules(correlation(1, one)).sha256 for one in texts}) == 2


def test_the_order_of_files_does_not_matter() -> None:
    files = [("b.yml", correlation(1, NEAR)), ("a.yml", base_rules()), ("c.yml", correlation(2, COUNT))]
    assert compile_rules(files) == compile_rules(files[::-1])
    assert len(compile_rules(files).correlations) == 2


def sections() -> st.SearchStrategy[object]:
    """Anything that YAML can hold, in the places of a correlation section and a filter section."""
    names = st.sampled_from(["f", "g", "f and g", "selection", "any", "10s", "event_count", "temporal", ""])
    leaves = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | names
    values = st.recursive(leaves, lambda inner: st.lists(inner, max_size=3) | mappings(inner), max_leaves=8)
    return mappings(values) | values


def mappings(values: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    keys = ["type", "rules", "group-by", "timespan", "aliases", "condition", "generate", "gte", "field", "percentile"]
    return st.dictionaries(st.sampled_from([*keys, "selection", "tags", "id", "level", "name"]), values, max_size=6)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(["correlation", "filter"]), sections(), sections())
def test_nothing_that_yaml_can_hold_stops_the_other_rules(kind: str, section: object, around: object) -> None:
    document = (around if isinstance(around, dict) else {}) | {kind: section, "logsource": {"product": "windows"}}
    text = base_rules() + "---\n" + yaml.safe_dump(document, allow_unicode=True)
    rules = compile_rules([("rules.yml", text)])
    assert len(rules.rules) == 3
    assert len(rules.correlations) + len(rules.unsupported) + bool(rules.rules[0].filters) >= 1


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ("timespan: 10s", "timespan: 10x", "timespan: 10x"),
        ("type: event_count", "type: count", "type: count"),
        ("condition: {gte: 3}", "condition: {above: 3}", "condition: {above: 3}"),
        ("rules: [f]", "rules:\n  - f\n  - nobody", "- nobody"),
        ("rules: [f]", "rules: [f]\ngroup_by: [A]", "group_by"),
        ("rules: [f]", "rules: [f]\naliases:\n  one: {f: A}\n  two: {nobody: B}", "two:"),
    ],
)
def test_the_line_is_that_of_the_wrong_part(old: str, new: str, wrong: str) -> None:
    text = "---\n".join((base_rules(), correlation(1, COUNT.replace(old, new))))
    (broken,) = compile_rules([("rules.yml", text)]).unsupported
    assert wrong in text.splitlines()[broken.line - 1]
