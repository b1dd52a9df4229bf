"""Everything that attribution looks at."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from vigilia.attribution.hours.working_hours import WorkingHours
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.knowledge.actors.table import ActorTable
from vigilia.model.matches import Finding
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, Impact, Intrusion, SearchAct, Targeting, Technique, TopicCount
from vigilia.store.event_store import EventStore

__all__ = ["OURS", "AttributionEvidence", "ObservedCase", "Seen", "significant_topics", "topics_of_places"]

OURS = 0.5  # from here an entity or event counts as the intruder's


@dataclass(frozen=True, slots=True)
class AttributionEvidence:
    """What the stages before found; the store must hold the table `intruder_events`.

    Without `gaps` nothing is concluded from a short stay, because a short log makes every stay short. Without `actors`
    comparisons are made with those that ship.
    """

    store: EventStore
    findings: Sequence[Finding]
    techniques: Sequence[Technique]
    searches: Sequence[SearchAct]
    targeting: Targeting
    impact: Sequence[Impact]
    intrusion: Intrusion
    profile: Profile
    gaps: Sequence[Gap] | None = None
    actors: ActorTable | None = None


@dataclass(frozen=True, slots=True)
class ObservedCase:
    """The evidence, and what several observations need of it.

    Attributes:
        procedures: ATT&CK technique or software → events of the intruder on which a rule for it fired.
    """

    evidence: AttributionEvidence
    procedures: dict[str, list[str]]
    hours: WorkingHours

    @property
    def techniques(self) -> dict[str, list[str]]:
        """ATT&CK technique → events of the intruder."""
        return {one: ids for one, ids in self.procedures.items() if one.startswith("T")}

    @property
    def software(self) -> dict[str, list[str]]:
        """ATT&CK software → events of the intruder."""
        return {one: ids for one, ids in self.procedures.items() if one.startswith("S")}


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: a sentence that goes on from the table's, and the events that show it."""

    text: str = ""
    event_ids: Sequence[str] = field(default=())


def significant_topics(counts: Sequence[TopicCount]) -> list[TopicCount]:
    """Return the topics that the intruder searched for more than everyone else, beyond chance.

    What staff look for every day is the baseline: a topic counts only where the whole interval lies above zero.
    """
    least = load_likelihoods().bars.least_topic_count
    return [one for one in counts if one.intruder_count >= least and one.interval[0] > 0]


def topics_of_places(evidence: AttributionEvidence) -> list[TopicCount]:
    """Return the significant topics without those about kinds of things ("kind:donors")."""
    kinds = load_likelihoods().topics.everyday_kinds
    return [one for one in significant_topics(evidence.targeting.topics) if not one.id.startswith(kinds)]
