"""The matcher of terms: finds many terms in a text in one pass, whatever the disguise in which they stand there.

A text is folded once. An automaton (Aho-Corasick) finds the terms that stand in it letter for letter; an index of
spellings finds those that are written together, taken apart, or misspelt by one letter.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Iterable, Iterator

import ahocorasick_rs

from vigilia.targeting.terms.folding import FoldedText, fold_with_spans
from vigilia.targeting.terms.mentions import Mention, longest_mentions
from vigilia.targeting.terms.reversed_text import find_reversed
from vigilia.targeting.terms.scripts import INFLECTED, PREFIXED, UNSPACED
from vigilia.targeting.terms.spelling_index import Spelling, SpellingIndex
from vigilia.targeting.terms.term_table import Meaning, TermTable, table_of
from vigilia.targeting.terms.words import Word, split_words

__all__ = ["Mention", "TermMatcher"]

# Terms of fewer letters are found with other spaces only where they are listed so: "mali" is not "Ma Li". Two words
# make a longer one by chance ("is landia").
_JOINED_FROM = 6
_PARTED_FROM = 8
# One slip makes another everyday word of a short term. Measured on 29,000 words of English prose and of the CLDR in 20
# languages against 40,000 names of places: at six letters 2 in 1,000 words are one slip from a name, at seven 1, at
# eight 0.4, where nearly all are forms of the same name. A slip in the first letter is rarer, and more often a word.
_SLIPS_FROM = 8
_SLIPS_AT_THE_START_FROM = 9


class TermMatcher:
    """Finds many terms in one pass.

    Args:
        terms: (term as people write it, what it stands for, whether it is ambiguous); or the table of such.
        eager: match inside longer words too where the term has six letters or more (for redaction).
        slips: let one slip pass in unambiguous terms of at least so many letters, and other spaces; None: neither.
    """

    def __init__(
        self,
        terms: Iterable[tuple[str, str, bool]] | TermTable,
        *,
        eager: bool = False,
        slips: int | None = _SLIPS_FROM,
    ) -> None:
        self._table = terms if isinstance(terms, TermTable) else table_of(terms)
        self._patterns = self._table.patterns
        self._eager = eager
        self._slips = slips
        self._automaton = ahocorasick_rs.AhoCorasick(self._patterns, store_patterns=False) if self._patterns else None

    def find(self, text: str) -> list[Mention]:
        """Return the mentions, sorted by place; one that lies wholly within a longer one is left out."""
        if self._automaton is None:
            return []
        folded = fold_with_spans(text)
        exact = list(self._exact(self._automaton, text, folded))
        taken = bytearray(len(text))
        for one in exact:
            taken[one.start : one.end] = b"\x01" * (one.end - one.start)
        # A term that is there is no slip for another one.
        respelled = (
            one for one in self._respelled(text, folded) if one.how != "typo" or 1 not in taken[one.start : one.end]
        )
        return longest_mentions([*exact, *respelled, *find_reversed(text, self.find)])

    def _exact(self, automaton: ahocorasick_rs.AhoCorasick, text: str, folded: FoldedText) -> Iterator[Mention]:
        """Yield the terms that stand in the folded text letter for letter."""
        for number, start, end in automaton.find_matches_as_indexes(folded.text, overlapping=True):
            for term in self._meanings(number):
                if self._stands_free(folded.text, start, end, term.script):
                    first, last = folded.original_span(start, end)
                    same = text[first:last].casefold() in self._table.as_written
                    yield Mention(term.target, first, last, term.ambiguous, "exact" if same else "folded")

    def _respelled(self, text: str, folded: FoldedText) -> Iterator[Mention]:
        """Yield the terms that stand there with other spaces or one slip."""
        if self._slips is None:
            return
        words = split_words(text, folded)
        for one in self._spellings.find(words):
            pattern = self._patterns[one.number]
            if not self._is_plausible(pattern, words, one):
                continue
            first, last = folded.original_span(words[one.first].start, words[one.last].end)
            for term in self._meanings(one.number):
                yield Mention(term.target, first, last, term.ambiguous, "typo" if one.edits else "folded")

    def _meanings(self, number: int) -> tuple[Meaning, ...]:
        return self._table.meanings[self._table.meaning_of[number]]

    @functools.cached_property
    def _spellings(self) -> SpellingIndex:
        spaced = [all(one.script not in UNSPACED for one in meanings) for meanings in self._table.meanings]
        sure = [not any(one.ambiguous for one in meanings) for meanings in self._table.meanings]
        terms: list[str] = []
        edits: list[bool] = []
        for pattern, meaning in zip(self._patterns, self._table.meaning_of, strict=True):
            joined = pattern.replace(" ", "")
            terms.append(joined if spaced[meaning] and len(joined) >= _JOINED_FROM else "")
            edits.append(sure[meaning] and self._may_slip(joined))
        return SpellingIndex(terms, edits)

    def _may_slip(self, letters: str) -> bool:
        return self._slips is not None and len(letters) >= self._slips and letters.isalpha()

    def _is_plausible(self, pattern: str, words: list[Word], one: Spelling) -> bool:
        """Tell whether a spelling is more than chance: a slip keeps the words apart, and how a short term begins."""
        count, wanted = one.last - one.first + 1, pattern.count(" ") + 1
        letters = len(pattern) - wanted + 1
        if not one.edits:
            return count <= wanted or letters >= _PARTED_FROM
        if count not in (1, wanted):
            return False
        return letters >= _SLIPS_AT_THE_START_FROM or words[one.first].text[0] == pattern[0]

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
