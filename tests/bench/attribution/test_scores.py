"""The figures of the benchmark mean what their names say."""

from __future__ import annotations

import numpy as np
import pytest

from bench.attribution.fitting import fit_leader, fit_temperature
from bench.attribution.scores import (
    area_under_curve,
    calibration,
    interval,
    macro_f1,
    ranking,
    ranks_of,
    selective,
)


def test_ties_count_against_the_right_answer_and_an_unknown_actor_is_last() -> None:
    scores = np.array([[1.0, 1.0, 0.5], [3.0, 2.0, 1.0], [1.0, 5.0, 0.0]])
    known = np.array([[True, True, True], [True, True, True], [False, True, True]])
    assert ranks_of(scores, known, np.array([0, 0, 0])).tolist() == [2, 1, 3]


def test_the_mean_over_actors_does_not_favour_those_with_many_reports() -> None:
    found = ranking(np.array([1, 1, 1, 1, 9]), np.array([1, 1, 1, 1, 2]))
    assert (found.first, found.by_actor, found.fifth) == (0.8, 0.5, 0.8)


def test_intervals_are_wider_when_reports_share_actors() -> None:
    values = np.tile([1.0, 0.0], 50)
    apart = interval(values, np.arange(100))
    together = interval(values, np.repeat(np.arange(10), 10) * 2 + np.tile([0, 1], 50))
    assert together[1] - together[0] > apart[1] - apart[0]


def test_a_forecaster_who_is_right_as_often_as_said_has_no_error_and_stays_in_its_terms() -> None:
    said = np.repeat([0.1, 0.9], 100)
    came = np.concatenate([np.arange(100) < 10, np.arange(100) < 90])
    found = calibration(said, came, np.arange(200))
    assert found.error == pytest.approx(0)
    assert [(one.term, one.inside) for one in found.terms] == [("very unlikely", True), ("very likely", True)]
    assert found.perfect > 0


def test_a_forecaster_who_is_too_sure_is_found_out() -> None:
    found = calibration(np.full(100, 0.97), np.arange(100) < 60, np.arange(100))
    assert found.error == pytest.approx(0.37)
    assert not found.terms[0].inside


def test_the_surest_quarter_is_the_surest_quarter() -> None:
    said = np.array([0.9, 0.8, 0.2, 0.1])
    assert selective(said, np.array([True, False, False, False]), 0.25) == 1.0
    assert selective(said, np.array([True, False, False, False]), 0.5) == 0.5


def test_area_counts_ties_half() -> None:
    assert area_under_curve(np.array([2.0, 1.0]), np.array([1.0, 0.0])) == pytest.approx(0.875)


def test_macro_f1_weighs_labels_alike() -> None:
    assert macro_f1(np.array([0, 0, 0, 0]), np.array([0, 0, 0, 1])) == pytest.approx((6 / 7) / 2, abs=1e-4)


def test_temperature_rises_where_scores_are_too_sure() -> None:
    draws = np.random.default_rng(1)
    scores = draws.normal(size=(500, 4)) * 6
    odds = np.exp(scores / 2)
    answers = np.array([draws.choice(4, p=row / row.sum()) for row in odds])
    assert fit_temperature(scores, np.ones((500, 4), dtype=np.bool_), answers) == pytest.approx(2.0, abs=0.5)


def test_a_leader_is_worth_no_more_than_leaders_were() -> None:
    said = np.full(200, 0.999)
    curve = fit_leader(said, np.arange(200) < 180)
    assert curve.right(said)[0] == pytest.approx(0.9, abs=0.02)
