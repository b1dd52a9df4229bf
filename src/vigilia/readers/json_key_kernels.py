"""Keys: which path a key leads to, and which state a walk through the keys of a record."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import PADDING, Bytes, compiled, copy_roughly, equal_bytes, hash_bytes, inlined
from vigilia.readers.json_layout import (
    BEFORE,
    DEPTH,
    FOLLOWING,
    KEY_AT,
    KEY_LENGTH,
    KIND,
    PARENT,
    PATH,
    SHAPE,
    TOKEN_AT,
    TOKEN_LENGTH,
    TOKEN_PARENT,
    Outcome,
    Paths,
    States,
    Used,
)

__all__ = ["find_path", "find_state"]

_MOST_PROBES: Final = 64
_LONGEST_KEY: Final = 512
_DEEPEST: Final = 24
_QUOTE, _BACKSLASH, _COLON = 0x22, 0x5C, 0x3A
_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_PATH_SECRET: Final = np.uint64(0x9E3779B97F4A7C15)
_MORE, _REFUSED, _KEYS_FULL = int(Outcome.MORE), int(Outcome.REFUSED), int(Outcome.KEYS)
_PATHS, _KEYS, _STATES = int(Used.PATHS), int(Used.KEYS), int(Used.STATES)

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""


@compiled
def find_path(
    block: Bytes,
    at: int,
    end: int,
    parent: int,
    paths: Paths,
    used: NDArray[np.int64],
    seed: np.uint64,
) -> tuple[int, int]:
    """Return the path of the key whose quote is at `at`, and where its value may begin.

    The path is the negative of an outcome where there is none; a key that is new gets one, as long as there is room.
    """
    close = _key_end(block, at + 1, end)
    if close < 0:
        return -_MORE if close == -_MORE else -_REFUSED, at
    length = close - at
    hashed = hash_bytes(block, at, length, seed ^ (np.uint64(parent) * _PATH_SECRET))
    mask = len(paths.slots) - 1
    slot = _signed(hashed & _LOW_HALF) & mask
    for _ in range(_MOST_PROBES):
        path = _signed(paths.slots[slot])
        if path == 0:
            return _new_path(block, at, length, parent, paths, used, slot), close
        row = paths.rows[path]
        if (
            row[PARENT] == parent
            and row[KEY_LENGTH] == length
            and equal_bytes(block, at, paths.keys, row[KEY_AT], length)
        ):
            return path, close
        slot = (slot + 1) & mask
    return -_REFUSED, at


@inlined
def _key_end(block: Bytes, at: int, end: int) -> int:
    """Return the place behind the colon of a key that has neither escapes nor other characters than ASCII.

    The colon must stand right behind the quote, as all writers put it.
    """
    last = min(end, at + _LONGEST_KEY)
    while at < last:
        letter = block[at]
        if letter == _QUOTE:
            return at + 2 if block[at + 1] == _COLON else -_REFUSED
        if letter == _BACKSLASH or not 0x20 <= letter < 0x80:
            return -_REFUSED
        at += 1
    return -_MORE if at >= end else -_REFUSED


@inlined
def _new_path(
    block: Bytes,
    at: int,
    length: int,
    parent: int,
    paths: Paths,
    used: NDArray[np.int64],
    slot: int,
) -> int:
    path: int = used[_PATHS]
    key_at: int = used[_KEYS]
    if path >= len(paths.rows) or key_at + length + PADDING > len(paths.keys):
        return -_KEYS_FULL
    depth = paths.rows[parent, DEPTH] + 1
    if depth > _DEEPEST:
        return -_REFUSED
    copy_roughly(block, at, paths.keys, key_at, length)
    paths.rows[path, PARENT] = parent
    paths.rows[path, KEY_AT] = key_at
    paths.rows[path, KEY_LENGTH] = length
    paths.rows[path, DEPTH] = depth
    paths.slots[slot] = path
    used[_PATHS] = path + 1
    used[_KEYS] = key_at + length
    return path


@compiled
def find_state(
    state: int, path: int, kind: int, states: States, paths: Paths, used: NDArray[np.int64], seed: np.uint64
) -> int:
    """Return the state that a path with a value of a kind leads to, or the negative of an outcome."""
    hashed = (np.uint64(state) * _PATH_SECRET) ^ (np.uint64(path * 8 + kind) * seed)
    hashed = hashed * _PATH_SECRET
    mask = len(states.slots) - 1
    slot = _signed(hashed >> _HALF) & mask
    for _ in range(_MOST_PROBES):
        following: int = _signed(states.slots[slot])
        if following == 0:
            break
        row = states.rows[following]
        if row[BEFORE] == state and row[PATH] == path and row[KIND] == kind:
            states.rows[state, FOLLOWING] = following
            return following
        slot = (slot + 1) & mask
    new: int = used[_STATES]
    if new >= len(states.rows) or states.slots[slot] != 0:
        return -_KEYS_FULL
    _write_state(states.rows[new], state, path, kind, paths.rows[path])
    states.rows[state, FOLLOWING] = new
    states.slots[slot] = new
    used[_STATES] = new + 1
    return new


@inlined
def _write_state(row: NDArray[np.int64], before: int, path: int, kind: int, described: NDArray[np.int64]) -> None:
    row[BEFORE] = before
    row[PATH] = path
    row[KIND] = kind
    row[FOLLOWING] = 0
    row[TOKEN_AT] = described[KEY_AT]
    row[TOKEN_LENGTH] = described[KEY_LENGTH]
    row[TOKEN_PARENT] = described[PARENT]
    row[SHAPE] = 0
