"""Events that somebody made to slow the matcher down, or to slip through it: the same answers, in bounded time.

The limits on time are loose enough for a loaded machine and tight enough to fail where work grows with the square.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from detect.batches import Fields, batch, read, rule_set, rule_text
from detect.strategies import rules_of
from vigilia.detect.matcher import LONGEST_VALUE, Matcher
from vigilia.detect.reference import reference_match
from vigilia.model.matches import Match
from vigilia.sigma.form import MANY, ONE, All, Any, Form, Negation, RegexTest, TextTest
from vigilia.sigma.rules import RuleSet

_MEBIBYTE = 1 << 20
_SLICE = 16_384  # what matchers have looked at in one go


@contextmanager
def _within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    yield
    assert time.monotonic() - started < seconds


def _contains(*literals: str, field: str | None = "A", cased: bool = False) -> list[TextTest]:
    return [TextTest(field, (MANY, literal, MANY), cased) for literal in literals]


def _both(rules: RuleSet, rows: list[Fields]) -> list[Match]:
    whole = batch(rows)
    matches = Matcher(rules).match(whole)
    assert matches == reference_match(rules, whole)
    return matches


def _found(matches: list[Match]) -> list[tuple[int, int]]:
    """Return (row, number of the rule)."""
    return [(int(one.event_id.rpartition(":")[2]), int(one.rule_id)) for one in matches]


def test_a_value_of_sixteen_mebibytes_is_matched_whole_and_shown_cut() -> None:
    value = "x" * (16 * _MEBIBYTE - 6) + "Needle"
    tests = [
        *_contains("needle"),
        TextTest("A", (MANY, "needle")),
        TextTest("A", ("x", MANY)),
        TextTest("A", ("needle",)),
    ]
    globs: list[Form] = [
        TextTest("A", (MANY, "xneed", ONE, "e")),
        RegexTest("A", "Needle$"),
        TextTest(None, (MANY, "needle", MANY)),
    ]
    with _within(60):
        matches = _both(rules_of(*tests, *globs), [{"A": value}, {"A": "y"}])
    assert _found(matches) == [(0, number) for number in (0, 1, 2, 4, 5, 6)]
    assert all(len(one.fields["A"]) == LONGEST_VALUE for one in matches)


@pytest.mark.parametrize("filler", ["x", "é", "😀", "\0", "Σ"])
@pytest.mark.parametrize("needle", ["needle", "nä\0dle", "😀b", "ΟΔΟΣ"])
def test_a_literal_at_the_border_of_slices_is_found(filler: str, needle: str) -> None:
    """Borders counted in characters, and in bytes of UTF-8."""
    width = len(filler.encode())
    borders = {_SLICE, _SLICE // width, 2 * _SLICE, 65_536 // width}
    places = sorted({border - before for border in borders for before in range(len(needle) + 1)})
    rows: list[Fields] = [{"A": filler * place + needle.swapcase() + filler * 40} for place in places]
    rules = rule_set(rule_text(f"s:\n    A|contains: {json.dumps(needle, ensure_ascii=False)}\ncondition: s"))
    whole = batch([*rows, {"A": filler * 40_000}])
    assert len(Matcher(rules).match(whole)) == len(rows)
    assert len(reference_match(rules, whole)) == len(rows)


def test_literals_that_begin_and_end_with_one_another() -> None:
    """A thousand literals that all end at each place of a value: hits must not be counted one by one."""
    literals = ["a" * length for length in range(1, 1_001)]
    value = "a" * _MEBIBYTE
    with _within(60):
        matches = Matcher(rules_of(*_contains(*literals))).match(batch([{"A": value}, {"A": "a" * 500}]))
    assert len(matches) == 1_500


def test_many_wildcards_against_a_value_that_nearly_fits() -> None:
    parts = (MANY, *("a", MANY) * 12, "b")
    with _within(30):
        assert not _both(rules_of(TextTest("A", parts)), [{"A": "a" * 200_000}])


def test_an_expression_that_explodes_elsewhere() -> None:
    with _within(30):
        rules = rules_of(RegexTest("A", "^(a+)+$"), RegexTest("A", "(a|a?)+b"), RegexTest(None, "(.*)(.*)(.*)z"))
        assert _found(_both(rules, [{"A": "a" * 100_000 + "!"}])) == []


def test_four_thousand_columns() -> None:
    rows: list[Fields] = [{f"F{number:04}": f"value {number} {row}" for number in range(4_096)} for row in range(3)]
    rules = rules_of(
        *_contains("value 17 2", "4095 0", "absent", field=None),
        TextTest("F4095", ("value 4095 1",)),
        Negation(TextTest(None, (MANY, "value 0 0", MANY))),
    )
    with _within(60):
        assert _found(_both(rules, rows)) == [(0, 1), (1, 3), (1, 4), (2, 0), (2, 4)]


def test_four_thousand_rules_on_one_field() -> None:
    rules = rules_of(*(TextTest("A", ("c:\\", MANY, f"tool{number}.exe")) for number in range(4_000)))
    rows: list[Fields] = [{"A": f"C:\\x\\tool{number}.exe"} for number in (0, 17, 3_999, 4_000)]
    with _within(60):
        assert _found(Matcher(rules).match(batch(rows))) == [(0, 0), (1, 17), (2, 3_999)]


def test_more_distinct_values_than_sixteen_bits_can_number() -> None:
    """Over several batches, with values that come again, and hits before and behind the border."""
    rules = rules_of(*_contains("#7#", "#65535#", "#65536#", "#65537#", "#99999#"), TextTest("A", ("x#70000#",)))
    matcher = Matcher(rules)
    numbers = [*range(100_000), 7, 65_536, 99_999]
    found: dict[int, list[int]] = {}
    with _within(60):
        for start in range(0, len(numbers), 20_000):
            part = numbers[start : start + 20_000]
            for row, rule in _found(matcher.match(batch([{"A": f"x#{number}#"} for number in part]))):
                found.setdefault(rule, []).append(part[row])
    assert found == {0: [7, 7], 1: [65_535], 2: [65_536, 65_536], 3: [65_537], 4: [99_999, 99_999], 5: [70_000]}


def test_columns_that_come_and_go() -> None:
    rules = rules_of(
        *_contains("x"),
        Negation(TextTest("B", (MANY, "x", MANY))),
        All((TextTest("A", ("x",)), Any((TextTest("B", ("x",)), TextTest(None, (MANY, "y", MANY)))))),
    )
    matcher = Matcher(rules)
    batches: list[list[Fields]] = [
        [{"A": "x"}, {"A": "y"}],
        [{"B": "x"}, {"B": "y"}],
        [{}],
        [{"A": "x", "B": "x"}, {"A": ["x", "y"], "B": None}],
        [{"A": ["x"], "Y": "y"}],
        [{"A": "x"}, {"A": "y"}],
    ]
    for rows in [*batches, *reversed(batches)]:
        whole = batch(rows)
        assert matcher.match(whole) == reference_match(rules, whole)


def test_control_characters_and_odd_code_points_are_compared_like_others() -> None:
    odd = ["\0", "\x1b[31m", "\x7f", "\x85", "\u2028", "\ufeff", "\ufffd", "\ufffe", "\U0010ffff", "\u202e", "\ue000"]
    rules = rules_of(*(TextTest("A", (f"a{one}b".lower(),)) for one in odd), *_contains(*odd))
    matches = _both(rules, [{"A": f"a{one}b"} for one in odd])
    assert _found(matches) == [pair for row in range(len(odd)) for pair in ((row, row), (row, row + len(odd)))]


def test_half_of_a_surrogate_pair_in_json_spoils_nothing() -> None:
    """It is no character: it is read as U+FFFD, and what stands around it is found."""
    line = {
        "Event": {"System": {"EventID": 1, "Channel": "Security", "Computer": "ws.example"}, "EventData": {"A": "X"}}
    }
    content = json.dumps(line).encode().replace(b'"X"', b'"be\\ud800fore\\u0000after"') + b"\n"
    (whole,) = read(content)
    rules = rule_set(rule_text("s:\n    A: 'be?fore?after'\ncondition: s"))
    assert [dict(one.fields) for one in Matcher(rules).match(whole)] == [{"A": "be\ufffdfore\0after"}]


def test_padding_does_not_hide_what_is_behind_it() -> None:
    rows: list[Fields] = [{"A": " " * padding + "whoami"} for padding in (0, 4_095, 4_096, 32_767, 65_535, _MEBIBYTE)]
    assert len(_both(rules_of(TextTest("A", (MANY, "whoami")), *_contains("whoami", field=None)), rows)) == 12


def test_a_list_of_very_many_elements() -> None:
    rows: list[Fields] = [{"A": [f"e{number}" for number in range(100_000)]}, {"A": ["e5"]}]
    rules = rules_of(TextTest("A", ("e99999",)), All((TextTest("A", ("e5",)), Negation(TextTest("A", ("e6",))))))
    with _within(30):
        assert _found(_both(rules, rows)) == [(0, 0), (1, 1)]
