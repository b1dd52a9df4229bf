"""JSON objects one after another → for each record the numbers of its texts, compiled with Numba.

One pass takes an object's members in turn. Records of one program have the same keys in the same order, so the key that
followed last time is compared first, and the walk through the keys (`States`) says at its end which shape the record
has. A value is looked up by its bytes as they stand; only a text that was never seen is unescaped and checked. What is
not plain (`Outcome.REFUSED`) is left to the ordinary reader, from the object's first byte.

Nothing is trusted: every loop ends at `end`, `PADDING` bytes lie behind it, each table is asked for room before it is
written, and no search takes more than `_MOST_PROBES` steps. Grammar: RFC 8259.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import Bytes, compiled, equal_bytes, inlined, load_word, woven
from vigilia.readers.json_key_kernels import find_path, find_state
from vigilia.readers.json_layout import (
    FOLLOWING,
    KIND,
    NOT_PLAIN,
    PARENT,
    PATH,
    PLAIN,
    SHAPE,
    TOKEN_AT,
    TOKEN_LENGTH,
    TOKEN_PARENT,
    Kind,
    Outcome,
    Tables,
    Used,
)
from vigilia.readers.json_number_kernels import word_end
from vigilia.readers.json_string_kernels import string_end
from vigilia.readers.json_text_kernels import code_of

__all__ = ["note", "read_objects", "sort_by_source"]

_COMMA, _QUOTE = 0x2C, 0x22
_OPENING, _CLOSING, _CLOSING_LIST = 0x7B, 0x7D, 0x5D
_NEWLINE, _RETURN = 0x0A, 0x0D
_FOUR_BYTES: Final = np.uint64(0xFFFFFFFF)
_NULL_WORD: Final = np.uint64(int.from_bytes(b"null", "little"))

# What functions return instead of a place or a number. Numba takes plain integers as constants.
_END, _MORE, _REFUSED, _BATCH_FULL = int(Outcome.END), int(Outcome.MORE), int(Outcome.REFUSED), int(Outcome.BATCH)
_NEW_SHAPE = int(Outcome.SHAPE)
_SCALAR, _NULL, _OBJECT = int(Kind.SCALAR), int(Kind.NULL), int(Kind.OBJECT)
_LIST, _EMPTY = int(Kind.LIST), int(Kind.EMPTY)
_ROWS, _VALUES, _ATTEMPTS, _AT_SHAPE = int(Used.ROWS), int(Used.VALUES), int(Used.ATTEMPTS), int(Used.SHAPE)

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""


@inlined
def _skip(block: Bytes, at: int, end: int, blanks: NDArray[np.bool_]) -> int:
    while at < end and blanks[block[at]]:
        at += 1
    return at


@woven
def _scalar(block: Bytes, at: int, end: int, path: int, tables: Tables) -> tuple[int, int]:
    """Return where a string, number, `true` or `false` ends, and its code or the negative of an outcome."""
    if block[at] == _QUOTE:
        close = string_end(block, at + 1, end)
        if close < 0:
            return at, -_MORE
        return close + 1, code_of(block, at + 1, close - at - 1, path, tables)
    close = word_end(block, at, end)
    if close < 0:
        return at, -_REFUSED
    return close, code_of(block, at, close - at, path, tables)


@woven
def note(source: int, code: int, tables: Tables) -> int:
    """Append a value to the batch; return 0 or the negative of an outcome."""
    number = tables.used[_VALUES]
    if number >= len(tables.batch.values):
        return -_BATCH_FULL
    tables.batch.values[number, 0] = source
    tables.batch.values[number, 1] = tables.used[_ROWS]
    tables.batch.values[number, 2] = code
    tables.used[_VALUES] = number + 1
    tables.paths.values[source >> 1] += 1
    return 0


@woven
def _elements(block: Bytes, at: int, end: int, path: int, tables: Tables) -> tuple[int, int]:
    """Take the elements of a list of scalars; return the place behind it, and 0 or the negative of an outcome."""
    while True:
        at = _skip(block, at, end, tables.blanks)
        if tables.kinds[block[at]] != _SCALAR:
            return at, -_REFUSED
        at, code = _scalar(block, at, end, path, tables)
        outcome = note(2 * path + 1, code, tables) if code >= 0 else code
        if outcome < 0:
            return at, outcome
        at = _skip(block, at, end, tables.blanks)
        if block[at] == _CLOSING_LIST:
            return at + 1, 0
        if block[at] != _COMMA:
            return at, -_REFUSED
        at += 1


@woven
def _key(block: Bytes, at: int, end: int, state: int, parent: int, tables: Tables) -> tuple[int, int, int]:
    """Return where the value of a key begins, its path (or the negative of an outcome), and the state expected."""
    expected = tables.states.rows[state, FOLLOWING]
    row = tables.states.rows[expected]
    if (
        expected
        and row[TOKEN_PARENT] == parent
        and equal_bytes(block, at, tables.paths.keys, row[TOKEN_AT], row[TOKEN_LENGTH])
    ):
        return at + row[TOKEN_LENGTH], row[PATH], expected
    if block[at] != _QUOTE:
        return at, -_REFUSED, 0
    path, at = find_path(block, at, end, parent, tables.paths, tables.used, tables.seed)
    return at, path, 0


@woven
def _kind_at(block: Bytes, at: int, end: int, tables: Tables) -> int:
    """Return the kind of the value that begins here, told by its first letter, or 0."""
    kind: int = _signed(tables.kinds[block[at]])
    if kind == _LIST and block[_skip(block, at + 1, end, tables.blanks)] == _CLOSING_LIST:
        return _EMPTY
    return kind


@woven
def _value(block: Bytes, at: int, end: int, kind: int, path: int, tables: Tables) -> tuple[int, int]:
    """Take a value that is no object; return the place behind it, and 0 or the negative of an outcome."""
    if kind == _SCALAR:
        at, code = _scalar(block, at, end, path, tables)
        return at, note(2 * path, code, tables) if code >= 0 else code
    if kind == _NULL:
        return at + 4, 0 if load_word(block, at) & _FOUR_BYTES == _NULL_WORD else -_REFUSED
    if kind == _LIST:
        return _elements(block, at + 1, end, path, tables)
    return _skip(block, at + 1, end, tables.blanks) + 1, 0


@woven
def _member(block: Bytes, at: int, end: int, state: int, parent: int, tables: Tables) -> tuple[int, int, int]:
    """Take a key and its value; of an object its bracket alone.

    Returns:
        The place behind, the state reached (or the negative of an outcome), and the path that members belong to now.
    """
    at, path, following = _key(block, at, end, state, parent, tables)
    if path < 0:
        return at, path, parent
    if tables.paths.marks[path] == tables.used[_ATTEMPTS]:
        return at, -_REFUSED, parent
    tables.paths.marks[path] = tables.used[_ATTEMPTS]
    at = _skip(block, at, end, tables.blanks)
    kind = _kind_at(block, at, end, tables)
    if tables.states.rows[following, KIND] != kind or not following:
        if kind == 0:
            return at, -_REFUSED, parent
        following = find_state(state, path, kind, tables.states, tables.paths, tables.used, tables.seed)
        if following < 0:
            return at, following, parent
    if kind == _OBJECT:
        return at + 1, following, path
    at, outcome = _value(block, at, end, kind, path, tables)
    return at, following if outcome == 0 else outcome, parent


@woven
def _object(block: Bytes, at: int, end: int, tables: Tables) -> tuple[int, int]:
    """Take the object that begins at `at`; return the place behind it (or the negative of an outcome), and its state.

    Where it fails, the state is the last one before the value that could not be taken.
    """
    state, parent = 0, 0
    at = _skip(block, at + 1, end, tables.blanks)
    while True:
        at, reached, parent = _member(block, at, end, state, parent, tables)
        if reached < 0:
            return reached if at < end else -_MORE, state
        opened = tables.states.rows[reached, KIND] == _OBJECT
        state = reached
        at = _skip(block, at, end, tables.blanks)
        while block[at] == _CLOSING and at < end:
            opened = False
            at += 1
            if parent == 0:
                return at, state
            parent = tables.paths.rows[parent, PARENT]
            at = _skip(block, at, end, tables.blanks)
        if at >= end:
            return -_MORE, state
        if not opened:
            if block[at] != _COMMA:
                return -_REFUSED, state
            at = _skip(block, at + 1, end, tables.blanks)


@woven
def _line_end(block: Bytes, at: int, end: int, final: bool) -> int:
    """Return the place behind an object's line, which may end in a comma, or the negative of an outcome."""
    if block[at] == _COMMA:
        at += 1
    if block[at] == _RETURN:
        at += 1
    if at >= end:
        return end if final else -_MORE
    return at + 1 if block[at] == _NEWLINE else -_REFUSED


