"""Topics: which places, peoples, kinds of things and watched persons a text names, in one pass over many terms."""

from __future__ import annotations

import functools

import msgspec

from vigilia.knowledge.places import load_places
from vigilia.knowledge.shipped_table import read_table
from vigilia.model.profile import WatchList
from vigilia.targeting.folding import fold
from vigilia.targeting.names.person_forms import person_forms
from vigilia.targeting.term_matcher import TermMatcher

__all__ = ["TopicMatcher", "world_matcher"]


class _Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: str
    label: str
    terms: list[str]


class _Gazetteer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    ambiguous: list[str]
    unambiguous: list[str]
    place: list[_Row]


class _Kinds(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    kind: list[_Row]


class TopicMatcher:
    """Topics and watched persons in a text.

    Attributes:
        labels: topic id → label. Persons have no label but their id.
    """

    def __init__(self, watch: WatchList) -> None:
        self.labels = dict(_world_labels()) | {f"watch:{topic.id}": topic.label for topic in watch.topic}
        self._world = world_matcher()
        self._topics = TermMatcher((term, f"watch:{one.id}", False) for one in watch.topic for term in one.terms)
        self._persons = TermMatcher((form, one.id, False) for one in watch.person for form in person_forms(one))

    def find(self, text: str) -> tuple[list[str], list[str], int]:
        """Return topic ids and person ids in the text (sorted), and the number of ambiguous names not counted."""
        mentions = [*self._world.find(text), *self._topics.find(text)]
        persons = {mention.target for mention in self._persons.find(text)}
        sure = {mention.target for mention in mentions if not mention.ambiguous}
        doubtful = {mention.target for mention in mentions if mention.ambiguous} - sure
        if sure or persons:
            return sorted(sure | doubtful), sorted(persons), 0
        return [], [], len(doubtful)


@functools.lru_cache(maxsize=1)
def world_matcher() -> TermMatcher:
    """Return the matcher of the places, peoples and kinds of things that ship with the package."""
    gazetteer = _gazetteer()
    ambiguous = {fold(term) for term in gazetteer.ambiguous} - {fold(term) for term in gazetteer.unambiguous}
    rows = [(term, row.id) for row in (*gazetteer.place, *_kinds().kind) for term in row.terms]
    claimed = {fold(term) for term, _ in rows}
    terms = [(term, target, fold(term) in ambiguous) for term, target in rows]
    for code, names in load_places().items():
        folded = ((name, fold(name)) for name in names)
        terms += [(name, f"place:{code}", form in ambiguous) for name, form in folded if form not in claimed]
    return TermMatcher(terms)


@functools.lru_cache(maxsize=1)
def _world_labels() -> dict[str, str]:
    english = {f"place:{code}": name for code, name in _english_names().items()}
    return english | {row.id: row.label for row in (*_gazetteer().place, *_kinds().kind)}


@functools.lru_cache(maxsize=1)
def _english_names() -> dict[str, str]:
    from babel import Locale

    names = Locale("en").territories
    return {code: str(names.get(code, code)) for code in load_places()}


@functools.lru_cache(maxsize=1)
def _gazetteer() -> _Gazetteer:
    return read_table("vigilia.knowledge", "gazetteer.toml", _Gazetteer)


@functools.lru_cache(maxsize=1)
def _kinds() -> _Kinds:
    return read_table("vigilia.knowledge", "kinds.toml", _Kinds)
