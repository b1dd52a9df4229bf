"""JSON objects one after another → for each record the numbers of its texts, compiled with Numba.

One pass takes an object's members in turn. Records of one program have the same keys in the same order, so the key that
followed last time is compared first, and the walk through the keys (`States`) says at its end which shape the record
has. A value is looked up by its bytes as they stand; only a text that was never seen is unescaped and checked. What is
not plain (`Outcome.REFUSED`) is left to the ordinary reader, from the object's first byte.

Nothing is trusted: every loop ends at `end`, `PADDING` bytes lie behind it, each table is asked for room before it is
written, and no search takes more than `_MOST_PROBES` steps. Grammar: RFC 8259.
"""

from __future__ import annotations

from enum import IntEnum
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import (
    PADDING,
    Bytes,
    byte_mask,
    compiled,
    copy_bytes,
    copy_roughly,
    equal_bytes,
    first_bit,
    hash_bytes,
    inlined,
    load_word,
    special_mask,
    woven,
)

__all__ = [
    "Batch",
    "Kind",
    "Outcome",
    "Paths",
    "States",
    "Tables",
    "Texts",
    "Used",
    "find_again",
    "read_objects",
    "share_out",
]


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
    ELEMENTS = 8
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
        transient: whether its texts hardly repeat: they are not looked up then.
        marks: the attempt that last met the path: a record that has a key twice is not plain.
    """

    slots: NDArray[np.int32]
    rows: NDArray[np.int64]
    keys: Bytes
    texts: NDArray[np.int32]
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
        codes: path × row; the code of the text plus 1, or 0 where there is none. So memory that was never written,
            of paths that are rare, takes no room.
        rows: of each row its first byte in the block, length, and shape.
        elements: of lists, path, row and code of each element, in order.
    """

    codes: NDArray[np.int32]
    rows: NDArray[np.int64]
    elements: NDArray[np.int32]


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


_signed: Any = np.int64
"""As a signed number: Numba makes floating-point numbers of signed and unsigned ones together."""

# Columns of the tables above. Numba takes plain integers as constants.
_RAW_AT, _RAW_LENGTH, _TEXT_PATH, _TEXT_CODE = 0, 1, 2, 3
_PARENT, _KEY_AT, _KEY_LENGTH, _DEPTH = 0, 1, 2, 3
_BEFORE, _PATH, _KIND, _FOLLOWING, _TOKEN_AT, _TOKEN_LENGTH, _TOKEN_PARENT, _SHAPE = 0, 1, 2, 3, 4, 5, 6, 7
_PLAIN, _NOT_PLAIN = 1, 2

# What functions return instead of a place or a number.
_END, _MORE, _REFUSED, _BATCH_FULL = int(Outcome.END), int(Outcome.MORE), int(Outcome.REFUSED), int(Outcome.BATCH)
_NEW_SHAPE, _TEXTS_FULL, _KEYS_FULL = int(Outcome.SHAPE), int(Outcome.TEXTS), int(Outcome.KEYS)
_SCALAR, _NULL, _OBJECT = int(Kind.SCALAR), int(Kind.NULL), int(Kind.OBJECT)
_LIST, _EMPTY = int(Kind.LIST), int(Kind.EMPTY)
_ENTRIES, _RAW, _FRESH, _FRESH_BYTES = int(Used.ENTRIES), int(Used.RAW), int(Used.FRESH), int(Used.FRESH_BYTES)
_PATHS, _KEYS, _STATES, _ROWS = int(Used.PATHS), int(Used.KEYS), int(Used.STATES), int(Used.ROWS)
_ELEMENTS, _ATTEMPTS, _AT_SHAPE = int(Used.ELEMENTS), int(Used.ATTEMPTS), int(Used.SHAPE)

_MOST_PROBES: Final = 64
_LONGEST_KEY: Final = 512
_DEEPEST: Final = 24
_LANES: Final = 64
_QUOTE, _BACKSLASH, _COMMA, _COLON = 0x22, 0x5C, 0x2C, 0x3A
_OPENING, _CLOSING, _CLOSING_LIST = 0x7B, 0x7D, 0x5D
_NEWLINE, _RETURN, _MINUS, _POINT, _ZERO, _NINE = 0x0A, 0x0D, 0x2D, 0x2E, 0x30, 0x39
_NONE: Final = np.uint64(0)
_ONE: Final = np.uint64(1)
_ODD_BITS: Final = np.uint64(0xAAAAAAAAAAAAAAAA)
_LOW_HALF: Final = np.uint64(0xFFFFFFFF)
_HALF: Final = np.uint64(32)
_TOP: Final = np.uint64(63)
_PATH_SECRET: Final = np.uint64(0x9E3779B97F4A7C15)
_FOUR_BYTES: Final = np.uint64(0xFFFFFFFF)
_TRUE: Final = np.uint64(int.from_bytes(b"true", "little"))
_FALS: Final = np.uint64(int.from_bytes(b"fals", "little"))
_NULL_WORD: Final = np.uint64(int.from_bytes(b"null", "little"))
_MOST_DIGITS: Final = 19  # of an integer that fits 64 bits, whatever they are
_LEAST_INTEGER: Final = np.uint64(1 << 63)  # without its sign
_EXACT: Final = np.uint64(1 << 52)  # a decimal number with fewer units in the last place is printed as it was read


