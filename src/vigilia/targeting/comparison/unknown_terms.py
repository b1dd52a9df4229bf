"""Unknown terms that matter: words and names that the intruder searched for and hardly anybody else did."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vigilia.model.profile import WatchList
from vigilia.model.result import UnknownTerm
from vigilia.targeting.comparison.counting import EVENTS_AT_MOST
from vigilia.targeting.comparison.keyboard_layouts import Recognises
from vigilia.targeting.comparison.log_odds import compare
from vigilia.targeting.names.name_signs import may_be_name
from vigilia.targeting.names.redaction import Redactor
from vigilia.targeting.names.watched import find_topics
from vigilia.targeting.naming.read_acts import ReadAct
from vigilia.targeting.terms.mentions import Mention
from vigilia.targeting.terms.phrases import Phrase, phrases_of
from vigilia.targeting.terms.term_matcher import TermMatcher
from vigilia.targeting.terms.world_matcher import world_matcher

__all__ = ["TERMS_AT_MOST", "unknown_terms"]

TERMS_AT_MOST = 40
# A term of fewer searches is listed only if it looks like a name: a person who was searched for once is in danger, too.
_LEAST_SEARCHES = 2
_TEXTS_AT_MOST = 5000
_COMPARED_AT_MOST = 500  # each with each
_STAFF = "staff"


@dataclass(slots=True)
class _Use:
    """In which acts a phrase stands; `typed` is its first spelling."""

    typed: str
    theirs: list[ReadAct] = field(default_factory=list)
    others: int = 0


def unknown_terms(
    acts: Sequence[ReadAct], watch: WatchList, recognises: Recognises, staff: Sequence[str] = ()
) -> list[UnknownTerm]:
    """Return the terms, those that stand out most first; at most 40.

    Left out are places, topics and kinds of things that we know, everything of the watch list, the organisation's own
    staff, and stop words. A term
    within a longer one that is searched for as often is not listed beside it. The terms are evidence: they may be
    names of people at risk, and whoever shows them says so.

    Args:
        acts: all acts.
        watch: the watch list.
        recognises: tells whether a text names a topic or watched person.
        staff: names or accounts of the organisation's people, as its profile has them.
    """
    uses = _uses_of_intruder([one for one in acts if one.is_intruder], _Known(watch, staff))
    _count_others([one for one in acts if not one.is_intruder], uses)
    theirs = sum(one.is_intruder for one in acts)
    found = [_term(use, theirs, len(acts) - theirs) for use in uses.values()]
    kept = [one for one in found if _matters(one)]
    kept.sort(
        key=lambda one: (one.baseline_count > 0, -one.intruder_count, not one.may_be_name, -len(one.term), one.term)
    )
    unknown = (one for one in _without_parts(kept[:_COMPARED_AT_MOST]) if not recognises(one.term))
    return list(itertools.islice(unknown, TERMS_AT_MOST))


def _uses_of_intruder(acts: Sequence[ReadAct], known: _Known) -> dict[str, _Use]:
    phrases: dict[str, list[Phrase]] = {}
    uses: dict[str, _Use] = {}
    for one in acts:
        seen: set[str] = set()
        for term in one.terms:
            if term not in phrases and len(phrases) < _TEXTS_AT_MOST:
                phrases[term] = [phrase for part in known.unknown_parts(term) for phrase in phrases_of(part)]
            for phrase in phrases.get(term, ()):
                if phrase.folded not in seen:
                    seen.add(phrase.folded)
                    uses.setdefault(phrase.folded, _Use(phrase.typed)).theirs.append(one)
    return uses


def _count_others(acts: Sequence[ReadAct], uses: dict[str, _Use]) -> None:
    phrases: dict[str, frozenset[str]] = {}
    for one in acts:
        named: set[str] = set()
        for term in one.terms:
            if term not in phrases:
                phrases[term] = frozenset(phrase.folded for phrase in phrases_of(term)) & uses.keys()
            named |= phrases[term]
        for folded in named:
            uses[folded].others += 1


def _term(use: _Use, theirs: int, others: int) -> UnknownTerm:
    odds = compare(len(use.theirs), theirs, use.others, others)
    return UnknownTerm(
        term=use.typed,
        intruder_count=len(use.theirs),
        baseline_count=use.others,
        log_odds=odds.value,
        interval=(odds.low, odds.high),
        may_be_name=may_be_name(use.typed),
        event_ids=[one.shown.event_id for one in use.theirs][:EVENTS_AT_MOST],
    )


def _matters(one: UnknownTerm) -> bool:
    """The floor: more than everybody else beyond chance, or by nobody else and either repeated or like a name."""
    if one.baseline_count:
        return one.interval[0] > 0 and one.intruder_count >= _LEAST_SEARCHES
    return one.intruder_count >= _LEAST_SEARCHES or one.may_be_name


def _without_parts(terms: Sequence[UnknownTerm]) -> list[UnknownTerm]:
    """Drop terms that a longer listed one holds, if they are not searched for more often."""
    return [
        one
        for one in terms
        if not any(
            one.term != other.term and one.term in other.term and one.intruder_count <= other.intruder_count
            for other in terms
        )
    ]


class _Known:
    """What is known already, and so is cut out of a text before its unknown words are looked at."""

    def __init__(self, watch: WatchList, staff: Sequence[str]) -> None:
        self._world = world_matcher()
        self._staff = TermMatcher((name, _STAFF, True) for one in staff for name in {one, one.partition("@")[0]})
        self._topics = find_topics(watch)
        self._redactor = Redactor(watch)

    def unknown_parts(self, text: str) -> Iterable[str]:
        """Yield the pieces of a text between known terms; none that names somebody of the watch list."""
        for piece in _between(self._redactor.redact(text), _MARKS):
            position = 0
            for mention in self._mentions(piece):
                if mention.start > position:
                    yield piece[position : mention.start]
                position = max(position, mention.end)
            yield piece[position:]

    def _mentions(self, text: str) -> list[Mention]:
        found = (*self._world.find(text), *self._topics.find(text), *self._staff.find(text))
        return sorted(found, key=lambda one: one.start)


_MARKS = ("[person ", "[part of person ")


def _between(redacted: str, marks: Sequence[str]) -> Iterable[str]:
    """Yield what stands outside the marks that the redactor put in."""
    rest = redacted
    while rest:
        places = [place for mark in marks if (place := rest.find(mark)) >= 0]
        if not places:
            break
        yield rest[: min(places)]
        rest = rest[min(places) :].partition("]")[2]
    yield rest
