"""The words of the world: what the shipped tables say that a text may name, as terms for the matcher.

What a term stands for is a `Sense`: a topic, and how sure one may be. The matcher knows targets as text only, so each
sense has a key.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Literal, get_args

from vigilia.knowledge.ambiguity import load_ambiguity
from vigilia.knowledge.gazetteer import Terms, load_gazetteer
from vigilia.knowledge.kinds import load_kinds
from vigilia.knowledge.places import load_places
from vigilia.targeting.terms.folding import fold
from vigilia.targeting.terms.inflection import inflect

__all__ = ["INNOCENT", "Doubt", "Sense", "implied_topics", "public_words", "sense_of", "topic_labels", "world_terms"]

Doubt = Literal["", "word", "name", "accents"]
"""Nothing doubtful; an everyday word, firm or other place too; a person's first name or surname too; another word where
the accents are missing."""

INNOCENT = "innocent"
"""The target of phrases that mean no topic: they hide the names within them."""


@dataclass(frozen=True, slots=True)
class Sense:
    """A topic that a term stands for, and why it may stand for something else."""

    topic: str
    doubt: Doubt = ""

    @property
    def key(self) -> str:
        """The target by which the matcher knows it: the topic id, and the doubt behind a question mark."""
        return f"{self.topic}?{self.doubt}" if self.doubt else self.topic


@functools.lru_cache(maxsize=4096)
def sense_of(key: str) -> Sense:
    """Return the sense with this key."""
    topic, _, doubt = key.partition("?")
    return Sense(topic, next(one for one in get_args(Doubt) if one == doubt))


def world_terms() -> list[tuple[str, str, bool]]:
    """Return (term, key of its sense or INNOCENT, whether it is another word when misspelt) of all shipped tables.

    A word of the gazetteer is never taken for another country's name by the tables of the CLDR; a form that inflection
    makes never takes the place of a word that somebody wrote down.
    """
    written: dict[str, set[Sense]] = {}
    made: dict[str, set[Sense]] = {}
    for term, language, sense in _written():
        written.setdefault(fold(term), set()).add(sense)
        for form in inflect(term, language):
            made.setdefault(fold(form), set()).add(sense)
    accented = [(term, Sense(entry.id, "accents")) for entry in load_gazetteer() for term in _flat(entry.as_written)]
    for term, _ in accented:
        made.pop(fold(term), None)
    folded = made | _country_names() | written
    innocent = [(phrase, INNOCENT, False) for phrase in _flat(load_ambiguity().innocent_phrases)]
    named = [(form, sense.key, not _may_slip(sense)) for form, senses in folded.items() for sense in senses]
    return sorted(innocent + named + [(term, sense.key, True) for term, sense in accented])


@functools.lru_cache(maxsize=1)
def public_words() -> frozenset[str]:
    """Return the words, folded, that are public knowledge even alone: those of countries' names, and whole terms.

    A word within a longer term is not among them: the gazetteer names dead people by their full names, and living
    ones share parts of these.
    """
    terms = chain.from_iterable(load_places().values())
    of_countries = chain.from_iterable(fold(name).split() for name in terms)
    return frozenset(of_countries) | {fold(term) for term, _, _ in _written()}


def topic_labels() -> dict[str, str]:
    """Return topic id → English label."""
    labels = {f"place:{code}": name for code, name in _english_names().items()}
    labels |= {entry.id: entry.label for entry in load_gazetteer()}
    return labels | {kind.id: kind.label for kind in load_kinds()}


@functools.lru_cache(maxsize=1)
def implied_topics() -> dict[str, frozenset[str]]:
    """Return topic id → the topics that its words name as well (its parent, and so on), where the gazetteer says so."""
    direct = {entry.id: entry.parent for entry in load_gazetteer() if entry.names_parent}
    implied = {}
    for topic in direct:
        above, parent = set[str](), direct.get(topic)
        while parent and parent not in above:
            above.add(parent)
            parent = direct.get(parent)
        implied[topic] = frozenset(above)
    return implied


def _may_slip(sense: Sense) -> bool:
    """Tell whether a misspelt term still means this: not where it is doubtful anyway, nor a kind of things.

    What things are called are everyday words, and so are their neighbours: of 27,000 words of English manuals and
    programs, 24 are one letter from a kind ("process", "personal", "detector"), 17 from any of the places and topics.
    """
    return not sense.doubt and not sense.topic.startswith("kind:")


def _written() -> Iterator[tuple[str, str, Sense]]:
    """Yield (term, language, sense) as the tables have them."""
    for entry in load_gazetteer():
        yield from _senses(entry.terms, Sense(entry.id))
        yield from _senses(entry.doubtful, Sense(entry.id, "word"))
        yield from _senses(entry.given_names, Sense(entry.id, "name"))
    for kind in load_kinds():
        yield from _senses(kind.terms, Sense(kind.id))
        yield from _senses(kind.doubtful, Sense(kind.id, "word"))


def _senses(terms: Terms, sense: Sense) -> Iterator[tuple[str, str, Sense]]:
    return ((term, language, sense) for language, words in terms.items() for term in words)


def _country_names() -> dict[str, set[Sense]]:
    ambiguity = load_ambiguity()
    words = {fold(word) for word in ambiguity.everyday_words}
    names = {fold(name) for name in ambiguity.given_names}
    unusable = {fold(word) for word in ambiguity.unusable}
    found: dict[str, set[Sense]] = {}
    for code, terms in load_places().items():
        for form in {fold(term) for term in terms} - unusable:
            doubt: Doubt = "name" if form in names else "word" if form in words else ""
            found.setdefault(form, set()).add(Sense(f"place:{code}", doubt))
    return found


def _flat(terms: Terms) -> Iterable[str]:
    return (term for words in terms.values() for term in words)


@functools.lru_cache(maxsize=1)
def _english_names() -> dict[str, str]:
    from babel import Locale

    names = Locale("en").territories
    return {code: str(names.get(code, code)) for code in load_places()}
