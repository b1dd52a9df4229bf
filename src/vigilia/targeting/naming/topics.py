"""Topics: which places, peoples, kinds of things and watched persons a text names, in one pass over many terms."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vigilia.knowledge.kinds import load_kinds
from vigilia.model.profile import WatchList
from vigilia.targeting.names.watched import find_persons, find_topics, watched_labels
from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.mentions import How, Mention, surest
from vigilia.targeting.terms.world_matcher import world_matcher
from vigilia.targeting.terms.world_terms import INNOCENT, Sense, implied_topics, sense_of, topic_labels

__all__ = ["Named", "TopicMatcher"]


@dataclass(frozen=True, slots=True)
class Named:
    """What a text names.

    Attributes:
        topics: ids, sorted.
        persons: ids of watched persons, each with the surest way in which the text names them.
        left_out: ambiguous names that are not counted.
    """

    topics: list[str]
    persons: dict[str, How]
    left_out: int


class TopicMatcher:
    """Topics and watched persons in a text.

    Attributes:
        labels: topic id → label. Persons have no label but their id.
    """

    def __init__(self, watch: WatchList) -> None:
        self.labels = topic_labels() | watched_labels(watch)
        self._world = world_matcher()
        self._topics = find_topics(watch)
        self._persons = find_persons(watch)

    def find(self, text: str) -> tuple[list[str], list[str], int]:
        """Return topic ids and person ids in the text (sorted), and the number of ambiguous names not counted."""
        named = self.named_in(text)
        return named.topics, sorted(named.persons), named.left_out

    def named_in(self, text: str) -> Named:
        """Return what a text names.

        What is part of a watched person's name names nothing else.
        A word that means something else as well counts beside another topic or a watched person only; one that is a
        person's name as well does not count beside what a staff office looks for all day ("Jordan payroll"), nor
        beside a person.
        """
        named = self._persons.find(text)
        persons = _surest_by_person(named)
        words = [one for one in self._world.find(text) if one.target != INNOCENT and not _lies_within(one, named)]
        senses = {sense for one in words if (sense := _sense(one))}
        sure = {sense.topic for sense in senses if not sense.doubt}
        sure |= {mention.target for mention in self._topics.find(text)} | _named_twice(text, words)
        doubtful = {sense for sense in senses if sense.doubt and sense.topic not in sure}
        counted = sure | {sense.topic for sense in doubtful if _is_vouched_for(sense, sure, persons)}
        implied = {above for topic in counted for above in implied_topics().get(topic, ())}
        left_out = {sense.topic for sense in doubtful} - counted - implied
        return Named(sorted(counted | implied), persons, len(left_out))


def _surest_by_person(mentions: Iterable[Mention]) -> dict[str, How]:
    persons: dict[str, How] = {}
    for mention in mentions:
        persons[mention.target] = surest(persons.get(mention.target, mention.how), mention.how)
    return persons


def _sense(word: Mention) -> Sense | None:
    """Return what a word stands for; nothing where it lacks the accents without which it is another word."""
    sense = sense_of(word.target)
    if sense.doubt != "accents":
        return sense
    return Sense(sense.topic) if word.how == "exact" else None


def _lies_within(word: Mention, persons: Iterable[Mention]) -> bool:
    """Is a word part of a watched person's name? Then it names nothing else."""
    return any(one.start <= word.start and word.end <= one.end for one in persons)


def _named_twice(text: str, words: Iterable[Mention]) -> set[str]:
    """Return the kinds of things for which two different doubtful words stand: "draft" and "report"."""
    by_kind: dict[str, set[str]] = {}
    for word in words:
        sense = sense_of(word.target)
        if sense.doubt and sense.topic.startswith("kind:") and sense.topic not in _everyday_kinds():
            by_kind.setdefault(sense.topic, set()).add(fold(text[word.start : word.end]))
    return {kind for kind, different in by_kind.items() if len(different) > 1}


def _is_vouched_for(sense: Sense, sure: set[str], persons: Mapping[str, How]) -> bool:
    """Does what else the text names tell that a doubtful word stands for its topic?

    A person beside a word that is a name too does not: names stand beside names.
    """
    return bool(sure - _everyday_kinds()) if sense.doubt == "name" else bool(sure or persons)


@functools.lru_cache(maxsize=1)
def _everyday_kinds() -> frozenset[str]:
    return frozenset(kind.id for kind in load_kinds() if not kind.vouches_for_names)
