"""What a test means on a value: each case runs on both matchers."""

from __future__ import annotations

import pytest

from detect.batches import Fields, batch, one_rule, rule_set, rule_text
from vigilia.detect.matcher import LONGEST_VALUE, Matcher
from vigilia.detect.reference import event_matches, reference_match
from vigilia.model.matches import Match


def both(detection: str, *rows: Fields, source: str = "windows", logsource: str = "product: windows") -> list[Match]:
    rules = rule_set(rule_text(detection, logsource=logsource))
    whole = batch(list(rows), source)
    fast, slow = Matcher(rules).match(whole), reference_match(rules, whole)
    assert fast == slow
    return fast


def rows_of(matches: list[Match]) -> list[int]:
    return [int(match.event_id.rpartition(":")[2]) for match in matches]


@pytest.mark.parametrize(
    ("item", "value", "holds"),
    [
        ("A: Whoami", "WHOAMI", True),
        ("A: Whoami", "whoami ", False),
        ("A: whoami", None, False),
        ("A: ''", "", True),
        ("A: ''", None, False),
        ("A: ''", "-", False),
        ("A: null", None, True),
        ("A: null", "", False),
        ("A: null", "-", False),
        ("A|exists: true", "", True),
        ("A|exists: true", None, False),
        ("A|exists: false", None, True),
        ("A: 1", "1", True),
        ("A: '1'", "1", True),
        ("A: 1", "1.0", False),
        ("A: true", "True", True),
        ("A: true", "1", False),
        ("A: false", "false", True),
        ("A|contains: ΟΔΟΣ", "x οδος y", True),
        ("A|endswith: İ", "xİ", True),
        ("A|contains: i", "İ", False),
        ("A|contains: straße", "STRAẞE", True),
        ("A|cased: Who", "Who", True),
        ("A|cased: Who", "who", False),
        ("A|contains|cased: Who", "aWhoa", True),
        ("A|contains|cased: Who", "awhoa", False),
        ("A|startswith|cased: Who", "who", False),
        ("A|endswith|cased: Who", "xWho", True),
        ("A|cased: 'W*o'", "Who", True),
        ("A|cased: 'W*o'", "who", False),
        ("A: 'a*c'", "A\nbC", True),
        ("A: 'a?c'", "aéc", True),
        ("A: 'a?c'", "ac", False),
        ("A: 'a?c'", "a😀c", True),
        (r"A: 'a\*c'", "a*c", True),
        (r"A: 'a\*c'", "abc", False),
        (r"A|endswith: '\cmd.exe'", "C:\\Windows\\CMD.EXE", True),
        (r"A: 'C:\\*\cmd.exe'", "c:\\x\\cmd.exe", True),
        ("A: 'a.c'", "abc", False),
        ("A: '*'", "", True),
        ("A: '*'", None, False),
        ("A: '?*'", "", False),
        ("A: 'aa*aa'", "aaa", False),
        ("A: '*ab*ba*'", "xabax", False),
        ("A|re: 'b$'", "ab", True),
        ("A|re: 'b$'", "ab\n", False),
        ("A|re: 'B'", "ab", False),
        ("A|re|i: 'B'", "ab", True),
        ("A|re: 'a.b'", "a\nb", False),
        ("A|re|s: 'a.b'", "a\nb", True),
        ("A|re: '^b'", "a\nb", False),
        ("A|re|m: '^b'", "a\nb", True),
        ("A|re: ''", "", True),
        ("A|cidr: 192.0.2.0/24", "192.0.2.77", True),
        ("A|cidr: 192.0.2.0/24", "192.0.3.1", False),
        ("A|cidr: 192.0.2.0/24", "::ffff:192.0.2.1", True),
        ("A|cidr: 192.0.2.0/24", "192.0.2.1:80", False),
        ("A|cidr: '2001:db8::/32'", "2001:DB8::1", True),
        ("A|cidr: '2001:db8::/32'", "fe80::1%eth0", False),
        ("A|cidr: 192.0.2.0/24", "host", False),
        ("A|gt: 5", "6", True),
        ("A|gt: 5", "5", False),
        ("A|gte: 5", "5.0", True),
        ("A|lt: 0", "-1", True),
        ("A|lt: 10", "9", True),
        ("A|lt: 10", "nine", False),
        ("A|lt: 10", "nan", False),
        ("A|gt: 10", "inf", False),
        ("A|gt: 10", "1_000", False),
        ("A|gt: 9007199254740992", "9007199254740993", True),
        ("A|hour: 23", "2026-03-01T23:59:59Z", True),
        ("A|hour: 23", "2026-03-02T01:00:00+02:00", True),
        ("A|week: 53", "2021-01-01 00:00:00", True),
        ("A|year: 2026", "yesterday", False),
        ("A|base64|contains: foo", "xZm9vx", True),
        ("A|windash|contains: ' -enc'", "p.exe /enc", True),
        ("A|windash|contains: ' -enc'", "p.exe –enc", True),
    ],
)
def test_one_value(item: str, value: str | None, holds: bool) -> None:
    matches = both(f"s:\n    {item}\ncondition: s", {"A": value, "B": "x"})
    assert bool(matches) == holds
    if holds and value is not None:
        assert matches[0].fields == {"A": value}


