"""Where one of several expressions is found, their union is found, by Arrow too; so no value is lost."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.batches import Fields, batch, rule_set, rule_text
from vigilia.detect.expression_unions import expression_unions
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.detect.values import value_holds
from vigilia.sigma.form import RegexTest

PATTERNS = ("^a.b$", "a|", "(?i)é", r"\bx\b", "(?P<one>a)b", "[^ab]{2}", "^$", r"\d+", "b$", ".", "(?s:.)c", "|", "σ")
TESTS = st.lists(st.builds(RegexTest, st.just("A"), st.sampled_from(PATTERNS), st.sampled_from(["", "i", "ims", "s"])))
TEXTS = st.text("abxéÉσΣς1 \n\x00", max_size=5)


@given(TESTS, st.lists(TEXTS, min_size=1, max_size=5))
def test_a_union_is_found_wherever_one_of_its_tests_holds(tests: list[RegexTest], texts: list[str]) -> None:
    unions = expression_unions(tests)
    for test, union in unions.items():
        found = pc.match_substring_regex(pa.array(texts, pa.large_string()), union).to_pylist()
        assert all(seen or not value_holds(test, text) for seen, text in zip(found, texts, strict=True))


@pytest.mark.parametrize("pattern", [r"\Qa(", r"a\Qb\E"])
def test_a_pattern_that_quotes_stands_alone(pattern: str) -> None:
    assert pattern not in {test.pattern for test in expression_unions([RegexTest("A", pattern), RegexTest("A", "b")])}


def test_more_patterns_than_one_expression_takes_share_several() -> None:
    tests = [RegexTest("A", f"{'x' * 900}{number}") for number in range(40)]
    unions = expression_unions(tests)
    assert len(unions) == 40
    assert 3 < len(set(unions.values())) < 10


def test_rules_of_expressions_alone_match_as_the_plain_matcher_says() -> None:
    """More values than it takes for a union, some of them matched by one expression only."""
    rows: list[Fields] = [{"A": f"value {number}", "B": [f"b{number}", "x"]} for number in range(450)]
    rules = rule_set(
        rule_text("s:\n    A|re: '(^|e) 4[0-9]$'\ncondition: s", number=1),
        rule_text("s:\n    A|re|i: 'VALUE 1?7$'\ncondition: s", number=2),
        rule_text("s:\n    B|re: '^b44'\ncondition: s", number=3),
        rule_text("s:\n    A|re: '3$'\ncondition: not s", number=4),
    )
    whole = batch(rows)
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    assert {match.rule_id[-1] for match in matches} == set("1234")
