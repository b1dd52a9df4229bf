"""What the compiled JSON reader knows and fills: tables that outlive a call, and the batch that it appends to."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_layout import Bytes

__all__ = ["Batch", "Kind", "Outcome", "Paths", "States", "Tables", "Texts", "Used"]


class Outcome(IntEnum):
    """Why `read_objects` came back."""

    END = 0  # everything was read
    MORE = 1  # the last object may go on behind the end
    REFUSED = 2  # the object here is for the ordinary reader
    BATCH = 3  # the batch has no room for another row
    SHAPE = 4  # a record has a shape that has no name yet; `Used.SHAPE` is its state
    TEXTS = 5  # there is no room for another text
    KEYS = 6  # there is no room for another path or state


class Kind(IntEnum):
    """What stands behind a key, as far as the names of fields depend on it."""

    NONE = 0
    SCALAR = 1
    NULL = 2
    OBJECT = 3
    LIST = 4  # of scalars, at least one
    EMPTY = 5  # a list without elements


class Used(IntEnum):
    """Places in `Tables.used`: how much of each table is filled, and what the last call left."""

    ENTRIES = 0
    RAW = 1
    FRESH = 2
    FRESH_BYTES = 3
    PATHS = 4
    KEYS = 5
    STATES = 6
    ROWS = 7
    VALUES = 8
    ATTEMPTS = 9
    SHAPE = 10


class Texts(NamedTuple):
    """The texts of all paths, found by their bytes as they stand in the file.

    Attributes:
        slots: open addressing; 32 bits of the hash above, the number of the entry plus 1 below; 0 is free.
        entries: of each text `raw` place, length, path, code.
        raw: the bytes, with quotes left out and escapes left in.
        fresh: the texts that are new since the batch began, unescaped, one after another.
        fresh_paths, fresh_ends: whose they are, and where each ends.
    """

    slots: NDArray[np.uint64]
    entries: NDArray[np.int64]
    raw: Bytes
    fresh: Bytes
    fresh_paths: NDArray[np.int32]
    fresh_ends: NDArray[np.int64]


class Paths(NamedTuple):
    """The ways to values: a path is a key below another path; path 0 is the record itself.

    Attributes:
        slots: open addressing by parent and key; 0 is free.
        rows: of each path parent, place of the key in `keys`, its length, depth.
        keys: the keys as they stand, from quote to colon.
        texts: how many texts each path has.
        values: how many values each path has had since the batch began, those of refused records included.
        transient: whether its texts hardly repeat: they are not looked up then.
        marks: the attempt that last met the path: a record that has a key twice is not plain.
    """

    slots: NDArray[np.int32]
    rows: NDArray[np.int64]
    keys: Bytes
    texts: NDArray[np.int32]
    values: NDArray[np.int32]
    transient: NDArray[np.bool_]
    marks: NDArray[np.int64]


class States(NamedTuple):
    """How far a walk through a record's keys has come; the last state of a record is its shape.

    Attributes:
        slots: open addressing by state, path and kind; 0 is free.
        rows: of each state the one before, path, kind, the one that followed last time, then what tells
            that its key stands here (place, length, parent), and 1 where the shape is known, 2 where it is not plain.
    """

    slots: NDArray[np.int32]
    rows: NDArray[np.int64]


class Batch(NamedTuple):
    """The rows so far.

    Attributes:
        values: source, row and code of each text, in order. A source is twice a path, or one more
            for elements of lists.
        rows: of each row its first byte in the block, length, and shape.
    """

    values: NDArray[np.int32]
    rows: NDArray[np.int64]


class Tables(NamedTuple):
    """Everything that outlives a call.

    Attributes:
        blanks: for each byte whether it may stand between tokens.
        kinds: for each byte what kind of value begins with it.
        used: see `Used`.
        seed: secret, so that nobody can choose texts that fall together.
    """

    texts: Texts
    paths: Paths
    states: States
    batch: Batch
    blanks: NDArray[np.bool_]
    kinds: NDArray[np.uint8]
    used: NDArray[np.int64]
    seed: np.uint64


# Columns of the tables above. Numba takes plain integers as constants.
RAW_AT, RAW_LENGTH, TEXT_PATH, TEXT_CODE = 0, 1, 2, 3
PARENT, KEY_AT, KEY_LENGTH, DEPTH = 0, 1, 2, 3
BEFORE, PATH, KIND, FOLLOWING, TOKEN_AT, TOKEN_LENGTH, TOKEN_PARENT, SHAPE = 0, 1, 2, 3, 4, 5, 6, 7
PLAIN, NOT_PLAIN = 1, 2
