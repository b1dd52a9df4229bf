"""Vocabularies only grow, and give back what they were given."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.coded import Vocabulary

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(st.lists(st.lists(_TEXTS, max_size=20), max_size=10))
def test_texts_keep_their_numbers_however_many_follow(groups: list[list[str]]) -> None:
    vocabulary = Vocabulary()
    expected: list[str] = []
    for texts in groups:
        contents = [text.encode() for text in texts]
        ends = np.cumsum([len(content) for content in contents], dtype=np.int64)
        first = vocabulary.extend(np.frombuffer(b"".join(contents), dtype=np.uint8), ends)
        assert first == len(expected)
        expected += texts
    assert [vocabulary.text(number) for number in range(len(vocabulary))] == expected
    assert vocabulary.arena.tobytes() == "".join(expected).encode()
    assert len(vocabulary.ends) == len(expected)


@given(st.lists(_TEXTS))
def test_a_text_that_was_added_keeps_one_number(texts: list[str]) -> None:
    vocabulary = Vocabulary()
    numbers = [vocabulary.add(text) for text in texts]
    assert [vocabulary.text(number) for number in numbers] == texts
    assert [vocabulary.add(text) for text in texts] == numbers
    assert len(vocabulary) == len(set(texts))


def test_a_view_of_the_texts_stays_as_it_was() -> None:
    vocabulary = Vocabulary()
    vocabulary.add("first")
    arena, ends = vocabulary.arena, vocabulary.ends
    for number in range(10_000):
        vocabulary.add(f"text {number}")
    assert arena.tobytes() == b"first"
    assert ends.tolist() == [5]


@pytest.mark.parametrize("number", [-1, 1, 10**9])
def test_there_is_no_text_beyond_the_last(number: int) -> None:
    vocabulary = Vocabulary()
    vocabulary.add("only")
    with pytest.raises(IndexError):
        vocabulary.text(number)


def test_texts_that_are_held_without_a_copy_are_the_first_ones() -> None:
    vocabulary = Vocabulary(transient=True)
    arena = np.frombuffer("oneé".encode(), dtype=np.uint8).copy()
    vocabulary.hold(arena, np.array([3, 5]))
    assert vocabulary.add("three") == 2
    assert [vocabulary.text(number) for number in range(3)] == ["one", "é", "three"]
    assert arena.tobytes() == "oneé".encode()
