"""The benchmark of attribution leaks nothing: neither the report asked about nor the actor scored is learnt from."""

from __future__ import annotations

import json
import os
from pathlib import Path

import numpy as np
import pytest

from bench.attribution.baselines import bm25
from bench.attribution.campaigns import measure_campaigns
from bench.attribution.fitting import cross_weights, fit_weights, folds_of
from bench.attribution.queries import REGIMES, Campaign, Queries, Query, read_queries
from bench.attribution.scores import Ranking, ranking, ranks_of
from bench.attribution.sheets import HONEST, Sheet, lay_out
from support.actor_bundle import bundle
from vigilia.attribution.actors.model import load_model
from vigilia.attribution.actors.profiles import Corpus
from vigilia.attribution.actors.signals import SIGNALS, seen_of
from vigilia.knowledge.actors.building import build_actor_table
from vigilia.knowledge.actors.table import ActorTable, actor_table

_DATA = Path(os.environ.get("VIGILIA_TEST_DATA", Path(__file__).parents[4] / "shared" / "data"))
_FROZEN = _DATA / "attack/incident_queries.json"


@pytest.fixture
def table(tmp_path: Path) -> ActorTable:
    path = tmp_path / "bundle.json"
    path.write_text(json.dumps(bundle()), encoding="utf-8")
    return build_actor_table(path)


def _query(corpus: Corpus, actor: str, report: str, day: int = 0) -> Query:
    place = list(corpus.reports).index(report)
    return Query(
        actor=corpus.actor_place[actor],
        report=place,
        features=("T9001", "T9002", "S9001"),
        day=day or int(corpus.days[place]),
        country="",
        motive="",
        sealed=False,
    )


def test_the_report_that_is_asked_about_is_known_in_the_leaky_regime_alone(table: ActorTable) -> None:
    corpus = Corpus.of(table)
    query = _query(corpus, "G9001", "Aster 2020")
    assert query.known(corpus, "R0")[query.report]
    for regime in REGIMES[1:]:
        rows = query.profiles(corpus, regime).citations
        assert query.report not in rows[:, 1]
        assert query.report not in query.profiles(corpus, regime).documentation[:, 1]


def test_nothing_published_around_the_report_is_known_in_r2_nor_later_in_r3(table: ActorTable) -> None:
    corpus = Corpus.of(table)
    query = _query(corpus, "G9001", "Aster 2020")
    assert {corpus.reports[one] for one in np.flatnonzero(query.known(corpus, "R2")).tolist()} == {
        "Birch 2021",
        "Cedar 2019",
    }
    assert {corpus.reports[one] for one in np.flatnonzero(query.known(corpus, "R3")).tolist()} == {"Cedar 2019"}
    near = _query(corpus, "G9001", "Aster 2020", day=int(corpus.days[list(corpus.reports).index("Birch 2021")]) - 30)
    assert "Birch 2021" not in {corpus.reports[one] for one in np.flatnonzero(near.known(corpus, "R2")).tolist()}


def test_reports_without_a_date_are_not_known_in_honest_regimes(table: ActorTable) -> None:
    corpus = Corpus.of(table)
    undated = list(corpus.reports).index("Dogwood")
    query = _query(corpus, "G9001", "Aster 2020")
    assert query.known(corpus, "R1")[undated]
    assert not any(query.known(corpus, regime)[undated] for regime in HONEST)


def test_an_actor_that_is_taken_out_leaves_nothing_behind(table: ActorTable) -> None:
    corpus = Corpus.of(table)
    query = _query(corpus, "G9001", "Cedar 2019")
    profiles = query.profiles(corpus, "R1", removed=True)
    assert not profiles.known[query.actor]
    assert profiles.known.any()


def test_a_campaign_is_not_in_its_own_honest_profile(table: ActorTable) -> None:
    """Dusk used ReedShell, which is otherwise Heron's: only the leaky regime finds Lantern by it."""
    campaign = Campaign("C9001", ["G9001"], [], ["S9002"], ["Birch 2021"])
    found = {
        one.regime: one.ranking.first
        for one in measure_campaigns(table, [campaign], load_model())
        if one.scorer.startswith("BM25")
    }
    assert found["P0"] >= found["P2"] == found["P3"] == 0.0


