from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.names.romanising import few_changes, leaves_vowels_out, romanise, stem, wylie
from vigilia.targeting.terms.folding import own_letters


@pytest.mark.parametrize(
    ("word", "spelt"),
    [
        ("Щербакова", "shcherbakova"),
        ("Олександр", "oleksandr"),
        ("Қайрат", "qayrat"),
        ("Λεβέντη", "leventi"),
        ("Μπάμπης", "babis"),
        ("نیکوسرشت", "nykwsrsht"),
        ("تۇرسۇن", "tursun"),
        ("زهران", "z'hran"),
        ("לבונאי", "lbwnay"),
        ("ჭავჭანიძე", "chavchanidze"),
        ("Սարուխանյան", "sarukhanyan"),
        ("वेदपाठक", "vedapathak"),
        ("በቀለ", "bekele"),
        ("민준", "minjun"),
        ("しゅんすけ", "shunsuke"),
        ("カタカナ", "katakana"),
        ("རྡོ་རྗེ", "dorje"),
        ("ထွန်း", "htun"),
    ],
)
def test_words_are_spelt_as_their_standard_says(word: str, spelt: str) -> None:
    assert "".join(romanise(own_letters(part))[0] for part in word.split("་")) == spelt


def test_other_spellings_come_after_the_commonest() -> None:
    assert romanise("박")[:3] == ["park", "pak", "bak"]
    assert {"ozhogina", "ojogina"} <= set(romanise("ожогина"))
    assert {"vedapathak", "vedpathak"} <= set(romanise("वेदपाठक"))


def test_a_script_that_is_not_read_has_no_spelling() -> None:
    assert romanise("陳") == romanise("ไทย") == romanise("") == romanise("plain") == []


@given(st.text(st.characters(categories=["L", "M"]), max_size=30))
def test_spellings_are_plain_letters(word: str) -> None:
    assert all(one.replace("'", "") == "" or one.replace("'", "").isalnum() for one in romanise(own_letters(word)))


def test_stems_leave_out_articles_and_cases() -> None:
    assert stem("ожогиной") == stem("ожогину") == stem("ожогина")
    assert stem("азярычнаму") == stem("азярычны")
    assert stem("الراشدي") == stem("والراشدي") == "راشدي"
    assert stem("анна") == "анн"
    assert stem("яма") == "яма"
    assert stem("oxace") == "oxace"


def test_scripts_without_short_vowels_are_known() -> None:
    assert [leaves_vowels_out(word) for word in ("محمد", "שירה", "Мира", "Mira", "")] == [
        True,
        True,
        False,
        False,
        False,
    ]


def test_tibetan_letters_are_wylies() -> None:
    assert [wylie(syllable) for syllable in ("སྒྲོལ", "དབང", "རྣམ", "ལྷ")] == ["sgrol", "dbng", "rnm", "lh"]


def test_choices_begin_with_the_fewest_changes() -> None:
    choices = [("a", "b"), ("c",), ("d", "e")]
    assert few_changes(choices, 9) == ["acd", "bcd", "ace", "bce"]
    assert few_changes(choices, 2) == ["acd", "bcd"]
    assert few_changes([], 3) == [""]
