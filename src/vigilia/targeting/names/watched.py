"""What finds the people and topics of a watch list in texts, whether it knows them by name or by hash."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from vigilia.model.profile import WatchList
from vigilia.targeting.names.hashed_names import HashedNames
from vigilia.targeting.names.name_parts import name_parts
from vigilia.targeting.names.person_forms import person_forms
from vigilia.targeting.names.person_matcher import PersonMatcher
from vigilia.targeting.terms.mentions import Mention
from vigilia.targeting.terms.term_matcher import TermMatcher

__all__ = ["WATCHED_TOPIC", "Finder", "find_parts", "find_persons", "find_topics", "uncompared_runs", "watched_labels"]

WATCHED_TOPIC = "watch:"
"""Before the id of a topic of the watch list."""


class Finder(Protocol):
    """Finds what it knows in texts."""

    def find(self, text: str) -> list[Mention]:
        """Return the mentions, sorted by place."""
        ...


class _Finders:
    """Several finders as one."""

    def __init__(self, finders: Sequence[Finder]) -> None:
        self._finders = finders

    def find(self, text: str) -> list[Mention]:
        found = [mention for finder in self._finders for mention in finder.find(text)]
        return sorted(found, key=lambda one: (one.start, -one.end, one.target))


def find_persons(watch: WatchList, *, eager: bool = False) -> Finder:
    """Return what finds persons by their whole names; `eager`: within longer words as well (`TermMatcher`)."""
    named: Finder = PersonMatcher(watch.person)
    if eager:
        forms = ((form, one.id, False) for one in watch.person for form in person_forms(one))
        named = _Finders([named, TermMatcher(forms, eager=True)])
    hashed = {one.id: one.whole for one in watch.hashes.person} if watch.hashes else {}
    return _joined(watch, named, hashed)


def find_parts(watch: WatchList) -> Finder:
    """Return what finds persons by parts of their names that tell who it is even alone."""
    named = ((part, one.id, False) for one in watch.person for part in name_parts(one))
    hashed = {one.id: one.parts for one in watch.hashes.person} if watch.hashes else {}
    return _joined(watch, TermMatcher(named), hashed)


def find_topics(watch: WatchList) -> Finder:
    """Return what finds the topics of the watch list, as "watch:<id>"."""
    named = ((term, WATCHED_TOPIC + one.id, False) for one in watch.topic for term in one.terms)
    hashed = {WATCHED_TOPIC + one.id: one.whole for one in watch.hashes.topic} if watch.hashes else {}
    return _joined(watch, TermMatcher(named), hashed)


def uncompared_runs(watch: WatchList) -> int:
    """Return how often words were not compared with the hashes of a list because there were too many before."""
    return HashedNames(watch.hashes, {}).unexamined if watch.hashes else 0


def watched_labels(watch: WatchList) -> dict[str, str]:
    """Return "watch:<id>" → label of the topics; of those known by hashes the id is all that is known."""
    hashed = {WATCHED_TOPIC + one.id: one.id for one in watch.hashes.topic} if watch.hashes else {}
    return hashed | {WATCHED_TOPIC + one.id: one.label for one in watch.topic}


def _joined(watch: WatchList, named: Finder, hashed: dict[str, tuple[str, ...]]) -> Finder:
    return _Finders([named, HashedNames(watch.hashes, hashed)]) if watch.hashes else named
