"""The simple scorers that everybody starts from, so that progress can be told from a change of test."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np

from vigilia.attribution.actors.profiles import Bools, Floats, Ints, Profiles

__all__ = ["BASELINES", "bm25"]

_SATURATION: Final = 1.2
_LENGTH: Final = 0.75


def _jaccard(profiles: Profiles, features: Ints) -> Floats:
    asked = _asked(profiles, features)
    shared = (profiles.used & asked).sum(axis=1)
    return np.asarray(shared / np.maximum((profiles.used | asked).sum(axis=1), 1), dtype=np.float64)


def _cosine(profiles: Profiles, features: Ints) -> Floats:
    actors = max(int(profiles.known.sum()), 1)
    weights = np.log(actors / np.maximum(profiles.spread, 1))
    rows = profiles.used * weights
    asked = _asked(profiles, features) * weights
    length = np.linalg.norm(rows, axis=1) * np.linalg.norm(asked)
    return np.asarray((rows @ asked) / np.where(length > 0, length, 1), dtype=np.float64)


def bm25(profiles: Profiles, features: Ints) -> Floats:
    """BM25 with the number of reports as term frequency (Robertson and Zaragoza 2009)."""
    counts = profiles.counts
    lengths = counts.sum(axis=1)
    mean = lengths[profiles.known].mean() if profiles.known.any() else 1.0
    slack = _SATURATION * (1 - _LENGTH + _LENGTH * lengths / mean)
    chosen = counts[:, features]
    score: Floats = (chosen * (_SATURATION + 1) / (chosen + slack[:, None])) @ profiles.rarity[features]
    return score


def _techniques_alone(score: Callable[[Profiles, Ints], Floats]) -> Callable[[Profiles, Ints], Floats]:
    def scored(profiles: Profiles, features: Ints) -> Floats:
        technique = profiles.corpus.technique
        rows = profiles.citations[technique[profiles.citations[:, 2]]]
        return score(Profiles(profiles.corpus, rows, profiles.documentation), features[technique[features]])

    return scored


def _asked(profiles: Profiles, features: Ints) -> Bools:
    asked = np.zeros(len(profiles.corpus.features), dtype=np.bool_)
    asked[features] = True
    return asked


BASELINES: Final[dict[str, Callable[[Profiles, Ints], Floats]]] = {
    "Jaccard, techniques": _techniques_alone(_jaccard),
    "TF-IDF, techniques": _techniques_alone(_cosine),
    "TF-IDF, techniques and software": _cosine,
    "BM25, techniques and software": bm25,
}
