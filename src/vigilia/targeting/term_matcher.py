"""The matcher of terms: finds many terms in a text in one pass, whatever the disguise in which they stand there."""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

import ahocorasick_rs

from vigilia.targeting.folding import FoldedText, fold, fold_with_spans
from vigilia.targeting.scripts import INFLECTED, PREFIXED, UNSPACED, script_of

__all__ = ["Mention", "TermMatcher"]


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
        if script in UNSPACED or (self._eager and end - start >= 6):
            return True
        before = start == 0 or not text[start - 1].isalpha()
        if not before and script in PREFIXED and end - start >= 4:
            before = _word_start(text, start) >= start - 3
        after = end == len(text) or not _continues(text[end])
        if not after and script in INFLECTED | PREFIXED and end - start >= 5:
            after = _word_end(text, end) <= end + 3
        return before and after


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
