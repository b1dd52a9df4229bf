from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targeting.disguises import Disguise, surfaces
from vigilia.targeting.terms.folding import fold, fold_with_spans


@pytest.mark.parametrize(
    ("written", "folded"),
    [
        ("Zoë  MÜLLER-Łukasz", "zoe muller lukasz"),
        ("Ｈｏｎｇ\u200bＫｏｎｇ", "hongkong"),
        ("strаße", "strasse"),
        ("ガ", "ガ"),
        ("カ\u3099", "ガ"),
        ("ｶﾞ", "ガ"),
        (unicodedata.normalize("NFD", "한국"), "한국"),
        ("จีน", "จีน"),
        ("مُحَمَّد", "محمد"),
        ("\u202eabc\u202c", "abc"),
        ("", ""),
        ("—…!", ""),
        ("ᴍɪʀᴀ 🅞🅧🅐🅒🅔 🇭🇰", "mira oxace hk"),
        ("𝕸𝖎𝖗𝖆 𝓞𝔁𝓪𝓬𝓮", "mira oxace"),
        ("Мирa Охасе", "mиpa oxace"),
        ("m\u20ddi\u3164r\u034fa", "mira"),
        ("陳澤廣 沢広", "陈泽广 泽广"),
        ("Aʿisha Ruzıeva", "aisha ruzieva"),
    ],
)
def test_names_are_compared_without_case_width_accents_and_invisible_marks(written: str, folded: str) -> None:
    assert fold(written) == folded


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60))
def test_spans_map_back_in_order_and_cover_what_was_folded(text: str) -> None:
    folded = fold_with_spans(text)
    assert folded.text == fold(text)
    assert len(folded.text) == len(folded.starts) == len(folded.ends)
    assert folded.starts == sorted(folded.starts)
    assert all(0 <= start < end <= len(text) for start, end in zip(folded.starts, folded.ends, strict=True))
    for place, letter in enumerate(folded.text):
        start, end = folded.original_span(place, place + 1)
        assert letter == " " or letter in fold(text[start:end])


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(text: str) -> None:
    once = fold(text)
    assert fold(once) == once


@given(surfaces)
def test_surface_disguises_fold_to_the_same_words(disguises: list[Disguise]) -> None:
    name = "mira oxace"
    for disguise in disguises:
        name = disguise(name)
    assert fold(name).replace(" ", "") == "miraoxace"