# Texts


@inlined
def _string_end(block: Bytes, at: int, end: int) -> int:
    """Return the place of the quote that closes a string whose first character is at `at`, or -1 where none does.

    Which quotes are escaped is worked out for 64 bytes at a time (Langdale and Lemire, "Parsing gigabytes of JSON per
    second", VLDB Journal 28, 2019, section 3.1.1).
    """
    carried = _NONE  # 1 where the last byte before these escapes the first of them
    while at < end:
        quotes = byte_mask(block, at, _QUOTE)
        escapes = byte_mask(block, at, _BACKSLASH)
        if escapes | carried:
            starting = escapes & ~carried
            series = ((starting << _ONE) | _ODD_BITS) - starting
            codes = series ^ _ODD_BITS
            quotes &= ~(codes ^ (escapes | carried))
            carried = (codes & escapes) >> _TOP
        if quotes:
            found = at + first_bit(quotes)
            return found if found < end else -1
        at += _LANES
    return -1


@woven
def _code_of(block: Bytes, at: int, length: int, path: int, tables: Tables) -> int:
    """Return the code of a text of a path, or the negative of an outcome."""
    if tables.paths.transient[path]:
        return _add_text(block, at, length, path, tables.texts, tables.paths.texts, tables.used)
    texts = tables.texts
    hashed = hash_bytes(block, at, length, tables.seed ^ (np.uint64(path) * _PATH_SECRET))
    mark = hashed >> _HALF
    mask = len(texts.slots) - 1
    slot = _signed(hashed & _LOW_HALF) & mask
    for _ in range(_MOST_PROBES):
        held = texts.slots[slot]
        if held == _NONE:
            break
        if held >> _HALF == mark:
            entry = texts.entries[_signed(held & _LOW_HALF) - 1]
            if (
                entry[_RAW_LENGTH] == length
                and entry[_TEXT_PATH] == path
                and equal_bytes(block, at, texts.raw, entry[_RAW_AT], length)
            ):
                code: int = entry[_TEXT_CODE]
                return code
        slot = (slot + 1) & mask
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
    number, raw_at = used[_ENTRIES], used[_RAW]
    room = number < len(texts.entries) and 2 * number < len(texts.slots)
    if not room or raw_at + length + PADDING > len(texts.raw):
        return -_TEXTS_FULL
    code = _add_text(block, at, length, path, texts, counts, used)
    if code < 0 or texts.slots[slot] != _NONE:
        return code
    copy_roughly(block, at, texts.raw, raw_at, length)
    texts.entries[number, _RAW_AT] = raw_at
    texts.entries[number, _RAW_LENGTH] = length
    texts.entries[number, _TEXT_PATH] = path
    texts.entries[number, _TEXT_CODE] = code
    texts.slots[slot] = (mark << _HALF) | np.uint64(number + 1)
    used[_ENTRIES] = number + 1
    used[_RAW] = raw_at + length
    return code


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
    number, start = used[_FRESH], used[_FRESH_BYTES]
    if number >= len(texts.fresh_paths) or start + length + PADDING > len(texts.fresh):
        return -_TEXTS_FULL
    end = _copy_text(block, at, at + length, texts.fresh, start)
    if end < 0:
        return -_REFUSED
    code: int = counts[path]
    counts[path] = code + 1
    texts.fresh_paths[number] = path
    texts.fresh_ends[number] = end
    used[_FRESH] = number + 1
    used[_FRESH_BYTES] = end
    return code


@inlined
def _copy_text(block: Bytes, at: int, end: int, to: Bytes, place: int) -> int:
    """Copy a string's content, unescaped; return where it ends, or -1 where it is no valid text."""
    while at < end:
        special = special_mask(block, at)
        plain = min(first_bit(special), end - at)
        copy_roughly(block, at, to, place, plain)
        at += plain
        place += plain
        if special != _NONE and at < end:
            at, place = _copy_special(block, at, end, to, place)
            if at < 0:
                return -1
    return place


