"""EVTX records → for each the numbers of its texts, compiled with Numba.

A record is walked from descriptor to descriptor, through nested fragments, into cells (place, length, type) and a
shape. What the fields of a shape are called has been planned by then (`evtx_plans`); each cell's text is looked up by
its bytes as they stand, and printed only where it was never seen.

Nothing is trusted: whatever a length or an offset says is compared with the end of what holds it before it is used,
nesting is bounded by `frames`, and each table is asked for room before it is written.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import PADDING, Bytes, compiled, inlined, load_word, woven
from vigilia.readers.json_kernels import note
from vigilia.readers.json_layout import Outcome, Tables, Texts, Used
from vigilia.readers.json_text_kernels import add_fresh, enter, look_up, may_add, may_enter
from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, CHUNK_HEADER_BYTES, LEAST_RECORD
from vigilia.readers.windows.evtx_headers import (
    DEFINITION_BYTES,
    DEFINITION_SIZE_AT,
    DESCRIPTOR_BYTES,
    FRAGMENT_BYTES,
    INSTANCE_BYTES,
    RECORD_BYTES,
)
from vigilia.readers.windows.evtx_layout import (
    CELL_AT,
    CELL_LENGTH,
    CELL_TYPE,
    CONSTANT_AT,
    CONSTANT_LENGTH,
    DEEPEST,
    DESCRIPTOR_AT,
    FIRST_STEP,
    FRAME_END,
    KNOWN_ODD,
    KNOWN_PLAIN,
    LAST_STEP,
    MOST_CELLS,
    MOST_ITEMS,
    NO_PATH,
    PART_OF_TEXT,
    PLAN_STATE,
    SPAN_AT,
    SPAN_LENGTH,
    SPAN_NUMBER,
    STEP_CELL,
    STEP_JOINS,
    STEP_PATH,
    STRUCTURE_SYMBOL,
    SYMBOL_BYTES,
    VALUE_AT,
    VALUES_LEFT,
    Count,
    Refusal,
    State,
    Token,
    ValueType,
    Walk,
)
from vigilia.readers.windows.evtx_token_kernels import (
    add_cell,
    canonical_fragment,
    half_at,
    intern,
    structure_at,
    text_state,
    word_at,
)
from vigilia.readers.windows.evtx_value_kernels import only_nul, room_for, write_value

__all__ = ["frame_chunk", "read_records"]

_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""

_CHUNK, _CHUNK_HEADER, _LEAST_RECORD = CHUNK_BYTES, CHUNK_HEADER_BYTES, LEAST_RECORD
_CHUNK_MAGIC: Final = np.uint64(int.from_bytes(b"ElfChnk\0", "little"))
_RECORD_MAGIC: Final = int.from_bytes(b"\x2a\x2a\0\0", "little")
_STATED_END_AT: Final = 0x30
_BLOCKS: Final = 1 << 16  # chunks in a block are fewer
_NOT_YET: Final = -1000  # no outcome has this number
_SYMBOLS_OF_ONE: Final = 16  # bytes that a value, its items aside, adds to the shape

_END, _OPEN, _TEMPLATE, _FRAGMENT = int(Token.END), int(Token.OPEN_START), int(Token.TEMPLATE), int(Token.FRAGMENT)
_NO_MORE: Final = 0xBF
_NOTHING_TYPE, _TEXT, _ANSI, _BINARY = (
    int(ValueType.NOTHING),
    int(ValueType.TEXT),
    int(ValueType.ANSI_TEXT),
    int(ValueType.BINARY),
)
_SID, _SIZE_TYPE, _HEX32, _HEX64 = int(ValueType.SID), int(ValueType.SIZE), int(ValueType.HEX32), int(ValueType.HEX64)
_BINARY_XML, _UTF8, _ARRAY = int(ValueType.BINARY_XML), int(ValueType.UTF8), int(ValueType.ARRAY)
_NOTHING, _EMPTY, _PRESENT, _ITEMS = int(State.NOTHING), int(State.EMPTY), int(State.PRESENT), int(State.ITEMS)
_BLANK: Final = int(State.BLANK)
_BAD_TOKEN, _BAD_BOUNDS, _BAD_TYPE = int(Refusal.TOKEN), int(Refusal.BOUNDS), int(Refusal.TYPE)
_TOO_MANY, _BAD_VALUE, _BAD_SHAPE = int(Refusal.MANY), int(Refusal.VALUE), int(Refusal.SHAPE)
_CELLS, _SYMBOLS, _CANONICAL = int(Count.CELLS), int(Count.SYMBOLS), int(Count.CANONICAL)
_JOINED: Final = int(Count.JOINED)
_BLOCK, _CHUNK_NUMBER, _SHAPE, _REASON = int(Count.BLOCK), int(Count.CHUNK), int(Count.SHAPE), int(Count.REASON)
_READ_ALL, _REFUSED, _BATCH_FULL = int(Outcome.END), int(Outcome.REFUSED), int(Outcome.BATCH)
_NEW_SHAPE, _TEXTS_FULL, _KEYS_FULL = int(Outcome.SHAPE), int(Outcome.TEXTS), int(Outcome.KEYS)
_ROWS, _VALUES, _FRESH_BYTES = int(Used.ROWS), int(Used.VALUES), int(Used.FRESH_BYTES)


# Layout


@compiled
def frame_chunk(block: Bytes, base: int, spans: NDArray[np.int64], count: int) -> int:
    """Find the records of a whole chunk in which nothing is damaged.

    Args:
        block: holds the chunk.
        base: where it begins.
        spans: takes number, place and length of each record, from row `count` on.
        count: how many there are.

    Returns:
        How many there are then, or -1 where the chunk needs a closer look.
    """
    stated = word_at(block, base + _STATED_END_AT)
    if load_word(block, base) != _CHUNK_MAGIC or not _CHUNK_HEADER <= stated <= _CHUNK:
        return -1
    at = _CHUNK_HEADER
    length = 0
    while at < stated:
        length = word_at(block, base + at + 4)
        if at + _LEAST_RECORD > _CHUNK or word_at(block, base + at) != _RECORD_MAGIC:
            return -1
        if length < _LEAST_RECORD or at + length > _CHUNK or count >= len(spans):
            return -1
        spans[count, SPAN_NUMBER] = _signed(load_word(block, base + at + 8))
        spans[count, SPAN_AT] = base + at
        spans[count, SPAN_LENGTH] = length
        count += 1
        at += length
    if at != stated or length == 0 or word_at(block, base + at - 4) != length:
        return -1  # only the last record's own end vouches for a header whose checksum nobody has looked at
    goes_on = at + _LEAST_RECORD <= _CHUNK and word_at(block, base + at) == _RECORD_MAGIC
    return -1 if goes_on else count


# The walk


@inlined
def _put_symbols(walk: Walk, first: int, second: int) -> None:
    place = walk.counts[_SYMBOLS]
    walk.symbols[place] = first
    walk.symbols[place + 1] = second
    walk.counts[_SYMBOLS] = place + 2


@inlined
def _put_structure(walk: Walk, structure: int, values: int) -> None:
    place = walk.counts[_SYMBOLS]
    walk.symbols[place] = STRUCTURE_SYMBOL
    for step in range(4):
        walk.symbols[place + 1 + step] = (structure >> (8 * step)) & 0xFF
    walk.symbols[place + 5] = values & 0xFF
    walk.symbols[place + 6] = values >> 8
    walk.counts[_SYMBOLS] = place + 7


@compiled
def _texts(block: Bytes, at: int, size: int, walk: Walk) -> int:
    """Take an array of texts, each of which ends with NUL; return 0 or the negative of a refusal."""
    head = walk.counts[_SYMBOLS]
    _put_symbols(walk, _TEXT | _ARRAY, 0)
    end = at + size
    items = 0
    start = at
    while at < end:
        if half_at(block, at) == 0:
            state = text_state(block, start, at - start)
            if items >= MOST_ITEMS or (state == _PRESENT and not add_cell(start, at - start, _TEXT, walk)):
                return -_TOO_MANY
            walk.symbols[head + 2 + items] = state
            items += 1
            start = at + 2
        at += 2
    if start != end or size & 1:
        return -_BAD_TYPE
    walk.symbols[head + 1] = _ITEMS + items
    walk.counts[_SYMBOLS] = head + 2 + items
    return 0


@compiled
def _items(at: int, size: int, kind: int, walk: Walk) -> int:
    """Take an array of values of one size; return 0 or the negative of a refusal."""
    each = _signed(walk.sizes[kind & 0x7F])
    if each == 0 or size % each:
        return -_BAD_TYPE
    items = size // each
    if items > MOST_ITEMS or walk.counts[_CELLS] + items > MOST_CELLS:
        return -_TOO_MANY
    for item in range(items):
        add_cell(at + item * each, each, kind & 0x7F, walk)
    _put_symbols(walk, kind, _ITEMS + items)
    return 0


@compiled
def _unsized(block: Bytes, at: int, size: int, kind: int, walk: Walk) -> int:
    """Take a value whose type does not say how long it is; return 0 or the negative of a refusal."""
    if kind == _TEXT | _ARRAY:
        return _texts(block, at, size, walk)
    if kind & _ARRAY:
        return _items(at, size, kind, walk)
    printed = kind
    if kind == _SIZE_TYPE and size in (4, 8):
        printed = _HEX32 if size == 4 else _HEX64
    elif kind not in (_SID, _BINARY, _ANSI):
        return -_BAD_TYPE
    if not add_cell(at, size, printed, walk):
        return -_TOO_MANY
    _put_symbols(walk, kind, _PRESENT)
    return 0


@inlined
def _may_be_empty(kind: int) -> bool:
    """Whether a value of a type may have no bytes and be empty; any other is nothing at all."""
    return kind & _ARRAY != 0 or kind in (_TEXT, _ANSI, _BINARY, _BINARY_XML)


@woven
def _value(block: Bytes, at: int, size: int, kind: int, walk: Walk) -> int:
    """Take a value that is no binary XML; return 0 or the negative of a refusal."""
    state = _PRESENT
    if kind == _NOTHING_TYPE:
        state = _NOTHING
    elif size == 0 and not _may_be_empty(kind):
        kind = _NOTHING_TYPE  # as `evtx_sizes` makes it for the `evtx` library
        state = _NOTHING
    elif size == 0:
        state = _EMPTY
    else:
        wanted = _signed(walk.sizes[kind])
        if kind == _TEXT:
            wanted = size & -2
            state = text_state(block, at, size)
            if state == _BLANK and not only_nul(block, at, at + size):
                return -_BAD_VALUE
        if wanted == 0:
            return _unsized(block, at, size, kind, walk)
        if wanted != size:
            return -_BAD_TYPE
        if state == _PRESENT and not add_cell(at, size, kind, walk):
            return -_TOO_MANY
    _put_symbols(walk, kind, state)
    return 0


@woven
def _open_template(block: Bytes, base: int, at: int, end: int, depth: int, walk: Walk, seed: np.uint64) -> int:
    """Begin the values of a template; return 0 or the negative of a refusal."""
    if at + INSTANCE_BYTES + 4 > end:
        return -_BAD_BOUNDS
    offset = word_at(block, at + 6)
    at += INSTANCE_BYTES
    structure = structure_at(block, base, offset, walk, seed)
    if structure < 0:
        return structure
    if base + offset == at:
        at += DEFINITION_BYTES + word_at(block, at + DEFINITION_SIZE_AT)
    if at + 4 > end:
        return -_BAD_BOUNDS
    values = word_at(block, at)
    at += 4
    if values > MOST_CELLS or at + DESCRIPTOR_BYTES * values > end:
        return -_BAD_BOUNDS
    frame = walk.frames[depth]
    frame[DESCRIPTOR_AT] = at
    frame[VALUES_LEFT] = values
    frame[VALUE_AT] = at + DESCRIPTOR_BYTES * values
    frame[FRAME_END] = end
    _put_structure(walk, structure, values)
    return 0


@compiled
def _open_literal(block: Bytes, base: int, at: int, end: int, depth: int, walk: Walk, seed: np.uint64) -> int:
    """Take a fragment that has no template; return 0 or the negative of a refusal."""
    behind = canonical_fragment(block, base, at, end, False, walk)
    if behind < 0:
        return behind
    structure = intern(walk.canonical, walk.counts[_CANONICAL], walk.structures, seed)
    if structure < 0:
        return -_TOO_MANY
    frame = walk.frames[depth]
    frame[VALUES_LEFT] = 0
    frame[VALUE_AT] = end
    frame[FRAME_END] = end
    _put_structure(walk, structure, 0xFFFF)
    return 0


@woven
def _open(block: Bytes, base: int, at: int, end: int, depth: int, walk: Walk, seed: np.uint64) -> int:
    """Begin a fragment; return 0 or the negative of a refusal."""
    if at < end and block[at] == _FRAGMENT:
        at += FRAGMENT_BYTES
    if at >= end or walk.counts[_SYMBOLS] + _SYMBOLS_OF_ONE > SYMBOL_BYTES:
        return -_BAD_BOUNDS
    if block[at] == _TEMPLATE:
        return _open_template(block, base, at, end, depth, walk, seed)
    if block[at] & _NO_MORE == _OPEN:
        return _open_literal(block, base, at, end, depth, walk, seed)
    return -_BAD_TOKEN


@woven
def _next_value(block: Bytes, depth: int, walk: Walk) -> int:
    """Take the next value of the fragment that is open.

    Returns:
        0, the length of a fragment that begins here, or the negative of a refusal.
    """
    frame = walk.frames[depth]
    value_at, descriptor = frame[VALUE_AT], frame[DESCRIPTOR_AT]
    size = half_at(block, descriptor)
    kind = _signed(block[descriptor + 2])
    frame[DESCRIPTOR_AT] = descriptor + DESCRIPTOR_BYTES
    frame[VALUES_LEFT] -= 1
    frame[VALUE_AT] = value_at + size
    if value_at + size > frame[FRAME_END]:
        return -_BAD_BOUNDS
    if walk.counts[_SYMBOLS] + _SYMBOLS_OF_ONE + MOST_ITEMS > SYMBOL_BYTES:
        return -_TOO_MANY
    if kind != _BINARY_XML or size == 0:
        return _value(block, value_at, size, kind, walk)
    if depth + 1 >= DEEPEST:
        return -_TOO_MANY
    _put_symbols(walk, kind, _PRESENT)
    return size


@woven
def _walk_record(block: Bytes, base: int, at: int, end: int, walk: Walk, seed: np.uint64) -> int:
    """Take the values of a record into cells, and its shape into symbols; return 0 or the negative of a refusal."""
    walk.counts[_CELLS] = 0
    walk.counts[_SYMBOLS] = 0
    depth = -1
    length = end - at
    while length > 0 or depth >= 0:
        if length > 0:
            depth += 1
            outcome = _open(block, base, at, at + length, depth, walk, seed)
            if outcome < 0:
                return outcome
        frame = walk.frames[depth]
        if frame[VALUES_LEFT]:
            at = frame[VALUE_AT]
            length = _next_value(block, depth, walk)
            if length < 0:
                return length
        else:
            if frame[VALUE_AT] < frame[FRAME_END] and block[frame[VALUE_AT]] != _END:
                return -_BAD_TOKEN
            length = 0
            depth -= 1
    return 0


# Texts


@compiled
def _add_value(
    block: Bytes,
    at: int,
    length: int,
    kind: int,
    path: int,
    texts: Texts,
    counts: NDArray[np.int32],
    used: NDArray[np.int64],
) -> int:
    """Print a value behind the fresh texts, and return its code or the negative of an outcome."""
    if not may_add(room_for(length), texts, used):
        return -_TEXTS_FULL
    end = write_value(block, at, length, kind, texts.fresh, used[_FRESH_BYTES])
    return add_fresh(end, path, texts, counts, used) if end >= 0 else -_REFUSED


@compiled
def _new_value(
    block: Bytes,
    at: int,
    length: int,
    kind: int,
    path: int,
    texts: Texts,
    counts: NDArray[np.int32],
    used: NDArray[np.int64],
    mark: np.uint64,
    slot: int,
) -> int:
    """Add a value so that it is found again."""
    if not may_enter(length, texts.slots, texts.entries, texts.raw, used):
        return -_TEXTS_FULL
    code = _add_value(block, at, length, kind, path, texts, counts, used)
    if code >= 0:
        enter(block, at, length, path * 256 + kind, code, texts.slots, texts.entries, texts.raw, used, mark, slot)
    return code


@woven
def _code_of(block: Bytes, at: int, length: int, kind: int, path: int, tables: Tables) -> int:
    """Return the code of a value of a path, or the negative of an outcome."""
    texts = tables.texts
    if tables.paths.transient[path]:
        return _add_value(block, at, length, kind, path, texts, tables.paths.texts, tables.used)
    key = path * 256 + kind
    code, mark, slot = look_up(block, at, length, key, texts.slots, texts.entries, texts.raw, tables.seed)
    if code >= 0:
        return code
    return _new_value(block, at, length, kind, path, texts, tables.paths.texts, tables.used, mark, slot)


@compiled
def _join(block: Bytes, at: int, length: int, kind: int, walk: Walk) -> bool:
    """Append a value to the text that is being joined; false where that cannot be."""
    place = walk.counts[_JOINED]
    if place + room_for(length) + PADDING > len(walk.joined):
        return False
    end = write_value(block, at, length, kind, walk.joined, place)
    walk.counts[_JOINED] = max(end, place)
    return end >= 0


@woven
def _code_of_part(block: Bytes, cell: int, step: int, path: int, tables: Tables, walk: Walk) -> int:
    """Join a part of a text.

    Returns:
        At its end the code of the whole; before that, and where it is only checked, `_NOT_YET`; or the negative of an
        outcome.
    """
    if cell >= 0:
        place = walk.cells[cell]
        joined = _join(block, place[CELL_AT], place[CELL_LENGTH], place[CELL_TYPE], walk)
    else:
        constant = walk.steps[step]
        joined = _join(walk.constants, constant[CONSTANT_AT], constant[CONSTANT_LENGTH], _UTF8, walk)
    if not joined:
        return -_REFUSED
    if walk.steps[step, STEP_JOINS] == PART_OF_TEXT:
        return _NOT_YET
    length = walk.counts[_JOINED]
    walk.counts[_JOINED] = 0
    return _code_of(walk.joined, 0, length, _UTF8, path, tables) if path != NO_PATH else _NOT_YET


@woven
def _take_values(block: Bytes, shape: int, tables: Tables, walk: Walk) -> int:
    """Append the values of a record as its shape's plan says; return 0 or the negative of an outcome."""
    walk.counts[_JOINED] = 0
    for step in range(walk.plans[shape, FIRST_STEP], walk.plans[shape, LAST_STEP]):
        cell = walk.steps[step, STEP_CELL]
        path = walk.steps[step, STEP_PATH]
        if cell >= 0 and walk.steps[step, STEP_JOINS] == 0:
            place = walk.cells[cell]
            code = _code_of(block, place[CELL_AT], place[CELL_LENGTH], place[CELL_TYPE], path, tables)
        else:
            code = _code_of_part(block, cell, step, path, tables, walk)
            if code == _NOT_YET:
                continue
        outcome = note(2 * path, code, tables) if code >= 0 else code
        if outcome < 0:
            return outcome
    return 0


