"""Which group: withheld, unless knowledge of groups and somebody outside agree."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import credibility
from vigilia.model.profile import Corroboration
from vigilia.model.result import Group

__all__ = ["Resemblance", "judge_group"]

_ALONE = (
    "A single incident, seen from inside one organisation and without corroboration from outside, cannot carry the "
    "name of a group: techniques are shared, and published figures show that they name the wrong "
    "one more often than not."
)


@dataclass(frozen=True, slots=True)
class Resemblance:
    """How far the incident resembles groups of the knowledge base.

    Attributes:
        groups: (id, name, probability) by falling probability. outside: probability that the actor is not among them.
    """

    groups: tuple[tuple[str, str, float], ...]
    outside: float


def judge_group(resemblance: Resemblance | None, reported: list[Corroboration]) -> Group:
    """Name a group only if the comparison reaches the bar and an outside source of good grade names the same one.

    Below that no candidate is listed either: a list of names is read as a name.
    """
    bars = load_likelihoods().bars
    if resemblance is None or not resemblance.groups:
        return Group(named="", candidates=[], why=f"{_ALONE} There was too little to compare it with known groups.")
    identifier, name, chance = resemblance.groups[0]
    least = credibility(bars.group_grade)
    agreeing = [
        one
        for one in reported
        if one.question == "group" and one.value in (identifier, name) and credibility(one.grade) >= least
    ]
    if agreeing and chance >= bars.group:
        sources = ", ".join(sorted({one.source for one in agreeing}))
        return Group(named=name, candidates=[name], why=f"Techniques and tools fit it, and so says {sources}.")
    if agreeing:
        why = "What a source outside says is not borne out by techniques and tools seen here."
    elif chance >= bars.group:
        why = f"{_ALONE} Techniques and tools fit one known group, but nobody outside confirms it."
    else:
        why = f"{_ALONE} Techniques and tools fit no known group well enough."
    return Group(named="", candidates=[], why=why)
