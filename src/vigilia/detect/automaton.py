"""Finds all patterns of a column in many texts at once.

Two ways give the same answer: `ahocorasick_rs` text by text, ready at once, and a Numba kernel over the bytes of all
texts, which is twenty times as fast and takes a second to load.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from vigilia.detect.patterns import Pattern
from vigilia.model.coded import Vocabulary
from vigilia.sigma.folding import fold

__all__ = ["Automaton", "Found"]

Found = tuple[NDArray[np.int64], NDArray[np.int32]]
"""For each text where its patterns end, and the numbers of the patterns, text after text."""

_KERNEL_BYTES = 512 * 1024  # of text: below this, loading the kernels takes longer than doing without
_KERNELS = "vigilia.detect.automaton_kernels"
_MOST_CELLS = 48_000_000  # of a table of states and symbols (int32): beyond it the kernel would need too much memory
_SLICE = 16_384  # characters that one search looks at: bounds the hits that a long hostile value can cause
_DEEPEST = 64  # literals that may end at one place: beyond it the list of hits would take gigabytes
_OTHER = 1  # the symbol of all bytes that occur in no pattern
_HIGH = 0x80
_MARK = b"\xff"  # a byte that no text has in UTF-8: stands for the symbol at the ends of a text


class Automaton:
    """Patterns, ready to be found. Immutable, but for what is built when it is first needed."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._bytes = sum(len(one.literal.encode()) + one.at_start + one.at_end for one in patterns)

    def find(self, vocabulary: Vocabulary, first: int) -> Found:
        """Return which patterns the texts from number `first` on have, each once."""
        if not self._patterns:
            return np.zeros(len(vocabulary) - first, dtype=np.int64), np.zeros(0, dtype=np.int32)
        if self._wants_kernel(vocabulary, first):
            return self._kernel.find(*_folded_bytes(vocabulary, first))
        return self._plain.find([vocabulary.text(number) for number in range(first, len(vocabulary))])

    def _wants_kernel(self, vocabulary: Vocabulary, first: int) -> bool:
        ends = vocabulary.ends
        size = int(ends[-1]) - (int(ends[first - 1]) if first else 0) if len(ends) > first else 0
        return (size >= _KERNEL_BYTES or _KERNELS in sys.modules) and self._bytes * 64 <= _MOST_CELLS

    @cached_property
    def _plain(self) -> _Plain:
        return _Plain(self._patterns)

    @cached_property
    def _kernel(self) -> _Kernel:
        return _Kernel(self._patterns)


class _Plain:
    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._empty = [number for number, one in enumerate(patterns) if not one.literal]
        by_literal: dict[str, list[int]] = defaultdict(list)
        for number, one in enumerate(patterns):
            if one.literal:
                by_literal[one.literal].append(number)
        self._patterns = patterns
        self._numbers = list(by_literal.values())
        self._by_literal = dict(by_literal)
        self._overlap = max(map(len, by_literal), default=1) - 1
        # Literals that end at one place are of different lengths: mostly there are not even so many lengths.
        is_deep = len(set(map(len, by_literal))) > _DEEPEST and _depth(by_literal) > _DEEPEST
        self._automaton = AhoCorasick(list(by_literal)) if by_literal and not is_deep else None

    def find(self, texts: Sequence[str]) -> Found:
        ends = np.zeros(len(texts), dtype=np.int64)
        found: list[int] = []
        for at, text in enumerate(texts):
            found += sorted(self._in(fold(text)))
            ends[at] = len(found)
        return ends, np.array(found, dtype=np.int32)

    def _in(self, text: str) -> set[int]:
        found = {number for number in self._empty if not text}
        if self._automaton is None:
            return found | self._one_by_one(text)
        for start in range(0, max(len(text), 1), _SLICE):
            piece = text[start : start + _SLICE + self._overlap]
            for literal, begin, end in self._automaton.find_matches_as_indexes(piece, overlapping=True):
                found.update(self._standing(self._numbers[literal], start + begin == 0, start + end == len(text)))
        return found

    def _one_by_one(self, text: str) -> set[int]:
        """Find literals of which very many end with one another: each for itself, in time that no value multiplies."""
        return {
            number
            for literal, numbers in self._by_literal.items()
            if literal in text
            for number in numbers
            if (text.startswith(literal) or not self._patterns[number].at_start)
            and (text.endswith(literal) or not self._patterns[number].at_end)
            and (text == literal or not (self._patterns[number].at_start and self._patterns[number].at_end))
        }

    def _standing(self, numbers: list[int], at_start: bool, at_end: bool) -> list[int]:
        patterns = self._patterns
        return [
            number
            for number in numbers
            if (at_start or not patterns[number].at_start) and (at_end or not patterns[number].at_end)
        ]


