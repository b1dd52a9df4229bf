from __future__ import annotations

import pytest

from support.searching import determine, search
from vigilia.model.result import OperatorHint
from vigilia.targeting.comparison.operator_table import load_operator_table


def hints(texts: list[str], others: list[str] | None = None) -> dict[tuple[str, str], OperatorHint]:
    rows = [search(n, text, minute=n) for n, text in enumerate(texts, 1)]
    rows += [search(200 + n, text, "staff@example.org", 100 + n) for n, text in enumerate(others or [])]
    result = determine(rows, dict.fromkeys(range(1, len(texts) + 1), 0.9))
    return {(one.kind, one.what): one for one in result.targeting.operator_hints}


@pytest.mark.parametrize(
    ("texts", "kind", "part"),
    [
        (["国际 会议", "欧阳 证人"], "variant", "simplified"),
        (["國際 會議", "歐陽 證人"], "variant", "traditional"),
        (["香港\u3000證人"], "input-method", "ideographic spaces"),
        (["香港，證人"], "input-method", "full-width punctuation"),
        (["ｂｕｄｇｅｔ"], "input-method", "full-width letters"),
        (["ghbdtn"], "keyboard-layout", "Russian"),
        (["gfhjkm cgbcjr"], "keyboard-layout", "Russian"),
        (["ghbdsn"], "keyboard-layout", "Ukrainian"),
        (["xzhang", "zhang report", "xiao zhang"], "romanisation", "Pinyin"),
        (["Cheung letter", "Tsang, K"], "romanisation", "Cantonese"),
        (["1.250,50", "invoice 99,90"], "number-format", "comma"),
    ],
)
def test_each_way_of_writing_is_a_hint_with_its_weakness(texts: list[str], kind: str, part: str) -> None:
    (found,) = [one for (of, what), one in hints(texts).items() if of == kind and part in what]
    assert found.weakness
    assert found.event_ids


@pytest.mark.parametrize(
    "texts",
    [
        ["annual report", "budget 2026"],
        ["zhang", "cheung"],  # one of each
        ["1,250.50", "2,3", "10,000"],
        ["人 口 山 水"],  # the same in both forms
        ["hello", "qwerty", "asdf"],
        ["国 國", "国 國"],  # both forms in one text
    ],
)
def test_ordinary_writing_gives_no_hint(texts: list[str]) -> None:
    assert hints(texts, ["annual report"] * 5) == {}


def test_everybody_elses_way_of_writing_is_counted_beside() -> None:
    found = hints(["国际 会议", "欧阳"], ["国际", "会议", "報告"])
    (one,) = [hint for (kind, _), hint in found.items() if kind == "variant"]
    assert (one.searches, one.baseline_count) == (2, 2)


def test_a_word_that_names_a_topic_on_the_other_layout_is_a_slip() -> None:
    """A country's name typed with the layout left on Latin."""
    assert "keyboard-layout" in {kind for kind, _ in hints([",tkfhecm"])}


def test_pairs_of_characters_are_pairs_and_no_character_is_in_both_forms() -> None:
    table = load_operator_table()
    simplified, traditional = table.variants.simplified, table.variants.traditional
    assert len(simplified) == len(traditional) == len(set(simplified)) == len(set(traditional))
    assert not set(simplified) & set(traditional)
    spellings = [one for names in table.romanisation.values() for one in names]
    assert len(spellings) == len(set(spellings))
    assert all(len(one.keys) == len(one.letters) for one in table.layout)
