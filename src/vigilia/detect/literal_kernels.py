"""All literals of a column in one pass over its texts, compiled with Numba.

A literal that must stand at the beginning or the end of a value is met by walking a trie from there, a few bytes for
most values. Any other is looked for by a *gram*: four of its bytes, chosen where they are rarest in a sample of the
texts and fewest other literals have them. One table of bits, small enough for the fastest cache, says of most places in
a text that no gram stands there; where one does, the literals that have it are compared. Where all literals are long,
only every second, third … place need be looked at, because several grams of each literal are entered, one behind the
other. Bit 0x20 is set in all bytes of a gram, so that both cases of a letter are one; so are some other pairs of bytes,
which does no harm, because the comparison tells them apart. Literals that are shorter than a gram have tables of their
own.

Wu and Manber, "A fast algorithm for multi-pattern searching", University of Arizona TR-94-17 (1994), look at blocks of
bytes in this way.
"""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import Bytes, compiled, inlined, load_half

__all__ = [
    "GRAM",
    "MOST_ALIKE",
    "Grams",
    "Literals",
    "Tries",
    "count_grams",
    "enter_grams",
    "enter_pairs",
    "grow",
    "scan",
]

GRAM: Final = 4  # bytes
MOST_ALIKE: Final = 64  # literals at one place of a table: beyond it each place of a long text might cost too much
_LOAD: Final = 16  # another literal at a place costs as much as so many places of the sample that are looked at in vain
_PAIR: Final = 2

_signed: Any = np.int64
_CASE: Final = np.uint64(0x20202020)
_SPREAD: Final = np.uint64(0x9E3779B1)
_HALF: Final = np.uint64(0xFFFFFFFF)
_BITS: Final = np.uint64(32)
_WITHIN: Final = np.uint64(7)
_BYTE: Final = np.uint64(3)
_LETTER: Final = np.uint64(0x20)
_SECOND: Final = np.uint64(8)


class Literals(NamedTuple):
    """The literals, numbered.

    Attributes:
        content: their bytes, one after another.
        ends: where each ends in `content`.
        lower: byte → the byte with ASCII capitals made small.
    """

    content: Bytes
    ends: NDArray[np.int64]
    lower: Bytes


class Tries(NamedTuple):
    """Literals at the beginning of a text, and backwards those at its end. 0 is the root, and no step.

    Attributes:
        symbol_of: byte → symbol; 0 is that of bytes that no literal has.
        forward, backward: state × symbol → state.
        prefixes, wholes: of each state of `forward` the literal that a text begins with, or is; -1 where there is none.
        suffixes: of each state of `backward` the literal that a text ends with.
    """

    symbol_of: Bytes
    forward: NDArray[np.int32]
    backward: NDArray[np.int32]
    prefixes: NDArray[np.int32]
    wholes: NDArray[np.int32]
    suffixes: NDArray[np.int32]


class Grams(NamedTuple):
    """Literals that may stand anywhere, by some of their bytes. An *entry* is a gram of a literal.

    Attributes:
        bits: one bit for each place of a table of grams: whether any entry falls there. Its length is a power of two.
        heads: for each place of a smaller table the first entry, or -1; the length is a power of two, too.
        pairs, pair_heads: the same for the first two bytes of literals of two or three.
        singles: byte → the literal that it is, or -1.
        following: of each entry the next one at its place, or -1.
        literals, offsets: of each entry its literal, and where in it the gram begins.
        stride: which places of a text are looked at for grams: each, every second …; 0 where there is none.
        used: how many literals have a pair, and a single byte.
    """

    bits: Bytes
    heads: NDArray[np.int32]
    pairs: Bytes
    pair_heads: NDArray[np.int32]
    singles: NDArray[np.int32]
    following: NDArray[np.int32]
    literals: NDArray[np.int32]
    offsets: NDArray[np.int32]
    stride: int
    used: NDArray[np.int64]


@compiled
def grow(
    literals: Literals,
    chosen: NDArray[np.int32],
    symbol_of: Bytes,
    steps: NDArray[np.int32],
    accepted: NDArray[np.int32],
    states: int,
    backwards: bool,
) -> int:
    """Add literals to a trie.

    Args:
        literals: all.
        chosen: the numbers of those that are added.
        symbol_of: byte → symbol.
        steps: state × symbol → state, with room for another state for each byte that is added.
        accepted: takes the number of each literal at the state in which it ends.
        states: how many there are.
        backwards: whether the last byte comes first.

    Returns:
        How many states there are now.
    """
    for turn in range(len(chosen)):
        number = chosen[turn]
        end = literals.ends[number]
        start = literals.ends[number - 1] if number else 0
        state = 0
        for step in range(end - start):
            symbol = symbol_of[literals.content[end - 1 - step if backwards else start + step]]
            following = steps[state, symbol]
            if following == 0:
                following = states
                steps[state, symbol] = following
                states += 1
            state = following
        accepted[state] = number
    return states


