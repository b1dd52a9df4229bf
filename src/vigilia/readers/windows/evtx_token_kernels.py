"""Definitions of EVTX templates, and fragments that have none, in one form wherever they stand.

The bytes of a definition differ between chunks: names are given by their place, or where they are first used. So a
definition is copied token by token with its names spelt out, and copies that are equal are one *structure*.

Every loop ends at `end`, which lies within the chunk; `PADDING` bytes lie behind the block.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from vigilia.readers.byte_kernels import PADDING, Bytes, compiled, copy_bytes, inlined, load_half, load_word
from vigilia.readers.json_layout import Used
from vigilia.readers.json_text_kernels import enter, look_up, may_enter
from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES
from vigilia.readers.windows.evtx_headers import DEFINITION_BYTES, DEFINITION_SIZE_AT, NAME_BYTES
from vigilia.readers.windows.evtx_layout import (
    CELL_AT,
    CELL_LENGTH,
    CELL_TYPE,
    MOST_CELLS,
    Count,
    Interned,
    Refusal,
    State,
    Token,
    ValueType,
    Walk,
)

__all__ = ["add_cell", "canonical_fragment", "half_at", "intern", "structure_at", "text_state", "word_at"]

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""

_CHUNK: Final = CHUNK_BYTES
_ENTRIES: Final = int(Used.ENTRIES)
_LONGEST_NAME: Final = 512
_NAME: Final = np.uint64(int.from_bytes("Name".encode("utf-16-le"), "little"))
_NAME_LENGTH: Final = 10
_NO_MORE: Final = 0xBF

_END, _OPEN, _CLOSE_START, _CLOSE = (
    int(Token.END),
    int(Token.OPEN_START),
    int(Token.CLOSE_START),
    int(Token.CLOSE_ELEMENT),
)
_VALUE, _ATTRIBUTE, _ENTITY, _FRAGMENT = (
    int(Token.VALUE),
    int(Token.ATTRIBUTE),
    int(Token.ENTITY),
    int(Token.FRAGMENT),
)
_SUBSTITUTION, _OPTIONAL = int(Token.SUBSTITUTION), int(Token.OPTIONAL_SUBSTITUTION)
_MORE: Final = int(Token.MORE)
_TEXT: Final = int(ValueType.TEXT)
_EMPTY, _PRESENT, _BLANK = int(State.EMPTY), int(State.PRESENT), int(State.BLANK)
_BAD_TOKEN, _BAD_BOUNDS, _TOO_MANY = int(Refusal.TOKEN), int(Refusal.BOUNDS), int(Refusal.MANY)
_CELLS, _CANONICAL, _CHUNK_NUMBER = int(Count.CELLS), int(Count.CANONICAL), int(Count.CHUNK)


@inlined
def half_at(block: Bytes, at: int) -> int:
    """Return two bytes as a number."""
    number: int = _signed(block[at]) | (_signed(block[at + 1]) << 8)
    return number


@inlined
def word_at(block: Bytes, at: int) -> int:
    """Return four bytes as a number."""
    number: int = _signed(load_half(block, at))
    return number


@inlined
def text_state(block: Bytes, at: int, length: int) -> int:
    """Return the `State` of a text of so many bytes."""
    if length == 0:
        return _EMPTY
    return _PRESENT if half_at(block, at) else _BLANK


@inlined
def add_cell(at: int, length: int, kind: int, walk: Walk) -> bool:
    """Note a value; false where there is no room."""
    number = walk.counts[_CELLS]
    if number >= MOST_CELLS:
        return False
    walk.cells[number, CELL_AT] = at
    walk.cells[number, CELL_LENGTH] = length
    walk.cells[number, CELL_TYPE] = kind
    walk.counts[_CELLS] = number + 1
    return True


@inlined
def intern(text: Bytes, length: int, known: Interned, seed: np.uint64) -> int:
    """Return the number of a byte string at the beginning of `text`, a new one where it is new; -1 without room."""
    number, mark, slot = look_up(text, 0, length, 0, known.slots, known.entries, known.raw, seed)
    if number >= 0:
        return number
    new: int = known.used[_ENTRIES]
    if not may_enter(length, known.slots, known.entries, known.raw, known.used):
        return -1
    enter(text, 0, length, 0, new, known.slots, known.entries, known.raw, known.used, mark, slot)
    return new if known.used[_ENTRIES] > new else -1


@inlined
def _put(walk: Walk, block: Bytes, at: int, length: int) -> bool:
    """Append bytes to the canonical form; false where there is no room."""
    place = walk.counts[_CANONICAL]
    if place + length + PADDING > len(walk.canonical):
        return False
    copy_bytes(block, at, walk.canonical, place, length)
    walk.counts[_CANONICAL] = place + length
    return True


@inlined
def _put_byte(walk: Walk, byte: int) -> bool:
    place = walk.counts[_CANONICAL]
    if place + PADDING > len(walk.canonical):
        return False
    walk.canonical[place] = byte
    walk.counts[_CANONICAL] = place + 1
    return True


@inlined
def _name(block: Bytes, base: int, at: int, end: int, walk: Walk) -> int:
    """Copy the name that the offset at `at` leads to.

    Returns:
        The place behind the offset, or behind the name where that stands right there; or the negative of a refusal.
    """
    offset = word_at(block, at)
    place = base + offset
    if at + 4 > end or offset + NAME_BYTES + 2 > _CHUNK:
        return -_BAD_BOUNDS
    letters = half_at(block, place + 6)
    if letters > _LONGEST_NAME or offset + NAME_BYTES + 2 * letters + 2 > _CHUNK:
        return -_BAD_BOUNDS
    if not _put(walk, block, place + 6, 2 + 2 * letters):
        return -_TOO_MANY
    if place != at + 4:
        return at + 4
    behind = place + NAME_BYTES + 2 * letters + 2
    return behind if behind <= end else -_BAD_BOUNDS


@inlined
def _is_name(walk: Walk, start: int) -> bool:
    """Whether what was copied from a place on is "Name": what such an attribute says is the name of a field."""
    length = walk.counts[_CANONICAL] - start
    return bool(length == _NAME_LENGTH and load_word(walk.canonical, start + 2) == _NAME)


@inlined
def _text(block: Bytes, at: int, end: int, kept: bool, walk: Walk) -> int:
    """Copy a text, or note it as a value; return the place behind it, or the negative of a refusal."""
    if at + 3 > end or block[at] != _TEXT:
        return -_BAD_TOKEN
    length = 2 * half_at(block, at + 1)
    if at + 3 + length > end:
        return -_BAD_BOUNDS
    if kept:
        return at + 3 + length if _put(walk, block, at + 1, 2 + length) else -_TOO_MANY
    state = text_state(block, at + 3, length)
    if not _put_byte(walk, state) or (state == _PRESENT and not add_cell(at + 3, length, _TEXT, walk)):
        return -_TOO_MANY
    return at + 3 + length


@inlined
def _opened(block: Bytes, base: int, at: int, end: int, whole: int, defined: bool, walk: Walk) -> int:
    """Copy the name of an element; only definitions say what it depends on. Return the place behind its head."""
    at = _name(block, base, at + (6 if defined else 4), end, walk)
    return at + 4 if at > 0 and whole & _MORE else at


@inlined
def _copied(block: Bytes, base: int, at: int, end: int, whole: int, kept: bool, defined: bool, walk: Walk) -> int:
    """Copy what a token needs; return the place behind it, or the negative of a refusal."""
    token = whole & _NO_MORE
    if token == _OPEN:
        return _opened(block, base, at, end, whole, defined, walk)
    if token in (_ATTRIBUTE, _ENTITY):
        return _name(block, base, at, end, walk)
    if token == _VALUE:
        return _text(block, at, end, kept, walk)
    if _SUBSTITUTION <= token <= _OPTIONAL:
        if not defined or not _put(walk, block, at, 3):
            return -_BAD_TOKEN
        return at + 3
    return at if token <= _CLOSE else -_BAD_TOKEN


@compiled
def canonical_fragment(block: Bytes, base: int, at: int, end: int, defined: bool, walk: Walk) -> int:
    """Copy a fragment with its names spelt out to `walk.canonical`.

    Args:
        block: holds the chunk.
        base: where the chunk begins.
        at: where the fragment begins, behind its header.
        end: where it must have ended.
        defined: it is the definition of a template: it may hold substitutions, and all its texts are its own. Else its
            texts become cells, but for those that name fields.
        walk: takes the copy.

    Returns:
        The place behind, or the negative of a `Refusal`.
    """
    walk.counts[_CANONICAL] = 0
    depth = 0
    kept = defined
    while at < end:
        whole = _signed(block[at])
        token = whole & _NO_MORE
        if not _put_byte(walk, whole if token == _OPEN else token):
            return -_TOO_MANY
        if token == _END:
            return at + 1 if depth == 0 else -_BAD_TOKEN
        start = walk.counts[_CANONICAL]
        at = _copied(block, base, at + 1, end, whole, kept, defined, walk)
        if at < 0 or at > end:
            return at if at < 0 else -_BAD_BOUNDS
        if token == _ATTRIBUTE:
            kept = defined or _is_name(walk, start)
        elif token <= _CLOSE:
            kept = defined
            depth += 1 if token == _OPEN else -1 if token > _CLOSE_START else 0
            if depth < 0:
                return -_BAD_TOKEN
    return at if depth == 0 else -_BAD_TOKEN


@compiled
def _define(block: Bytes, base: int, offset: int, walk: Walk, seed: np.uint64) -> int:
    """Return the structure of the definition at an offset of the chunk, or the negative of a refusal."""
    at = base + offset + DEFINITION_BYTES
    size = word_at(block, base + offset + DEFINITION_SIZE_AT)
    if size < 5 or offset + DEFINITION_BYTES + size > _CHUNK:
        return -_BAD_BOUNDS
    if block[at] != _FRAGMENT:
        return -_BAD_TOKEN
    behind = canonical_fragment(block, base, at + 4, at + size, True, walk)
    if behind < 0:
        return behind
    number = intern(walk.canonical, walk.counts[_CANONICAL], walk.structures, seed)
    return number if number >= 0 else -_TOO_MANY


@inlined
def structure_at(block: Bytes, base: int, offset: int, walk: Walk, seed: np.uint64) -> int:
    """Return the structure of the definition at an offset of the chunk, or the negative of a refusal."""
    if offset + DEFINITION_BYTES > _CHUNK:
        return -_BAD_BOUNDS
    if walk.definitions[offset, 0] != walk.counts[_CHUNK_NUMBER]:
        walk.definitions[offset, 1] = _define(block, base, offset, walk, seed)
        walk.definitions[offset, 0] = walk.counts[_CHUNK_NUMBER]
    found: int = walk.definitions[offset, 1]
    return found
