"""Both ways to find literals find what looking for each by itself finds, once, wherever the vocabulary had ended."""

from __future__ import annotations

import itertools
import time
import tracemalloc

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from detect.strategies import patterns_and_texts
from vigilia.detect.literal_search import LiteralSearch
from vigilia.detect.patterns import Pattern
from vigilia.model.coded import Vocabulary
from vigilia.sigma.folding import fold

_UNCHECKED = (HealthCheck.function_scoped_fixture, HealthCheck.too_slow)  # the fixture is the same for all examples


@pytest.fixture(autouse=True, params=["text by text", "kernel"])
def _way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    kernel = request.param == "kernel"
    monkeypatch.setattr(LiteralSearch, "_wants_kernel", lambda *_: kernel)


def _has(pattern: Pattern, text: str) -> bool:
    match pattern.at_start, pattern.at_end:
        case True, True:
            return text == pattern.literal
        case True, False:
            return text.startswith(pattern.literal)
        case False, True:
            return text.endswith(pattern.literal)
        case _:
            return pattern.literal in text


def _vocabulary(*texts: str) -> Vocabulary:
    vocabulary = Vocabulary()
    for text in texts:
        vocabulary.add(text)
    return vocabulary


def _found(patterns: list[Pattern], vocabulary: Vocabulary, first: int) -> list[list[int]]:
    """Return for each text the numbers of its patterns, sorted."""
    ends, found = LiteralSearch(patterns).find(vocabulary, np.arange(first, len(vocabulary)))
    starts = [0, *ends.tolist()]
    return [sorted(found[start:end].tolist()) for start, end in itertools.pairwise(starts)]


@settings(max_examples=60, suppress_health_check=_UNCHECKED)
@given(patterns_and_texts())
def test_each_pattern_is_found_in_each_text_that_has_it(drawn: tuple[list[Pattern], list[str]]) -> None:
    patterns, texts = drawn
    vocabulary = _vocabulary(*texts)
    distinct = list(dict.fromkeys(texts))
    expected = [[number for number, one in enumerate(patterns) if _has(one, fold(text))] for text in distinct]
    for first in range(len(distinct) + 1):
        assert _found(patterns, vocabulary, first) == expected[first:]


@pytest.mark.parametrize("deepest", [20, 100])
def test_patterns_that_end_inside_one_another_are_all_found(deepest: int) -> None:
    literals = ["a" * length for length in range(1, deepest)]
    patterns = [
        Pattern(literal, start, end) for literal in literals for start in (False, True) for end in (False, True)
    ]
    texts = ["a" * length for length in (0, 1, 30, 59, 60, 200)] + ["a" * 70 + "b", "b" + "a" * 70]
    expected = [[number for number, one in enumerate(patterns) if _has(one, text)] for text in texts]
    assert _found(patterns, _vocabulary(*texts), 0) == expected


@pytest.mark.parametrize("filler", ["x", "é", "😀"])
def test_literals_at_the_borders_of_slices(filler: str) -> None:
    """Long texts are looked at piece by piece: a piece neither hides a literal nor is taken for the whole text."""
    patterns = [Pattern("needle", start, end) for start in (False, True) for end in (False, True)]
    places = [*range(16_384 - 7, 16_384 + 8), *range(2 * 16_384 - 7, 2 * 16_384 + 8)]
    texts = [filler * place + "needle" + filler * tail for place in places for tail in (0, 1, 20_000)]
    expected = [[number for number, one in enumerate(patterns) if _has(one, text)] for text in texts]
    assert _found(patterns, _vocabulary(*texts), 0) == expected


def test_more_finds_than_the_first_room_for_them_holds() -> None:
    patterns = [Pattern(f"p{number:04}q", at_start=False, at_end=False) for number in range(2_000)]
    every = "".join(one.literal for one in patterns)
    texts = [every, "none", f"{every}2", "p0007q", f"{every}3"]
    assert [len(one) for one in _found(patterns, _vocabulary(*texts), 0)] == [2_000, 0, 2_000, 1, 2_000]


@pytest.mark.parametrize("shortest", [4, 5, 8, 11, 20])
def test_long_literals_are_found_wherever_they_stand(shortest: int) -> None:
    """Where all literals are long, most places of a text are passed over."""
    literals = [f"needle number {number} in a stack of hay"[: shortest + number] for number in range(4)]
    patterns = [Pattern(one, at_start=False, at_end=False) for one in dict.fromkeys(literals)]
    texts = [
        "." * before + one.literal.upper() + "." * behind
        for one in patterns
        for before in range(20)
        for behind in (0, 1, 30)
    ]
    expected = [[number for number, one in enumerate(patterns) if _has(one, fold(text))] for text in texts]
    assert _found(patterns, _vocabulary(*texts), 0) == expected


def test_some_of_the_texts_are_asked_about() -> None:
    patterns = [Pattern("b", at_start=False, at_end=False)]
    ends, found = LiteralSearch(patterns).find(_vocabulary("ab", "é", "b", "cb", "dÉ"), np.array([1, 2, 4]))
    assert (ends.tolist(), found.tolist()) == ([0, 1, 1], [0])


def test_capitals_and_bytes_beyond_ascii() -> None:
    patterns = [Pattern(fold(one), at_start=False, at_end=False) for one in ("Ab", "É", "Σ", "😀", "\0", "z")]
    texts = ["AB", "aB é", "ς", "x😀y", "\0", "Z", "`", "[", "\u212a", "{"]
    expected = [[0], [0, 1], [2], [3], [4], [5], [], [], [], []]
    assert _found(patterns, _vocabulary(*texts), 0) == expected


def test_literals_that_end_with_one_another_take_neither_the_square_of_time_nor_of_memory() -> None:
    """Three hundred of them took four seconds and 800 MB on a value of 16,384 characters."""
    patterns = [Pattern("a" * length, at_start=False, at_end=False) for length in range(1, 2_001)]
    tracemalloc.start()
    started = time.monotonic()
    assert len(_found(patterns, _vocabulary("a" * 300_000, "b"), 0)[0]) == 2_000
    assert time.monotonic() - started < 30
    assert tracemalloc.get_traced_memory()[1] < 100_000_000
    tracemalloc.stop()
