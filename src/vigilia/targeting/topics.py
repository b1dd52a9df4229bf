"""Topics: which places, peoples, kinds of things and watched persons a text names, in one pass over many terms."""

from __future__ import annotations

import functools
import itertools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick_rs
import msgspec

from vigilia.knowledge.places import load_places
from vigilia.knowledge.shipped_table import read_table
from vigilia.model.profile import WatchedPerson, WatchList
from vigilia.targeting.folding import FoldedText, fold, fold_with_spans

__all__ = ["Mention", "TermMatcher", "TopicMatcher", "name_parts", "person_forms", "script_of"]

# Scripts written without spaces between words: a term may stand anywhere.
_UNSPACED = frozenset({"CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR", "TIBETAN"})
# Scripts whose words take articles and prepositions in front, or endings behind.
_PREFIXED = frozenset({"ARABIC", "HEBREW", "SYRIAC"})
_INFLECTED = frozenset({"CYRILLIC", "ARMENIAN", "GEORGIAN", "DEVANAGARI", "BENGALI", "ETHIOPIC"})


@dataclass(frozen=True, slots=True)
class Mention:
    """One term found: what it stands for, and its span in the original text."""

    target: str
    start: int
    end: int
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Term:
    target: str
    script: str
    ambiguous: bool


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


class TermMatcher:
    """Finds many terms in one pass (Aho-Corasick over folded text).

    Args:
        terms: (term as people write it, what it stands for, whether it is ambiguous).
        eager: match inside longer words too where the term has six letters or more (for redaction).
    """

    def __init__(self, terms: Iterable[tuple[str, str, bool]], *, eager: bool = False) -> None:
        table: dict[str, list[_Term]] = {}
        for text, target, ambiguous in terms:
            folded = fold(text)
            entry = _Term(target, script_of(text), ambiguous)
            if folded and entry not in table.setdefault(folded, []):
                table[folded].append(entry)
        self._patterns = sorted(table)
        self._terms = [table[pattern] for pattern in self._patterns]
        self._eager = eager
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns) if self._patterns else None

    def contains_word(self, text: str) -> bool:
        """Tell whether a text, once folded, is a term or one of the words of a term."""
        folded = fold(text)
        return f" {folded} " in self._all_words

    @functools.cached_property
    def _all_words(self) -> str:
        return f" {' '.join(self._patterns)} "

    def find(self, text: str) -> list[Mention]:
        """Return the mentions, sorted by place; one that lies wholly within a longer one is left out."""
        if self._automaton is None:
            return []
        folded = fold_with_spans(text)
        spans = [
            (start, end, term)
            for number, start, end in self._automaton.find_matches_as_indexes(folded.text, overlapping=True)
            for term in self._terms[number]
            if self._stands_free(folded.text, start, end, term.script)
        ]
        return [_mention(folded, *span) for span in _longest(spans)]

    def _stands_free(self, text: str, start: int, end: int, script: str) -> bool:
        if script in _UNSPACED or (self._eager and end - start >= 6):
            return True
        before = start == 0 or not text[start - 1].isalpha()
        if not before and script in _PREFIXED and end - start >= 4:
            before = _word_start(text, start) >= start - 3
        after = end == len(text) or not _continues(text[end])
        if not after and script in _INFLECTED | _PREFIXED and end - start >= 5:
            after = _word_end(text, end) <= end + 3
        return before and after


class TopicMatcher:
    """Topics and watched persons in a text.

    Attributes:
        labels: topic id → label. Persons have no label but their id.
    """

    def __init__(self, watch: WatchList) -> None:
        self.labels = dict(_world_labels()) | {f"watch:{topic.id}": topic.label for topic in watch.topic}
        self._world = _world_matcher()
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


def person_forms(person: WatchedPerson) -> list[str]:
    """Return the forms in which a person's name is looked for: as given, other order of words, written together."""
    forms: list[str] = []
    for name in (person.name, *person.aliases):
        words = name.replace(",", " ").split()
        orders = itertools.permutations(words) if 2 <= len(words) <= 3 else [tuple(words)]
        for order in orders:
            joined = "".join(order)
            forms.append(" ".join(order))
            if len(words) > 1 and len(joined) >= 6:
                forms.append(joined)
            if len(words) > 1 and script_of(name) in _UNSPACED:
                forms.append(joined)
    return sorted(set(forms))


def name_parts(person: WatchedPerson) -> list[str]:
    """Return the parts of a person's names that tell who it is even alone, and that are no place or topic."""
    parts: set[str] = set()
    for name in (person.name, *person.aliases):
        words = name.replace(",", " ").replace("-", " ").split()
        parts |= {word for word in words if len(words) > 1 and len(fold(word)) >= 5}
        plain = "".join(words)
        if script_of(name) in ("CJK", "HANGUL", "KATAKANA", "HIRAGANA") and len(plain) in (3, 4):
            parts |= {plain[-2:], plain[:2]} if len(plain) == 4 else {plain[-2:]}
    world = _world_matcher()
    return sorted(part for part in parts if not world.contains_word(part))


def script_of(text: str) -> str:
    """Return the script of the first letter as its Unicode name begins: "LATIN", "CJK", "CYRILLIC"; else empty."""
    letter = next((one for one in text if one.isalpha()), "")
    return unicodedata.name(letter, "").partition(" ")[0] if letter else ""


def _mention(folded: FoldedText, start: int, end: int, term: _Term) -> Mention:
    first, last = folded.original_span(start, end)
    return Mention(term.target, first, last, term.ambiguous)


def _longest(spans: list[tuple[int, int, _Term]]) -> list[tuple[int, int, _Term]]:
    """Drop spans that lie within a longer one; sorted by place."""
    kept: list[tuple[int, int, _Term]] = []
    furthest = (-1, -1)
    for start, end, term in sorted(spans, key=lambda one: (one[0], -one[1], one[2].target)):
        if end > furthest[1] or (start, end) == furthest:
            kept.append((start, end, term))
            furthest = (start, end)
    return kept


def _continues(letter: str) -> bool:
    return letter.isalpha() or unicodedata.category(letter)[0] == "M"


def _word_start(text: str, position: int) -> int:
    while position > 0 and text[position - 1].isalpha():
        position -= 1
    return position


def _word_end(text: str, position: int) -> int:
    while position < len(text) and _continues(text[position]):
        position += 1
    return position


@functools.lru_cache(maxsize=1)
def _world_matcher() -> TermMatcher:
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
