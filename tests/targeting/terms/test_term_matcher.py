from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.targeting.terms.mentions import Mention, longest_mentions
from vigilia.targeting.terms.term_matcher import TermMatcher

_TERMS = [
    ("Lantern Fund", "fund", False),
    ("Harbourlight", "light", False),
    ("Quill", "quill", True),
    ("Quillwort", "wort", True),
    ("風燈會", "lamp", False),
    ("Операция Фонарь", "operation", False),
]


@pytest.fixture(scope="module")
def matcher() -> TermMatcher:
    return TermMatcher(_TERMS)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("the lantern fund", [("fund", "exact")]),
        ("Lantern-Fund", [("fund", "folded")]),
        ("lanternfund", [("fund", "folded")]),
        ("LanternFund2024", [("fund", "folded")]),
        ("lan tern fund", [("fund", "folded")]),
        ("lantren fund", [("fund", "typo")]),
        ("lanternfunds", [("fund", "typo")]),
        ("harbor light", []),
        ("harbour light", [("light", "folded")]),
        ("Harborlight", [("light", "typo")]),
        ("arbourlight", [("light", "typo")]),
        ("quillwrt", []),
        ("Quillwort", [("wort", "exact")]),
        ("风灯会", [("lamp", "folded")]),
        ("關於風燈會的", [("lamp", "exact")]),
        ("Операция Фонарь", [("operation", "exact")]),
        ("Опeрaция Фонaрь", [("operation", "folded")]),
        ("\u202ednuf nretnal\u202c", [("fund", "exact")]),
        ("the lantern, funds", [("fund", "typo")]),
        ("a lantern for the fund", []),
    ],
)
def test_terms_are_found_in_disguise_and_how_is_told(
    matcher: TermMatcher, text: str, found: list[tuple[str, str]]
) -> None:
    assert [(one.target, one.how) for one in matcher.find(text)] == found


def test_a_term_that_is_there_is_no_slip_for_another() -> None:
    matcher = TermMatcher([("Zambria East", "east", False), ("Gambria East", "other", False)])
    assert [one.target for one in matcher.find("gambria east")] == ["other"]


def test_slips_are_let_pass_only_where_asked() -> None:
    strict = TermMatcher(_TERMS, slips=None)
    assert [one.target for one in strict.find("lantern fund lantren fund lanternfund")] == ["fund"]


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40), st.sampled_from(["Lantern Fund", "Операция Фонарь"]))
def test_a_term_is_found_wherever_it_stands(before: str, behind: str, term: str) -> None:
    text = f"{before} \u202c {term} | {behind}"
    place = text.rindex(term) if term not in behind else text.index(term)
    found = TermMatcher(_TERMS).find(text)
    assert any(one.start <= place < place + len(term) <= one.end for one in found)


@settings(max_examples=100, deadline=None)
@given(st.text(st.sampled_from("xyz 風\u202e"), max_size=60))
def test_text_without_a_term_names_nothing(matcher: TermMatcher, text: str) -> None:
    assert matcher.find(text) == []


def test_of_mentions_within_one_another_the_longest_is_kept() -> None:
    inner, outer, twin = Mention("a", 2, 5), Mention("b", 0, 6), Mention("c", 0, 6, how="typo")
    assert longest_mentions([inner, twin, outer, outer]) == [outer, twin]