@inlined
def _spread(word: np.uint64) -> np.uint64:
    """Return 32 bits of which the upper ones depend on all of a gram."""
    return ((word | _CASE) * _SPREAD) & _HALF


@compiled
def count_grams(sample: Bytes, shift: np.uint64, counts: NDArray[np.int32]) -> None:
    """Count how often a gram of each place of a table stands in some bytes."""
    for at in range(len(sample) - GRAM + 1):
        counts[_signed(_spread(load_half(sample, at)) >> shift)] += 1


@compiled
def enter_grams(
    literals: Literals, chosen: NDArray[np.int32], shift: np.uint64, counts: NDArray[np.int32], grams: Grams
) -> int:
    """Choose grams for each of some literals and enter them; return how many stand at one place at most.

    Args:
        literals: all.
        chosen: the numbers of those that are entered; each is long enough for as many grams as `Grams.stride` says.
        shift: leaves of a hash the number of a place in `Grams.heads`.
        counts: how often grams of each place occur in a sample; each entry counts as some more.
        grams: what to enter them in.
    """
    bits_shift = _BITS - _bits_of(8 * len(grams.bits))
    most = 0
    for turn in range(len(chosen)):
        number = chosen[turn]
        start = literals.ends[number - 1] if number else 0
        first = _rarest(literals, start, literals.ends[number] - GRAM + 1, shift, counts, grams.stride)
        for step in range(grams.stride):
            entry = turn * grams.stride + step
            hashed = _spread(load_half(literals.content, first + step))
            place = _signed(hashed >> shift)
            counts[place] += _LOAD
            grams.literals[entry] = number
            grams.offsets[entry] = first + step - start
            grams.following[entry] = grams.heads[place]
            grams.heads[place] = entry
            _set_bit(grams.bits, hashed >> bits_shift)
            most = max(most, _length_of_chain(entry, grams.following))
        if most > MOST_ALIKE:
            break
    return most


@inlined
def _rarest(literals: Literals, start: int, end: int, shift: np.uint64, counts: NDArray[np.int32], stride: int) -> int:
    """Return where the grams of a literal begin, so many behind one another, that occur least often."""
    best = start
    fewest = -1
    for first in range(start, end - stride + 1):
        met = 0
        for at in range(first, first + stride):
            met += counts[_signed(_spread(load_half(literals.content, at)) >> shift)]
        if fewest < 0 or met < fewest:
            best, fewest = first, met
    return best


@inlined
def _length_of_chain(entry: int, following: NDArray[np.int32]) -> int:
    length = 0
    while entry >= 0:
        length += 1
        entry = following[entry]
    return length


@inlined
def _bits_of(power: int) -> np.uint64:
    """Return the logarithm of a power of two."""
    count = np.uint64(0)
    while power > 1:
        power >>= 1
        count += np.uint64(1)
    return count


@inlined
def _set_bit(bits: Bytes, place: np.uint64) -> None:
    bits[_signed(place >> _BYTE)] |= np.uint8(1 << _signed(place & _WITHIN))


@inlined
def _has_bit(bits: Bytes, place: np.uint64) -> bool:
    return bool((bits[place >> _BYTE] >> (place & _WITHIN)) & 1)


@inlined
def _pair(first: int, second: int) -> np.uint64:
    """Return the place of two bytes in the table of pairs."""
    return (np.uint64(first) | _LETTER) | ((np.uint64(second) | _LETTER) << _SECOND)


@compiled
def enter_pairs(literals: Literals, chosen: NDArray[np.int32], first: int, grams: Grams) -> None:
    """Enter literals of less bytes than a gram has.

    Args:
        literals: all.
        chosen: the numbers of those that are entered.
        first: the number of their first entry.
        grams: what to enter them in.
    """
    for turn in range(len(chosen)):
        number = chosen[turn]
        start = literals.ends[number - 1] if number else 0
        if literals.ends[number] - start < _PAIR:
            grams.singles[literals.content[start]] = number
            continue
        entry = first + turn
        place = _pair(literals.content[start], literals.content[start + 1])
        _set_bit(grams.pairs, place)
        grams.literals[entry] = number
        grams.following[entry] = grams.pair_heads[_signed(place)]
        grams.pair_heads[_signed(place)] = entry


@inlined
def _stands(arena: Bytes, at: int, literals: Literals, start: int, length: int) -> bool:
    step = 0
    while step < length and literals.lower[arena[at + step]] == literals.content[start + step]:
        step += 1
    return step == length


