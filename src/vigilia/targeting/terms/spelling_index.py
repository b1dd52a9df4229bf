"""Spelling: terms that a text holds written together, taken apart, or with one slip of the fingers.

A term and a text that differ by one edit (a letter left out, put in, replaced, or two neighbours swapped) become equal
when at most one letter is struck from each (the deletion neighbourhood; Mor and Fraenkel 1982). So each term is kept
under the hashes of itself and of itself with each letter struck, and each run of words of a text asks for the same. The
cost depends on the text, not on the number of terms. What the hashes find is compared letter by letter.
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from vigilia.targeting.terms.key_table import Keys, KeyTable, Numbers, all_runs
from vigilia.targeting.terms.words import Word

__all__ = ["Spelling", "SpellingIndex", "is_one_edit"]

_BASE = 0x5851F42D4C957F2D  # odd, so that it has an inverse modulo 2^64
_INVERSE = pow(_BASE, -1, 1 << 64)
_WORDS_AT_MOST = 5
_LETTERS_AT_MOST = 64
_TERMS_AT_ONCE = 20_000  # bounds what building needs beside the index
_NO_KEYS = np.zeros(0, dtype=np.uint64)
_NO_NUMBERS = np.zeros(0, dtype=np.int64)

Flags = Sequence[bool] | npt.NDArray[np.bool_]
"""A yes or no for each term."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Words `first` to `last` (inclusive) of a text spell a term, with no or one edit between them."""

    number: int
    first: int
    last: int
    edits: int


class SpellingIndex:
    """Finds terms in runs of up to five words, whatever spaces stand between their letters.

    Args:
        terms: folded terms; spaces in them do not count. Terms of over 64 letters are left out.
        edits: for each term, whether one edit is let pass.
        keys: what `keys` was for the same terms, where it is kept.

    Attributes:
        keys: the terms' hashes.
    """

    def __init__(self, terms: Iterable[str], edits: Flags, keys: KeyTable | None = None) -> None:
        self._edits = np.asarray(edits, dtype=bool)
        self._any_edits = bool(self._edits.any())
        joined = (term.replace(" ", "") for term in terms)
        fitting = (term if len(term) <= _LETTERS_AT_MOST else "" for term in joined)
        texts, lengths = [""], [_NO_NUMBERS]
        while some := list(itertools.islice(fitting, _TERMS_AT_ONCE)):
            texts.append("".join(some))
            lengths.append(np.fromiter(map(len, some), dtype=np.int64))
        self.keys = _table(texts, lengths, self._edits) if keys is None else keys
        # One text, not a million: a term is cut out again where its hash is found.
        self._text = "".join(texts)
        every = np.concatenate(lengths)
        self._ends = np.cumsum(every)
        self._starts = self._ends - every
        kept = every[every > 0]
        self._shortest, self._longest = (int(kept.min()), int(kept.max())) if len(kept) else (1, 0)

    def find(self, words: Sequence[Word]) -> list[Spelling]:
        """Return what the words spell, in order of place."""
        if not words or not self._longest:
            return []
        lengths = np.array([len(word.text) for word in words], dtype=np.int64)
        ends = np.cumsum(lengths)
        first, last = self._runs(ends, lengths)
        if not len(first):
            return []
        text = "".join([word.text for word in words])
        letters = _Letters(text)
        run_starts, run_ends = (ends - lengths)[first], ends[last]
        keys, owners = letters.whole(run_starts, run_ends), np.arange(len(first))
        if self._any_edits:
            struck_owners, struck = letters.struck(run_starts, run_ends)
            keys, owners = np.concatenate([keys, struck]), np.concatenate([owners, struck_owners])
        places, numbers = self.keys.find(keys)
        found = set(zip(owners[places].tolist(), numbers.tolist(), strict=True))
        spellings = [
            self._compared(number, text[run_starts[run] : run_ends[run]], int(first[run]), int(last[run]))
            for run, number in sorted(found)
        ]
        return sorted((one for one in spellings if one), key=lambda one: (one.first, one.last, one.number))

    def _runs(self, ends: Numbers, lengths: Numbers) -> tuple[Numbers, Numbers]:
        """Return the first and last word of each run of words whose letters may be a term."""
        first, last = all_runs(len(lengths), _WORDS_AT_MOST)
        letters = ends[last] - ends[first] + lengths[first]
        fits = (letters >= self._shortest - 1) & (letters <= self._longest + 1)
        return first[fits], last[fits]

    def _compared(self, number: int, text: str, first: int, last: int) -> Spelling | None:
        term = self._text[self._starts[number] : self._ends[number]]
        if text == term:
            return Spelling(number, first, last, 0)
        if self._edits[number] and is_one_edit(text, term):
            return Spelling(number, first, last, 1)
        return None


