"""Country and motive out of the labels of the actors that fit best, whether or not one of them is the right one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from vigilia.attribution.actors.model import LabelVote, LabelVotes
from vigilia.attribution.actors.profiles import Bools, Floats
from vigilia.knowledge.actors.table import Actor

__all__ = ["Ballot", "country_of", "label_chances", "label_shares", "motive_of", "votes_of", "weigh"]

_MOTIVES_TOLD_APART = frozenset({"espionage", "financial"})
"""Of the others no source labels enough actors to learn from."""


class Ballot:
    """The label of each actor, by place; actors without one do not vote."""

    def __init__(self, labels: Sequence[str]) -> None:
        self.labels = sorted({one for one in labels if one})
        place = {label: at for at, label in enumerate(self.labels)}
        self.of_actor = np.array([place.get(one, -1) for one in labels], dtype=np.int64)

    def common(self, known: Bools) -> Floats:
        """Return of each label the share of the known actors that bear one."""
        borne = self.of_actor[known & (self.of_actor >= 0)]
        return np.bincount(borne, minlength=len(self.labels)).astype(np.float64) / max(len(borne), 1)


def country_of(actor: Actor) -> str:
    """Return the country that most sources give for an actor, or empty where none does or they are divided."""
    return _agreed(actor.countries)


def motive_of(actor: Actor) -> str:
    """Return "espionage" or "financial", or empty where an actor is held to do both, neither, or is not labelled."""
    told = sorted(_MOTIVES_TOLD_APART & actor.motives.keys())
    return told[0] if len(told) == 1 else ""


def votes_of(ballot: Ballot, scores: Floats, known: Bools, voters: int) -> Floats:
    """Return of each label the votes of the best-fitting actors, each worth one over its rank."""
    entitled = np.flatnonzero(known & (ballot.of_actor >= 0))
    ranked = entitled[np.lexsort((entitled, -scores[entitled]))][:voters]
    worth = 1 / np.arange(1, len(ranked) + 1)
    return np.bincount(ballot.of_actor[ranked], weights=worth, minlength=len(ballot.labels)).astype(np.float64)


def label_chances(ballot: Ballot, scores: Floats, known: Bools, rules: LabelVotes, outside: float) -> dict[str, float]:
    """Return label → probability, the likeliest first; they add up to 1, or there is none."""
    votes, common = votes_of(ballot, scores, known, rules.voters), ballot.common(known)
    if not votes.any():
        return {}
    chances = (1 - outside) * weigh(votes, common, rules.inside) + outside * weigh(votes, common, rules.outside)
    return _likeliest_first(ballot, chances)


def label_shares(ballot: Ballot, known: Bools) -> dict[str, float]:
    """Return label → share of the known actors that bear one, the commonest first."""
    return _likeliest_first(ballot, ballot.common(known))


def weigh(votes: Floats, common: Floats, rule: LabelVote) -> Floats:
    """Turn votes into probabilities, mixed with how common each label is."""
    raised = votes**rule.power
    mixed: Floats = rule.votes * raised / raised.sum() + (1 - rule.votes) * common
    return mixed


def _likeliest_first(ballot: Ballot, chances: Floats) -> dict[str, float]:
    order = np.lexsort((np.arange(len(chances)), -chances))
    return {ballot.labels[place]: float(chances[place]) for place in order if chances[place] > 0}


def _agreed(labels: Mapping[str, Sequence[str]]) -> str:
    by_support: dict[int, list[str]] = defaultdict(list)
    for label, sources in labels.items():
        by_support[len(sources)].append(label)
    strongest = by_support[max(by_support)] if by_support else []
    return strongest[0] if len(strongest) == 1 else ""