@inlined
def _copy_special(block: Bytes, at: int, end: int, to: Bytes, place: int) -> tuple[int, int]:
    """Copy an escape or a character beyond ASCII; return the places behind it, the first -1 where it is not valid."""
    if block[at] == _BACKSLASH:
        return _copy_escape(block, at, end, to, place)
    length = _character_length(block, at, end)
    copy_roughly(block, at, to, place, length)
    return (at + length if length else -1), place + length


@inlined
def _character_length(block: Bytes, at: int, end: int) -> int:
    """Return how many bytes a character beyond ASCII takes, or 0 where it is not valid UTF-8 (RFC 3629, section 4)."""
    first = _signed(block[at])
    if 0xC2 <= first <= 0xDF:
        length, low, high = 2, 0x80, 0xBF
    elif 0xE0 <= first <= 0xEF:
        length, low, high = 3, 0xA0 if first == 0xE0 else 0x80, 0x9F if first == 0xED else 0xBF
    elif 0xF0 <= first <= 0xF4:
        length, low, high = 4, 0x90 if first == 0xF0 else 0x80, 0x8F if first == 0xF4 else 0xBF
    else:
        return 0
    if at + length > end or not low <= block[at + 1] <= high:
        return 0
    for step in range(2, length):
        if block[at + step] & 0xC0 != 0x80:
            return 0
    return length


@inlined
def _copy_escape(block: Bytes, at: int, end: int, to: Bytes, place: int) -> tuple[int, int]:
    """Unescape what begins with a backslash."""
    letter = block[at + 1]
    if at + 1 < end and letter == 0x75:
        return _copy_code_point(block, at, end, to, place)
    plain = _plain_escape(letter)
    if at + 1 >= end or plain < 0:
        return -1, place
    to[place] = plain
    return at + 2, place + 1


@inlined
def _plain_escape(letter: int) -> int:
    """Return the character that a letter behind a backslash stands for, or -1."""
    if letter in (_QUOTE, _BACKSLASH, 0x2F):
        return letter
    if letter == 0x6E:
        return _NEWLINE
    if letter == 0x72:
        return _RETURN
    if letter == 0x74:
        return 0x09
    if letter == 0x62:
        return 0x08
    return 0x0C if letter == 0x66 else -1


@inlined
def _copy_code_point(block: Bytes, at: int, end: int, to: Bytes, place: int) -> tuple[int, int]:
    r"""Write `\uXXXX`, or a pair of such for one character, as UTF-8; half of a pair is not valid."""
    point = _hexadecimal(block, at + 2, end)
    at += 6
    if 0xD800 <= point < 0xDC00 and at + 1 < end and block[at] == _BACKSLASH and block[at + 1] == 0x75:
        low = _hexadecimal(block, at + 2, end)
        if not 0xDC00 <= low < 0xE000:
            return -1, place
        point = 0x10000 + ((point - 0xD800) << 10) + (low - 0xDC00)
        at += 6
    if point < 0 or 0xD800 <= point < 0xE000:
        return -1, place
    return at, place + _write_utf8(point, to, place)


@inlined
def _hexadecimal(block: Bytes, at: int, end: int) -> int:
    """Return the number that four digits stand for, or -1."""
    number = 0
    for step in range(4):
        digit = _signed(block[at + step])
        letter = digit | 0x20
        if _ZERO <= digit <= _NINE:
            number = number * 16 + digit - _ZERO
        elif 0x61 <= letter <= 0x66:
            number = number * 16 + letter - 0x61 + 10
        else:
            return -1
    return number if at + 4 <= end else -1


@inlined
def _write_utf8(point: int, to: Bytes, place: int) -> int:
    """Write one character and return how many bytes it took."""
    if point < 0x80:
        to[place] = point
        return 1
    if point < 0x800:
        to[place] = 0xC0 | point >> 6
        to[place + 1] = 0x80 | point & 0x3F
        return 2
    if point < 0x10000:
        to[place] = 0xE0 | point >> 12
        to[place + 1] = 0x80 | point >> 6 & 0x3F
        to[place + 2] = 0x80 | point & 0x3F
        return 3
    to[place] = 0xF0 | point >> 18
    to[place + 1] = 0x80 | point >> 12 & 0x3F
    to[place + 2] = 0x80 | point >> 6 & 0x3F
    to[place + 3] = 0x80 | point & 0x3F
    return 4


# Numbers and words


