"""Finds all patterns of a column in many texts at once.

Two ways give the same answer: `ahocorasick_rs` text by text, ready at once, and a Numba kernel over the bytes of all
texts, which is twenty times as fast and takes a second to load.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from ahocorasick_rs import AhoCorasick
from numpy.typing import NDArray

from vigilia.detect.folded_texts import folded_texts
from vigilia.detect.patterns import Pattern
from vigilia.model.coded import Vocabulary
from vigilia.sigma.folding import fold

if TYPE_CHECKING:
    from vigilia.detect import literal_kernels

__all__ = ["Found", "LiteralSearch"]

Found = tuple[NDArray[np.int64], NDArray[np.int32]]
"""For each text where its patterns end, and the numbers of the patterns, text after text."""

_KERNEL_BYTES = 512 * 1024  # of text: below this, loading the kernels takes longer than doing without
_KERNELS = "vigilia.detect.literal_kernels"
_MOST_CELLS = 48_000_000  # of a table of states and symbols (int32): beyond it the kernel would need too much memory
_SLICE = 16_384  # characters that one search looks at: bounds the hits that a long hostile value can cause
_DEEPEST = 64  # literals that may end at one place: beyond it the list of hits would take gigabytes
_AT_START, _AT_END, _WHOLE = 1, 2, 3
_SAMPLE = 256 * 1024  # bytes in which grams are counted
_PAIRS = 1 << 16
# The smaller table of grams has room for a few times as many as there are, the one of bits for so many that few of them
# are set by chance; 16 kB of bits stay in the cache beside the text.
_PLACES_FOR_EACH, _FEWEST_PLACES, _MOST_PLACES = 4, 1 << 12, 1 << 16
_BITS_FOR_EACH, _MOST_BITS = 64, 1 << 17
_LONGEST_STRIDE = 8
_LOWER = np.arange(256, dtype=np.uint8)
_LOWER[ord("A") : ord("Z") + 1] += 32


class LiteralSearch:
    """Patterns, ready to be found. Immutable, but for what is built when it is first needed."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        self._patterns = patterns
        self._characters = sum(len(one.literal) for one in patterns)
        self._tried = False
        self._kernel: _Kernel | None = None

    def find(self, vocabulary: Vocabulary, numbers: NDArray[np.intp]) -> Found:
        """Return which patterns some texts have, each once."""
        if not self._patterns:
            return np.zeros(len(numbers), dtype=np.int64), np.zeros(0, dtype=np.int32)
        ends = vocabulary.ends[numbers]
        starts = np.where(numbers > 0, vocabulary.ends[numbers - 1], 0)
        if self._wants_kernel(int((ends - starts).sum())):
            kernel = self._kernel_for(vocabulary.arena)
            if kernel is not None:
                return kernel.find(*folded_texts(vocabulary.arena, starts, ends))
        return self._plain.find(list(map(vocabulary.text, numbers.tolist())))

    def _wants_kernel(self, size: int) -> bool:
        return (size >= _KERNEL_BYTES or _KERNELS in sys.modules) and self._characters * 64 <= _MOST_CELLS

    @cached_property
    def _plain(self) -> _Plain:
        return _Plain(self._patterns)

    def _kernel_for(self, arena: NDArray[np.uint8]) -> _Kernel | None:
        """Return the compiled search, made for texts like the first ones; None where the patterns are too alike."""
        if not self._tried:
            self._tried = True
            try:
                self._kernel = _Kernel(self._patterns, arena[:_SAMPLE])
            except _TooAlikeError:
                self._kernel = None
        return self._kernel


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


class _TooAlikeError(Exception):
    """Too many literals have their rarest bytes in common."""


