from __future__ import annotations

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.sigma.folding import fold


def test_every_character_folds_to_one_character_and_no_further() -> None:
    for code in range(sys.maxunicode + 1):
        folded = fold(chr(code))
        assert len(folded) == 1
        assert fold(folded) == folded


@given(st.text(), st.text())
def test_folding_a_whole_is_folding_its_parts(one: str, two: str) -> None:
    """So a literal that stands in a value also stands in the folded value."""
    assert fold(one + two) == fold(one) + fold(two)


@given(st.text(alphabet="ΣσςIİıKkKſsßẞÄä" * 3, min_size=300))
def test_long_texts_fold_as_short_ones_do(text: str) -> None:
    assert fold(text) == "".join(fold(character) for character in text)


@pytest.mark.parametrize(
    ("one", "two"), [("ΟΔΟΣ", "οδος"), ("οδοσ", "οδος"), ("ÄRGER", "ärger"), ("МОСКВА", "москва"), ("ẞ", "ß")]
)
def test_cases_of_one_letter_are_equal(one: str, two: str) -> None:
    assert fold(one) == fold(two)
