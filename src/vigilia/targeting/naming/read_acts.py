"""Search acts with what they name, in which writing, and how probably they are the intruder's."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilia.model.profile import WatchList
from vigilia.model.result import Certainty, SearchAct
from vigilia.scope.intruder_events import INTRUDER_EVENTS
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.found_acts import Act
from vigilia.targeting.naming.languages import languages_of
from vigilia.targeting.naming.topics import Named, TopicMatcher

__all__ = ["DOUBTFUL", "OURS", "ReadAct", "ReadActs", "read_acts"]

# From here on an act counts as the intruder's; from DOUBTFUL on, it is told that it may be.
OURS = 0.5
DOUBTFUL = 0.2


@dataclass(frozen=True, slots=True)
class ReadAct:
    """A search act as the result document shows it, and what else is known of it.

    Attributes:
        terms: what was looked for, decoded, one by one.
        event_ids: all records of the act, the shown one first.
        certainties: person id → how surely the act names them.
    """

    shown: SearchAct
    terms: tuple[str, ...]
    event_ids: tuple[str, ...]
    certainties: Mapping[str, Certainty]

    @property
    def is_intruder(self) -> bool:
        """Whether it is more likely than not the intruder's."""
        return self.shown.intruder_probability >= OURS


@dataclass(frozen=True, slots=True)
class ReadActs:
    """All acts in time order.

    Attributes:
        ambiguous: acts with a name that is an everyday word too, not counted.
        matcher: what they were read with.
    """

    acts: list[ReadAct]
    ambiguous: int
    matcher: TopicMatcher

    def recognises(self, text: str) -> bool:
        """Tell whether a text names a topic or watched person."""
        topics, persons, _ = self.matcher.find(text)
        return bool(topics or persons)

    def of_intruder(self) -> list[ReadAct]:
        """Return the acts that are more likely than not the intruder's."""
        return [one for one in self.acts if one.is_intruder]

    def of_others(self) -> list[ReadAct]:
        """Return all other acts."""
        return [one for one in self.acts if not one.is_intruder]


def read_acts(store: EventStore, acts: Sequence[Act], watch: WatchList) -> ReadActs:
    """Name the topics and watched persons of acts; texts that come again are looked at once.

    The store must hold the table `intruder_events` that `determine_scope` registers.
    """
    matcher = TopicMatcher(watch)
    named_in = functools.cache(matcher.named_in)
    probabilities = _probabilities(store, acts)
    read: list[ReadAct] = []
    ambiguous = 0
    for act in acts:
        named = named_in(" \n ".join(act.terms))
        ambiguous += named.left_out > 0
        shown = _shown(act, named, _probability(act, probabilities))
        events = (act.event_id, *act.same_act)
        read.append(ReadAct(shown, act.terms, events, named.persons))
    return ReadActs(read, ambiguous, matcher)


def _probabilities(store: EventStore, acts: Sequence[Act]) -> dict[str, float]:
    """Return the probability of each act's records that `intruder_events` lists."""
    ids = sorted({event for act in acts for event in (act.event_id, *act.same_act)})
    rows = store.rows(
        f"""SELECT "event.id" AS id, probability FROM {INTRUDER_EVENTS}
        JOIN (SELECT unnest(?) AS wanted) ON "event.id" = wanted""",  # noqa: S608 - our own constant
        [ids],
    )
    return {str(row["id"]): float(str(row["probability"])) for row in rows}


def _probability(act: Act, probabilities: Mapping[str, float]) -> float:
    return max(probabilities.get(event, 0.0) for event in (act.event_id, *act.same_act))


def _shown(act: Act, named: Named, probability: float) -> SearchAct:
    return SearchAct(
        time=act.time,
        source=act.source,
        actor=act.actor,
        raw=act.raw,
        decoded=act.decoded,
        how=list(act.how),
        languages=list(languages_of(act.decoded)),
        topics=named.topics,
        persons=sorted(named.persons),
        intruder_probability=round(probability, 4),
        event_id=act.event_id,
    )
