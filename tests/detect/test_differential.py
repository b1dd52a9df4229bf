"""The fast matcher says what the plain one says: the same rules, events and fields, whatever was met before."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from detect.batches import Fields, batch, slices
from detect.strategies import Coder, Scenario, parts_and_texts, rules_of, scenarios, table
from vigilia.detect.literal_search import LiteralSearch
from vigilia.detect.matcher import Matcher
from vigilia.detect.reference import glob_holds, reference_match
from vigilia.detect.values import glob_expression
from vigilia.model.events import EventBatch
from vigilia.model.matches import Match
from vigilia.sigma.form import MANY, ONE, FieldReferenceTest, RegexTest, TextTest

_TABLE = table()
Found = dict[tuple[int, str], dict[str, str]]


@pytest.fixture(params=["text by text", "kernel"])
def automaton(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Literals are found in two ways, and small batches would only ever try one."""
    way = str(request.param)
    monkeypatch.setattr(LiteralSearch, "_wants_kernel", lambda *_: way == "kernel")
    return way


def _agree(scenario: Scenario, size: int) -> None:
    """Meet each batch whole, then in pieces, then all again in the other order, with one matcher."""
    matcher = Matcher(scenario.rules, _TABLE)
    expected = [reference_match(scenario.rules, one, _TABLE) for one in scenario.batches]
    assert [matcher.match(one) for one in scenario.batches] == expected
    for one, wanted in zip(scenario.batches, expected, strict=True):
        assert [match for piece in slices(one, size) for match in matcher.match(piece)] == wanted
    assert [matcher.match(one) for one in reversed(scenario.batches)] == expected[::-1]


def _agree_on_codes(scenario: Scenario) -> None:
    """Meet the batches as codes, twice: the second time every text is known."""
    matcher, coder = Matcher(scenario.rules, _TABLE), Coder()
    for one in (*scenario.batches, *reversed(scenario.batches)):
        expected = {
            (_row(match), match.rule_id): dict(match.fields) for match in reference_match(scenario.rules, one, _TABLE)
        }
        assert _found(matcher, coder, one) == expected


def _row(match: Match) -> int:
    return int(match.event_id.rpartition(":")[2])


def _found(matcher: Matcher, coder: Coder, one: EventBatch) -> Found:
    """Return (row, rule id) → fields, what several routes found joined as `match` joins it."""
    found: Found = {}
    for hits in matcher.match_coded(coder.coded(one), lambda: one.events):
        for row, fields in zip(hits.rows.tolist(), hits.spoken().fields(), strict=True):
            found.setdefault((row, hits.rule.id), {}).update(fields)
    return found


_SHAPES: tuple[tuple[str | int, ...], ...] = (
    (),
    ("ab",),
    (MANY, "ab", MANY),
    ("x", MANY),
    (MANY, "b"),
    ("a", ONE, MANY),
)
_UNCHECKED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)  # the fixture is the same for all examples


@pytest.mark.usefixtures("automaton")
@settings(max_examples=30, suppress_health_check=_UNCHECKED)
@given(scenarios(), st.integers(1, 4))
def test_both_matchers_agree_whatever_came_before(scenario: Scenario, size: int) -> None:
    _agree(scenario, size)


@pytest.mark.usefixtures("automaton")
@settings(max_examples=30, suppress_health_check=_UNCHECKED)
@given(scenarios())
def test_both_matchers_agree_on_codes_over_vocabularies_that_grow(scenario: Scenario) -> None:
    _agree_on_codes(scenario)


def test_of_what_can_be_inferred_the_first_that_fits_counts() -> None:
    rows: list[Fields] = [{"B": "ab", "A": "x"}, {"B": "AB"}, {"B": "ab", "A": "x", "K": "3"}, {"B": "q", "A": "x"}]
    whole = batch(rows)
    for category, wanted in (("first", [0, 1]), ("third", [1]), ("", [0, 1, 2])):
        rules = rules_of(TextTest("B", ("ab",)), category=category)
        matches = Matcher(rules, _TABLE).match(whole)
        assert matches == reference_match(rules, whole, _TABLE)
        assert [_row(match) for match in matches] == wanted


@pytest.mark.usefixtures("automaton")
def test_what_was_learned_of_one_vocabulary_is_not_taken_for_another() -> None:
    """Each column of four batches, with a vocabulary that goes on, that is shared, and that is new for each batch."""
    values = ["ab", "x", "AB", "xaby", "", "ba"]
    names = ("A", "B", "C", "N")
    batches = [
        batch([{name: values[(row + turn + at) % len(values)] for at, name in enumerate(names)} for row in range(6)])
        for turn in range(4)
    ]
    tests = [TextTest(name, parts, cased) for name in names for parts in _SHAPES for cased in (False, True)]
    references = [FieldReferenceTest(one, two) for one in names for two in names]
    rules = rules_of(*tests, *references, *(RegexTest(name, "a.?b") for name in names))
    _agree_on_codes(Scenario(rules, tuple(batches)))


@pytest.mark.slow
@pytest.mark.usefixtures("automaton")
@settings(max_examples=500, suppress_health_check=_UNCHECKED)
@given(scenarios(), st.integers(1, 4))
def test_both_matchers_agree_on_very_many_scenarios(scenario: Scenario, size: int) -> None:
    _agree(scenario, size)
    _agree_on_codes(scenario)


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
