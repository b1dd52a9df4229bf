"""From signals to probabilities: a conditional logit over actors, and how likely it is that none of them it was.

Weights, temperatures and priors are the table `weights.toml`; `make bench-attribution` fits them and says how well they
do on actors that it never saw. McFadden 1974 (conditional logit); Guo et al. 2017 (temperature scaling).
"""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated, Final

import msgspec
import numpy as np

from vigilia.attribution.actors.profiles import Bools, Corpus, Floats
from vigilia.attribution.actors.signals import SIGNALS, Seen
from vigilia.knowledge.shipped_table import read_table

__all__ = [
    "OUTSIDE_SIGNS",
    "ActorModel",
    "LabelVote",
    "LabelVotes",
    "LeaderCurve",
    "SignalWeight",
    "load_model",
    "outside_signs",
    "softmax",
]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
_Chance = Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)]
_Positive = Annotated[float, msgspec.Meta(gt=0.0)]

OUTSIDE_SIGNS: Final = ("lead", "margin", "software-rest", "software-exclusive", "software-seen", "techniques-seen")
"""What speaks for or against the actor being among those compared with, in the order of `outside_signs`."""

_LEAST: Final = 1e-4
_SCORE_DIGITS: Final = 9
_REST: Final = SIGNALS.index("software-rest")
_EXCLUSIVE: Final = SIGNALS.index("software-exclusive")


class SignalWeight(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`(value - centre) / scale * weight` is added to a score."""

    centre: float
    scale: _Positive
    weight: float


class LabelVote(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the labels of the actors that fit best are counted: 1 for the first, 1/2 for the second, 1/3 …

    Attributes:
        power: to which the votes are raised; above 1 the leading label gains.
        votes: share of the votes in the answer; the rest is how many actors bear each label.
    """

    power: _Positive
    votes: _Share


class LabelVotes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Votes if the actor is one of those compared with, and if it is not; `voters` fit best and bear a label."""

    voters: Annotated[int, msgspec.Meta(gt=0)]
    inside: LabelVote
    outside: LabelVote


class LeaderCurve(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How often the leading actor was the right one, by the probability that the softmax gave it (Platt 1999).

    Attributes:
        ceiling: no leader was right oftener than this, however far ahead it was.
    """

    slope: _Positive
    constant: float
    ceiling: _Share

    def right(self, chances: Floats) -> Floats:
        """Return how often leaders of such softmax probabilities are right."""
        clipped = np.clip(chances, _LEAST, 1 - _LEAST)
        odds = self.slope * np.log(clipped / (1 - clipped)) + self.constant
        result: Floats = self.ceiling / (1 + np.exp(-odds))
        return result


class ActorModel(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `weights.toml`.

    Attributes:
        fitted: on what, and how. temperature: of the softmax over actors. leader: what its leader is worth.
        outside_prior: that the actor is none of those compared with, before anything is seen.
        outside: weights of `OUTSIDE_SIGNS` and the constant, for log-odds of being outside at even prior odds.
        country, motive: how labels are voted on.
    """

    version: str
    date: str
    fitted: str
    temperature: _Positive
    leader: LeaderCurve
    outside_prior: _Chance
    outside_prior_reason: str
    outside_constant: float
    signals: dict[str, SignalWeight]
    outside: dict[str, SignalWeight]
    country: LabelVotes
    motive: LabelVotes

    def scores(self, signals: Floats) -> Floats:
        """Return the score of each actor: rows of `signals` on the way to log-probability.

        Rounded, so that the last digits, in which processors differ, never decide who stands first.
        """
        rows = [self.signals[name] for name in SIGNALS]
        return np.round(_weighed(signals, rows), _SCORE_DIGITS)

    def conditional(self, scores: Floats, known: Bools) -> Floats:
        """Return each actor's probability, provided that it is one of them; those without a profile get none."""
        return _led(softmax(scores / self.temperature, known), self.leader)

    def outside_before(self, prior: float | None = None) -> float:
        """Return that probability before anything is seen: the one given, or the table's; never certain."""
        return min(max(self.outside_prior if prior is None else prior, _LEAST), 1 - _LEAST)

    def outside_chance(self, signs: Floats, prior: float | None = None) -> float:
        """Return the probability that the actor is none of those compared with."""
        chance = self.outside_before(prior)
        rows = [self.outside[name] for name in OUTSIDE_SIGNS]
        odds = float(_weighed(signs, rows)) + self.outside_constant + float(np.log(chance / (1 - chance)))
        return float(1 / (1 + np.exp(-odds)))


@lru_cache(maxsize=1)
def load_model() -> ActorModel:
    """Return the weights that ship with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution.actors", "weights.toml", ActorModel)


def softmax(scores: Floats, chosen: Bools) -> Floats:
    """Return probabilities over the chosen places, 0 elsewhere; all 0 where none is chosen."""
    if not chosen.any():
        return np.zeros(len(scores))
    shifted = np.where(chosen, scores - scores[chosen].max(), -np.inf)
    share = np.exp(shifted)
    result: Floats = share / share.sum()
    return result


def _led(chances: Floats, curve: LeaderCurve) -> Floats:
    """Give the leader what leaders are worth, and the others the rest in proportion; the order stays."""
    leader = int(chances.argmax())
    others = np.delete(chances, leader)
    rest = float(others.sum())
    if rest <= 0:
        return chances
    second = float(others.max()) / rest
    led = max(float(curve.right(chances[leader])), second / (1 + second))
    result = chances * ((1 - led) / rest)
    result[leader] = led
    return result


def outside_signs(corpus: Corpus, seen: Seen, signals: Floats, scores: Floats, known: Bools) -> Floats:
    """Return what says whether the best candidate is good enough to be the one, by `OUTSIDE_SIGNS`."""
    if not known.any():
        return np.zeros(len(OUTSIDE_SIGNS))
    ordered = np.sort(scores[known])[::-1]
    best = int(np.flatnonzero(known)[np.argmax(scores[known])])
    techniques = corpus.technique[seen.features]
    return np.array(
        [
            ordered[0] - ordered.mean(),
            ordered[0] - ordered[1] if len(ordered) > 1 else 0.0,
            signals[best, _REST],
            signals[best, _EXCLUSIVE],
            np.log1p(seen.weights[~techniques].sum()),
            np.log1p(seen.weights[techniques].sum()),
        ]
    )


def _weighed(values: Floats, rows: list[SignalWeight]) -> Floats:
    centre = np.array([one.centre for one in rows])
    slope = np.array([one.weight / one.scale for one in rows])
    result: Floats = (values - centre) @ slope
    return result
