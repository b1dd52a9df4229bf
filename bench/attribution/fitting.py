"""Fitting `weights.toml`: everything is chosen on actors of the open two thirds, group by group; the rest stays sealed.

Scores by which temperatures, the outside model and votes are fitted come from weights that were fitted without the
actor in question (cross-fitting), so that none of them learns to trust what was learnt by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final

import numpy as np

from bench.attribution.sheets import Sheet
from vigilia.attribution.actors.label_votes import Ballot, votes_of, weigh
from vigilia.attribution.actors.model import LabelVote, LeaderCurve, outside_signs
from vigilia.attribution.actors.profiles import Bools, Corpus, Floats, Ints
from vigilia.attribution.actors.signals import SIGNALS

__all__ = [
    "Weights",
    "cross_scores",
    "cross_weights",
    "fit_leader",
    "fit_logistic",
    "fit_temperature",
    "fit_votes",
    "fit_weights",
    "folds_of",
    "signs_of",
]

_FOLDS: Final = 5
_ROUNDS: Final = 100
_SHRINKAGE: Final = 3.0  # of the squared weights; between 1 and 30 nothing changes beyond chance
_GROUP_POWER: Final = 0.3  # an actor with n queries counts n ** (1 - 0.3): between every query and every actor alike
_ENOUGH: Final = 1e-5
_FREE: Final = frozenset({"technique-rates", "profile-size", "report-count", "years-apart", "activity-then"})
"""Signals whose weight may be negative. More of any other may never speak against an actor."""


@dataclass(frozen=True)
class Weights:
    """Of each signal its centre, scale and weight."""

    centre: Floats
    scale: Floats
    weight: Floats

    def scores(self, signals: Floats) -> Floats:
        """Return queries x actors."""
        result: Floats = (signals - self.centre) @ (self.weight / self.scale)
        return result


def folds_of(actors: Ints, number: int = _FOLDS, seed: int = 0) -> Ints:
    """Return of each query its fold; queries of one actor share it."""
    distinct = np.unique(actors)
    np.random.default_rng(seed).shuffle(distinct)
    fold = {int(actor): place % number for place, actor in enumerate(distinct)}
    return np.array([fold[int(actor)] for actor in actors], dtype=np.int64)


def fit_weights(sheets: Sequence[Sheet], chosen: Bools) -> Weights:
    """Fit a conditional logit on the answerable ones among the chosen queries of several sheets."""
    rows = [chosen & sheet.answerable for sheet in sheets]
    shown = np.concatenate([sheet.signals[row][sheet.known[row]] for sheet, row in zip(sheets, rows, strict=True)])
    centre, scale = shown.mean(axis=0), shown.std(axis=0) + 1e-9
    signals = np.concatenate([(sheet.signals[row] - centre) / scale for sheet, row in zip(sheets, rows, strict=True)])
    known = np.concatenate([sheet.known[row] for sheet, row in zip(sheets, rows, strict=True)])
    answers = np.concatenate([sheet.actors[row] for sheet, row in zip(sheets, rows, strict=True)])
    frequency = np.bincount(answers)[answers] / len(sheets)
    share = frequency**-_GROUP_POWER
    share /= share.mean() * len(sheets)
    return Weights(centre, scale, _conditional_logit(signals, known, answers, share))


def _conditional_logit(signals: Floats, known: Bools, answers: Ints, share: Floats) -> Floats:
    """Maximise the penalised likelihood by Newton steps that keep the bound weights at or above zero."""
    bound = np.array([name not in _FREE for name in SIGNALS])
    number = np.arange(len(answers))
    truth = signals[number, answers]

    def value(weight: Floats) -> tuple[float, Floats]:
        chances = _chances(signals @ weight, known)
        likelihood = share @ np.log(np.maximum(chances[number, answers], 1e-300))
        return float(likelihood - 0.5 * _SHRINKAGE * weight @ weight), chances

    weight = np.zeros(len(SIGNALS))
    best, chances = value(weight)
    for _ in range(_ROUNDS):
        mean = np.einsum("qa,qas->qs", chances, signals)
        slope = share @ (truth - mean) - _SHRINKAGE * weight
        weighed = (signals * (chances * share[:, None])[:, :, None]).reshape(-1, len(weight))
        spread = weighed.T @ signals.reshape(-1, len(weight)) - (mean.T * share) @ mean
        free = ~(bound & (weight <= 0) & (slope < 0))
        step = np.zeros(len(weight))
        step[free] = np.linalg.solve((spread + _SHRINKAGE * np.eye(len(weight)))[np.ix_(free, free)], slope[free])
        weight, reached, chances = _longest_step(value, weight, step, bound, best)
        if reached - best < _ENOUGH:
            break
        best = reached
    return weight


def _chances(scores: Floats, known: Bools) -> Floats:
    """Return the softmax of each row over those known in it."""
    shown = np.where(known, scores, -np.inf)
    share = np.exp(shown - shown.max(axis=1, keepdims=True))
    result: Floats = share / share.sum(axis=1, keepdims=True)
    return result


def _longest_step(
    value: Callable[[Floats], tuple[float, Floats]], weight: Floats, step: Floats, bound: Bools, best: float
) -> tuple[Floats, float, Floats]:
    length = 1.0
    while True:
        tried = weight + length * step
        tried[bound] = np.maximum(tried[bound], 0.0)
        reached, chances = value(tried)
        if reached >= best or length < _ENOUGH:
            return tried, reached, chances
        length /= 2


def fit_temperature(scores: Floats, known: Bools, answers: Ints) -> float:
    """Return the temperature under which the right answers are likeliest."""
    number = np.arange(len(answers))

    def loss(temperature: float) -> float:
        chances = _chances(scores / temperature, known)
        return -float(np.log(np.maximum(chances[number, answers], 1e-300)).mean())

    grid = np.round(np.arange(0.5, 3.0, 0.02), 2).tolist()
    return float(min(grid, key=loss))


def fit_leader(chances: Floats, right: Bools) -> LeaderCurve:
    """Return the curve under which it is likeliest that just these leaders were right."""

    def loss(rule: tuple[float, float, float]) -> float:
        slope, constant, ceiling = rule
        said = LeaderCurve(slope=slope, constant=constant, ceiling=ceiling).right(chances)
        return -float(np.log(np.where(right, said, 1 - said)).sum())

    slopes = np.round(np.arange(0.4, 1.6, 0.1), 2).tolist()
    constants = np.round(np.arange(-1.0, 1.01, 0.1), 2).tolist()
    ceilings = np.round(np.arange(0.85, 1.0, 0.01), 2).tolist()
    slope, constant, ceiling = min(product(slopes, constants, ceilings), key=loss)
    return LeaderCurve(slope=slope, constant=constant, ceiling=ceiling)


def fit_logistic(signs: Floats, positive: Bools) -> Floats:
    """Return the weights of standardised signs and, last, the constant (logistic regression, Newton)."""
    columns = np.column_stack([signs, np.ones(len(signs))])
    weight = np.zeros(columns.shape[1])
    penalty = np.append(np.ones(signs.shape[1]), 0.0)
    for _ in range(_ROUNDS):
        chance = 1 / (1 + np.exp(-(columns @ weight)))
        slope = columns.T @ (positive - chance) - penalty * weight
        spread = (columns.T * (chance * (1 - chance))) @ columns + np.diag(penalty)
        step = np.linalg.solve(spread, slope)
        weight = weight + step
        if np.abs(step).max() < _ENOUGH:
            break
    return weight


def signs_of(corpus: Corpus, sheet: Sheet, scores: Floats) -> Floats:
    """Return queries x `OUTSIDE_SIGNS`."""
    rows = zip(sheet.seen, sheet.signals, scores, sheet.known, strict=True)
    return np.stack([outside_signs(corpus, seen, signals, score, known) for seen, signals, score, known in rows])


def fit_votes(ballot: Ballot, cases: Sequence[tuple[Floats, Bools, int]], voters: int) -> LabelVote:
    """Return the mixture under which the right labels are likeliest: cases of (scores, known, place of the label)."""
    counted = [(votes_of(ballot, scores, known, voters), ballot.common(known), label) for scores, known, label in cases]
    counted = [one for one in counted if one[0].any()]

    def loss(rule: tuple[float, float]) -> float:
        vote = LabelVote(power=rule[0], votes=rule[1])
        return -sum(float(np.log(weigh(votes, common, vote)[label] + 1e-9)) for votes, common, label in counted)

    grid = product(np.round(np.arange(0.25, 4.01, 0.25), 2).tolist(), np.round(np.arange(0.05, 1.0, 0.05), 2).tolist())
    power, share = min(grid, key=loss)
    return LabelVote(power=power, votes=share)


def cross_weights(sheets: Mapping[str, Sheet], training: Sequence[str], chosen: Bools) -> list[Weights]:
    """Return of each query weights that never saw its actor.

    Chosen queries get those of their fold; all others those fitted on every chosen one.
    """
    actors = next(iter(sheets.values())).actors
    folds = np.where(chosen, folds_of(actors), -1)
    fitted = {
        int(fold): fit_weights([sheets[name] for name in training], chosen & (folds != fold))
        for fold in np.unique(folds)
    }
    return [fitted[int(fold)] for fold in folds]


def cross_scores(sheet: Sheet, weights: Sequence[Weights]) -> Floats:
    """Return queries x actors: each query's scores by its own weights."""
    return np.stack([own.scores(signals) for own, signals in zip(weights, sheet.signals, strict=True)])
