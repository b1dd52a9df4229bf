"""ACH as a view: every observation against every hypothesis, and how far it tells them apart."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from vigilia.attribution.weighing.posterior import entropy, speaking
from vigilia.model.result import Consistency, HypothesisMatrix, MatrixRow, Observation

__all__ = ["matrix_of"]

# Decibans of an observation for a hypothesis against all others: from which it is (very) consistent or inconsistent.
_CLEAR, _WEAK = 5.0, 1.5


def matrix_of(question: str, prior: Mapping[str, float], observations: Sequence[Observation]) -> HypothesisMatrix:
    """Return the matrix of a question; hypotheses with the least against them first, as Heuer's method asks.

    A cell is a band of the weighted log likelihood ratio of the hypothesis against all others. Diagnosticity is what
    the row tells on average about which hypothesis is true: mutual information under the prior, in bits.
    """
    heard = speaking(observations, question)
    decibans = {one.id: _decibans(one, question, prior) for one in heard}
    against = {name: round(-sum(min(row[name], 0.0) for row in decibans.values()), 4) for name in prior}
    rows = [
        MatrixRow(
            observation=one.id,
            cells={name: _cell(decibans[one.id][name]) for name in prior},
            diagnosticity=round(_diagnosticity(one, question, prior), 4),
        )
        for one in heard
    ]
    return HypothesisMatrix(
        question=question,
        hypotheses=sorted(prior, key=lambda name: (against[name], name)),
        rows=sorted(rows, key=lambda row: (-row.diagnosticity, row.observation)),
        inconsistency=against,
    )


def _decibans(one: Observation, question: str, prior: Mapping[str, float]) -> dict[str, float]:
    likelihood = one.likelihoods[question]
    found: dict[str, float] = {}
    for name in prior:
        rest = {other: chance for other, chance in prior.items() if other != name}
        others = math.fsum(chance * likelihood[other] for other, chance in rest.items()) / math.fsum(rest.values())
        found[name] = round(10 * one.weight * math.log10(likelihood[name] / others), 4)
    return found


def _cell(decibans: float) -> Consistency:
    if decibans >= _CLEAR:
        return "CC"
    if decibans >= _WEAK:
        return "C"
    if decibans > -_WEAK:
        return "N"
    return "I" if decibans > -_CLEAR else "II"


def _diagnosticity(one: Observation, question: str, prior: Mapping[str, float]) -> float:
    """Return the mutual information between hypothesis and whether this is observed, in bits."""
    likelihood = one.likelihoods[question]
    seen = math.fsum(chance * likelihood[name] for name, chance in prior.items())
    if not 0 < seen < 1:
        return 0.0
    with_it = {name: chance * likelihood[name] / seen for name, chance in prior.items()}
    without = {name: chance * (1 - likelihood[name]) / (1 - seen) for name, chance in prior.items()}
    return max(entropy(prior) - seen * entropy(with_it) - (1 - seen) * entropy(without), 0.0)
