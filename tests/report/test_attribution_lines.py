"""Who it was, in lines: one yardstick at a time, likelihood apart from confidence, reasons with their records."""

from __future__ import annotations

import re

import pytest

from support.attribution_cases import HONG_KONG, case_of, case_store, intrusion_of, topic_of
from vigilia.attribution.attribution import attribute
from vigilia.model.probability import TERMS
from vigilia.model.result import Attribution
from vigilia.model.yardsticks import YARDSTICKS, Yardstick
from vigilia.report.attribution_lines import attribution_lines, matrix_lines


@pytest.fixture(scope="module")
def attribution() -> Attribution:
    with case_store((1, 2, 3, 6, 7, 8, 9)) as store:
        return attribute(case_of(store, HONG_KONG, [topic_of("person:p1", 4, "P1")])).attribution


def test_phia_holds_no_word_of_icd_203(attribution: Attribution) -> None:
    text = "\n".join(attribution_lines(attribution, "phia"))
    ranges = [f"({one.low}-{one.high} %)" for one in TERMS]
    assert [one for one in ranges if one in text] == []
    assert re.search(r"highly likely \(80-90 %\)|likely \(55-75 %\)", text)


@pytest.mark.parametrize("yardstick", YARDSTICKS)
def test_no_sentence_holds_both_likelihood_and_confidence(attribution: Attribution, yardstick: Yardstick) -> None:
    sentences = [part for line in attribution_lines(attribution, yardstick) for part in line.split(". ")]
    assert not [one for one in sentences if "%)" in one and "onfidence" in one]
    assert [one for one in sentences if "Confidence in the basis" in one]


def test_everything_that_must_stand_beside_a_judgement_does(attribution: Attribution) -> None:
    text = "\n".join(attribution_lines(attribution, "icd203"))
    for words in ("For it", "It could also be", "Without what they looked for", "What would change it", "Base rate"):
        assert words in text
    assert "Group: not named." in text
    assert "Was it a sudden occasion in the news, or a standing interest?" in text


def test_the_matrix_has_a_row_for_each_observation(attribution: Attribution) -> None:
    matrix = attribution.matrices[0]
    lines = list(matrix_lines(matrix, attribution))
    assert len(lines) == 2 + 2 * len(matrix.rows)


def test_where_nobody_was_found_nothing_is_judged() -> None:
    with case_store() as store:
        nobody = attribute(case_of(store, intrusion=intrusion_of("none-found"))).attribution
    assert list(attribution_lines(nobody, "icd203")) == [nobody.group.why]
