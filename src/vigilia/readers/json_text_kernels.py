"""Texts and their numbers: each text of a path is looked up by its bytes as they stand, and unescaped once."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import (
    PADDING,
    Bytes,
    compiled,
    copy_bytes,
    copy_roughly,
    equal_bytes,
    hash_bytes,
    inlined,
    woven,
)
from vigilia.readers.json_layout import RAW_AT, RAW_LENGTH, TEXT_CODE, TEXT_PATH, Outcome, Tables, Texts, Used
from vigilia.readers.json_string_kernels import copy_text

__all__ = ["add_fresh", "code_of", "enter", "find_again", "look_up", "may_add", "may_enter", "share_out"]

_MOST_PROBES: Final = 64
_NONE: Final = np.uint64(0)
_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
PATH_SECRET: Final = np.uint64(0x9E3779B97F4A7C15)
_REFUSED, _TEXTS_FULL = int(Outcome.REFUSED), int(Outcome.TEXTS)
_ENTRIES, _RAW, _FRESH, _FRESH_BYTES = int(Used.ENTRIES), int(Used.RAW), int(Used.FRESH), int(Used.FRESH_BYTES)

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""


@woven
def look_up(
    block: Bytes,
    at: int,
    length: int,
    key: int,
    slots: NDArray[np.uint64],
    entries: NDArray[np.int64],
    raw: Bytes,
    seed: np.uint64,
) -> tuple[int, np.uint64, int]:
    """Return the code of a text under a key, or -1; then its mark, and the slot where it may be entered."""
    hashed = hash_bytes(block, at, length, seed ^ (np.uint64(key) * PATH_SECRET))
    mark = hashed >> _HALF
    mask = len(slots) - 1
    slot = _signed(hashed & _LOW_HALF) & mask
    code = -1
    for _ in range(_MOST_PROBES):
        held = slots[slot]
        if held == _NONE:
            break
        if held >> _HALF == mark:
            entry = entries[_signed(held & _LOW_HALF) - 1]
            if (
                entry[RAW_LENGTH] == length
                and entry[TEXT_PATH] == key
                and equal_bytes(block, at, raw, entry[RAW_AT], length)
            ):
                code = entry[TEXT_CODE]
                break
        slot = (slot + 1) & mask
    return code, mark, slot


@woven
def code_of(block: Bytes, at: int, length: int, path: int, tables: Tables) -> int:
    """Return the code of a text of a path, or the negative of an outcome."""
    if tables.paths.transient[path]:
        return _add_text(block, at, length, path, tables.texts, tables.paths.texts, tables.used)
    texts = tables.texts
    code, mark, slot = look_up(block, at, length, path, texts.slots, texts.entries, texts.raw, tables.seed)
    if code >= 0:
        return code
    return _new_entry(block, at, length, path, texts, tables.paths.texts, tables.used, mark, slot)


@compiled
def _new_entry(
    block: Bytes,
    at: int,
    length: int,
    path: int,
    texts: Texts,
    counts: NDArray[np.int32],
    used: NDArray[np.int64],
    mark: np.uint64,
    slot: int,
) -> int:
    """Add a text so that it is found again, unless too many others were met on the way to its slot."""
    if not may_enter(length, texts.slots, texts.entries, texts.raw, used):
        return -_TEXTS_FULL
    code = _add_text(block, at, length, path, texts, counts, used)
    if code >= 0:
        enter(block, at, length, path, code, texts.slots, texts.entries, texts.raw, used, mark, slot)
    return code


@inlined
def may_enter(
    length: int, slots: NDArray[np.uint64], entries: NDArray[np.int64], raw: Bytes, used: NDArray[np.int64]
) -> bool:
    """Whether there is room for another entry with so many bytes."""
    number = used[_ENTRIES]
    return bool(number < len(entries) and 2 * number < len(slots) and used[_RAW] + length + PADDING <= len(raw))


@inlined
def enter(
    block: Bytes,
    at: int,
    length: int,
    key: int,
    code: int,
    slots: NDArray[np.uint64],
    entries: NDArray[np.int64],
    raw: Bytes,
    used: NDArray[np.int64],
    mark: np.uint64,
    slot: int,
) -> None:
    """Enter a text under a key, so that `look_up` finds it, unless its slot is taken."""
    if slots[slot] != _NONE:
        return
    number, raw_at = used[_ENTRIES], used[_RAW]
    copy_roughly(block, at, raw, raw_at, length)
    entries[number, RAW_AT] = raw_at
    entries[number, RAW_LENGTH] = length
    entries[number, TEXT_PATH] = key
    entries[number, TEXT_CODE] = code
    slots[slot] = (mark << _HALF) | np.uint64(number + 1)
    used[_ENTRIES] = number + 1
    used[_RAW] = raw_at + length


@compiled
def _add_text(
    block: Bytes,
    at: int,
    length: int,
    path: int,
    texts: Texts,
    counts: NDArray[np.int32],
    used: NDArray[np.int64],
) -> int:
    """Unescape and check a text, put it to the fresh ones, and return its code."""
    if not may_add(length, texts, used):
        return -_TEXTS_FULL
    end = copy_text(block, at, at + length, texts.fresh, used[_FRESH_BYTES])
    return add_fresh(end, path, texts, counts, used) if end >= 0 else -_REFUSED


@inlined
def may_add(length: int, texts: Texts, used: NDArray[np.int64]) -> bool:
    """Whether there is room for another fresh text with so many bytes."""
    return bool(used[_FRESH] < len(texts.fresh_paths) and used[_FRESH_BYTES] + length + PADDING <= len(texts.fresh))


@inlined
def add_fresh(end: int, path: int, texts: Texts, counts: NDArray[np.int32], used: NDArray[np.int64]) -> int:
    """Count the bytes up to `end`, which were written behind the fresh texts, as a text of a path; return its code."""
    number = used[_FRESH]
    code: int = counts[path]
    counts[path] = code + 1
    texts.fresh_paths[number] = path
    texts.fresh_ends[number] = end
    used[_FRESH] = number + 1
    used[_FRESH_BYTES] = end
    return code


@compiled
def find_again(texts: Texts, count: int, seed: np.uint64) -> None:
    """Enter the first `count` entries into slots that are all free, as after these became more."""
    mask = len(texts.slots) - 1
    for number in range(count):
        entry = texts.entries[number]
        path_seed = seed ^ (np.uint64(entry[TEXT_PATH]) * PATH_SECRET)
        hashed = hash_bytes(texts.raw, entry[RAW_AT], entry[RAW_LENGTH], path_seed)
        slot = _signed(hashed & _LOW_HALF) & mask
        for _ in range(_MOST_PROBES):
            if texts.slots[slot] == _NONE:
                texts.slots[slot] = ((hashed >> _HALF) << _HALF) | np.uint64(number + 1)
                break
            slot = (slot + 1) & mask


@compiled
def share_out(
    texts: Texts,
    count: int,
    arena: Bytes,
    ends: NDArray[np.int64],
    bytes_at: NDArray[np.int64],
    texts_at: NDArray[np.int64],
) -> None:
    """Sort the fresh texts by path, keeping their order.

    Args:
        texts: with the fresh ones.
        count: how many there are.
        arena: takes their bytes; those of one path follow one another.
        ends: takes the end of each in the arena.
        bytes_at: of each path the place of its first byte in the arena; moved on.
        texts_at: of each path the place of its first text in `ends`; moved on.
    """
    start = 0
    for number in range(count):
        end = texts.fresh_ends[number]
        path = texts.fresh_paths[number]
        place = bytes_at[path]
        copy_bytes(texts.fresh, start, arena, place, end - start)
        place += end - start
        bytes_at[path] = place
        ends[texts_at[path]] = place
        texts_at[path] += 1
        start = end
