"""What the compiled EVTX reader knows and fills, beside the tables that it shares with the JSON reader.

A record is a walk over templates and values. What the walk meets, without the values themselves, is its *shape*: which
definitions, and of each value its type and whether it is there. Numbers and layouts: Microsoft, [MS-EVEN6] 2.2.12
(BinXml); Joachim Metz, "Windows XML Event Log (EVTX) format specification" (libevtx), section 4.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_layout import PADDING, Bytes
from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES

__all__ = ["Count", "Interned", "Refusal", "State", "Token", "ValueType", "Walk", "new_walk"]


class Token(IntEnum):
    """What stands in binary XML; 0x40 is added where attributes or more of the same follow."""

    END = 0x00
    OPEN_START = 0x01
    CLOSE_START = 0x02
    CLOSE_EMPTY = 0x03
    CLOSE_ELEMENT = 0x04
    VALUE = 0x05
    ATTRIBUTE = 0x06
    ENTITY = 0x09
    TEMPLATE = 0x0C
    SUBSTITUTION = 0x0D
    OPTIONAL_SUBSTITUTION = 0x0E
    FRAGMENT = 0x0F
    MORE = 0x40


class ValueType(IntEnum):
    """Types of values; `ARRAY` is added where several follow one another."""

    NOTHING = 0x00
    TEXT = 0x01
    ANSI_TEXT = 0x02
    INT8 = 0x03
    UINT8 = 0x04
    INT16 = 0x05
    UINT16 = 0x06
    INT32 = 0x07
    UINT32 = 0x08
    INT64 = 0x09
    UINT64 = 0x0A
    BOOLEAN = 0x0D
    BINARY = 0x0E
    GUID = 0x0F
    SIZE = 0x10
    FILETIME = 0x11
    SYSTEMTIME = 0x12
    SID = 0x13
    HEX32 = 0x14
    HEX64 = 0x15
    BINARY_XML = 0x21
    UTF8 = 0x7F  # ours: what a plan says itself
    ARRAY = 0x80


class State(IntEnum):
    """How much of a value there is, as far as the names and places of fields may depend on it."""

    NOTHING = 0
    EMPTY = 1  # no bytes
    PRESENT = 2
    BLANK = 3  # a text whose first character is NUL
    ITEMS = 4  # an array: this, and how many items it has


class Refusal(IntEnum):
    """Why a record is not for the fast path; what reads it then is the `evtx` library."""

    TOKEN = 1  # binary XML of a kind, or in an order, that is not known here
    BOUNDS = 2  # something reaches over the end of what holds it
    TYPE = 3  # a value of a type, or a size, that is not printed here
    MANY = 4  # more values, or deeper nesting, than there is room for
    VALUE = 5  # a value that may be printed in more than one way: half a surrogate pair, a NUL within a text …
    SHAPE = 6  # its fields depend on more than its shape


class Count(IntEnum):
    """Places in `Walk.counts`."""

    CELLS = 0
    SYMBOLS = 1
    CANONICAL = 2
    BLOCK = 3  # grows with each block of chunks
    CHUNK = 4  # differs for each chunk: what is known of places in others does not hold
    SHAPE = 5  # of the last record
    REASON = 6  # why the last record was refused
    JOINED = 7


class Interned(NamedTuple):
    """Byte strings and their numbers: each is the place of its entry.

    Attributes:
        slots, entries, raw: as in `json_layout.Texts`.
        used: entries and bytes, at the places that `json_layout.Used` gives.
    """

    slots: NDArray[np.uint64]
    entries: NDArray[np.int64]
    raw: Bytes
    used: NDArray[np.int64]


class Walk(NamedTuple):
    """Tables of the walk over records.

    Attributes:
        counts: see `Count`.
        cells: of each value of the record that has a text of its own: place in the block, length, type.
        symbols: the shape of the record.
        canonical: a definition with its names spelt out.
        frames: of each fragment that is open its next descriptor, how many are left, its next value, its end.
        definitions: of each place of the chunk the chunk for which it is known, and its definition or -1.
        structures: definitions, and fragments that have none.
        shapes: the shapes that were met.
        plans: of each shape 0 where it is new, else `KNOWN_PLAIN` or `KNOWN_ODD`; its first step, and the one behind
            its last.
        steps: cell (or -1), path, place and length in `constants`, and whether it is `PART_OF_TEXT` or `END_OF_TEXT`.
        constants: texts that a shape always has.
        joined: a text that is made of several values and constants.
        sizes: of each type the bytes that its values take; 0 where they differ, or the type is not known.
    """

    counts: NDArray[np.int64]
    cells: NDArray[np.int64]
    symbols: Bytes
    canonical: Bytes
    frames: NDArray[np.int64]
    definitions: NDArray[np.int64]
    structures: Interned
    shapes: Interned
    plans: NDArray[np.int64]
    steps: NDArray[np.int64]
    constants: Bytes
    joined: Bytes
    sizes: Bytes


# Columns of the tables above. Numba takes plain integers as constants.
CELL_AT, CELL_LENGTH, CELL_TYPE = 0, 1, 2
DESCRIPTOR_AT, VALUES_LEFT, VALUE_AT, FRAME_END = 0, 1, 2, 3
PLAN_STATE, FIRST_STEP, LAST_STEP = 0, 1, 2
STEP_CELL, STEP_PATH, CONSTANT_AT, CONSTANT_LENGTH, STEP_JOINS = 0, 1, 2, 3, 4
PART_OF_TEXT, END_OF_TEXT = 1, 2
NO_PATH = 0  # of a value that is only checked
SPAN_NUMBER, SPAN_AT, SPAN_LENGTH = 0, 1, 2
KNOWN_PLAIN, KNOWN_ODD = 1, 2

STRUCTURE_SYMBOL: Final = 0xFE
"""In a shape: a definition follows, its number in four bytes and how many values it has in two."""

MOST_ITEMS: Final = 64
"""Arrays with more items are refused."""

MOST_CELLS: Final = 1024
DEEPEST: Final = 8
SYMBOL_BYTES: Final = 8192
_MOST_STRUCTURES: Final = 4096
_STRUCTURE_BYTES: Final = 1 << 23
_MOST_SHAPES: Final = 16384
_SHAPE_BYTES: Final = 1 << 22
_MOST_STEPS: Final = 1 << 20
_CONSTANT_BYTES: Final = 1 << 20
_JOINED_BYTES: Final = 1 << 18
_SLOTS_FOR_EACH: Final = 4
VALUE_SIZES: Final[dict[int, int]] = {
    ValueType.INT8: 1,
    ValueType.UINT8: 1,
    ValueType.INT16: 2,
    ValueType.UINT16: 2,
    ValueType.INT32: 4,
    ValueType.UINT32: 4,
    ValueType.INT64: 8,
    ValueType.UINT64: 8,
    ValueType.BOOLEAN: 4,
    ValueType.GUID: 16,
    ValueType.FILETIME: 8,
    ValueType.SYSTEMTIME: 16,
    ValueType.HEX32: 4,
    ValueType.HEX64: 8,
}
"""Bytes that values of a type take, where these are always as many."""


def new_walk() -> Walk:
    """Return empty tables; memory that is never written takes no room."""
    return Walk(
        counts=np.zeros(len(Count), dtype=np.int64),
        cells=np.empty((MOST_CELLS, 3), dtype=np.int64),
        symbols=np.zeros(SYMBOL_BYTES + PADDING, dtype=np.uint8),
        canonical=np.zeros(CHUNK_BYTES + PADDING, dtype=np.uint8),
        frames=np.zeros((DEEPEST, 4), dtype=np.int64),
        definitions=np.zeros((CHUNK_BYTES, 2), dtype=np.int64),
        structures=_interned(_MOST_STRUCTURES, _STRUCTURE_BYTES),
        shapes=_interned(_MOST_SHAPES, _SHAPE_BYTES),
        plans=np.zeros((_MOST_SHAPES, 3), dtype=np.int64),
        steps=np.zeros((_MOST_STEPS, 5), dtype=np.int64),
        constants=np.zeros(_CONSTANT_BYTES, dtype=np.uint8),
        joined=np.zeros(_JOINED_BYTES, dtype=np.uint8),
        sizes=_sizes(),
    )


def _sizes() -> Bytes:
    sizes = np.zeros(256, dtype=np.uint8)
    for kind, size in VALUE_SIZES.items():
        sizes[kind] = size
    return sizes


def _interned(entries: int, content: int) -> Interned:
    return Interned(
        np.zeros(_SLOTS_FOR_EACH * entries, dtype=np.uint64),
        np.zeros((entries, 4), dtype=np.int64),
        np.zeros(content, dtype=np.uint8),
        np.zeros(2, dtype=np.int64),
    )
