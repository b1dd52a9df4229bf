"""How good answers are, with intervals that know that reports about one actor are not independent."""

from __future__ import annotations

from typing import Final

import msgspec
import numpy as np

from vigilia.attribution.actors.profiles import Bools, Floats, Ints

__all__ = [
    "TERMS",
    "Calibration",
    "Ranking",
    "Term",
    "area_under_curve",
    "calibration",
    "interval",
    "macro_f1",
    "ranking",
    "ranks_of",
    "selective",
]

TERMS: Final = (
    ("almost no chance", 0.01, 0.05),
    ("very unlikely", 0.05, 0.20),
    ("unlikely", 0.20, 0.45),
    ("roughly even chance", 0.45, 0.55),
    ("likely", 0.55, 0.80),
    ("very likely", 0.80, 0.95),
    ("almost certain", 0.95, 1.0),
)
"""Of Intelligence Community Directive 203 (2015); the lowest begins at 0 and the highest ends at 1 when counting."""

_RESAMPLES: Final = 2_000
_SEED: Final = 203
_BINS: Final = 10
_DRAWS: Final = 200
_DIGITS: Final = 4


class Ranking(msgspec.Struct, frozen=True, kw_only=True):
    """How high the right answers stood; `low` and `high`: 95 % interval of `first`, by actor."""

    queries: int
    first: float
    low: float
    high: float
    third: float
    fifth: float
    reciprocal: float
    by_actor: float


class Term(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the answers that bore one estimative term; `low` and `high`: 95 % interval of `right`."""

    term: str
    answers: int
    said: float
    right: float
    low: float
    high: float
    inside: bool


class Calibration(msgspec.Struct, frozen=True, kw_only=True):
    """Do answers come true as often as said?

    Attributes:
        error: expected calibration error, ten bins of equal width (Guo et al. 2017).
        perfect: what chance makes of it on as many answers, for a forecaster who is exactly right.
        brier: mean squared difference between what was said and what came.
    """

    queries: int
    error: float
    perfect: float
    brier: float
    terms: list[Term]


def ranks_of(scores: Floats, known: Bools, answers: Ints) -> Ints:
    """Return the rank of each right answer; what ties with it stands before it; without a profile it is last."""
    shown = np.where(known, scores, -np.inf)
    own = shown[np.arange(len(answers)), answers]
    ranks = (shown >= own[:, None]).sum(axis=1)
    return np.asarray(np.where(np.isfinite(own), ranks, scores.shape[1]), dtype=np.int64)


def ranking(ranks: Ints, actors: Ints) -> Ranking:
    """Sum up ranks."""
    right = (ranks == 1).astype(np.float64)
    low, high = interval(right, actors)
    return Ranking(
        queries=len(ranks),
        first=_round(right.mean()),
        low=low,
        high=high,
        third=_round((ranks <= 3).mean()),
        fifth=_round((ranks <= 5).mean()),
        reciprocal=_round((1 / ranks).mean()),
        by_actor=_round(np.mean([right[actors == one].mean() for one in np.unique(actors)])),
    )


def interval(values: Floats, actors: Ints) -> tuple[float, float]:
    """Return the 95 % bootstrap interval of a mean when whole actors are drawn, not single reports."""
    distinct, place = np.unique(actors, return_inverse=True)
    sums = np.bincount(place, values)
    sizes = np.bincount(place)
    drawn = np.random.default_rng(_SEED).integers(len(distinct), size=(_RESAMPLES, len(distinct)))
    means = sums[drawn].sum(axis=1) / sizes[drawn].sum(axis=1)
    low, high = np.quantile(means, [0.025, 0.975])
    return _round(low), _round(high)


def calibration(chances: Floats, right: Bools, actors: Ints) -> Calibration:
    """Compare what was said with what came true."""
    return Calibration(
        queries=len(chances),
        error=_round(_error(chances, right.astype(np.float64))),
        perfect=_round(_perfect(chances)),
        brier=_round(np.mean((chances - right) ** 2)),
        terms=[
            _term(name, low, high, chances, right, actors)
            for name, low, high in TERMS
            if _within(chances, name, low, high).any()
        ],
    )


def _error(chances: Floats, right: Floats) -> float:
    place = np.minimum((chances * _BINS).astype(np.int64), _BINS - 1)
    gaps = np.abs(np.bincount(place, chances - right, minlength=_BINS))
    return float(gaps.sum() / max(len(chances), 1))


def _perfect(chances: Floats) -> float:
    draws = np.random.default_rng(_SEED)
    return float(
        np.mean([_error(chances, (draws.random(len(chances)) < chances).astype(np.float64)) for _ in range(_DRAWS)])
    )


def selective(chances: Floats, right: Bools, share: float) -> float:
    """Return how many of the surest answers are right, when only this share is answered."""
    number = max(round(len(chances) * share), 1)
    surest = np.argsort(-chances, kind="stable")[:number]
    return _round(right[surest].mean())


def area_under_curve(higher: Floats, lower: Floats) -> float:
    """Return the probability that one of the first values exceeds one of the second; ties count half."""
    above = (higher[:, None] > lower[None, :]).mean()
    tied = (higher[:, None] == lower[None, :]).mean()
    return _round(above + tied / 2)


def macro_f1(answers: Ints, truth: Ints) -> float:
    """Return the mean over labels of the harmonic mean of precision and recall."""
    scores = []
    for label in np.unique(truth):
        both = int(((answers == label) & (truth == label)).sum())
        scores.append(2 * both / max(int((answers == label).sum() + (truth == label).sum()), 1))
    return _round(np.mean(scores))


def _term(name: str, low: float, high: float, chances: Floats, right: Bools, actors: Ints) -> Term:
    within = _within(chances, name, low, high)
    share = float(right[within].mean())
    least, most = interval(right[within].astype(np.float64), actors[within])
    lowest, highest = _bounds(name, low, high)
    return Term(
        term=name,
        answers=int(within.sum()),
        said=_round(chances[within].mean()),
        right=_round(share),
        low=least,
        high=most,
        inside=lowest <= share <= highest,
    )


def _within(chances: Floats, name: str, low: float, high: float) -> Bools:
    lowest, highest = _bounds(name, low, high)
    return np.asarray((chances >= lowest) & ((chances < highest) | (highest >= 1)), dtype=np.bool_)


def _bounds(name: str, low: float, high: float) -> tuple[float, float]:
    return (0.0 if name == TERMS[0][0] else low), (1.0 if name == TERMS[-1][0] else high)


def _round(value: float | np.floating) -> float:
    return round(float(value), _DIGITS)
