"""Comparison with known actors: probabilities add up, grow with an actor's own software, and say what they rest on."""

from __future__ import annotations

import datetime
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.actor_bundle import bundle, write_galaxies
from vigilia.attribution.actors.comparison import ActorBase, Comparison, actor_base, compare
from vigilia.attribution.actors.label_votes import Ballot, label_chances, label_shares, votes_of
from vigilia.attribution.actors.model import LabelVote, LabelVotes, load_model, softmax
from vigilia.attribution.actors.signals import SIGNALS, seen_of, signals
from vigilia.knowledge.actors.building import build_actor_table

_CORPUS = actor_base().corpus
_TECHNIQUES = [one for one, technique in zip(_CORPUS.features, _CORPUS.technique, strict=True) if technique]
_SOFTWARE = [one for one in _CORPUS.features if one not in set(_TECHNIQUES)]
_DAY = datetime.date(2022, 5, 1)
_COMMON = dict.fromkeys(["T1059.001", "T1105", "T1083", "T1082", "T1566.001"], 1.0)

_WEIGHTS = st.floats(0.05, 1.0)
_SEEN_TECHNIQUES = st.dictionaries(st.sampled_from(_TECHNIQUES), _WEIGHTS, max_size=12)
_SEEN_SOFTWARE = st.dictionaries(st.sampled_from(_SOFTWARE), _WEIGHTS, max_size=4)
_BRIEF = settings(max_examples=40, deadline=None)


def _chance(found: Comparison, actor: str) -> float:
    return next((one.probability for one in found.groups if one.id == actor), 0.0)


@given(techniques=_SEEN_TECHNIQUES, software=_SEEN_SOFTWARE)
@_BRIEF
def test_candidates_and_outside_add_up_to_one(techniques: dict[str, float], software: dict[str, float]) -> None:
    found = compare(techniques, software, day=_DAY)
    assert sum(one.probability for one in found.groups) + found.outside == pytest.approx(1)
    for labels in (found.countries, found.motives):
        assert not labels or sum(labels.values()) == pytest.approx(1)
    assert all(0 <= one.floor <= one.probability + 1e-12 for one in found.groups)
    assert [one.probability for one in found.groups] == sorted((one.probability for one in found.groups), reverse=True)


@given(techniques=_SEEN_TECHNIQUES, software=_SEEN_SOFTWARE)
@_BRIEF
def test_the_order_in_which_things_were_seen_changes_nothing(
    techniques: dict[str, float], software: dict[str, float]
) -> None:
    backwards = compare(dict(reversed(techniques.items())), dict(reversed(software.items())), day=_DAY)
    assert backwards == compare(techniques, software, day=_DAY)


@given(techniques=_SEEN_TECHNIQUES, software=_SEEN_SOFTWARE, added=st.sampled_from(_SOFTWARE))
@_BRIEF
def test_adding_an_actors_own_software_never_lowers_its_score(
    techniques: dict[str, float], software: dict[str, float], added: str
) -> None:
    base = actor_base()
    before = signals(base.profiles, seen_of(_CORPUS, {**techniques, **software}, _DAY.toordinal()))
    after = signals(base.profiles, seen_of(_CORPUS, {**techniques, **software, added: 1.0}, _DAY.toordinal()))
    rise = base.model.scores(after) - base.model.scores(before)
    assert rise.min() >= -1e-9


def test_software_that_only_one_actor_uses_makes_it_likelier() -> None:
    profiles = actor_base().profiles
    alone = np.flatnonzero((profiles.spread == 1) & ~_CORPUS.technique)
    before = compare(_COMMON, {})
    assert alone.size >= 20
    for place in alone[::20]:
        actor = _CORPUS.actors[int(np.flatnonzero(profiles.used[:, place])[0])]
        found = compare(_COMMON, {_CORPUS.features[place]: 1.0})
        share = _chance(found, actor) / (1 - found.outside)
        assert share > _chance(before, actor) / (1 - before.outside)


def test_one_planted_software_makes_nobody_firm() -> None:
    """One exclusive software among common techniques: the leader changes or the floor falls when it is left out."""
    profiles = actor_base().profiles
    alone = np.flatnonzero((profiles.spread == 1) & ~_CORPUS.technique)
    leader = compare(_COMMON, {}).groups[0]
    led = 0
    for place in alone[::20]:
        owner = _CORPUS.actors[int(np.flatnonzero(profiles.used[:, place])[0])]
        found = compare(_COMMON, {_CORPUS.features[place]: 1.0})
        if owner != leader.id and found.groups[0].id == owner:
            led += 1
            assert found.firm == ""
            assert found.groups[0].floor < found.groups[0].probability
    assert led, "no planted software brought its owner to the top: nothing was tried"


def test_too_little_to_compare_leaves_everything_as_it_was_before() -> None:
    """Four techniques, or an actor's own software alone, were never measured: they move nothing."""
    profiles, known = actor_base().profiles, actor_base().profiles.known
    four = dict(list(_COMMON.items())[:4])
    place = int(np.flatnonzero((profiles.spread == 1) & ~_CORPUS.technique)[0])
    unseen = compare({"T0000": 1.0}, {"S0000": 1.0, "S0002": 0.0})
    for found in (unseen, compare(four, {}, day=_DAY), compare({}, {_CORPUS.features[place]: 1.0})):
        assert found.outside == load_model().outside_prior
        assert {one.probability for one in found.groups} == {(1 - found.outside) / known.sum()}
        assert found.motives == label_shares(actor_base().motives, known)
        assert found.countries == label_shares(actor_base().countries, known)
        assert (found.carried, found.firm) == ([], "")
    assert (unseen.compared, compare(four, {}).compared) == (0, 4)
    five = compare(_COMMON, {}).groups
    assert five[0].probability > five[-1].probability