@inlined
def _word_end(block: Bytes, at: int, end: int) -> int:
    """Return where `true`, `false` or a number ends, or -1 where it is none whose text is the one that stands here."""
    word = load_word(block, at) & _FOUR_BYTES
    if word == _TRUE:
        return at + 4
    if word == _FALS:
        return at + 5 if block[at + 4] == 0x65 else -1
    return _number_end(block, at, end)


@inlined
def _number_end(block: Bytes, at: int, end: int) -> int:
    negative = block[at] == _MINUS
    start = at + 1 if negative else at
    at, number = _digits(block, start, end, _NONE)
    digits = at - start
    if not 1 <= digits <= _MOST_DIGITS or (block[start] == _ZERO and digits > 1):
        return -1
    if block[at] == _POINT:
        return _fraction_end(block, at + 1, end, number)
    # -0 is printed as 0; below -2^63 a number is no integer any more.
    if negative and (number == _NONE or number > _LEAST_INTEGER):
        return -1
    return at if block[at] | 0x20 != 0x65 else -1


@inlined
def _digits(block: Bytes, at: int, end: int, number: np.uint64) -> tuple[int, np.uint64]:
    """Return where the digits end, and the number to which they were appended; more than 20 may overflow it."""
    while at < end and _ZERO <= block[at] <= _NINE:
        number = number * np.uint64(10) + np.uint64(block[at] - _ZERO)
        at += 1
    return at, number


@inlined
def _fraction_end(block: Bytes, start: int, end: int, whole: np.uint64) -> int:
    """Return where a fraction ends, or -1 where its shortest form may be another than the one that stands here."""
    at, number = _digits(block, start, end, whole)
    digits = at - start
    if not 1 <= digits <= _MOST_DIGITS or whole >= _EXACT or number >= _EXACT or block[at] | 0x20 == 0x65:
        return -1
    if block[at - 1] == _ZERO and digits > 1:
        return -1
    small = whole == _NONE and block[start] == _ZERO and digits > 1  # 0.00001 is printed as 1e-5
    return -1 if small else at


# Keys


