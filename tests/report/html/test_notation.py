"""Numbers, times and likelihoods read the same everywhere."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.probability import estimative_sentence
from vigilia.report.html import notation


def test_numbers_are_grouped_by_thin_spaces() -> None:
    assert notation.number(9501) == "9\u202f501"
    assert notation.number(12) == "12"


@pytest.mark.parametrize(
    ("share", "written"),
    [
        (0.0, "0\u00a0%"),
        (0.001, "under 1\u00a0%"),
        (0.734, "73\u00a0%"),
        (0.999, "over 99\u00a0%"),
        (1.0, "100\u00a0%"),
    ],
)
def test_a_little_is_not_nothing_and_nearly_all_is_not_all(share: float, written: str) -> None:
    assert notation.percent(share) == written


def test_sizes_are_decimal() -> None:
    assert [notation.size(one) for one in (0, 999, 4_812_930, 10**13)] == [
        "0\u202fbytes",
        "999\u202fbytes",
        "4.8\u202fMB",
        "10.0\u202fTB",
    ]


def test_times_carry_utc_and_a_missing_time_says_so() -> None:
    assert notation.moment("2026-03-01T12:00:09.123456Z") == "2026-03-01 12:00:09\u00a0UTC"
    assert notation.day("2026-03-01T12:00:09.123456Z") == "1\u00a0March 2026"
    assert notation.moment("") == notation.day("") == "time unknown"


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("2026-03-01T01:00:00.000000Z", "less than two hours"),
        ("2026-03-01T20:00:00.000000Z", "20 hours"),
        ("2026-11-04T06:00:00.000000Z", "248 days"),
        ("", "unknown"),
    ],
)
def test_durations_are_said_in_words(last: str, said: str) -> None:
    assert notation.duration("2026-03-01T00:00:00.000000Z", last) == said


@given(st.floats(0, 1))
def test_a_likelihood_is_a_sentence_with_its_range(probability: float) -> None:
    sentence = estimative_sentence(probability, "someone was in")
    assert sentence.startswith(("It is ", "There is "))
    assert sentence.endswith("%) that someone was in.")
    assert "is a roughly" in sentence or "roughly" not in sentence


def test_reasons_say_their_direction_and_strength() -> None:
    assert notation.weight(12.0) == "counts strongly for it"
    assert notation.weight(-3.0) == "counts somewhat against it"


def test_labels_lose_their_middle_and_names_break_at_the_sign() -> None:
    assert notation.brief("evidence/web01/auth.log.2.gz", 15) == "evidenc…og.2.gz"
    assert notation.brief("short", 15) == "short"
    assert notation.breakable("<b>@x.example") == "&lt;b&gt;@<wbr>x.example"
