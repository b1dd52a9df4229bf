"""Bayes over dependency groups: items that depend on each other are pooled first, so that nothing counts twice."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilia.attribution.likelihoods import ObservationRow, load_likelihoods

__all__ = ["Weighed", "credibility", "decibans", "item_weight", "posterior", "without_family"]


@dataclass(frozen=True, slots=True)
class Weighed:
    """An evidence item as the arithmetic sees it: P(observed | hypothesis) for one question."""

    row: ObservationRow
    likelihood: Mapping[str, float]


def credibility(grade: str) -> float:
    """Return the discount of an Admiralty grade ("B2"): the lower of reliability and credibility."""
    scale = load_likelihoods().admiralty
    return min(scale[grade[0]], scale[grade[1]])


def item_weight(row: ObservationRow) -> float:
    """Return the exponent of an item's likelihood ratio, 0 to 1: its grade, halved where it is trivial to fake."""
    return credibility(row.grade) * (0.5 + 0.5 * row.spoof_cost)


def posterior(prior: Mapping[str, float], items: Sequence[Weighed]) -> dict[str, float]:
    """Return P(hypothesis | items), in the prior's order, summing to 1.

    Inside a dependency group the log likelihoods are averaged (log-linear pooling with weights that sum to one);
    across groups they add up.
    """
    logs = {name: math.log(chance) for name, chance in prior.items()}
    for item, share in _shares(items):
        for name in logs:
            logs[name] += share * item_weight(item.row) * math.log(item.likelihood[name])
    highest = max(logs.values())
    weights = {name: math.exp(value - highest) for name, value in logs.items()}
    total = math.fsum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def without_family(prior: Mapping[str, float], items: Sequence[Weighed], family: str) -> dict[str, float]:
    """Return the posterior as it would be without one family of evidence."""
    return posterior(prior, [item for item in items if item.row.family != family])


def decibans(prior: Mapping[str, float], items: Sequence[Weighed], item: Weighed, hypothesis: str) -> float:
    """Return what an item is worth for a hypothesis against the rest, 10·log10 of the discounted likelihood ratio."""
    share = next(part for one, part in _shares(items) if one is item)
    others = {name: chance for name, chance in prior.items() if name != hypothesis}
    total = math.fsum(others.values())
    against = math.fsum(chance * item.likelihood[name] for name, chance in others.items()) / total
    return 10 * share * item_weight(item.row) * math.log10(item.likelihood[hypothesis] / against)


def _shares(items: Sequence[Weighed]) -> list[tuple[Weighed, float]]:
    """Each item with its share of its dependency group."""
    sizes: dict[str, int] = {}
    for item in items:
        sizes[item.row.group] = sizes.get(item.row.group, 0) + 1
    return [(item, 1 / sizes[item.row.group]) for item in items]
