"""Generated dossiers: calibrated, nobody named below the bar, no false flag at high confidence.

The generating distribution stands in tests/support/dossiers/rates.toml; the temperatures were fitted on even seeds
below 8,000. The seeds here were not used for that. `make bench-dossiers` measures many more.
"""

from __future__ import annotations

import random

import pytest

from support.dossiers.drawing import KINDS, draw_dossier, draw_dossiers
from support.dossiers.rates import load_rates
from support.dossiers.scores import DossierScores, Judged, judge, score
from vigilia.attribution.actors.comparison import Candidate, Comparison
from vigilia.attribution.hypotheses.group import judge_group
from vigilia.attribution.observing.observations import CHECKS
from vigilia.attribution.tables.likelihoods import load_likelihoods

_SEEDS = range(500_001, 501_001, 2)


@pytest.fixture(scope="module")
def judged() -> list[Judged]:
    return judge(draw_dossiers(_SEEDS))


@pytest.fixture(scope="module")
def scores(judged: list[Judged]) -> DossierScores:
    return score("held out", judged)


def test_there_are_enough_of_every_kind_and_motive(judged: list[Judged]) -> None:
    assert len(judged) >= 200
    for kind in KINDS:
        assert sum(one.dossier.kind == kind for one in judged) >= 40, kind
    for motive in load_likelihoods().motive_prior:
        assert sum(one.dossier.motive == motive for one in judged) >= 5, motive


def test_the_same_seed_gives_the_same_dossier() -> None:
    assert draw_dossier(4711) == draw_dossier(4711)


def test_no_false_flag_and_no_thin_dossier_is_judged_with_high_confidence(judged: list[Judged]) -> None:
    high = [one.dossier.seed for one in judged if one.assessment.confidence == "high" and one.dossier.kind != "plain"]
    flags = [one for one in judged if one.dossier.flag]
    assert flags
    assert [one.dossier.seed for one in flags if one.assessment.confidence == "high"] == []
    thin = {one.dossier.seed for one in judged if one.dossier.kind == "thin"}
    assert not thin & set(high)


def test_the_motive_is_calibrated(scores: DossierScores) -> None:
    """Every term that was said thirty times or more holds about as often as its range says; 500 dossiers are few."""
    assert scores.ece <= 0.08
    assert scores.log_loss < scores.prior_log_loss
    assert [one for one in scores.terms if one.said >= 30 and not one.inside] == []


def test_one_incident_is_never_almost_certain(judged: list[Judged]) -> None:
    assert max(one.assessment.probability for one in judged) < 0.95


def test_most_of_those_who_are_misled_are_told_that_the_basis_is_weak(scores: DossierScores) -> None:
    assert scores.misled < 0.5
    assert scores.misled_low > 0.6


def test_nobody_is_named_however_well_a_known_group_fits() -> None:
    source = random.Random("groups")
    for _ in range(200):
        chance = source.random()
        group = Candidate(id="G9001", name="Paper Heron", probability=chance, floor=chance * source.random())
        found = judge_group(Comparison([group], 1 - chance, {}, {}, [], "G9001", source.randrange(1, 60)), [])
        assert (found.named, found.candidates) == ("", [])
        assert "Paper Heron" not in found.why


def test_the_generating_distribution_names_only_observations_that_exist() -> None:
    rates, rows = load_rates(), load_likelihoods().observation
    told_by_rules = {row.id for row in rows if row.techniques}
    assert set(rates.motive) == set(load_likelihoods().motive_prior)
    assert sum(one.share for one in rates.motive.values()) == pytest.approx(1.0)
    for motive in rates.motive.values():
        assert set(motive.done) == told_by_rules
        assert set(motive.seen) <= set(CHECKS)
