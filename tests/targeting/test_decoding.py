from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from targeting.disguises import Disguise, nestings
from vigilia.targeting.decoding import decode


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(["Hong Kong protest", "香港 抗議 活動", "Тибет монастырь", "منظمة حقوقية"]), nestings)
def test_a_term_in_any_nesting_of_encodings_comes_to_light(term: str, nesting: list[Disguise]) -> None:
    text = term
    for disguise in nesting:
        text = disguise(text)
    assert decode(text).text == term


@pytest.mark.parametrize("word", ["password", "DocumentLibrary", "deadbeef", "cafebabe", "100%", "a+b", "Q3-report"])
def test_ordinary_words_are_not_taken_for_encodings(word: str) -> None:
    assert decode(word).text == word


def test_every_step_is_named_in_order() -> None:
    assert decode("SG9uZyUyMEtvbmc=").how == ("base64", "url-decoded")
    assert decode("hong+kong", form=True).how == ("plus-decoded",)


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200))
def test_any_text_decodes_without_error(text: str) -> None:
    decode(text)
