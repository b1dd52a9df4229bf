from __future__ import annotations

import pytest

from vigilia.targeting.terms.folding import fold_with_spans
from vigilia.targeting.terms.words import split_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Mira_Oxace-2024.pdf", ["mira", "oxace", "2024", "pdf"]),
        ("MiraOxace", ["mira", "oxace"]),
        ("MIRA OXACE", ["mira", "oxace"]),
        ("mIRA oXACE", ["mira", "oxace"]),
        ("oxace7b", ["oxace", "7", "b"]),
        ("Oxaceの会議", ["oxace", "の", "会议"]),
        ("ルーム", ["ルーム"]),
        ("ШаринаОжогина", ["шapиha", "oжoгиha"]),
        ("वेदपाठक", ["वेदपाठक"]),
        ("", []),
    ],
)
def test_words_end_where_a_reader_sees_their_end(text: str, words: list[str]) -> None:
    folded = fold_with_spans(text)
    found = split_words(text, folded)
    assert [word.text for word in found] == words
    assert all(folded.text[word.start : word.end] == word.text for word in found)