@compiled
def _find_path(
    block: Bytes,
    at: int,
    end: int,
    parent: int,
    paths: Paths,
    most: int,
    used: NDArray[np.int64],
    seed: np.uint64,
) -> tuple[int, int]:
    """Return the path of the key whose quote is at `at`, and where its value may begin.

    The path is the negative of an outcome where there is none; a key that is new gets one, as long as there are not
    `most` already.
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
            return _new_path(block, at, length, parent, paths, most, used, slot), close
        row = paths.rows[path]
        if (
            row[_PARENT] == parent
            and row[_KEY_LENGTH] == length
            and equal_bytes(block, at, paths.keys, row[_KEY_AT], length)
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
    most: int,
    used: NDArray[np.int64],
    slot: int,
) -> int:
    path: int = used[_PATHS]
    key_at: int = used[_KEYS]
    if path >= most or key_at + length + PADDING > len(paths.keys):
        return -_KEYS_FULL
    depth = paths.rows[parent, _DEPTH] + 1
    if depth > _DEEPEST:
        return -_REFUSED
    copy_roughly(block, at, paths.keys, key_at, length)
    paths.rows[path, _PARENT] = parent
    paths.rows[path, _KEY_AT] = key_at
    paths.rows[path, _KEY_LENGTH] = length
    paths.rows[path, _DEPTH] = depth
    paths.slots[slot] = path
    used[_PATHS] = path + 1
    used[_KEYS] = key_at + length
    return path


@compiled
def _find_state(
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
        if row[_BEFORE] == state and row[_PATH] == path and row[_KIND] == kind:
            states.rows[state, _FOLLOWING] = following
            return following
        slot = (slot + 1) & mask
    new: int = used[_STATES]
    if new >= len(states.rows) or states.slots[slot] != 0:
        return -_KEYS_FULL
    _write_state(states.rows[new], state, path, kind, paths.rows[path])
    states.rows[state, _FOLLOWING] = new
    states.slots[slot] = new
    used[_STATES] = new + 1
    return new


@inlined
def _write_state(row: NDArray[np.int64], before: int, path: int, kind: int, described: NDArray[np.int64]) -> None:
    row[_BEFORE] = before
    row[_PATH] = path
    row[_KIND] = kind
    row[_FOLLOWING] = 0
    row[_TOKEN_AT] = described[_KEY_AT]
    row[_TOKEN_LENGTH] = described[_KEY_LENGTH]
    row[_TOKEN_PARENT] = described[_PARENT]
    row[_SHAPE] = 0


# Records


@inlined
def _skip(block: Bytes, at: int, end: int, blanks: NDArray[np.bool_]) -> int:
    while at < end and blanks[block[at]]:
        at += 1
    return at


@woven
def _scalar(block: Bytes, at: int, end: int, path: int, tables: Tables) -> tuple[int, int]:
    """Return where a string, number, `true` or `false` ends, and its code or the negative of an outcome."""
    if block[at] == _QUOTE:
        close = _string_end(block, at + 1, end)
        if close < 0:
            return at, -_MORE
        return close + 1, _code_of(block, at + 1, close - at - 1, path, tables)
    close = _word_end(block, at, end)
    if close < 0:
        return at, -_REFUSED
    return close, _code_of(block, at, close - at, path, tables)


@woven
def _elements(block: Bytes, at: int, end: int, path: int, tables: Tables) -> tuple[int, int]:
    """Take the elements of a list of scalars; return the place behind it, and 0 or the negative of an outcome."""
    elements = tables.batch.elements
    while True:
        at = _skip(block, at, end, tables.blanks)
        if tables.kinds[block[at]] != _SCALAR:
            return at, -_REFUSED
        at, code = _scalar(block, at, end, path, tables)
        if code < 0:
            return at, code
        number = tables.used[_ELEMENTS]
        if number >= len(elements):
            return at, -_BATCH_FULL
        elements[number, 0] = path
        elements[number, 1] = tables.used[_ROWS]
        elements[number, 2] = code
        tables.used[_ELEMENTS] = number + 1
        at = _skip(block, at, end, tables.blanks)
        if block[at] == _CLOSING_LIST:
            return at + 1, 0
        if block[at] != _COMMA:
            return at, -_REFUSED
        at += 1


@woven
def _key(block: Bytes, at: int, end: int, state: int, parent: int, tables: Tables) -> tuple[int, int, int]:
    """Return where the value of a key begins, its path (or the negative of an outcome), and the state expected."""
    expected = tables.states.rows[state, _FOLLOWING]
    row = tables.states.rows[expected]
    if (
        expected
        and row[_TOKEN_PARENT] == parent
        and equal_bytes(block, at, tables.paths.keys, row[_TOKEN_AT], row[_TOKEN_LENGTH])
    ):
        return at + row[_TOKEN_LENGTH], row[_PATH], expected
    if block[at] != _QUOTE:
        return at, -_REFUSED, 0
    path, at = _find_path(block, at, end, parent, tables.paths, len(tables.batch.codes), tables.used, tables.seed)
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
        if code < 0:
            return at, code
        tables.batch.codes[path, tables.used[_ROWS]] = code + 1
        return at, 0
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
    if tables.states.rows[following, _KIND] != kind or not following:
        if kind == 0:
            return at, -_REFUSED, parent
        following = _find_state(state, path, kind, tables.states, tables.paths, tables.used, tables.seed)
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
        opened = tables.states.rows[reached, _KIND] == _OBJECT
        state = reached
        at = _skip(block, at, end, tables.blanks)
        while block[at] == _CLOSING and at < end:
            opened = False
            at += 1
            if parent == 0:
                return at, state
            parent = tables.paths.rows[parent, _PARENT]
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
def _forget(state: int, elements: int, tables: Tables) -> None:
    """Take back what a record that was not finished has left in its row."""
    row = tables.used[_ROWS]
    while state:
        tables.batch.codes[tables.states.rows[state, _PATH], row] = 0
        state = tables.states.rows[state, _BEFORE]
    tables.used[_ELEMENTS] = elements


@woven
def _record(block: Bytes, at: int, end: int, final: bool, longest: int, tables: Tables) -> int:
    """Take one record into the next row; return the place behind its line, or the negative of an outcome."""
    elements = tables.used[_ELEMENTS]
    tables.used[_ATTEMPTS] += 1
    behind, state = _object(block, at, end, tables)
    following = _line_end(block, behind, end, final) if behind > 0 else behind
    known = tables.states.rows[state, _SHAPE]
    if following > 0 and known != _PLAIN:
        tables.used[_AT_SHAPE] = state
        following = -_REFUSED if known == _NOT_PLAIN else -_NEW_SHAPE
    if following > 0 and behind - at > longest:
        following = -_REFUSED
    if following < 0:
        _forget(state, elements, tables)
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
def find_again(texts: Texts, count: int, seed: np.uint64) -> None:
    """Enter the first `count` entries into slots that are all free, as after these became more."""
    mask = len(texts.slots) - 1
    for number in range(count):
        entry = texts.entries[number]
        path_seed = seed ^ (np.uint64(entry[_TEXT_PATH]) * _PATH_SECRET)
        hashed = hash_bytes(texts.raw, entry[_RAW_AT], entry[_RAW_LENGTH], path_seed)
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