@woven
def _record(block: Bytes, at: int, end: int, final: bool, longest: int, tables: Tables) -> int:
    """Take one record into the next row; return the place behind its line, or the negative of an outcome."""
    values = tables.used[_VALUES]
    tables.used[_ATTEMPTS] += 1
    behind, state = _object(block, at, end, tables)
    following = _line_end(block, behind, end, final) if behind > 0 else behind
    known = tables.states.rows[state, SHAPE]
    if following > 0 and known != PLAIN:
        tables.used[_AT_SHAPE] = state
        following = -_REFUSED if known == NOT_PLAIN else -_NEW_SHAPE
    if following > 0 and behind - at > longest:
        following = -_REFUSED
    if following < 0:
        tables.used[_VALUES] = values  # of a record that was not finished nothing is left
        return following
    row = tables.used[_ROWS]
    tables.batch.rows[row, 0] = at
    tables.batch.rows[row, 1] = behind - at
    tables.batch.rows[row, 2] = state
    tables.used[_ROWS] = row + 1
    return following


@compiled
def read_objects(block: Bytes, at: int, end: int, final: bool, longest: int, tables: Tables) -> tuple[int, int]:
    """Read objects that stand on lines of their own, from the beginning of a line.

    Args:
        block: text; `PADDING` bytes lie behind `end`.
        at: where to begin.
        end: where to stop.
        final: whether the text ends there.
        longest: objects with more bytes are refused.
        tables: what was learned, and the batch to append to.

    Returns:
        The `Outcome`, and the place of the first object that was not taken.
    """
    while at < end:
        if block[at] == _NEWLINE:
            at += 1
        elif block[at] == _RETURN and block[at + 1] == _NEWLINE:
            at += 2
        elif block[at] != _OPENING:
            return _REFUSED, at
        elif tables.used[_ROWS] >= len(tables.batch.rows):
            return _BATCH_FULL, at
        else:
            following = _record(block, at, end, final, longest, tables)
            if following < 0:
                return (_REFUSED if final and following == -_MORE else -following), at
            at = following
    return _END, min(at, end)


# Between calls


@compiled
def sort_by_source(
    values: NDArray[np.int32], count: int, places: NDArray[np.int64], rows: NDArray[np.int64], codes: NDArray[np.int32]
) -> None:
    """Sort the values of a batch by source, keeping their order.

    Args:
        values: as in `Batch`.
        count: how many there are.
        places: zeros, two more than there are sources; it takes where the values of each source begin and, in the place
            behind it, end.
        rows: takes the row of each value.
        codes: takes the code of each.
    """
    for number in range(count):
        places[values[number, 0] + 2] += 1
    for source in range(2, len(places)):
        places[source] += places[source - 1]
    for number in range(count):
        source = values[number, 0] + 1
        place = places[source]
        rows[place] = values[number, 1]
        codes[place] = values[number, 2]
        places[source] = place + 1
