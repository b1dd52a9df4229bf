"""The fast matcher says what the plain one says: the same rules, events and fields, whatever was met before."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from detect.batches import slices
from detect.strategies import Scenario, parts_and_texts, scenarios, table
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import glob_holds, reference_match
from vigilia.detect.values import glob_expression
from vigilia.sigma.form import MANY, ONE, TextTest

_TABLE = table()


def _agree(scenario: Scenario, size: int) -> None:
    """Meet each batch whole, then in pieces, then all again in the other order, with one matcher."""
    matcher = Matcher(scenario.rules, _TABLE)
    expected = [reference_match(scenario.rules, one, _TABLE) for one in scenario.batches]
    assert [matcher.match(one) for one in scenario.batches] == expected
    for one, wanted in zip(scenario.batches, expected, strict=True):
        assert [match for piece in slices(one, size) for match in matcher.match(piece)] == wanted
    assert [matcher.match(one) for one in reversed(scenario.batches)] == expected[::-1]
    assert [Matcher(scenario.rules, _TABLE).match(one) for one in scenario.batches] == expected


@settings(max_examples=150)
@given(scenarios(), st.integers(1, 4))
def test_both_matchers_agree_whatever_came_before(scenario: Scenario, size: int) -> None:
    _agree(scenario, size)


@pytest.mark.slow
@settings(max_examples=2_500)
@given(scenarios(), st.integers(1, 4))
def test_both_matchers_agree_on_very_many_scenarios(scenario: Scenario, size: int) -> None:
    _agree(scenario, size)


def _ends(parts: tuple[str | int, ...], text: str) -> bool:
    """Compare by the textbook table of "these parts end here"."""
    ends = {0}
    for part in parts:
        if part == MANY:
            ends = {at for end in ends for at in range(end, len(text) + 1)}
        elif part == ONE:
            ends = {end + 1 for end in ends if end < len(text)}
        else:
            ends = {end + len(str(part)) for end in ends if text.startswith(str(part), end)}
    return len(text) in ends


@settings(max_examples=300)
@given(parts_and_texts())
def test_three_ways_to_match_wildcards_agree(drawn: tuple[tuple[str | int, ...], str]) -> None:
    parts, text = drawn
    expected = _ends(parts, text)
    assert glob_holds(parts, text) == expected
    assert (glob_expression(TextTest("A", parts)).fullmatch(text) is not None) == expected
