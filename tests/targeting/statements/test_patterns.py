"""A pattern is reduced to the words that it looks for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.statements.patterns import mask_words, path_pattern_words, pattern_words


@pytest.mark.parametrize(
    ("pattern", "words"),
    [
        (r"\b[Hh]ong\s+[Kk]ong\b.*", "Hong Kong"),
        ("hong[ _-]?kong", "hong kong"),
        ("(?i)^lhasa$", "lhasa"),
        ("tibet|lhasa", "tibet|lhasa"),
        (r"ada\.example", "ada.example"),
        ("%hong%kong%", "hong kong"),
        ("plain words", "plain words"),
        (".*", ""),
    ],
)
def test_regular_expressions(pattern: str, words: str) -> None:
    assert pattern_words(pattern) == words


@pytest.mark.parametrize(
    ("mask", "words"),
    [
        ("*donor*.xls?", "donor"),
        ("*.docx", ""),
        ("*.*", ""),
        ("*[Dd]onor*", "donor"),
        ("donors.xlsx", "donors"),
        ("*a*b*", "a b"),
    ],
)
def test_masks(mask: str, words: str) -> None:
    assert mask_words(mask).lower() == words


def test_patterns_over_paths_count_in_their_last_part() -> None:
    assert path_pattern_words(r".*/srv/.*hong.*\.pdf$") == "hong"


@given(st.text(alphabet="ab[](){}\\^$.*+?|/ -", max_size=100))
def test_any_pattern_is_read_without_error(pattern: str) -> None:
    for read in (pattern_words, mask_words, path_pattern_words):
        assert len(read(pattern)) <= len(pattern) + 1
