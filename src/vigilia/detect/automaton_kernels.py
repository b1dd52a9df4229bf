"""Aho-Corasick over bytes, compiled by Numba: all patterns of a column in one pass over its texts.

Aho and Corasick, "Efficient string matching", Communications of the ACM 18 (1975). A text is walked between two
boundary symbols that no byte stands for, so that a pattern can ask for the beginning or the end of a value. The
alphabet is cut down to the bytes that occur in patterns; both cases of an ASCII letter are one symbol.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.kernel_cache import kernel

__all__ = ["BOUNDARY", "build", "scan"]

BOUNDARY = 0  # the symbol before the first and behind the last byte of a text
_ROOT = 0


@kernel
def build(
    symbols: NDArray[np.uint8], ends: NDArray[np.int64], alphabet: int
) -> tuple[NDArray[np.uint32], NDArray[np.int32], NDArray[np.int32]]:
    """Build the automaton of distinct patterns.

    Args:
        symbols: those of all patterns, one after another.
        ends: where each pattern ends.
        alphabet: number of symbols; times the number of states it must stay below 2^31.

    Returns:
        Steps: for each state, and in it for each symbol, twice the place at which the steps of the next state begin,
        and one more where the next state reports something; state → pattern that ends there, or -1; state → the state
        of the longest pattern that ends there (it or a suffix), or 0, and behind all of these that of its suffix.
    """
    follows = np.empty((len(symbols) + 1, alphabet), dtype=np.int32)  # far more rows than states: filled as they come
    follows[_ROOT, :] = -1
    pattern_of = np.full(len(symbols) + 1, -1, dtype=np.int32)
    states = 1
    at = 0
    for pattern in range(len(ends)):
        state = _ROOT
        while at < ends[pattern]:
            symbol = symbols[at]
            if follows[state, symbol] < 0:
                follows[state, symbol] = states
                follows[states, :] = -1
                states += 1
            state = follows[state, symbol]
            at += 1
        pattern_of[state] = pattern
    reports = _link(follows, pattern_of, states)
    return _steps(follows, reports, states), pattern_of[:states].copy(), reports


@kernel
def _steps(follows: NDArray[np.int32], reports: NDArray[np.int32], states: int) -> NDArray[np.uint32]:
    """Turn what follows into steps, in place: the tables are the largest thing that a run has."""
    alphabet = follows.shape[1]
    flat = follows.reshape(-1)[: states * alphabet]
    steps = flat.view(np.uint32)
    for place in range(len(flat)):
        following = flat[place]
        steps[place] = 2 * following * alphabet + (reports[following] > 0)
    return steps


@kernel
def _link(follows: NDArray[np.int32], pattern_of: NDArray[np.int32], states: int) -> NDArray[np.int32]:
    """Fill in where to go from a state when no pattern goes on, level by level; return what each state reports."""
    alphabet = follows.shape[1]
    suffix = np.zeros(states, dtype=np.int32)
    reports = np.zeros(2 * states, dtype=np.int32)  # its own report, then that of its suffix
    queue = np.empty(states, dtype=np.int32)
    first = last = 0
    for symbol in range(alphabet):
        below = follows[_ROOT, symbol]
        if below < 0:
            follows[_ROOT, symbol] = _ROOT
        else:
            queue[last] = below
            last += 1
    while first < last:
        state = queue[first]
        first += 1
        shorter = reports[suffix[state]]
        reports[states + state] = shorter
        reports[state] = state if pattern_of[state] >= 0 else shorter
        for symbol in range(alphabet):
            below = follows[state, symbol]
            if below < 0:
                follows[state, symbol] = follows[suffix[state], symbol]
            else:
                suffix[below] = follows[suffix[state], symbol]
                queue[last] = below
                last += 1
    return reports


@kernel
def scan(
    arena: NDArray[np.uint8],
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    symbol_of: NDArray[np.uint8],
    steps: NDArray[np.uint32],
    pattern_of: NDArray[np.int32],
    reports: NDArray[np.int32],
    seen: NDArray[np.int64],
    first: int,
    found: NDArray[np.int32],
    found_ends: NDArray[np.int64],
) -> tuple[int, int]:
    """Find which patterns each text has, each once.

    Args:
        arena: the bytes of the texts.
        starts: where each begins.
        ends: where each ends.
        symbol_of: byte → symbol.
        steps: the automaton, as `build` returns it.
        pattern_of: the same.
        reports: the same.
        seen: for each pattern the number of the last text in which it was found, from 1; kept between calls.
        first: the text to begin with.
        found: takes the patterns of one text after another; as many as there are patterns fit in at least.
        found_ends: takes for each text where its patterns end in `found`, counted from the first text of this call.

    Returns:
        The text to go on with (the number of texts where all is done), and how much of `found` is used.
    """
    alphabet = len(steps) // len(pattern_of)
    used = 0
    text = first
    while text < len(ends) and used + len(seen) <= len(found):
        step = steps[BOUNDARY]
        # Unsigned, so that no place can be meant from the end; one less to look at for each byte.
        for at in range(np.uint64(starts[text]), np.uint64(ends[text])):
            step = steps[np.uint64(step >> 1) + np.uint64(symbol_of[arena[at]])]
            if step & 1:
                used = _report((step >> 1) // alphabet, pattern_of, reports, seen, text, found, used)
        step = steps[np.uint64(step >> 1) + np.uint64(BOUNDARY)]
        if step & 1:
            used = _report((step >> 1) // alphabet, pattern_of, reports, seen, text, found, used)
        found_ends[text] = used
        text += 1
    return text, used


@kernel
def _report(
    state: int,
    pattern_of: NDArray[np.int32],
    reports: NDArray[np.int32],
    seen: NDArray[np.int64],
    text: int,
    found: NDArray[np.int32],
    used: int,
) -> int:
    """Note the patterns that end in a state; return how much of `found` is used then."""
    hit = reports[state]
    while hit:
        pattern = pattern_of[hit]
        if seen[pattern] == text + 1:
            break  # and so were those that it ends with: many that end one another cost no more than one
        seen[pattern] = text + 1
        found[used] = pattern
        used += 1
        hit = reports[len(pattern_of) + hit]
    return used
