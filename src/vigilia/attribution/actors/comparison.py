"""Which known actors what was seen fits, how well, and how likely it is that it was none of them."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from vigilia.attribution.actors.label_votes import Ballot, country_of, label_chances, label_shares, motive_of
from vigilia.attribution.actors.model import ActorModel, load_model, outside_signs
from vigilia.attribution.actors.profiles import Corpus, Floats, Profiles
from vigilia.attribution.actors.signals import Seen, seen_of, signals
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.knowledge.actors.table import ActorTable, actor_table

__all__ = ["ActorBase", "Candidate", "Carrier", "Comparison", "Weighed", "actor_base", "compare", "left_out", "weigh"]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One known actor.

    Attributes:
        id, name: as in ATT&CK. probability: that it was this one, calibrated.
        floor: the least that the probability becomes when any one software seen is left out, as if it had been
            planted.
    """

    id: str
    name: str
    probability: float
    floor: float


@dataclass(frozen=True, slots=True)
class Carrier:
    """What was seen, and by how much the log-odds of the leading candidate fall without it."""

    id: str
    weight: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Candidates and `outside` add up to 1.

    Attributes:
        groups: every actor that may be it, the likeliest first.
        outside: probability that the actor is not in the base.
        countries, motives: label → probability, the likeliest first, whether or not the actor is in the base. Of
            motives only espionage and crime for money are told apart.
        carried: what the leading candidate rests on, the heaviest first.
        firm: id of the candidate that leads whichever one software is left out, or empty.
        compared: how many of the techniques and software given are known of any actor. Where they are too few to say
            anything, all of the above is as it was before anything was seen, and nothing carried it.
    """

    groups: list[Candidate]
    outside: float
    countries: dict[str, float]
    motives: dict[str, float]
    carried: list[Carrier]
    firm: str
    compared: int


class ActorBase:
    """A table of actors made ready for comparisons."""

    def __init__(self, table: ActorTable, model: ActorModel) -> None:
        self.corpus = Corpus.of(table)
        self.model = model
        self.names = [table.actors[one].name for one in self.corpus.actors]
        self.countries = Ballot([country_of(table.actors[one]) for one in self.corpus.actors])
        self.motives = Ballot([motive_of(table.actors[one]) for one in self.corpus.actors])
        self.profiles = self.corpus.profiles()


@dataclass(frozen=True, slots=True)
class Weighed:
    """One way of looking: scores of all actors, their probabilities, and that of being outside."""

    scores: Floats
    chances: Floats
    outside: float


@lru_cache(maxsize=1)
def actor_base() -> ActorBase:
    """Return what ships with the package, ready for comparisons.

    Raises:
        KnowledgeError: a packaged file is damaged.
    """
    return ActorBase(actor_table(), load_model())


def compare(
    techniques: Mapping[str, float],
    software: Mapping[str, float],
    *,
    day: datetime.date | None = None,
    outside_prior: float | None = None,
    base: ActorBase | None = None,
    least: int | None = None,
) -> Comparison:
    """Compare what was seen with every known actor.

    Args:
        techniques: ATT&CK id → how certain it is that it was seen, from 0 to 1.
        software: as `techniques`.
        day: of the incident, where it is known: actors differ in when they were active.
        outside_prior: that the actor is not in the base, before anything is seen; None for the table's.
        base: None for the one that ships with the package.
        least: fewer known techniques and software than this say nothing, because how far a comparison can be trusted
            was measured on no fewer; None for the table's.
    """
    base = base or actor_base()
    given = {**techniques, **software}
    seen = seen_of(base.corpus, given, day.toordinal() if day else 0)
    bar = load_likelihoods().known_actors.least_compared if least is None else least
    if len(seen.features) < max(bar, 1):
        return _unseen(base, outside_prior, len(seen.features))
    whole = weigh(base.model, base.profiles, seen, outside_prior)
    without = {one: weigh(base.model, base.profiles, left_out(seen, one), outside_prior) for one in seen.features}
    planted = [whole, *(without[one] for one in seen.features if not base.corpus.technique[one])]
    order = [int(one) for one in np.lexsort((np.arange(len(whole.chances)), -whole.chances))]
    leader = order[0]
    return Comparison(
        groups=_candidates(base, order, whole, planted),
        outside=whole.outside,
        countries=label_chances(base.countries, whole.scores, base.profiles.known, base.model.country, whole.outside),
        motives=label_chances(base.motives, whole.scores, base.profiles.known, base.model.motive, whole.outside),
        carried=_carriers(base, leader, whole, without),
        firm=base.corpus.actors[leader] if all(int(np.argmax(one.chances)) == leader for one in planted) else "",
        compared=len(seen.features),
    )


def weigh(model: ActorModel, profiles: Profiles, seen: Seen, outside_prior: float | None = None) -> Weighed:
    """Weigh what was seen against profiles; probabilities of actors and `outside` add up to 1."""
    shown = signals(profiles, seen)
    scores = model.scores(shown)
    signs = outside_signs(profiles.corpus, seen, shown, scores, profiles.known)
    outside = model.outside_chance(signs, outside_prior) if profiles.known.any() else 1.0
    return Weighed(scores, model.conditional(scores, profiles.known) * (1 - outside), outside)


def left_out(seen: Seen, feature: int) -> Seen:
    """Return what was seen without one technique or software."""
    kept = seen.features != feature
    return Seen(seen.features[kept], seen.weights[kept], seen.day)


def _unseen(base: ActorBase, outside_prior: float | None, compared: int) -> Comparison:
    """What holds before anything is seen: every known actor alike, and each label as common as it is."""
    known = base.profiles.known
    places = [int(one) for one in np.flatnonzero(known)]
    outside = base.model.outside_before(outside_prior) if places else 1.0
    chance = (1 - outside) / max(len(places), 1)
    return Comparison(
        groups=[Candidate(base.corpus.actors[place], base.names[place], chance, chance) for place in places],
        outside=outside,
        countries=label_shares(base.countries, known),
        motives=label_shares(base.motives, known),
        carried=[],
        firm="",
        compared=compared,
    )


def _candidates(base: ActorBase, order: Sequence[int], whole: Weighed, planted: Sequence[Weighed]) -> list[Candidate]:
    floors = np.min([one.chances for one in planted], axis=0)
    return [
        Candidate(
            id=base.corpus.actors[place],
            name=base.names[place],
            probability=float(whole.chances[place]),
            floor=float(floors[place]),
        )
        for place in order
        if whole.chances[place] > 0
    ]


def _carriers(base: ActorBase, leader: int, whole: Weighed, without: Mapping[int, Weighed]) -> list[Carrier]:
    def odds(weighed: Weighed) -> float:
        chance = min(max(float(weighed.chances[leader]), 1e-12), 1 - 1e-12)
        return float(np.log(chance / (1 - chance)))

    full = odds(whole)
    carriers = [Carrier(base.corpus.features[one], round(full - odds(weighed), 4)) for one, weighed in without.items()]
    return sorted((one for one in carriers if one.weight > 0), key=lambda one: (-one.weight, one.id))
