"""Both ways of finding patterns in texts give the same answer, which is the plain one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.detect import automaton
from vigilia.detect.automaton import Automaton
from vigilia.detect.patterns import Pattern
from vigilia.model.coded import Vocabulary
from vigilia.sigma.folding import fold

LETTERS = "abAB\\. σΣςİiK\u212a\x00\U0010ffffé"
TEXTS = st.lists(st.text(LETTERS, max_size=12), max_size=8)
PATTERNS = st.lists(
    st.builds(Pattern, st.text(LETTERS, max_size=4).map(fold), st.booleans(), st.booleans()), max_size=8
).map(lambda found: [one for one in dict.fromkeys(found) if one.literal or (one.at_start and one.at_end)])


def plainly(patterns: list[Pattern], text: str) -> set[int]:
    text = fold(text)
    return {
        number
        for number, (literal, at_start, at_end) in enumerate(patterns)
        if (literal == text if at_start and at_end else True)
        and (text.startswith(literal) if at_start else True)
        and (text.endswith(literal) if at_end else literal in text)
    }


def found(patterns: list[Pattern], texts: list[str], first: int) -> list[set[int]]:
    vocabulary = Vocabulary()
    for text in texts:
        encoded = np.frombuffer(text.encode(), dtype=np.uint8)
        vocabulary.extend(encoded, np.array([len(encoded)], dtype=np.int64))
    ends, numbers = Automaton(patterns).find(vocabulary, first)
    assert len(ends) == len(texts) - first
    pieces = np.split(numbers, ends[:-1]) if len(ends) else []
    assert all(len(set(piece.tolist())) == len(piece) for piece in pieces)
    return [set(piece.tolist()) for piece in pieces]


@pytest.mark.parametrize("kernel_bytes", [0, 1 << 60], ids=["kernel", "plain"])
@settings(deadline=None)
@given(patterns=PATTERNS, texts=TEXTS, cut=st.integers(0, 8))
def test_every_pattern_is_found_once_where_it_stands(
    kernel_bytes: int, patterns: list[Pattern], texts: list[str], cut: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(automaton, "_KERNEL_BYTES", kernel_bytes)
        patched.setattr(automaton, "_KERNELS", "not loaded")
        first = min(cut, len(texts))
        assert found(patterns, texts, first) == [plainly(patterns, text) for text in texts[first:]]


@pytest.mark.parametrize("kernel_bytes", [0, 1 << 60], ids=["kernel", "plain"])
def test_a_pattern_across_slices_of_a_long_text_is_found(monkeypatch: pytest.MonkeyPatch, kernel_bytes: int) -> None:
    monkeypatch.setattr(automaton, "_KERNEL_BYTES", kernel_bytes)
    monkeypatch.setattr(automaton, "_KERNELS", "not loaded")
    patterns = [Pattern("needle", False, False), Pattern("y", False, True), Pattern("x", True, False)]
    for before in range(16_378, 16_386):
        assert found(patterns, ["x" * before + "Needle" + "y" * 20_000], 0) == [{0, 1, 2}]


def test_more_patterns_in_a_text_than_room_at_first_are_all_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(automaton, "_KERNEL_BYTES", 0)
    patterns = [Pattern(chr(ord("a") + at // 26) + chr(ord("a") + at % 26), False, False) for at in range(500)]
    text = "".join(one.literal for one in patterns)
    assert found(patterns, [text] * 40, 0) == [plainly(patterns, text)] * 40
