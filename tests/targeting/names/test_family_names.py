"""A shorter name holds a family name: given names alone name nobody."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.names.family_names import family_parts, shorter_names


@pytest.mark.parametrize(
    ("name", "before_comma", "expected"),
    [
        ("maria fernanda quiroga salvatierra", 0, [(3,), (2, 3)]),
        ("quiroga salvatierra maria fernanda", 2, [(0, 1)]),
        ("van oxace mira", 2, [(1,)]),
        ("joao pedro vasquinhos", 0, [(2,)]),
        ("carlos arrivillaga de montesdeoca", 0, [(3,), (1, 3)]),
        ("tenzin dorje gyaltsen", 0, [(2,)]),
        ("chan siu ming", 0, [(0,)]),
        ("mira oxace", 0, [(1,)]),
        ("oxace", 0, [(0,)]),
    ],
)
def test_which_parts_may_be_the_family_name(name: str, before_comma: int, expected: list[tuple[int, ...]]) -> None:
    assert family_parts(name.split(), before_comma) == expected


def test_a_shorter_name_holds_one_family_name_at_least() -> None:
    words = ["maria", "fernanda", "quiroga", "salvatierra"]
    shorter = {" ".join(one) for one in shorter_names(words, family_parts(words))}
    assert {"quiroga salvatierra", "maria quiroga", "maria salvatierra", "fernanda quiroga salvatierra"} <= shorter
    assert "maria fernanda" not in shorter


def test_a_name_of_two_words_has_no_shorter_one() -> None:
    assert list(shorter_names(["mira", "oxace"], [(1,)])) == []


@given(st.lists(st.text("abcdefgh", min_size=1, max_size=9), min_size=1, max_size=6, unique=True), st.integers(0, 2))
def test_no_shorter_name_is_of_given_names_alone(words: list[str], before_comma: int) -> None:
    families = family_parts(words, min(before_comma, len(words)))
    holding = {words[place] for family in families for place in family}
    assert all(holding & set(shorter) and len(shorter) < len(words) for shorter in shorter_names(words, families))
