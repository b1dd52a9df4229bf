"""Words for probabilities are ICD 203's, with their ranges."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.probability import TERMS, clamp, estimative_phrase, estimative_term


@given(st.floats(min_value=0, max_value=1))
def test_every_probability_lies_inside_the_range_that_is_printed_with_it(probability: float) -> None:
    term = estimative_term(probability)
    assert term.low <= clamp(probability) * 100 + 1e-9
    assert clamp(probability) * 100 <= term.high + 1e-9


@pytest.mark.parametrize(
    ("probability", "phrase"),
    [
        (0.0, "almost no chance (1-5 %)"),
        (0.05, "very unlikely (5-20 %)"),
        (0.2, "unlikely (20-45 %)"),
        (0.5, "roughly even chance (45-55 %)"),
        (0.55, "likely (55-80 %)"),
        (0.8, "very likely (80-95 %)"),
        (1.0, "almost certain (95-99 %)"),
    ],
)
def test_borders_belong_to_the_term_above(probability: float, phrase: str) -> None:
    assert estimative_phrase(probability) == phrase


def test_the_terms_leave_no_hole() -> None:
    assert all(low.high == high.low for low, high in itertools.pairwise(TERMS))