@inlined
def _note(number: int, text: int, seen: NDArray[np.int64], found: NDArray[np.int32], used: int) -> int:
    """Note a literal that a text has; return how much of `found` is used then."""
    if seen[number] == text + 1:
        return used
    seen[number] = text + 1
    found[used] = number
    return used + 1


@inlined
def _at_ends(
    arena: Bytes,
    start: int,
    end: int,
    tries: Tries,
    text: int,
    seen: NDArray[np.int64],
    found: NDArray[np.int32],
    used: int,
) -> int:
    """Note the literals that a text begins with, is, or ends with."""
    state = 0
    at = start
    while at < end:
        state = tries.forward[state, tries.symbol_of[arena[at]]]
        if state == 0:
            break
        at += 1
        if tries.prefixes[state] >= 0:
            used = _note(tries.prefixes[state], text, seen, found, used)
    if at == end and tries.wholes[state] >= 0:
        used = _note(tries.wholes[state], text, seen, found, used)
    state = 0
    at = end
    while at > start:
        at -= 1
        state = tries.backward[state, tries.symbol_of[arena[at]]]
        if state == 0:
            break
        if tries.suffixes[state] >= 0:
            used = _note(tries.suffixes[state], text, seen, found, used)
    return used


@inlined
def _compare(
    arena: Bytes,
    at: int,
    start: int,
    end: int,
    entry: int,
    literals: Literals,
    grams: Grams,
    text: int,
    seen: NDArray[np.int64],
    found: NDArray[np.int32],
    used: int,
) -> int:
    """Note those of the literals of one place of a table whose gram stands at `at`."""
    while entry >= 0:
        number = grams.literals[entry]
        if seen[number] != text + 1:
            first = literals.ends[number - 1] if number else 0
            length = literals.ends[number] - first
            begin = at - grams.offsets[entry]
            if begin >= start and begin + length <= end and _stands(arena, begin, literals, first, length):
                used = _note(number, text, seen, found, used)
        entry = grams.following[entry]
    return used


@inlined
def _anywhere(
    arena: Bytes,
    start: int,
    end: int,
    literals: Literals,
    grams: Grams,
    shifts: tuple[np.uint64, np.uint64],
    text: int,
    seen: NDArray[np.int64],
    found: NDArray[np.int32],
    used: int,
) -> int:
    """Note the literals that a text has anywhere."""
    if grams.stride:
        for at in range(start, end - GRAM + 1, grams.stride):
            hashed = _spread(load_half(arena, at))
            if _has_bit(grams.bits, hashed >> shifts[0]):
                entry = grams.heads[_signed(hashed >> shifts[1])]
                used = _compare(arena, at, start, end, entry, literals, grams, text, seen, found, used)
    if grams.used[0]:
        for at in range(start, end - _PAIR + 1):
            place = _pair(arena[at], arena[at + 1])
            if _has_bit(grams.pairs, place):
                entry = grams.pair_heads[_signed(place)]
                used = _compare(arena, at, start, end, entry, literals, grams, text, seen, found, used)
    if grams.used[1]:
        for at in range(start, end):
            number = grams.singles[literals.lower[arena[at]]]
            if number >= 0:
                used = _note(number, text, seen, found, used)
    return used


@compiled
def scan(
    arena: Bytes,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    literals: Literals,
    tries: Tries,
    grams: Grams,
    seen: NDArray[np.int64],
    first: int,
    found: NDArray[np.int32],
    found_ends: NDArray[np.int64],
) -> tuple[int, int]:
    """Find which literals each text has, each once.

    Args:
        arena: the bytes of the texts; those beyond ASCII with their cases folded.
        starts: where each begins.
        ends: where each ends.
        literals: all.
        tries: those that are bound to an end of a text.
        grams: the others.
        seen: for each literal the number of the last text in which it was found, from 1; kept between calls.
        first: the text to begin with.
        found: takes the literals of one text after another; as many as there are literals fit in at least.
        found_ends: takes for each text where its literals end in `found`, counted from the first text of this call.

    Returns:
        The text to go on with (the number of texts where all is done), and how much of `found` is used.
    """
    shifts = (_BITS - _bits_of(8 * len(grams.bits)), _BITS - _bits_of(len(grams.heads)))
    used = 0
    text = first
    while text < len(ends) and used + len(seen) <= len(found):
        start, end = starts[text], ends[text]
        used = _at_ends(arena, start, end, tries, text, seen, found, used)
        used = _anywhere(arena, start, end, literals, grams, shifts, text, seen, found, used)
        found_ends[text] = used
        text += 1
    return text, used