def _table(texts: Sequence[str], lengths: Sequence[Numbers], edits: npt.NDArray[np.bool_]) -> KeyTable:
    """Return the keys of terms that stand side by side in texts, part by part: what hashing needs stays small."""
    keys, numbers = [_NO_KEYS], [_NO_NUMBERS]
    begin = 0
    for text, some in zip(texts, lengths, strict=True):
        for which, hashes in _hashes(text, some, edits[begin : begin + len(some)]):
            keys.append(hashes)
            numbers.append(begin + which)
        begin += len(some)
    return KeyTable(np.concatenate(keys), np.concatenate(numbers))


def _hashes(text: str, lengths: Numbers, edits: npt.NDArray[np.bool_]) -> Iterator[tuple[Numbers, Keys]]:
    """Yield the numbers of terms with their hashes: of the whole ones, then of those with a letter struck."""
    letters = _Letters(text)
    ends = np.cumsum(lengths)
    starts = ends - lengths
    kept = np.flatnonzero(lengths)
    yield kept, letters.whole(starts[kept], ends[kept])
    slack = np.flatnonzero(edits & (lengths > 0))
    owners, struck = letters.struck(starts[slack], ends[slack])
    yield slack[owners], struck


def is_one_edit(one: str, other: str) -> bool:
    """Tell whether one edit (left out, put in, replaced, two neighbours swapped) makes one text of the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1 or one == other:
        return False
    start = 0
    while start < len(one) and one[start] == other[start]:
        start += 1
    if len(one) < len(other):
        return one[start:] == other[start + 1 :]
    if one[start + 1 :] == other[start + 1 :]:
        return True
    return one[start : start + 2] == other[start : start + 2][::-1] and one[start + 2 :] == other[start + 2 :]


class _Letters:
    """Polynomial hashes (modulo 2^64) of any part of a text, each in constant time."""

    def __init__(self, text: str) -> None:
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
        powers, self._inverses = _powers(1 << (len(codes) + 2).bit_length())
        self._sums = np.zeros(len(codes) + 1, dtype=np.uint64)
        np.cumsum(codes * powers[: len(codes)], out=self._sums[1:])

    def whole(self, starts: Numbers, ends: Numbers) -> Keys:
        """Return the hash of each part."""
        return (self._sums[ends] - self._sums[starts]) * self._inverses[starts]

    def struck(self, starts: Numbers, ends: Numbers) -> tuple[Numbers, Keys]:
        """Return, for each part and each of its letters, the part's number and its hash without that letter."""
        lengths = ends - starts
        owners = np.repeat(np.arange(len(starts)), lengths)
        begin, end = starts[owners], ends[owners]
        struck = begin + np.arange(len(owners)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        before = (self._sums[struck] - self._sums[begin]) * self._inverses[begin]
        behind = (self._sums[end] - self._sums[struck + 1]) * self._inverses[begin + 1]
        return owners, before + behind


@functools.lru_cache(maxsize=8)
def _powers(count: int) -> tuple[Keys, Keys]:
    """Return the powers of the base and of its inverse, from the zeroth on."""
    powers = np.ones((2, count), dtype=np.uint64)
    powers[:, 1:] = np.array([[_BASE], [_INVERSE]], dtype=np.uint64)
    grown = np.cumprod(powers, axis=1, dtype=np.uint64)
    return grown[0], grown[1]