@woven
def _record(block: Bytes, at: int, length: int, tables: Tables, walk: Walk) -> int:
    """Take one record into the next row; return 0 or the negative of an outcome."""
    base = at // _CHUNK * _CHUNK
    walk.counts[_CHUNK_NUMBER] = walk.counts[_BLOCK] * _BLOCKS + at // _CHUNK
    refusal = _walk_record(block, base, at + RECORD_BYTES, at + length - 4, walk, tables.seed)
    if refusal < 0:
        walk.counts[_REASON] = -refusal
        return -_REFUSED
    shape = intern(walk.symbols, walk.counts[_SYMBOLS], walk.shapes, tables.seed)
    if shape < 0:
        return -_KEYS_FULL
    walk.counts[_SHAPE] = shape
    if walk.plans[shape, PLAN_STATE] != KNOWN_PLAIN:
        walk.counts[_REASON] = _BAD_SHAPE
        return -_REFUSED if walk.plans[shape, PLAN_STATE] == KNOWN_ODD else -_NEW_SHAPE
    values = tables.used[_VALUES]
    outcome = _take_values(block, shape, tables, walk)
    if outcome < 0:
        tables.used[_VALUES] = values  # of a record that was not finished nothing is left
        walk.counts[_REASON] = _BAD_VALUE
        return outcome
    return 0


@compiled
def read_records(
    block: Bytes, spans: NDArray[np.int64], first: int, last: int, origin: int, tables: Tables, walk: Walk
) -> tuple[int, int]:
    """Read records of chunks.

    Args:
        block: chunks one after another; `PADDING` bytes lie behind them.
        spans: number, place in the block and length of each record; each lies within its chunk.
        first: the first one to read.
        last: the one behind the last.
        origin: where the block begins in the evidence.
        tables: texts, and the batch to append to.
        walk: what was learned of definitions and shapes.

    Returns:
        The `Outcome`, and the first record that was not taken.
    """
    while first < last:
        row = tables.used[_ROWS]
        if row >= len(tables.batch.rows):
            return _BATCH_FULL, first
        outcome = _record(block, spans[first, SPAN_AT], spans[first, SPAN_LENGTH], tables, walk)
        if outcome < 0:
            return -outcome, first
        tables.batch.rows[row, 0] = origin + spans[first, SPAN_AT]
        tables.batch.rows[row, 1] = spans[first, SPAN_LENGTH]
        tables.batch.rows[row, 2] = walk.counts[_SHAPE]
        tables.used[_ROWS] = row + 1
        first += 1
    return _READ_ALL, first
