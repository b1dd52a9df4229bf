"""Rows of coded texts as JSON objects, compiled by Numba: measured first, then written member by member."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.kernel_cache import kernel

__all__ = ["measure_members", "write_members"]

_QUOTE, _BACKSLASH, _COMMA = ord('"'), ord("\\"), ord(",")
_OPEN, _CLOSE = ord("["), ord("]")
_FIRST_PRINTED = 0x20
_HEXADECIMAL = np.frombuffer(bytearray(b"0123456789abcdef"), dtype=np.uint8)


def _escapes() -> NDArray[np.uint8]:
    """Return for each byte the letter behind the backslash; 0 for none, "u" for four digits (RFC 8259, section 7)."""
    letters = np.zeros(256, dtype=np.uint8)
    letters[:_FIRST_PRINTED] = ord("u")
    letters[[_QUOTE, _BACKSLASH, 0x08, 0x09, 0x0A, 0x0C, 0x0D]] = [_QUOTE, _BACKSLASH, *b"btnfr"]
    return letters


_ESCAPES = _escapes()


@kernel
def measure_members(
    arena: NDArray[np.uint8],
    ends: NDArray[np.int64],
    codes: NDArray[np.int32],
    rows: NDArray[np.int64],
    name: NDArray[np.uint8],
    lengths: NDArray[np.int64],
) -> None:
    """Add to the length of each row what its member takes, with a comma behind it.

    Args:
        arena: the bytes of texts, UTF-8.
        ends: where each ends.
        codes: of each element the number of its text, or less than 0 for none.
        rows: of each element, ascending; a row of several has a list.
        name: of the member as JSON, and a colon.
        lengths: of each row.
    """
    at = 0
    while at < len(codes):
        last = _end_of_row(rows, at)
        if codes[at] >= 0:
            elements = last - at
            length = len(name) + elements + (2 if elements > 1 else 0)
            for element in range(at, last):
                length += _written_length(arena, ends, codes[element])
            lengths[rows[at]] += length
        at = last


@kernel
def write_members(
    arena: NDArray[np.uint8],
    ends: NDArray[np.int64],
    codes: NDArray[np.int32],
    rows: NDArray[np.int64],
    name: NDArray[np.uint8],
    first: int,
    places: NDArray[np.int64],
    out: NDArray[np.uint8],
) -> None:
    """Write what `measure_members` measured.

    Args:
        arena: the bytes of texts, UTF-8.
        ends: where each ends.
        codes: of each element of the rows that are written.
        rows: of each element.
        name: of the member as JSON, and a colon.
        first: the first of the rows that are written.
        places: where each row goes on in `out`; moved on.
        out: has room for all.
    """
    at = 0
    while at < len(codes):
        last = _end_of_row(rows, at)
        if codes[at] >= 0:
            to = places[rows[at] - first]
            out[to : to + len(name)] = name
            to += len(name)
            if last - at > 1:
                out[to] = _OPEN
                to += 1
            for element in range(at, last):
                to = _write_text(arena, ends, codes[element], out, to)
                out[to] = _COMMA
                to += 1
            if last - at > 1:
                out[to - 1] = _CLOSE
                out[to] = _COMMA
                to += 1
            places[rows[at] - first] = to
        at = last


@kernel
def _end_of_row(rows: NDArray[np.int64], at: int) -> int:
    last = at + 1
    while last < len(rows) and rows[last] == rows[at]:
        last += 1
    return last


@kernel
def _written_length(arena: NDArray[np.uint8], ends: NDArray[np.int64], text: int) -> int:
    start = ends[text - 1] if text else 0
    length: int = ends[text] - start + 2
    for at in range(start, ends[text]):
        letter = _ESCAPES[arena[at]]
        if letter:
            length += 5 if letter == ord("u") else 1
    return length


@kernel
def _write_text(arena: NDArray[np.uint8], ends: NDArray[np.int64], text: int, out: NDArray[np.uint8], to: int) -> int:
    out[to] = _QUOTE
    to += 1
    for at in range(ends[text - 1] if text else 0, ends[text]):
        byte = arena[at]
        letter = _ESCAPES[byte]
        if not letter:
            out[to] = byte
            to += 1
            continue
        out[to], out[to + 1] = _BACKSLASH, letter
        to += 2
        if letter == ord("u"):
            out[to], out[to + 1] = ord("0"), ord("0")
            out[to + 2], out[to + 3] = _HEXADECIMAL[byte >> 4], _HEXADECIMAL[byte & 15]
            to += 4
    out[to] = _QUOTE
    return to + 1
