"""The matcher of persons: finds the names of a watch list in a text, in any script and form."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigilia.model.profile import WatchedPerson
from vigilia.targeting.names.form_owners import FormOwners
from vigilia.targeting.names.name_index import NameIndex
from vigilia.targeting.names.person_forms import person_forms
from vigilia.targeting.names.romanising import leaves_vowels_out
from vigilia.targeting.names.sounds import NO_LEEWAY, Leeway
from vigilia.targeting.names.titles import particles, titles
from vigilia.targeting.names.written_forms import (
    TITLE,
    WrittenForm,
    romanised_word,
    stemmed_word,
)
from vigilia.targeting.terms.folding import FoldedText, fold_with_spans, own_letters
from vigilia.targeting.terms.mentions import How, Mention, longest_mentions
from vigilia.targeting.terms.reversed_text import find_reversed
from vigilia.targeting.terms.scripts import INFLECTED, PREFIXED, UNSPACED, script_of
from vigilia.targeting.terms.spelling_index import SpellingIndex
from vigilia.targeting.terms.term_matcher import TermMatcher
from vigilia.targeting.terms.words import Word, split_words

__all__ = ["PersonMatcher"]

# Shorter names are found as separate words only: "mali" is not "Ma Li".
_JOINED_FROM = 6
_JOINED_CHARACTERS_FROM = 2
# One slip in a shorter name makes another one.
_SLIPS_FROM = 8
_HYPHENS = frozenset({"-", "\u2010", "\u2011", "'", "\u2019", "\u02bc", "`"})
# Scripts without spaces, or whose words take letters in front or behind.
_FOUND_WITHIN_WORDS = UNSPACED | PREFIXED | INFLECTED


@dataclass(frozen=True, slots=True)
class _Row:
    """A text's words in one reading.

    Attributes:
        places: for each, the first and the last word of the text that it stands for.
        leeway: what need not agree with a name.
        spelt: look for names that are written together or with a slip as well.
        romanised: the text's own letters are others.
    """

    words: tuple[str, ...]
    places: tuple[tuple[int, int], ...]
    leeway: Leeway = NO_LEEWAY
    spelt: bool = True
    romanised: bool = False


@dataclass(frozen=True, slots=True)
class _Found:
    """Words `first` to `last` (inclusive) of a row are a form, and how."""

    number: int
    first: int
    last: int
    how: How


class PersonMatcher:
    """Finds persons.

    Args:
        persons: whom to find.
    """

    def __init__(self, persons: Sequence[WatchedPerson]) -> None:
        self._owners = FormOwners(persons)
        self._forms = self._owners.forms
        self._as_written = {name.casefold() for person in persons for name in _names(person)}
        self._names = NameIndex(self._forms)
        self._spellings = SpellingIndex(map(_joined, self._forms), np.fromiter(map(_may_slip, self._forms), dtype=bool))
        literal = (
            (form, person.id, False)
            for person in persons
            if any(script_of(name) in _FOUND_WITHIN_WORDS for name in _names(person))
            for form in person_forms(person)
            if script_of(form) in _FOUND_WITHIN_WORDS
        )
        self._literal = TermMatcher(literal, slips=None)

    def find(self, text: str) -> list[Mention]:
        """Return the mentions, sorted by place; one that lies wholly within a longer one is left out."""
        folded = fold_with_spans(text)
        words = split_words(text, folded)
        mentions = [*self._literal.find(text), *find_reversed(text, self.find)]
        for row in _rows(text, folded, words):
            for found in self._in_row(row):
                first, last = words[row.places[found.first][0]], words[row.places[found.last][1]]
                start, end = folded.original_span(first.start, last.end)
                mentions += [Mention(person, start, end, False, found.how) for person in self._owners.of(found.number)]
        return [self._judged(text, one) for one in longest_mentions(mentions)]

    def _judged(self, text: str, mention: Mention) -> Mention:
        """Return the mention as "exact" if the name stands there as it is listed, not in another order or accents."""
        if mention.how not in ("exact", "folded"):
            return mention
        listed = text[mention.start : mention.end].casefold() in self._as_written
        return replace(mention, how="exact" if listed else "folded")

    def _in_row(self, row: _Row) -> Iterator[_Found]:
        for name in self._names.find(row.words, row.leeway):
            how = self._forms[name.number].how if name.strictly else "transliterated"
            yield _Found(name.number, name.first, name.last, _told(row, how))
        if not row.spelt:
            return
        for one in self._spellings.find([Word(word, 0, 0) for word in row.words]):
            form = self._forms[one.number]
            # A slip takes no word apart.
            if not one.edits or one.last - one.first + 1 <= len(form.words):
                yield _Found(one.number, one.first, one.last, "typo" if one.edits else _told(row, form.how))


def _names(person: WatchedPerson) -> tuple[str, ...]:
    return person.name, *person.aliases


def _told(row: _Row, how: How) -> How:
    return "transliterated" if row.romanised and how == "folded" else how


def _joined(form: WrittenForm) -> str:
    """Return the words of a form as one, or nothing where it is found as separate words only."""
    if not form.joined:
        return ""
    joined = "".join(form.words)
    least = _JOINED_CHARACTERS_FROM if script_of(joined) == "CJK" else _JOINED_FROM
    return joined if len(joined) >= least else ""


def _may_slip(form: WrittenForm) -> bool:
    joined = "".join(form.words)
    return form.slips and len(joined) >= _SLIPS_FROM and joined.isalpha()


def _rows(text: str, folded: FoldedText, words: Sequence[Word]) -> Iterator[_Row]:
    """Yield the words of a text as they are, in Latin letters, and without endings, and each without titles."""
    places = tuple((number, number) for number in range(len(words)))
    plain = tuple(word.text for word in words)
    rows = {plain: _Row(plain, places)}
    if not text.isascii():
        own = [own_letters(text[folded.starts[word.start] : folded.ends[word.end - 1]]) for word in words]
        vowels = any(map(leaves_vowels_out, own))
        for spelt, leeway in (
            (tuple(map(romanised_word, own)), Leeway(second_lacks_vowels=vowels)),
            (tuple(map(stemmed_word, own)), Leeway(second_lacks_vowels=vowels, endings=True)),
        ):
            rows.setdefault(spelt, _Row(spelt, places, leeway, spelt=not leeway.endings, romanised=not leeway.endings))
    named = [word in titles() for word in plain]
    toned = [word.text.isdigit() and before.end == word.start for before, word in itertools.pairwise(words)]
    untelling = [yes or word in particles() for yes, word in zip(named, plain, strict=True)]
    hyphens = [_is_hyphenated(text, folded, *pair) for pair in itertools.pairwise(words)]
    for row in rows.values():
        yield row
        if any(untelling):
            yield _without(row, untelling)
        if any(named):
            marked = tuple(TITLE if yes else word for word, yes in zip(row.words, named, strict=True))
            yield replace(row, words=marked)
        if any(toned):
            yield _without(row, [False, *toned])
        if any(hyphens):
            yield _united(row, hyphens)


def _is_hyphenated(text: str, folded: FoldedText, before: Word, word: Word) -> bool:
    return text[folded.ends[before.end - 1] : folded.starts[word.start]] in _HYPHENS


def _united(row: _Row, hyphens: Sequence[bool]) -> _Row:
    """Return a row in which words with a hyphen between them are one."""
    starts = [0, *(place for place, joined in enumerate(hyphens, 1) if not joined), len(row.words)]
    parts = list(itertools.pairwise(starts))
    united = tuple("".join(row.words[start:end]) for start, end in parts)
    return replace(row, words=united, places=tuple((start, end - 1) for start, end in parts))


def _without(row: _Row, left_out: Sequence[bool]) -> _Row:
    """Return a row without some of its words: titles, particles, and the digits of tones ("chan4")."""
    kept = [place for place, out in enumerate(left_out) if not out]
    words, places = zip(*((row.words[place], row.places[place]) for place in kept), strict=True) if kept else ((), ())
    return replace(row, words=words, places=places)
