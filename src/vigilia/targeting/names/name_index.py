"""The index of names: finds written forms in the words of a text, in any order.

The hash of a run of words is the sum of the hashes of its words, so that order does not matter and all runs of a text
are asked for at once. Besides, each run asks for the skeletons of its words, by which other romanisations are found;
those are compared sound by sound. The cost does not grow with the number of forms.
"""

from __future__ import annotations

import functools
import itertools
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from vigilia.targeting.names.sounds import NO_LEEWAY, Leeway, skeleton, skeletons, sound_alike
from vigilia.targeting.names.written_forms import WrittenForm
from vigilia.targeting.terms.key_table import KeyTable, all_runs

__all__ = ["FoundName", "NameIndex"]

_WORDS_AT_MOST = 5
_MASK = (1 << 64) - 1
# Fewer consonants say too little: "Ma Li" and "Mulai" have the same.
_CONSONANTS_AT_LEAST = 4
_LOOSE_KEYS_AT_MOST = 12


@dataclass(frozen=True, slots=True)
class FoundName:
    """Words `first` to `last` (inclusive) of a text are a form."""

    number: int
    first: int
    last: int
    strictly: bool


class NameIndex:
    """Finds forms in runs of up to five words.

    Args:
        forms: what to find; forms of more words are left out.
    """

    def __init__(self, forms: Sequence[WrittenForm]) -> None:
        self._forms = forms
        kept = [(number, form) for number, form in enumerate(forms) if len(form.words) <= _WORDS_AT_MOST]
        self._strict = _table((_key(map(_hash, form.words), len(form.words)), number) for number, form in kept)
        self._loose = _table((key, number) for number, form in kept if form.loose for key in _loose_keys(form.words))

    def find(self, words: Sequence[str], leeway: Leeway = NO_LEEWAY) -> list[FoundName]:
        """Return the forms in a row of folded or romanised words of a text, sorted by place."""
        found = [*self._strictly(words)]
        if len(self._loose):
            found += self._loosely(words, leeway)
        return sorted(found, key=lambda one: (one.first, one.last, one.number))

    def _strictly(self, words: Sequence[str]) -> Iterator[FoundName]:
        for first, size, number in _matches(self._strict, [_hash(word) for word in words]):
            if sorted(words[first : first + size]) == sorted(self._forms[number].words):
                yield FoundName(number, first, first + size - 1, True)

    def _loosely(self, words: Sequence[str], leeway: Leeway) -> Iterator[FoundName]:
        for first, size, number in _matches(self._loose, [_skeleton_hash(word) for word in words]):
            form = self._forms[number]
            both = replace(leeway, first_lacks_vowels=form.vowels_left_out)
            if len(form.words) == size and _same_name(form.words, words[first : first + size], both):
                yield FoundName(number, first, first + size - 1, False)


def _same_name(form: Sequence[str], words: Sequence[str], leeway: Leeway) -> bool:
    """Tell whether the words, in some order, sound like those of the form."""
    return any(
        all(sound_alike(one, other, leeway) for one, other in zip(form, order, strict=True))
        for order in itertools.permutations(words)
    )


def _matches(table: KeyTable, hashes: Sequence[int]) -> Iterator[tuple[int, int, int]]:
    """Yield (first word, number of words, form) for each run of words whose key the table holds."""
    if not hashes:
        return
    sums = np.zeros(len(hashes) + 1, dtype=np.uint64)
    np.cumsum(np.array(hashes, dtype=np.uint64), out=sums[1:])
    first, last = all_runs(len(hashes), _WORDS_AT_MOST)
    sizes = last - first + 1
    runs, numbers = table.find((sums[last + 1] - sums[first]) * (2 * sizes + 1).astype(np.uint64))
    yield from zip(first[runs].tolist(), sizes[runs].tolist(), numbers.tolist(), strict=True)


def _loose_keys(words: tuple[str, ...]) -> list[int]:
    """Return the keys under which other romanisations of the words are found; none where they are too short."""
    if sum(len(skeleton(word)) for word in words) < _CONSONANTS_AT_LEAST:
        return []
    choices = [_skeleton_hashes(word) for word in words]
    likeliest = sum(choice[0] for choice in choices)
    # What another reading of a word adds to the sum of the hashes: of one word, then of two.
    by_word = [[other - choice[0] for other in choice[1:]] for choice in choices]
    singly = itertools.chain.from_iterable(by_word)
    in_pairs = (a + b for first, second in itertools.combinations(by_word, 2) for a in first for b in second)
    sums = (likeliest + more for more in itertools.chain([0], singly, in_pairs))
    keys: dict[int, None] = {}
    for total in sums:
        keys[_key([total], len(words))] = None
        if len(keys) == _LOOSE_KEYS_AT_MOST:
            break
    return list(keys)


def _table(rows: Iterator[tuple[int, int]]) -> KeyTable:
    keys, numbers = array("Q"), array("q")
    for key, number in rows:
        keys.append(key)
        numbers.append(number)
    return KeyTable(np.frombuffer(keys, dtype=np.uint64), np.frombuffer(numbers, dtype=np.int64))


def _key(hashes: Iterator[int] | Sequence[int] | map[int], size: int) -> int:
    return sum(hashes) * (2 * size + 1) & _MASK


def _hash(word: str) -> int:
    # Python's own hash, with its secret seed: nobody can make words that collide. What it finds is compared.
    return hash(word) & _MASK


@functools.lru_cache(maxsize=65536)
def _skeleton_hash(word: str) -> int:
    return _hash(f"~{skeleton(word)}")


@functools.lru_cache(maxsize=65536)
def _skeleton_hashes(word: str) -> tuple[int, ...]:
    return tuple(_hash(f"~{one}") for one in skeletons(word))