def _depth(literals: Iterable[str]) -> int:
    """Return how many of the literals can end at one place of a text."""
    deepest = 0
    ending: list[str] = []  # backwards, each the beginning of the next
    for backwards in sorted(literal[::-1] for literal in literals):
        while ending and not backwards.startswith(ending[-1]):
            ending.pop()
        ending.append(backwards)
        deepest = max(deepest, len(ending))
    return deepest


class _Kernel:
    def __init__(self, patterns: Sequence[Pattern]) -> None:
        from vigilia.detect import automaton_kernels  # loading Numba takes longer than many a whole run

        self._scan = automaton_kernels.scan
        encoded = [one.literal.encode() for one in patterns]
        self._symbol_of = _symbols(b"".join(encoded))
        sequences = [
            _MARK * one.at_start + literal + _MARK * one.at_end for one, literal in zip(patterns, encoded, strict=True)
        ]
        symbol_of = self._symbol_of.copy()
        symbol_of[ord(_MARK)] = automaton_kernels.BOUNDARY
        symbols = symbol_of[np.frombuffer(b"".join(sequences), dtype=np.uint8)]
        ends = np.cumsum([len(one) for one in sequences], dtype=np.int64)
        self._tables = automaton_kernels.build(symbols, ends, int(self._symbol_of.max()) + 1)
        self._patterns = len(patterns)

    def find(self, arena: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Found:
        found_ends = np.zeros(len(ends), dtype=np.int64)
        seen = np.zeros(self._patterns, dtype=np.int64)
        pieces: list[NDArray[np.int32]] = []
        text = total = 0
        room = np.empty(max(4 * len(ends), 2 * self._patterns), dtype=np.int32)
        while text < len(ends):
            before = text
            text, used = self._scan(arena, starts, ends, self._symbol_of, *self._tables, seen, before, room, found_ends)
            found_ends[before:text] += total
            pieces.append(room[:used].copy())
            total += used
        return found_ends, np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)


def _symbols(literals: bytes) -> NDArray[np.uint8]:
    """Return a symbol for each byte; both cases of an ASCII letter share one, bytes of no pattern share another."""
    symbol_of = np.full(256, _OTHER, dtype=np.uint8)
    for symbol, byte in enumerate(sorted(set(literals)), start=_OTHER + 1):
        symbol_of[byte] = symbol
        if ord("a") <= byte <= ord("z"):
            symbol_of[byte - 32] = symbol
    return symbol_of


def _folded_bytes(vocabulary: Vocabulary, first: int) -> tuple[NDArray[np.uint8], NDArray[np.int64], NDArray[np.int64]]:
    """Return the bytes of texts and where each stands; those that are not ASCII have their cases folded already."""
    base = int(vocabulary.ends[first - 1]) if first else 0
    arena = vocabulary.arena[base:]
    ends = vocabulary.ends[first:] - base
    starts = np.concatenate((np.zeros(1, dtype=np.int64), ends[:-1]))
    high = np.flatnonzero(arena >= _HIGH)
    if not len(high):
        return arena, starts, ends
    numbers = np.unique(np.searchsorted(ends, high, side="right"))
    folded = [np.frombuffer(fold(vocabulary.text(first + int(one))).encode(), dtype=np.uint8) for one in numbers]
    sizes = np.array([len(one) for one in folded], dtype=np.int64)
    placed = len(arena) + np.cumsum(sizes)
    starts[numbers], ends[numbers] = placed - sizes, placed
    return np.concatenate((arena, *folded)), starts, ends
