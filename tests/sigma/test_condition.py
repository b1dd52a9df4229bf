"""The parser of conditions: what it reads, and what it says of the rest."""

from __future__ import annotations

import contextlib
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.errors import RuleError
from vigilia.sigma.condition import (
    All,
    Any,
    Condition,
    Negation,
    Quantified,
    Selection,
    named,
    parse_condition,
    resembles,
)

A, B, C = Selection("a"), Selection("b"), Selection("c")


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("a", A),
        ("a and b or c", Any((All((A, B)), C))),
        ("a or b and c", Any((A, All((B, C))))),
        ("not a and b", All((Negation(A), B))),
        ("not not a", A),
        ("not (a or b)", Negation(Any((A, B)))),
        ("(a)", A),
        ("1 of sel_*", Quantified(False, "sel_*")),
        ("any of them", Quantified(False, "them")),
        ("all of them and not 1 of f-*", All((Quantified(True, "them"), Negation(Quantified(False, "f-*"))))),
        ("a\n  AND  b", All((A, B))),
        ("1", Selection("1")),
        ("all", Selection("all")),
    ],
)
def test_a_condition_is_read(text: str, condition: Condition) -> None:
    assert parse_condition(text) == condition


def test_a_selection_may_be_called_like_an_operator_in_capitals() -> None:
    assert parse_condition("AND and a", ["AND", "a"]) == All((Selection("AND"), A))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        (None, "not text"),
        (7, "not text"),
        ("a and", "its end"),
        ("a b", "'b' where an operator"),
        ("(a", "closing parenthesis"),
        ("a)", "')' where"),
        ("not", "its end"),
        ("1 of", "its end"),
        ("1 of (a)", "pattern"),
        ("a | count() > 5", "pipe"),
        ("a and $b", "name of a selection"),
        ("(" * 33 + "a" + ")" * 33, "nested parentheses"),
        ("a or " * 3_000 + "a", "more than 10000 characters"),
    ],
)
def test_what_is_no_condition_is_told(text: object, reason: str) -> None:
    with pytest.raises(RuleError) as caught:
        parse_condition(text)
    assert reason in caught.value.what
    assert caught.value.hint


def _written(condition: Condition) -> str:
    match condition:
        case Selection(name=name):
            return name
        case Quantified(every=every, pattern=pattern):
            return f"{'all' if every else '1'} of {pattern}"
        case Negation(item=item):
            return f"not ({_written(item)})"
        case All(items=items):
            return " and ".join(f"({_written(one)})" for one in items)
        case Any(items=items):
            return " or ".join(f"({_written(one)})" for one in items)


_LEAVES: st.SearchStrategy[Condition] = st.sampled_from([A, B, C, Quantified(True, "them"), Quantified(False, "s_*")])
_TREES: st.SearchStrategy[Condition] = st.recursive(
    _LEAVES,
    lambda inner: (
        st.builds(Negation, inner)
        | st.builds(lambda items: All(tuple(items)), st.lists(inner, min_size=2, max_size=3))
        | st.builds(lambda items: Any(tuple(items)), st.lists(inner, min_size=2, max_size=3))
    ),
    max_leaves=12,
)


@given(_TREES)
def test_what_is_written_is_what_is_read(condition: Condition) -> None:
    assert parse_condition(_written(condition)) == condition


@given(st.text(alphabet="ab()*_ 1notdrfl|", max_size=60))
def test_any_text_is_a_condition_or_an_error(text: str) -> None:
    with contextlib.suppress(RuleError):
        assert list(named(parse_condition(text)))


@pytest.mark.parametrize(
    ("name", "pattern", "expected"),
    [
        ("selection_a", "selection_*", True),
        ("selection", "selection_*", False),
        ("selection", "*", True),
        ("_hidden", "*", False),
        ("_hidden", "them", False),
        ("_hidden", "_*", True),
        ("abcab", "a*b*ab", True),
        ("ab", "ab*b", False),
        ("aab", "a*ab", True),
        ("ab", "a*ab", False),
        ("a.b", "a?b", False),
        ("axb", "a.b", False),
        ("them", "them", True),
    ],
)
def test_a_pattern_stands_for_names(name: str, pattern: str, *, expected: bool) -> None:
    assert resembles(name, pattern) == expected


def test_patterns_of_many_wildcards_take_no_time() -> None:
    started = time.monotonic()
    assert not resembles("a" * 5_000, "*a" * 2_500 + "*b")
    assert time.monotonic() - started < 5
