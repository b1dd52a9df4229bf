"""Attribution: how often the right actor, country and motive are found, how surely that can be said, and by what leak.

Weights of a query's own actor are never used for it: open actors are scored fold by fold, sealed ones by the weights
that ship, which no sealed actor had a part in.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import msgspec
import numpy as np

from bench.attribution.baselines import BASELINES
from bench.attribution.campaigns import measure_campaigns
from bench.attribution.figures import (
    AttributionFigures,
    Goal,
    LabelFigures,
    NamedCalibration,
    OpenSet,
    Planted,
    Ranked,
    Selective,
    Unattributed,
)
from bench.attribution.fitting import cross_scores, cross_weights, signs_of
from bench.attribution.goals import goals_of
from bench.attribution.model import TRAINING, fit_model, weight_rows
from bench.attribution.queries import REGIMES, Queries, Regime, read_queries
from bench.attribution.scores import (
    Calibration,
    area_under_curve,
    calibration,
    interval,
    macro_f1,
    ranking,
    ranks_of,
    selective,
)
from bench.attribution.sheets import HONEST, Sheet, lay_out, lay_out_honest
from vigilia.attribution.actors.comparison import actor_base, left_out, weigh
from vigilia.attribution.actors.label_votes import Ballot, label_chances
from vigilia.attribution.actors.model import ActorModel, LabelVotes, load_model
from vigilia.attribution.actors.profiles import Bools, Corpus, Floats, Profiles, is_technique
from vigilia.attribution.actors.signals import SIGNALS, Seen, seen_of
from vigilia.knowledge.actors.table import ActorTable, actor_table

__all__ = ["measure_attribution"]

_OURS: Final = "Vigilia"
_BASELINE: Final = "BM25, techniques and software"
_LIKELY: Final = 0.55
_PRECISION: Final = 0.9
_DIGITS: Final = 4
_LEAST_TECHNIQUES: Final = 5


@dataclass(frozen=True)
class _Measured:
    """Queries with everything that scores them.

    Attributes:
        models: of each query the model that never saw its actor. scores: sheet → queries x actors.
        outside: sheet → of each query the probability that its actor is not in the base.
    """

    queries: Queries
    sheets: Mapping[str, Sheet]
    models: Sequence[ActorModel]
    scores: Mapping[str, Floats]
    outside: Mapping[str, Floats]

    def part(self, regime: str, part: str) -> Bools:
        """Return which queries belong to "all", "actor known" or "actor known, sealed"."""
        answerable = self.sheets[f"{regime} reported"].answerable
        sealed = np.array([query.sealed for query in self.queries.reports], dtype=np.bool_)
        return {
            "all": np.ones(len(answerable), dtype=np.bool_),
            "actor known": answerable,
            "actor known, sealed": answerable & sealed,
        }[part]

    def conditional(self, sheet: str) -> Floats:
        """Return queries x actors: probabilities provided that the actor is in the base."""
        rows = zip(self.models, self.scores[sheet], self.sheets[sheet].known, strict=True)
        return np.stack([model.conditional(scores, known) for model, scores, known in rows])


def measure_attribution(folder: Path) -> AttributionFigures:
    """Measure everything; the folder holds the frozen queries (`attack/incident_queries.json`)."""
    begun = time.process_time()
    table, base, shipped = actor_table(), actor_base(), load_model()
    queries = read_queries(folder / "attack/incident_queries.json", table)
    sheets = lay_out_honest(queries)
    for regime in REGIMES:
        if regime not in HONEST:
            sheets[f"{regime} reported"] = lay_out(queries, regime, variants=False)["reported"]
    ballots = (base.countries, base.motives)
    refitted = fit_model(queries, sheets, ballots, version=shipped.version, date=shipped.date)
    measured = _measure(queries, sheets, shipped)
    baselines = _baseline_scores(queries)
    rankings = [*_rankings(measured, baselines)]
    figures = AttributionFigures(
        knowledge=[f"{one.name} {one.version} {one.date}".strip() for one in table.sources],
        sealed_actors=len({query.actor for query in queries.reports if query.sealed}),
        weights_agree=refitted == shipped,
        processor_seconds=0.0,
        rankings=rankings,
        campaigns=measure_campaigns(table, queries.campaigns, shipped),
        calibrations=[*_calibrations(measured)],
        selective=[*_selective(measured)],
        open_set=[*_open_sets(measured)],
        labels=[*_labels(measured, ballots)],
        noise=[*_noise(measured)],
        planted=[_planted(measured, regime) for regime in HONEST],
        unattributed=Unattributed(campaigns=0, above_bar=0, firm=0),
        goals=[],
    )
    goals: list[Goal] = goals_of(figures)
    unattributed = _unattributed(table, shipped, figures.open_set[0].bar)
    spent = round(time.process_time() - begun, 1)
    return msgspec.structs.replace(figures, goals=goals, unattributed=unattributed, processor_seconds=spent)


def _measure(queries: Queries, sheets: Mapping[str, Sheet], shipped: ActorModel) -> _Measured:
    chosen = np.array([not query.sealed for query in queries.reports], dtype=np.bool_)
    crossed = cross_weights(sheets, TRAINING, chosen)
    rows = {id(one): weight_rows(SIGNALS, one) for one in crossed}
    models = {key: msgspec.structs.replace(shipped, signals=row) for key, row in rows.items()}
    scores = {name: cross_scores(sheet, crossed) for name, sheet in sheets.items()}
    own = [models[id(one)] for one in crossed]
    outside = {}
    for name, sheet in sheets.items():
        signs = signs_of(queries.corpus, sheet, scores[name])
        outside[name] = np.array([model.outside_chance(row) for model, row in zip(own, signs, strict=True)])
    return _Measured(queries, sheets, own, scores, outside)


def _baseline_scores(queries: Queries) -> dict[tuple[str, str], Floats]:
    rows: dict[tuple[str, str], list[Floats]] = {}
    for regime in REGIMES:
        for query in queries.reports:
            profiles = query.profiles(queries.corpus, regime)
            features = query.seen(queries.corpus).features
            for name, score in BASELINES.items():
                rows.setdefault((regime, name), []).append(score(profiles, features))
    return {key: np.stack(row) for key, row in rows.items()}


def _rankings(measured: _Measured, baselines: Mapping[tuple[str, str], Floats]) -> Iterator[Ranked]:
    for regime in REGIMES:
        sheet = measured.sheets[f"{regime} reported"]
        scored = {name: baselines[regime, name] for name in BASELINES} | {_OURS: measured.scores[f"{regime} reported"]}
        for name, scores in scored.items():
            ranks = ranks_of(scores, sheet.known, sheet.actors)
            for part in ("all", "actor known", "actor known, sealed"):
                row = measured.part(regime, part)
                yield Ranked(regime=regime, scorer=name, part=part, ranking=ranking(ranks[row], sheet.actors[row]))


def _noise(measured: _Measured) -> Iterator[Ranked]:
    for regime in HONEST:
        sheet = measured.sheets[f"{regime} noisy"]
        ranks = ranks_of(measured.scores[f"{regime} noisy"], sheet.known, sheet.actors)
        for part in ("actor known", "actor known, sealed"):
            row = measured.part(regime, part)
            yield Ranked(regime=regime, scorer=_OURS, part=part, ranking=ranking(ranks[row], sheet.actors[row]))


def _calibrations(measured: _Measured) -> Iterator[NamedCalibration]:
    for regime in HONEST:
        sheet = measured.sheets[f"{regime} reported"]
        chances = measured.conditional(f"{regime} reported")
        right = chances.argmax(axis=1) == sheet.actors
        for part in ("actor known", "actor known, sealed"):
            row = measured.part(regime, part)
            yield NamedCalibration(
                answers=f"{regime}, {part}: the likeliest actor, given that it is in the base",
                calibration=calibration(chances.max(axis=1)[row], right[row], sheet.actors[row]),
            )
    yield NamedCalibration(
        answers="R3, all: the likeliest actor, actors not in the base included",
        calibration=_natural_calibration(measured),
    )


def _natural_calibration(measured: _Measured) -> Calibration:
    sheet = measured.sheets["R3 reported"]
    chances = measured.conditional("R3 reported") * (1 - measured.outside["R3 reported"])[:, None]
    return calibration(chances.max(axis=1), chances.argmax(axis=1) == sheet.actors, sheet.actors)


def _selective(measured: _Measured) -> Iterator[Selective]:
    for regime in HONEST:
        sheet = measured.sheets[f"{regime} reported"]
        chances = measured.conditional(f"{regime} reported") * (1 - measured.outside[f"{regime} reported"])[:, None]
        right = chances.argmax(axis=1) == sheet.actors
        for part in ("all", "actor known", "actor known, sealed"):
            row = measured.part(regime, part)
            sure = chances.max(axis=1)[row]
            yield Selective(
                regime=regime,
                part=part,
                queries=int(row.sum()),
                tenth=selective(sure, right[row], 0.1),
                quarter=selective(sure, right[row], 0.25),
                half=selective(sure, right[row], 0.5),
            )


def _open_sets(measured: _Measured) -> Iterator[OpenSet]:
    for regime in HONEST:
        present, removed = f"{regime} reported", f"{regime} removed"
        chances = measured.conditional(present) * (1 - measured.outside[present])[:, None]
        absent = measured.conditional(removed) * (1 - measured.outside[removed])[:, None]
        right = chances.argmax(axis=1) == measured.sheets[present].actors
        for part in ("actor known", "actor known, sealed"):
            row = measured.part(regime, part)
            sure, unsure = chances.max(axis=1)[row], absent.max(axis=1)[row]
            bar = _bar(sure, right[row])
            yield OpenSet(
                regime=regime,
                part=part,
                queries=int(row.sum()),
                area=area_under_curve(-measured.outside[present][row], -measured.outside[removed][row]),
                bar=round(bar, _DIGITS),
                precision=_share(right[row][sure >= bar]),
                named=_share(sure >= bar),
                abstained=_share(unsure < bar),
            )


def _bar(sure: Floats, right: Bools) -> float:
    """Return the lowest probability above which nine of ten names are right."""
    order = np.argsort(-sure, kind="stable")
    precision = np.cumsum(right[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(precision >= _PRECISION)
    return float(sure[order[enough[-1]]]) if len(enough) else 1.0


def _labels(measured: _Measured, ballots: Sequence[Ballot]) -> Iterator[LabelFigures]:
    rules = (measured.models[0].country, measured.models[0].motive)
    for question, ballot, rule in zip(("country", "motive"), ballots, rules, strict=True):
        for part in ("actor known", "actor known, sealed", "actor not in the base", "actor not in the base, sealed"):
            yield _label_figures(measured, question, ballot, rule, part)


def _label_figures(measured: _Measured, question: str, ballot: Ballot, rule: LabelVotes, part: str) -> LabelFigures:
    absent = part.startswith("actor not")
    name = "R2 removed" if absent else "R2 reported"
    sheet = measured.sheets[name]
    truth = ballot.of_actor[sheet.actors]
    borne = np.bincount(ballot.of_actor[ballot.of_actor >= 0], minlength=len(ballot.labels))
    row = (truth >= 0) & (borne[truth] >= 2) & (absent | sheet.answerable)
    row &= np.array([query.sealed or not part.endswith("sealed") for query in measured.queries.reports])
    places = np.flatnonzero(row)
    answers = [
        label_chances(ballot, measured.scores[name][at], sheet.known[at], rule, float(measured.outside[name][at]))
        for at in places
    ]
    first = np.array([ballot.labels.index(next(iter(one))) for one in answers])
    sure = np.array([next(iter(one.values())) for one in answers])
    second = [ballot.labels[truth[at]] in list(one)[:2] for at, one in zip(places, answers, strict=True)]
    right = first == truth[places]
    likely = sure >= _LIKELY
    china = likely & (np.array(ballot.labels)[first] == "CN")
    low, high = interval(right.astype(np.float64), sheet.actors[places])
    return LabelFigures(
        question=question,
        part=part,
        queries=len(places),
        accuracy=_share(right),
        low=low,
        high=high,
        second=_share(np.array(second)),
        macro_f1=macro_f1(first, truth[places]),
        majority=round(float(np.bincount(truth[places]).max() / len(places)), _DIGITS),
        likely=int(likely.sum()),
        likely_right=_share(right[likely]),
        china=int(china.sum()),
        china_right=_share(right[china]),
        error=calibration(sure, right, sheet.actors[places]).error,
    )


def _planted(measured: _Measured, regime: Regime) -> Planted:
    """Plant false flags and see which names change: of answers likely whichever tool is left out."""
    reported, planted = measured.sheets[f"{regime} reported"], measured.sheets[f"{regime} planted"]
    before, after = measured.scores[f"{regime} reported"], measured.scores[f"{regime} planted"]
    answerable = reported.answerable
    first = np.where(reported.known, before, -np.inf).argmax(axis=1)
    then = np.where(planted.known, after, -np.inf).argmax(axis=1)
    right = answerable & (first == reported.actors)
    names = [[-1, -1] for _ in reported.actors]
    for place, query in enumerate(measured.queries.reports):
        profiles = query.profiles(measured.queries.corpus, regime)
        seen = (reported.seen[place], planted.seen[place])
        names[place] = [_named(measured.models[place], profiles, one) for one in seen]
    was, now = np.array(names).T
    named = answerable & (was == reported.actors)
    return Planted(
        regime=regime,
        scorer=_OURS,
        right=int(right.sum()),
        flipped=_share((then != first)[right]),
        named=int(named.sum()),
        renamed=_share(((now != was) & (now >= 0))[named]),
        withheld=_share((now < 0)[named]),
        misled=_share(((now >= 0) & (now != was) & (now != reported.actors))[answerable]),
    )


def _unattributed(table: ActorTable, model: ActorModel, bar: float) -> Unattributed:
    """Compare campaigns of nobody's with all reports but those that they cite themselves."""
    corpus = Corpus.of(table)
    counted = above = firm = 0
    for operation in table.operations.values():
        if operation.actors or sum(is_technique(one) for one in operation.uses) < _LEAST_TECHNIQUES:
            continue
        cited = {place for reports in operation.uses.values() for place in reports}
        profiles = corpus.profiles(np.array([place not in cited for place in range(len(corpus.reports))]))
        day = min((int(corpus.days[place]) for place in cited if corpus.days[place]), default=0)
        seen = seen_of(corpus, dict.fromkeys(operation.uses, 1.0), day)
        counted += 1
        above += bool(weigh(model, profiles, seen).chances.max() >= bar)
        firm += _named(model, profiles, seen) >= 0
    return Unattributed(campaigns=counted, above_bar=above, firm=firm)


def _named(model: ActorModel, profiles: Profiles, seen: Seen) -> int:
    """Return the actor to be named, given that it is in the base: likely, whichever one software is left out."""
    software = [int(one) for one in seen.features if not profiles.corpus.technique[one]]
    looks = [seen, *(left_out(seen, one) for one in software)]
    floor = np.min([model.conditional(weigh(model, profiles, one).scores, profiles.known) for one in looks], axis=0)
    return int(floor.argmax()) if floor.max() >= _LIKELY else -1


def _share(values: Bools) -> float:
    return round(float(values.mean()), _DIGITS) if len(values) else 0.0