def test_not_over_a_missing_field_is_true() -> None:
    detection = "s:\n    B: x\nf:\n    A: bad\ncondition: s and not f"
    assert rows_of(both(detection, {"B": "x", "A": "bad"}, {"B": "x"}, {"B": "x", "A": "good"})) == [1, 2]


def test_not_over_a_field_that_no_record_has_is_true() -> None:
    assert rows_of(both("s:\n    B: x\nf:\n    Absent: y\ncondition: s and not f", {"B": "x"})) == [0]


def test_a_list_matches_by_any_element_and_its_absence_is_null() -> None:
    rows: list[Fields] = [{"A": ["x", "Bad"]}, {"A": ["x", None]}, {"A": []}, {"A": None}, {"A": "bad"}]
    matches = both("s:\n    A: bad\ncondition: s", *rows)
    assert [(row, match.fields) for row, match in zip(rows_of(matches), matches, strict=True)] == [
        (0, {"A": "Bad"}),
        (4, {"A": "bad"}),
    ]
    assert rows_of(both("s:\n    A: null\ncondition: s", *rows)) == [2, 3]
    assert rows_of(both("s:\n    A|contains|all: [x, ba]\ncondition: s", *rows)) == [0]


def test_keywords_search_the_values_of_all_fields_but_not_names() -> None:
    matches = both(
        "keywords: [Evil, 'a*z']\ncondition: keywords",
        {"A": "more EVIL things", "B": "evil"},
        {"Evil": "good"},
        {"B": ["x", "xa--zx"]},
    )
    assert rows_of(matches) == [0, 2]
    assert matches[0].fields == {"A": "more EVIL things", "B": "evil"}
    assert matches[1].fields == {"B": "xa--zx"}


def test_all_keywords_may_stand_in_different_fields() -> None:
    assert rows_of(both("k:\n    '|all': [one, two]\ncondition: k", {"A": "one", "B": "two"}, {"A": "one"})) == [0]


def test_a_field_may_refer_to_another() -> None:
    rows: list[Fields] = [{"A": "X", "B": "x"}, {"A": "xy", "B": "X"}, {"A": "x"}, {"A": ["q", "x"], "B": ["z", "X"]}]
    assert rows_of(both("s:\n    A|fieldref: B\ncondition: s", *rows)) == [0, 3]
    assert rows_of(both("s:\n    A|fieldref|startswith: B\ncondition: s", *rows)) == [0, 1, 3]
    assert rows_of(both("s:\n    A|fieldref|endswith: B\ncondition: s", *rows)) == [0, 3]
    assert rows_of(both("s:\n    A|fieldref|contains: B\ncondition: not s", *rows)) == [2]


def test_a_match_shows_what_speaks_for_it_and_nothing_else() -> None:
    detection = (
        "s:\n    A|contains: [foo, bar]\nt:\n    B|re: '^x'\nf:\n    C: no\nu:\n    D: never\n"
        "condition: (s and t and not f) or u"
    )
    (match,) = both(detection, {"A": "foobar", "B": "xyz", "C": "yes", "D": "once", "E": "other"})
    assert match.fields == {"A": "foobar", "B": "xyz"}


def test_a_double_negation_speaks_for_a_match() -> None:
    (match,) = both("s:\n    A: x\ncondition: not (not s)", {"A": "X"})
    assert match.fields == {"A": "X"}


def test_long_values_are_matched_whole_and_shown_cut() -> None:
    long = "x" * 40_000 + "Needle" + "y" * 40_000
    (match,) = both("s:\n    A|contains: needle\ncondition: s", {"A": long}, {"A": "x" * 80_000})
    assert len(match.fields["A"]) == LONGEST_VALUE
    assert match.fields["A"].endswith("…")


def test_a_literal_across_the_border_of_search_slices_is_found() -> None:
    rows: list[Fields] = [{"A": "x" * (16_384 - before) + "needle" + "y" * 20_000} for before in range(7)]
    assert len(both("s:\n    A|contains: needle\ncondition: s", *rows)) == 7


def test_matches_come_by_row_then_rule_id() -> None:
    texts = [rule_text("s:\n    A: x\ncondition: s", number=number) for number in (3, 1, 2)]
    matches = Matcher(rule_set(*texts)).match(batch([{"A": "x"}, {"A": "x"}]))
    assert [(match.event_id[-1], match.rule_id[-1]) for match in matches] == [
        (row, rule) for row in "01" for rule in "123"
    ]


def test_a_record_named_like_a_normalised_column_does_not_replace_it() -> None:
    rows: list[Fields] = [{"ecs:user.name": "forged", "A": "x"}]
    assert not both("s:\n    ecs:user.name: forged\ncondition: s", *rows)
    assert both("k: [forged]\ncondition: k", *rows)


def test_an_empty_batch_has_no_matches() -> None:
    assert both("s:\n    A: x\ncondition: not s") == []


def test_one_event_can_be_tried_without_a_log_source() -> None:
    rule = one_rule("s:\n    A: [x, y]\ncondition: s", logsource="product: elsewhere")
    assert event_matches(rule, {"A": ["q", "Y"]}) == {"A": "Y"}
    assert event_matches(rule, {"B": "x"}) is None