def test_what_carried_the_leading_candidate_is_named_the_heaviest_first() -> None:
    profiles = actor_base().profiles
    place = int(np.flatnonzero((profiles.spread == 1) & ~_CORPUS.technique)[0])
    software = _CORPUS.features[place]
    found = compare(_COMMON, {software: 1.0})
    assert found.carried[0].id == software
    assert [one.weight for one in found.carried] == sorted((one.weight for one in found.carried), reverse=True)


def test_the_prior_of_being_outside_moves_only_that() -> None:
    low, high = (compare(_COMMON, {}, outside_prior=one) for one in (0.1, 0.9))
    assert low.outside < high.outside
    assert [one.id for one in low.groups] == [one.id for one in high.groups]


def test_the_weights_that_ship_name_every_signal_and_let_no_software_speak_against_an_actor() -> None:
    model = load_model()
    assert list(model.signals) == list(SIGNALS)
    assert all(weight.weight >= 0 for name, weight in model.signals.items() if name.startswith("software"))
    assert model.signals["nearest-report"].weight >= 0


def test_votes_are_one_over_the_rank_of_those_who_bear_a_label() -> None:
    ballot = Ballot(["XA", "", "XB", "XA"])
    scores, known = np.array([1.0, 9.0, 3.0, 2.0]), np.array([True, True, True, True])
    assert votes_of(ballot, scores, known, 2).tolist() == [0.5, 1.0]
    assert votes_of(ballot, scores, np.array([True, True, False, True]), 2).tolist() == [1.5, 0.0]


def test_label_chances_lie_between_votes_and_how_common_labels_are() -> None:
    ballot = Ballot(["XA", "XA", "XB"])
    rule = LabelVotes(voters=1, inside=LabelVote(power=1, votes=1), outside=LabelVote(power=1, votes=0))
    scores, known = np.array([0.0, 0.0, 5.0]), np.array([True, True, True])
    assert label_chances(ballot, scores, known, rule, 0.0) == {"XB": 1.0}
    assert label_chances(ballot, scores, known, rule, 1.0) == pytest.approx({"XA": 2 / 3, "XB": 1 / 3})


def test_chances_of_no_actor_are_none() -> None:
    assert softmax(np.array([1.0, 2.0]), np.array([False, False])).tolist() == [0.0, 0.0]
    assert softmax(np.array([1.0, 1.0]), np.array([True, True])).tolist() == [0.5, 0.5]


@pytest.fixture(scope="module")
def fictional(tmp_path_factory: pytest.TempPathFactory) -> ActorBase:
    folder = tmp_path_factory.mktemp("fictional")
    (folder / "bundle.json").write_text(json.dumps(bundle()), encoding="utf-8")
    table = build_actor_table(folder / "bundle.json", write_galaxies(folder / "galaxies"))
    return ActorBase(table, load_model())


def test_another_base_may_be_compared_with(fictional: ActorBase) -> None:
    found = compare({"T9001": 1.0, "T9002": 1.0}, {"S9001": 1.0}, base=fictional, least=1)
    assert (found.groups[0].id, found.groups[0].name) == ("G9001", "Lantern")
    assert sum(one.probability for one in found.groups) + found.outside == pytest.approx(1)
    assert list(found.countries) == ["XA"]
    assert next(iter(found.motives)) == "espionage"


def test_what_a_campaign_used_counts_for_the_actor_to_whom_it_is_attributed(fictional: ActorBase) -> None:
    place = fictional.corpus.feature_place["S9002"]
    users = {fictional.corpus.actors[int(one)] for one in np.flatnonzero(fictional.profiles.used[:, place])}
    assert users == {"G9001", "G9002"}


def test_an_actor_of_whom_no_dated_report_says_anything_is_no_candidate(fictional: ActorBase) -> None:
    found = compare({"T9002": 1.0}, {}, base=fictional, least=1)
    assert "G9003" not in {one.id for one in found.groups}


@pytest.mark.parametrize("prior", [0.0, 1.0])
def test_certain_priors_leave_room(prior: float) -> None:
    assert 0 < compare({"T1105": 1.0}, {}, outside_prior=prior).outside < 1
    assert 0 < compare(_COMMON, {}, outside_prior=prior).outside < 1


def test_weights_that_are_no_weights_are_bounded() -> None:
    assert compare({"T1105": 7.0}, {}, least=1) == compare({"T1105": 1.0}, {}, least=1)
    assert compare({"T1105": float("nan"), "T1083": -1.0}, {}).compared == 0


def test_nobody_is_almost_certain_beyond_what_was_measured() -> None:
    """Everything that one actor was ever reported to use still leaves room for error."""
    corpus = actor_base().corpus
    every = [
        corpus.features[int(one)] for one in np.flatnonzero(actor_base().profiles.used[corpus.actor_place["G0016"]])
    ]
    found = compare(dict.fromkeys([one for one in every if one[0] == "T"], 1.0), {})
    assert found.groups[0].probability <= load_model().leader.ceiling
