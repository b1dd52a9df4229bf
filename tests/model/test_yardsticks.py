"""Two yardsticks, never mixed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.probability import TERMS, estimative_phrase
from vigilia.model.yardsticks import YARDSTICKS, phrase_in, sentence_in


@pytest.mark.parametrize(
    ("probability", "words"),
    [
        (0.02, "remote chance (0-5 %)"),
        (0.15, "highly unlikely (10-20 %)"),
        (0.30, "unlikely (25-35 %)"),
        (0.45, "realistic possibility (40-50 %)"),
        (0.60, "likely (55-75 %)"),
        (0.85, "highly likely (80-90 %)"),
        (0.97, "almost certain (95-100 %)"),
        (0.53, "likely (55-75 %)"),
        (0.075, "highly unlikely (10-20 %)"),
    ],
)
def test_a_probability_gets_the_term_of_its_range_or_the_nearest(probability: float, words: str) -> None:
    assert phrase_in("phia", probability) == words
    assert words in sentence_in("phia", probability, "it rained")


@given(st.floats(0, 1))
def test_a_sentence_ends_in_its_claim_and_icd_203_is_as_ever(probability: float) -> None:
    for yardstick in YARDSTICKS:
        assert sentence_in(yardstick, probability, "it rained").endswith(" that it rained.")
    assert phrase_in("icd203", probability) == estimative_phrase(probability)


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_higher_probability_never_gets_a_lower_term(one: float, other: float) -> None:
    low, high = sorted((one, other))
    order = ["remote chance", "highly unlikely", "unlikely", "realistic possibility", "likely", "highly likely"]
    order.append("almost certain")
    ranks = [order.index(phrase_in("phia", chance).partition(" (")[0]) for chance in (low, high)]
    assert ranks == sorted(ranks)
    assert len(TERMS) == len(order)
