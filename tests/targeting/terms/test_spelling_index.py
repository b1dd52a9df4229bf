from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.terms.folding import fold_with_spans
from vigilia.targeting.terms.spelling_index import SpellingIndex, is_one_edit
from vigilia.targeting.terms.words import split_words

_SMALL = st.text("abc", min_size=1, max_size=7)


def _spelt(index: SpellingIndex, text: str) -> list[tuple[int, int]]:
    words = split_words(text, fold_with_spans(text))
    return [(one.number, one.edits) for one in index.find(words)]


def _edited(one: str) -> set[str]:
    """Every text that one edit makes of this one, written as the definition says."""
    letters = "abc"
    cuts = [(one[:place], one[place:]) for place in range(len(one) + 1)]
    made = {left + right[1:] for left, right in cuts if right}
    made |= {left + letter + right for left, right in cuts for letter in letters}
    made |= {left + letter + right[1:] for left, right in cuts if right for letter in letters}
    made |= {left + right[1] + right[0] + right[2:] for left, right in cuts if len(right) > 1}
    return made - {one}


@given(_SMALL, _SMALL)
def test_one_edit_is_what_its_definition_says(one: str, other: str) -> None:
    assert is_one_edit(one, other) == (other in _edited(one))


@given(st.lists(_SMALL, min_size=1, max_size=30), _SMALL)
def test_the_index_finds_what_comparing_with_every_term_finds(terms: list[str], text: str) -> None:
    expected = [
        (number, int(term != text)) for number, term in enumerate(terms) if term == text or is_one_edit(text, term)
    ]
    assert _spelt(SpellingIndex(terms, [True] * len(terms)), text) == expected


def test_edits_are_let_pass_only_where_the_term_allows_them() -> None:
    index = SpellingIndex(["lantern fund", "harbour light"], [False, True])
    assert _spelt(index, "lantrn fund harbour lihgt") == [(1, 1)]
    assert _spelt(index, "lanternfund Harbour_Light lan tern fund") == [(0, 0), (1, 0), (0, 0)]


@pytest.mark.parametrize("text", ["", "a", "x" * 5000, "x " * 5000, "लालटेन " * 50, "\ud800 lantern"])
def test_odd_texts_are_no_spelling(text: str) -> None:
    assert _spelt(SpellingIndex(["lantern fund", ""], [True, True]), text) == []


def test_an_index_of_nothing_finds_nothing() -> None:
    assert _spelt(SpellingIndex([], []), "lantern") == []


def test_a_planted_slip_is_found_among_many_words() -> None:
    chance = random.Random(5)
    words = ["".join(chance.choices("abcdefghilmnoprstu", k=chance.randint(3, 9))) for _ in range(400)]
    terms = [" ".join(chance.sample(words, 2)) for _ in range(300)]
    index = SpellingIndex(terms, [True] * len(terms))
    for number, term in enumerate(terms):
        place = chance.randrange(len(term))
        slip = term[:place] + term[place + 1 :]
        assert any(found == terms.index(term) for found, _ in _spelt(index, f"zzz {slip} qqq")), number