class _Kernel:
    """The compiled search.

    Raises:
        _TooAlikeError: too many literals have their rarest bytes in common.
    """

    def __init__(self, patterns: Sequence[Pattern], sample: NDArray[np.uint8]) -> None:
        from vigilia.detect import literal_kernels  # loading Numba takes longer than many a whole run

        self._kernels = literal_kernels
        encoded = [one.literal.encode() for one in patterns]
        content = np.frombuffer(b"".join(encoded), dtype=np.uint8)
        ends = np.cumsum([len(one) for one in encoded], dtype=np.int64)
        self._literals = literal_kernels.Literals(content, ends, _LOWER)
        bound = [one.at_start + 2 * one.at_end for one in patterns]
        self._tries = self._grown(np.array(bound, dtype=np.int8))
        self._grams = self._entered(np.flatnonzero(np.array(bound) == 0).astype(np.int32), sample)

    def _grown(self, bound: NDArray[np.int8]) -> literal_kernels.Tries:
        """Return the tries of literals that are bound to the start (1), the end (2) or both (3)."""
        lengths = np.diff(self._literals.ends, prepend=0)
        is_bound = np.repeat(bound > 0, lengths)
        symbol_of = _symbols(self._literals.content[is_bound].tobytes())
        alphabet = int(symbol_of.max()) + 1
        forward = np.zeros((1 + int(lengths[bound & _AT_START > 0].sum()), alphabet), dtype=np.int32)
        backward = np.zeros((1 + int(lengths[bound == _AT_END].sum()), alphabet), dtype=np.int32)
        prefixes, wholes = (np.full(len(forward), -1, dtype=np.int32) for _ in range(2))
        suffixes = np.full(len(backward), -1, dtype=np.int32)
        states = 1
        for kind, steps, accepted in (
            (_AT_START, forward, prefixes),
            (_WHOLE, forward, wholes),
            (_AT_END, backward, suffixes),
        ):
            chosen = np.flatnonzero(bound == kind).astype(np.int32)
            states = 1 if kind == _AT_END else states
            states = self._kernels.grow(self._literals, chosen, symbol_of, steps, accepted, states, kind == _AT_END)
        return self._kernels.Tries(symbol_of, forward, backward, prefixes, wholes, suffixes)

    def _entered(self, chosen: NDArray[np.int32], sample: NDArray[np.uint8]) -> literal_kernels.Grams:
        """Return the tables of literals that may stand anywhere."""
        gram = self._kernels.GRAM
        lengths = np.diff(self._literals.ends, prepend=0)[chosen]
        long, short = chosen[lengths >= gram], chosen[lengths < gram]
        stride = min(int(lengths[lengths >= gram].min()) - gram + 1, _most_strides(len(long))) if len(long) else 0
        places = _power_of_two(_PLACES_FOR_EACH * stride * len(long), _FEWEST_PLACES, _MOST_PLACES)
        bits = _power_of_two(_BITS_FOR_EACH * stride * len(long), 8 * _FEWEST_PLACES, _MOST_BITS)
        entries = stride * len(long) + len(short)
        singles = np.count_nonzero(lengths == 1)
        grams = self._kernels.Grams(
            np.zeros(bits // 8, dtype=np.uint8),
            np.full(places, -1, dtype=np.int32),
            np.zeros(_PAIRS // 8, dtype=np.uint8),
            np.full(_PAIRS, -1, dtype=np.int32),
            np.full(256, -1, dtype=np.int32),
            np.full(entries, -1, dtype=np.int32),
            np.zeros(entries, dtype=np.int32),
            np.zeros(entries, dtype=np.int32),
            stride,
            np.array([len(short) - singles, singles]),
        )
        shift = np.uint64(33 - places.bit_length())
        counts = np.zeros(places, dtype=np.int32)
        self._kernels.count_grams(sample, shift, counts)
        if self._kernels.enter_grams(self._literals, long, shift, counts, grams) > self._kernels.MOST_ALIKE:
            raise _TooAlikeError
        self._kernels.enter_pairs(self._literals, short, stride * len(long), grams)
        return grams

    def find(self, arena: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64]) -> Found:
        found_ends = np.zeros(len(ends), dtype=np.int64)
        patterns = len(self._literals.ends)
        seen = np.zeros(patterns, dtype=np.int64)
        pieces: list[NDArray[np.int32]] = []
        text = total = 0
        room = np.empty(max(4 * len(ends), 2 * patterns), dtype=np.int32)
        tables = self._literals, self._tries, self._grams
        while text < len(ends):
            before = text
            text, used = self._kernels.scan(arena, starts, ends, *tables, seen, before, room, found_ends)
            found_ends[before:text] += total
            pieces.append(room[:used].copy())
            total += used
        return found_ends, np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)


def _most_strides(literals: int) -> int:
    """Return how many grams of each literal may be entered so that few bits are set."""
    return max(1, min(_LONGEST_STRIDE, _MOST_BITS // (_BITS_FOR_EACH * literals)))


def _power_of_two(wanted: int, least: int, most: int) -> int:
    return min(max(1 << (wanted - 1).bit_length() if wanted > 0 else 1, least), most)


def _symbols(literals: bytes) -> NDArray[np.uint8]:
    """Return a symbol for each byte; both cases of an ASCII letter share one, bytes of no literal have 0."""
    symbol_of = np.zeros(256, dtype=np.uint8)
    for symbol, byte in enumerate(sorted(set(literals)), start=1):
        symbol_of[byte] = symbol
        if ord("a") <= byte <= ord("z"):
            symbol_of[byte - 32] = symbol
    return symbol_of
