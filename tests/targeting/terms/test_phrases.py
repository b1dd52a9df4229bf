from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.names.name_signs import may_be_name
from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.phrases import phrases_of


@pytest.mark.parametrize(
    ("text", "phrases"),
    [
        ("Olga Tarkwa", ["Olga", "Tarkwa", "Olga Tarkwa"]),
        ("minutes of the board", ["minutes", "board"]),
        ("from:anouk.feddersen", ["anouk.feddersen"]),
        ("report-2.docx 2025-114", []),
        ("林楓 電話", ["林楓", "電話"]),
        ("林楓電", ["林楓", "楓電", "林楓電"]),
        ("протокол від 2026", ["протокол"]),
        ("draft林楓", ["draft", "林楓"]),
        ("a b 12 -- ..", []),
        ("", []),
    ],
)
def test_phrases_are_runs_of_words_without_stop_words_at_their_ends(text: str, phrases: list[str]) -> None:
    assert [one.typed for one in phrases_of(text)] == phrases


@given(st.text(max_size=3000))
def test_any_text_gives_a_bounded_number_of_phrases_that_are_folded(text: str) -> None:
    found = phrases_of(text)
    assert len(found) <= 3 * 500
    assert all(one.folded == fold(one.typed) for one in found)
    assert len({one.folded for one in found}) == len(found)


@pytest.mark.parametrize(
    "name", ["Olga Tarkwa", "林楓嵐", "司徒嵐楓", "김하늘", "Коваленко", "anouk.feddersen", "olga tarkovych petrenko"]
)
def test_what_is_written_as_a_name_may_be_one(name: str) -> None:
    assert may_be_name(name)


@pytest.mark.parametrize("words", ["annual report", "budget", "證人", "회의", "протокол", "HK 2025", "Report"])
def test_everyday_words_are_not_taken_for_names(words: str) -> None:
    assert not may_be_name(words)
