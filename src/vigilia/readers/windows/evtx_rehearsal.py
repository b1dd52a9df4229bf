"""A record of some shape, written anew with marks for values: what the `evtx` library makes of it names the fields.

How that library turns templates and values into JSON depends on which elements, attributes and values are there, not on
what the values say. So it is shown one record of each shape, and where the marks come out is true for all of them.
Layout: the sources named in `evtx_layout`.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import Final

from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, CHUNK_HEADER_BYTES, chunk_header, file_of_one_chunk
from vigilia.readers.windows.evtx_layout import STRUCTURE_SYMBOL, State, Token, ValueType

__all__ = ["Rehearsal", "UnplayableError"]

_LITERAL: Final = 0xFFFF  # in place of the number of values: a fragment without a template
_RECORD_HEADER: Final = struct.Struct("<4sIQQ")
_FRAGMENT_HEADER: Final = bytes([Token.FRAGMENT, 1, 1, 0])
_NO_DEPENDENCY: Final = b"\xff\xff"
_NUMBER: Final = 1
_LONGEST_VALUE: Final = 0xFFFF
_BLANK_TEXT: Final = b"\0\0"
_NAME_HEAD: Final = bytes(10)  # its own place, the next in a list, a hash
_WORD: Final = struct.Struct("<I")
_COUNT_BYTES: Final = 2  # how many characters a text has
_NAME: Final = "Name".encode("utf-16-le")


class UnplayableError(Exception):
    """No such record can be written."""


class Rehearsal:
    """Writes records of shapes.

    Args:
        structure: returns a canonical definition.
        mark: returns the text that stands for a cell; those of all cells are of one length.
    """

    def __init__(self, structure: Callable[[int], bytes], mark: Callable[[int], str]) -> None:
        self._structure = structure
        self._mark = mark
        self._marks: list[bytes] = []
        self._tokens: dict[tuple[int, bool], _Tokens] = {}

    def file(self, shape: bytes) -> tuple[bytes, int]:
        """Return an EVTX file of one record that has a shape (the symbols of `evtx_layout.Walk`), and how many cells.

        Raises:
            UnplayableError: the record is too large.
        """
        writer = _Writer(shape, self)
        writer.out += bytes(CHUNK_HEADER_BYTES + _RECORD_HEADER.size)
        writer.fragment()
        writer.out.append(Token.END)
        length = len(writer.out) - CHUNK_HEADER_BYTES + 4
        writer.out += struct.pack("<I", length)
        end = len(writer.out)
        if end > CHUNK_BYTES:
            raise UnplayableError
        _RECORD_HEADER.pack_into(writer.out, CHUNK_HEADER_BYTES, b"\x2a\x2a\0\0", length, _NUMBER, 0)
        writer.out[:CHUNK_HEADER_BYTES] = chunk_header(1, CHUNK_HEADER_BYTES, end)
        return file_of_one_chunk(writer.out.ljust(CHUNK_BYTES, b"\0")), writer.cells

    def tokens(self, number: int, *, literal: bool) -> _Tokens:
        """Return the definition of a template, or a fragment that has none and takes marks for its own values."""
        found = self._tokens.get((number, literal))
        if found is None:
            mark = self.mark(0) if literal else None
            found = self._tokens[number, literal] = _Tokens(self._structure(number), mark)
        return found

    def mark(self, cell: int) -> bytes:
        """Return the text that stands for a cell, as a record holds it."""
        while len(self._marks) <= cell:
            self._marks.append(self._mark(len(self._marks)).encode("utf-16-le"))
        return self._marks[cell]


class _Writer:
    """Follows the symbols of a shape and writes what they stand for."""

    def __init__(self, shape: bytes, rehearsal: Rehearsal) -> None:
        self.out = bytearray()
        self._shape = shape
        self._rehearsal = rehearsal
        self._at = 0
        self.cells = 0

    def fragment(self) -> None:
        """Write a fragment, up to its end."""
        symbol, number, values = struct.unpack_from("<BIH", self._shape, self._at)
        if symbol != STRUCTURE_SYMBOL:
            raise UnplayableError
        self._at += 7
        self.out += _FRAGMENT_HEADER
        if values == _LITERAL:
            self._rehearsal.tokens(number, literal=True).append_to(self.out, self._next_mark)
        else:
            self._instance(number, values)

    def _instance(self, number: int, values: int) -> None:
        self.out += struct.pack("<BBII", Token.TEMPLATE, 1, number, len(self.out) + 10)
        identity = struct.pack("<IIII", number + 1, 0, 0, 0)
        definition = self._rehearsal.tokens(number, literal=False)
        self.out += struct.pack("<I16sI", 0, identity, len(_FRAGMENT_HEADER) + len(definition))
        self.out += _FRAGMENT_HEADER
        definition.append_to(self.out, self._next_mark)
        self.out += struct.pack("<I", values)
        descriptors = len(self.out)
        self.out += bytes(4 * values)
        for value in range(values):
            start = len(self.out)
            kind = self._value()
            length = len(self.out) - start
            if length > _LONGEST_VALUE:
                raise UnplayableError
            struct.pack_into("<HBB", self.out, descriptors + 4 * value, length, kind, 0)

    def _value(self) -> int:
        """Write a value and return its type: what has a text is a text now."""
        kind, state = self._shape[self._at : self._at + 2]
        self._at += 2
        if state >= State.ITEMS:
            self._array(kind, state - State.ITEMS)
            return ValueType.TEXT | ValueType.ARRAY
        if state == State.PRESENT and kind == ValueType.BINARY_XML:
            self.fragment()
            self.out.append(Token.END)
            return kind
        if state == State.PRESENT:
            self.out += self._next_mark()
            return ValueType.TEXT
        if state == State.BLANK:
            self.out += _BLANK_TEXT
        return kind

    def _array(self, kind: int, items: int) -> None:
        for _ in range(items):
            if kind != ValueType.TEXT | ValueType.ARRAY:
                self.out += self._next_mark()
            else:
                self._at += 1
                if self._shape[self._at - 1] == State.PRESENT:
                    self.out += self._next_mark()
            self.out += _BLANK_TEXT

    def _next_mark(self) -> bytes:
        self.cells += 1
        return self._rehearsal.mark(self.cells - 1)


class _Tokens:
    """A canonical form as it stands in a chunk (`evtx_token_kernels.canonical_fragment`), wherever it begins.

    Args:
        canonical: with its names spelt out.
        mark: what stands in place of its values; None for a definition, whose texts are its own.
    """

    def __init__(self, canonical: bytes, mark: bytes | None) -> None:
        self._out = bytearray()
        self._names: list[int] = []
        self._marks: list[int] = []
        self._mark = mark
        at = 0
        kept = mark is None
        while at < len(canonical):
            whole = canonical[at]
            token = whole & ~Token.MORE
            start = at + 1
            self._out.append(whole)
            at = self._token(canonical, start, whole, kept=kept)
            if token == Token.ATTRIBUTE:
                kept = mark is None or canonical[start + 2 : at] == _NAME
            elif token <= Token.CLOSE_ELEMENT:
                kept = mark is None

    def __len__(self) -> int:
        return len(self._out)

    def append_to(self, out: bytearray, next_mark: Callable[[], bytes]) -> None:
        """Write the tokens behind what is there, with the next marks: names point to where they stand then."""
        base = len(out)
        out += self._out
        for place in self._marks:
            mark = next_mark()
            out[base + place : base + place + len(mark)] = mark
        for place in self._names:
            _WORD.pack_into(out, base + place, base + place + _WORD.size)

    def _token(self, canonical: bytes, at: int, whole: int, *, kept: bool) -> int:
        match whole & ~Token.MORE:
            case Token.OPEN_START:
                self._out += (_NO_DEPENDENCY if self._mark is None else b"") + bytes(4)
                at = self._name(canonical, at)
                self._out += bytes(4) if whole & Token.MORE else b""
            case Token.ATTRIBUTE | Token.ENTITY:
                at = self._name(canonical, at)
            case Token.VALUE:
                at = self._text(canonical, at, kept=kept)
            case Token.SUBSTITUTION | Token.OPTIONAL_SUBSTITUTION:
                self._out += canonical[at : at + 3]
                at += 3
        return at

    def _name(self, canonical: bytes, at: int) -> int:
        end = at + 2 + 2 * int.from_bytes(canonical[at : at + 2], "little")
        self._names.append(len(self._out))
        self._out += _NAME_HEAD + canonical[at:end] + _BLANK_TEXT
        return end

    def _text(self, canonical: bytes, at: int, *, kept: bool) -> int:
        self._out.append(ValueType.TEXT)
        if kept or self._mark is None:
            end = at + 2 + 2 * int.from_bytes(canonical[at : at + 2], "little")
            self._out += canonical[at:end]
            return end
        state = canonical[at]
        text = self._mark if state == State.PRESENT else _BLANK_TEXT if state == State.BLANK else b""
        if state == State.PRESENT:
            self._marks.append(len(self._out) + _COUNT_BYTES)
        self._out += struct.pack("<H", len(text) // 2) + text
        return at + 1
