"""Bayes over dependency groups: observations that depend on each other are pooled first, so nothing counts twice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.result import Observation

__all__ = ["credibility", "entropy", "log_evidence", "observation_weight", "posterior", "speaking"]


def credibility(grade: str) -> float:
    """Return the discount of an Admiralty grade ("B2"): the lower of reliability and credibility."""
    scale = load_likelihoods().admiralty
    return min(scale[grade[0]], scale[grade[1]])


def observation_weight(grade: str, spoof_cost: float) -> float:
    """Return the exponent of an observation's likelihoods, 0 to 1: its grade, halved where it is trivial to fake."""
    return round(credibility(grade) * (0.5 + 0.5 * spoof_cost), 4)


def speaking(observations: Sequence[Observation], question: str) -> list[Observation]:
    """Return the observations that say anything on a question."""
    return [one for one in observations if question in one.likelihoods and one.weight > 0]


def log_evidence(question: str, hypotheses: Sequence[str], observations: Sequence[Observation]) -> dict[str, float]:
    """Return hypothesis → Σ over dependency groups of the mean of weight · log P(observed | hypothesis).

    The mean inside a group is log-linear pooling with equal shares that sum to one; across groups Bayes adds up.
    """
    heard = speaking(observations, question)
    sizes: dict[str, int] = {}
    for one in heard:
        sizes[one.group] = sizes.get(one.group, 0) + 1
    return {
        name: math.fsum(one.weight / sizes[one.group] * math.log(one.likelihoods[question][name]) for one in heard)
        for name in hypotheses
    }


def posterior(
    question: str, prior: Mapping[str, float], observations: Sequence[Observation], temperature: float = 1.0
) -> dict[str, float]:
    """Return P(hypothesis | observations), in the prior's order, summing to 1.

    The temperature divides the log likelihoods, not the prior: above 1 for evidence that says less than it claims.
    """
    evidence = log_evidence(question, list(prior), observations)
    logs = {name: math.log(chance) + evidence[name] / temperature for name, chance in prior.items()}
    highest = max(logs.values())
    weights = {name: math.exp(value - highest) for name, value in logs.items()}
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def entropy(shares: Mapping[str, float]) -> float:
    """Return the entropy of a distribution in bits."""
    return -math.fsum(share * math.log2(share) for share in shares.values() if share > 0)