def test_queries_of_one_actor_never_stand_in_two_folds() -> None:
    actors = np.array([1, 1, 2, 3, 3, 3, 4, 5, 6, 6])
    folds = folds_of(actors)
    assert all(len(set(folds[actors == one])) == 1 for one in set(actors))


def _sheet(actors: list[int], marked: int) -> Sheet:
    """Three actors; the right one has the larger signal, but for the marked actor, whose rows say the opposite."""
    answers = np.array(actors)
    signals = np.zeros((len(actors), 9, len(SIGNALS)))
    for row, actor in enumerate(actors):
        signals[row, actor, 0] = -5.0 if actor == marked else 1.0 + row % 3
    known = np.ones((len(actors), 9), dtype=np.bool_)
    seen = [seen_of(Corpus.of(actor_table()), {})] * len(actors)
    return Sheet(signals, known, answers, np.ones(len(actors), dtype=np.bool_), seen)


def test_weights_by_which_an_actor_is_scored_never_saw_it() -> None:
    actors = [one for one in range(8) for _ in range(3)]
    chosen = np.array([one != 7 for one in actors])
    told, untold = _sheet(actors, marked=3), _sheet(actors, marked=-1)
    for marked in (3, 7):
        told = _sheet(actors, marked=marked)
        rows = np.array(actors) == marked
        with_mark = [one for one, row in zip(cross_weights({"x": told}, ["x"], chosen), rows, strict=True) if row]
        without = [one for one, row in zip(cross_weights({"x": untold}, ["x"], chosen), rows, strict=True) if row]
        assert np.array_equal(with_mark[0].weight, without[0].weight)
    assert not np.array_equal(fit_weights([told], chosen | True).weight, fit_weights([untold], chosen | True).weight)


def test_the_simple_baseline_is_the_one_that_was_published_beside_the_goals() -> None:
    """BM25 under R2 with the actor known: .446 / .643, the figures measured before anything here was built."""
    if not _FROZEN.exists():
        pytest.skip("the frozen queries are not here")
    queries = read_queries(_FROZEN, actor_table())
    found = _ranked(queries)
    assert found.queries == 401
    assert found.first == pytest.approx(0.446, abs=0.005)
    assert found.fifth == pytest.approx(0.643, abs=0.005)


def test_the_weights_that_ship_do_better_than_the_baseline_on_a_sample() -> None:
    """Every sixth query under R2: a regression test, not a result (most of these were fitted on)."""
    if not _FROZEN.exists():
        pytest.skip("the frozen queries are not here")
    every = read_queries(_FROZEN, actor_table())
    sample = Queries(every.corpus, every.reports[::6], every.campaigns)
    sheet = lay_out(sample, "R2", variants=False)["reported"]
    scores = np.stack([load_model().scores(one) for one in sheet.signals])
    ranks = ranks_of(scores, sheet.known, sheet.actors)[sheet.answerable]
    assert ranking(ranks, sheet.actors[sheet.answerable]).first > _ranked(sample).first


def _ranked(queries: Queries) -> Ranking:
    ranks, actors = [], []
    for query in queries.reports:
        profiles = query.profiles(queries.corpus, "R2")
        if query.answerable(profiles):
            scores = bm25(profiles, query.seen(queries.corpus).features)
            ranks.append(int(ranks_of(scores[None], profiles.known[None], np.array([query.actor]))[0]))
            actors.append(query.actor)
    return ranking(np.array(ranks), np.array(actors))


def test_the_frozen_queries_hold_what_the_table_says_that_each_report_contributed() -> None:
    if not _FROZEN.exists():
        pytest.skip("the frozen queries are not here")
    table = actor_table()
    queries = read_queries(_FROZEN, table)
    assert len(queries.reports) == 463
    for query in queries.reports[::20]:
        uses = table.actors[queries.corpus.actors[query.actor]].uses
        assert {one for one, cited in uses.items() if query.report in cited} == set(query.features)
