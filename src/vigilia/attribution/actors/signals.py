"""How well what was seen fits each actor: one number per actor and signal, none of them a probability yet.

What was seen is a weight between 0 and 1 for each technique and software (1: certainly seen). Every signal that rests
on software can only grow when software is added, so that an actor's own software never speaks against it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from vigilia.attribution.actors.profiles import Corpus, Floats, Ints, Profiles, rarity

__all__ = ["SIGNALS", "Seen", "seen_of", "signals"]

SIGNALS: Final = (
    "techniques",
    "technique-rates",
    "software-best",
    "software-rest",
    "software-exclusive",
    "software-beside",
    "nearest-report",
    "profile-size",
    "report-count",
    "years-apart",
    "activity-then",
)
"""Names of the columns of `signals`, in order; docs/attribution-benchmark.md explains each."""

# BM25 as in the baseline (Robertson and Zaragoza 2009): saturation and length normalisation.
_SATURATION: Final = 1.2
_LENGTH: Final = 0.75
_PRIOR_REPORTS: Final = 2.0  # of the Dirichlet prior of technique rates, in reports
_RATE_AT_MOST: Final = 0.99
_EPISODE_SIZE: Final = 3.0  # keeps reports that name next to nothing from fitting everything
_YEAR: Final = 365.25
_ACTIVITY_YEARS: Final = 1.5
_YEARS_AT_MOST: Final = 20.0
_EXCLUSIVE_ACTORS: Final = 2  # software of so few actors, in the profiles compared with, counts as theirs alone


@dataclass(frozen=True)
class Seen:
    """What was seen: places of features, a weight for each, and the day of it as an ordinal (0: unknown)."""

    features: Ints
    weights: Floats
    day: int

    def of_kind(self, corpus: Corpus, *, technique: bool) -> tuple[Ints, Floats]:
        """Return the techniques alone, or the software alone."""
        chosen = corpus.technique[self.features] == technique
        return self.features[chosen], self.weights[chosen]


def seen_of(corpus: Corpus, weights: Mapping[str, float], day: int = 0) -> Seen:
    """Look up ids; what nobody in the corpus uses says nothing here and is left out."""
    known = sorted(one for one in weights if one in corpus.feature_place and weights[one] > 0)
    features = np.array([corpus.feature_place[one] for one in known], dtype=np.int64)
    return Seen(features, np.array([min(weights[one], 1.0) for one in known], dtype=np.float64), day)


def signals(profiles: Profiles, seen: Seen) -> Floats:
    """Return actors x `SIGNALS`."""
    software = _software(profiles, seen)
    best = software.max(axis=1, initial=0.0)
    apart, then = _activity(profiles, seen)
    columns = [
        _techniques(profiles, seen),
        _rates(profiles, seen),
        best,
        software.sum(axis=1) - best,
        _exclusive(profiles, seen),
        _beside(profiles, seen),
        _nearest(profiles, seen),
        np.log1p(profiles.used.sum(axis=1)),
        np.log1p(profiles.report_counts),
        apart,
        then,
    ]
    return np.stack(columns, axis=1)


def _techniques(profiles: Profiles, seen: Seen) -> Floats:
    features, weights = seen.of_kind(profiles.corpus, technique=True)
    return _bm25(profiles.counts, features, profiles.rarity, _lengths(profiles)) @ weights


def _software(profiles: Profiles, seen: Seen) -> Floats:
    """Actors x software seen."""
    features, weights = seen.of_kind(profiles.corpus, technique=False)
    return _bm25(profiles.counts, features, profiles.rarity, _lengths(profiles)) * weights


def _lengths(profiles: Profiles) -> Floats:
    lengths = profiles.counts.sum(axis=1)
    mean = lengths[profiles.known].mean() if profiles.known.any() else 1.0
    relative: Floats = lengths / mean
    return relative


def _bm25(counts: Floats, features: Ints, rare: Floats, lengths: Floats) -> Floats:
    """Actors x features: the part of each in BM25; `lengths` are relative to their mean."""
    chosen = counts[:, features]
    slack = _SATURATION * (1 - _LENGTH + _LENGTH * lengths)
    part: Floats = chosen * (_SATURATION + 1) / (chosen + slack[:, None]) * rare[features]
    return part


def _rates(profiles: Profiles, seen: Seen) -> Floats:
    """Naive Bayes: how much oftener the actor's reports name these techniques than anybody's do."""
    features, weights = seen.of_kind(profiles.corpus, technique=True)
    anybody = (profiles.spread[features] + 0.5) / (profiles.known.sum() + 1)
    hits = profiles.counts[:, features] + _PRIOR_REPORTS * anybody
    rate = np.minimum(hits / (profiles.report_counts + _PRIOR_REPORTS)[:, None], _RATE_AT_MOST)
    surprise: Floats = np.log(rate / anybody) @ weights
    return surprise


def _exclusive(profiles: Profiles, seen: Seen) -> Floats:
    features, weights = seen.of_kind(profiles.corpus, technique=False)
    alone = profiles.spread[features] <= _EXCLUSIVE_ACTORS
    held: Floats = profiles.used[:, features[alone]] @ weights[alone]
    return held


def _beside(profiles: Profiles, seen: Seen) -> Floats:
    """Software that no report says the actor uses, but which reports about the actor describe."""
    features, weights = seen.of_kind(profiles.corpus, technique=False)
    beside = profiles.documented_beside[:, features] > 0
    either = (beside | profiles.used[:, features]).sum(axis=0).astype(np.float64)
    found: Floats = beside @ (rarity(either, int(profiles.known.sum())) * weights)
    return found


def _nearest(profiles: Profiles, seen: Seen) -> Floats:
    """How well the best single report about each actor fits."""
    pairs, place = profiles.episodes
    squares = profiles.rarity**2
    asked = np.zeros(len(profiles.corpus.features))
    asked[seen.features] = seen.weights
    cited = profiles.citations[:, 2]
    size = np.sqrt(np.bincount(place, squares[cited], minlength=len(pairs)))
    fit = np.bincount(place, (squares * asked)[cited], minlength=len(pairs)) / (size + _EPISODE_SIZE)
    nearest = np.zeros(len(profiles.corpus.actors))
    np.maximum.at(nearest, pairs[:, 0], fit)
    return nearest


def _activity(profiles: Profiles, seen: Seen) -> tuple[Floats, Floats]:
    """How long before or after the day a report speaks of the actor (log of years), and how many do around it.

    Both are 0 for every actor where the day is not known.
    """
    actors = len(profiles.corpus.actors)
    if not seen.day:
        return np.zeros(actors), np.zeros(actors)
    pairs, _ = profiles.episodes
    days = profiles.corpus.days[pairs[:, 1]]
    years = np.where(days > 0, np.abs(days - seen.day) / _YEAR, _YEARS_AT_MOST)
    apart = np.full(actors, _YEARS_AT_MOST)
    np.minimum.at(apart, pairs[:, 0], np.minimum(years, _YEARS_AT_MOST))
    around = np.exp(-0.5 * (years / _ACTIVITY_YEARS) ** 2) * (days > 0)
    then: Floats = np.log1p(np.bincount(pairs[:, 0], around, minlength=actors))
    return np.log1p(apart), then
