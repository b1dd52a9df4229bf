"""The arithmetic: pooling, Bayes, leaving out, planted traces, and the matrix as a view of it."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.attribution.hypotheses.assessment import assess
from vigilia.attribution.hypotheses.motive import motive_question
from vigilia.attribution.hypotheses.sponsorship import sponsorship_question
from vigilia.attribution.observing.corroboration import corroborations
from vigilia.attribution.observing.observations import observation_of
from vigilia.attribution.renderings.judgements import motive_judgement
from vigilia.attribution.renderings.matrix import matrix_of
from vigilia.attribution.tables.likelihoods import ObservationRow, load_likelihoods
from vigilia.attribution.weighing.posterior import posterior
from vigilia.model.profile import Corroboration
from vigilia.model.result import Observation

_PRIOR = load_likelihoods().motive_prior
_ROWS = load_likelihoods().observation
_SUBSETS = st.lists(st.sampled_from(_ROWS), unique_by=lambda row: row.id, max_size=len(_ROWS))


def _row(name: str) -> Observation:
    return next(observation_of(row) for row in _ROWS if row.id == name)


@given(_SUBSETS)
def test_a_posterior_sums_to_one(rows: list[ObservationRow]) -> None:
    shares = posterior("motive", _PRIOR, [observation_of(row) for row in rows])
    assert sum(shares.values()) == pytest.approx(1.0)
    assert all(0 < share < 1 for share in shares.values())


@given(st.permutations(_ROWS))
def test_the_order_of_observations_does_not_matter(rows: list[ObservationRow]) -> None:
    seen = [observation_of(row) for row in rows]
    there, back = assess(motive_question(), seen), assess(motive_question(), seen[::-1])
    assert there.posterior == pytest.approx(back.posterior)
    assert there.left_out == back.left_out


def test_two_items_of_one_dependency_group_count_as_one() -> None:
    one = _row("selective-topics")
    once = posterior("motive", _PRIOR, [one])
    assert posterior("motive", _PRIOR, [one, one, one]) == pytest.approx(once)


def test_a_high_temperature_moves_less_and_leaves_the_prior() -> None:
    seen = [_row("selective-topics"), _row("long-dwell")]
    cold, hot = posterior("motive", _PRIOR, seen), posterior("motive", _PRIOR, seen, temperature=100.0)
    assert cold["espionage"] > hot["espionage"] > _PRIOR["espionage"]
    assert hot == pytest.approx(_PRIOR, abs=0.02)


@given(_SUBSETS, st.sampled_from(_ROWS), st.sampled_from(sorted(_PRIOR)))
def test_one_planted_item_never_yields_high_confidence(
    rows: list[ObservationRow], planted: ObservationRow, motive: str
) -> None:
    """A false flag, however strong, that points at one motive alone: confidence stays low or moderate."""
    flag = msgspec.structs.replace(
        observation_of(planted), likelihoods={"motive": dict.fromkeys(_PRIOR, 0.01) | {motive: 0.99}}
    )
    seen = [observation_of(row) for row in rows if row.id != planted.id] + [flag]
    assessment = assess(motive_question(), seen)
    assert motive_judgement(assessment).confidence != "high"
    bare = assess(motive_question(), [one for one in seen if one.kind != planted.kind])
    if assessment.stands and bare.leading != assessment.leading:
        assert assessment.confidence == "low"
        assert planted.kind in assessment.linchpins


def test_what_rests_on_cheap_traces_alone_is_said_to_be_within_reach_of_planting() -> None:
    flags = [_row("ransom-notes"), _row("remote-access-products")]
    strong = [msgspec.structs.replace(one, grade="A1", weight=1.0) for one in flags]
    assessment = assess(motive_question(), strong)
    assert assessment.leading == "financial"
    assert assessment.stands
    assert assessment.planted is not None
    assert not assessment.planted.stands
    assert assessment.confidence == "low"


def test_the_fewest_kinds_to_fake_are_enough_and_all_needed() -> None:
    names = ("selective-topics", "person-searches", "long-dwell", "no-money", "working-week", "spared-data")
    seen = [_row(name) for name in names]
    whole = assess(motive_question(), seen)
    assert whole.stands
    assert whole.planted is not None
    gone = set(whole.planted.fewest)
    assert gone
    assert not assess(motive_question(), [one for one in seen if one.kind not in gone]).stands
    for kept in gone:
        less = gone - {kept}
        assert assess(motive_question(), [one for one in seen if one.kind not in less]).leading == whole.leading


def test_high_confidence_takes_two_good_sources_outside_and_three_aspects() -> None:
    seen = [_row(name) for name in ("selective-topics", "person-searches", "long-dwell", "no-money", "working-week")]

    def confidence(grade: str, *sources: str) -> str:
        reports = [Corroboration(question="motive", value="espionage", source=one, grade=grade) for one in sources]
        return assess(motive_question(), [*seen, *corroborations(reports, "motive", list(_PRIOR))]).confidence

    assert assess(motive_question(), seen).confidence != "high"
    assert confidence("B2", "Harbour Forensics", "Lantern Lab") == "high"
    assert confidence("B2", "Harbour Forensics") != "high"
    assert confidence("B2", "Harbour Forensics", "Harbour Forensics") != "high"
    assert confidence("C3", "Harbour Forensics", "Lantern Lab") != "high"


def test_two_reports_of_one_source_count_once() -> None:
    report = Corroboration(question="motive", value="espionage", source="Harbour Forensics", grade="B2")
    other = Corroboration(question="motive", value="espionage", source="Lantern Lab", grade="B2")
    chance = [
        assess(motive_question(), corroborations(reports, "motive", list(_PRIOR))).probability
        for reports in ([report], [report, report], [report, other])
    ]
    assert chance[0] == pytest.approx(chance[1])
    assert chance[2] > chance[1]


def test_sponsorship_follows_the_motive_and_what_speaks_beyond_it() -> None:
    spying = assess(sponsorship_question(), [_row("selective-topics"), _row("long-dwell")])
    crime = assess(sponsorship_question(), [_row("money-actions"), _row("ransom-notes")])
    assert spying.probability > spying.prior > crime.probability
    assert spying.leading == crime.leading == "yes"


@given(_SUBSETS)
def test_the_matrix_shows_every_item_against_every_hypothesis(rows: list[ObservationRow]) -> None:
    matrix = matrix_of("motive", _PRIOR, [observation_of(row) for row in rows])
    assert {row.observation for row in matrix.rows} == {row.id for row in rows}
    assert all(set(row.cells) == set(_PRIOR) for row in matrix.rows)
    assert all(0 <= row.diagnosticity <= 2.81 for row in matrix.rows), "log2 of seven hypotheses"
    against = [matrix.inconsistency[name] for name in matrix.hypotheses]
    assert against == sorted(against)


def test_what_speaks_against_a_motive_is_inconsistent_with_it() -> None:
    matrix = matrix_of("motive", _PRIOR, [_row("money-actions"), _row("selective-topics")])
    cells = {row.observation: row.cells for row in matrix.rows}
    assert cells["money-actions"]["espionage"] in ("I", "II")
    assert cells["selective-topics"]["espionage"] in ("C", "CC")
    assert cells["selective-topics"]["opportunistic"] in ("I", "II")
