"""Where an expression is found, one of its literals stands; so no value is lost by looking for these first."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from detect.batches import Fields, batch, rule_set, rule_text
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import reference_match
from vigilia.detect.required_literals import required_literals
from vigilia.detect.values import value_holds
from vigilia.sigma.expressions import ExpressionError, compile_expression
from vigilia.sigma.folding import fold
from vigilia.sigma.form import RegexTest

_PLAIN = ("abc", "ABC", "xyz", "k", "s", "é", " ", "{", "}", "{x", "-", "(?i)", "\n")
_SPECIAL = (".", r"\.", "[abc]", "[^]a]", "[[:alpha:]]", r"\b", r"\d", r"\x61", r"\141", "^", "$", r"\pL", r"\\")
_PIECES = st.sampled_from(_PLAIN + _SPECIAL)
_REPEATS = st.sampled_from(["", "", "", "?", "*", "+", "{0}", "{1,}", "{2}", "{0,2}", "{,2}", "??", "+?"])


def _joined(parts: list[str]) -> str:
    return "".join(parts)


def _larger(patterns: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    groups = st.builds("{}{}){}".format, st.sampled_from(["(", "(?:", "(?i:", "(?P<n>"]), patterns, _REPEATS)
    return st.lists(patterns | groups, max_size=4).map(_joined) | st.lists(patterns, max_size=3).map("|".join)


_PATTERNS = st.recursive(st.builds("{}{}".format, _PIECES, _REPEATS), _larger, max_leaves=12)
_TEXTS = st.lists(
    st.sampled_from(["abc", "Abc", "xyz", "a", "b", "c", "K", "\u212a", "ſ", "é", ".", "{x", " ", "\\", "\n"])
)


@given(_PATTERNS, st.sampled_from(["", "i", "ims"]), st.lists(_TEXTS.map(_joined), min_size=1, max_size=6))
def test_a_literal_stands_wherever_an_expression_is_found(pattern: str, flags: str, texts: list[str]) -> None:
    test = RegexTest("A", pattern, flags)
    literals = required_literals(test)
    try:
        compile_expression(test.expression)
    except ExpressionError:
        return
    for text in texts:
        if literals and value_holds(test, text):
            assert any(literal in fold(text) for literal in literals)


@pytest.mark.parametrize(
    ("pattern", "literals"),
    [
        (r"(?i)SET.*foo\.exe\b", ("foo.exe",)),
        ("abcd?e", ("abc",)),
        ("ab{2}cde", ("bcde",)),
        ("(foo|barx)+y", ("foo", "barx")),
        ("(foo|barx)?long", ("long",)),
        ("(foo|bar)?y", ()),
        ("abc|", ()),
        (r"abc\141def", ("abc",)),
        (r"\Qabc", ()),
        ("(abc", ()),
        ("abc)", ()),
        ("é abc", (" abc",)),
        ("|".join(f"word{number}" for number in range(40)), ()),
        ("(" * 30 + "abc" + ")" * 30, ()),
    ],
)
def test_the_literals_of(pattern: str, literals: tuple[str, ...]) -> None:
    assert required_literals(RegexTest("A", pattern)) == literals


def test_rules_of_expressions_alone_match_as_the_plain_matcher_says() -> None:
    """So many values that they are searched at once, some of them matched by one expression only."""
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
