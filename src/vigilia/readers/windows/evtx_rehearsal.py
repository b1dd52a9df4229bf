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

__all__ = ["RECORD_NUMBER", "UNHASHED", "Rehearsal", "UnplayableError"]

RECORD_NUMBER: Final = 1
"""Of the record in each file."""

UNHASHED: Final = 0
"""What stands as the hash of each name."""

_LITERAL: Final = 0xFFFF  # in place of the number of values: a fragment without a template
_RECORD_HEADER: Final = struct.Struct("<4sIQQ")
_FRAGMENT_HEADER: Final = bytes([Token.FRAGMENT, 1, 1, 0])
_DEFINITION_HEADER: Final = struct.Struct("<IIIIII")  # next in a list, GUID (four words), size
_INSTANCE_HEADER: Final = struct.Struct("<BBIII")  # token, a number, id, place of the definition, how many values
_SYMBOL: Final = struct.Struct("<BIH")
_DESCRIPTOR: Final = struct.Struct("<HBB")
_NO_DEPENDENCY: Final = b"\xff\xff"
_LONGEST_VALUE: Final = 0xFFFF
_BLANK_TEXT: Final = b"\0\0"
_NAME_HEAD: Final = bytes(10)  # its own place, the next in a list, a hash
_WORD: Final = struct.Struct("<I")
_COUNT_BYTES: Final = 2  # how many characters a text has
_NAME: Final = "Name".encode("utf-16-le")

# Compared for each token and value: plain numbers are faster.
_MORE, _NO_MORE = int(Token.MORE), 0xFF & ~int(Token.MORE)
_OPEN, _TEXT_VALUE, _ATTRIBUTE, _ENTITY = (
    int(Token.OPEN_START),
    int(Token.VALUE),
    int(Token.ATTRIBUTE),
    int(Token.ENTITY),
)
_CLOSE_ELEMENT: Final = int(Token.CLOSE_ELEMENT)
_SUBSTITUTIONS: Final = (int(Token.SUBSTITUTION), int(Token.OPTIONAL_SUBSTITUTION))
_TEXT, _TEXTS = int(ValueType.TEXT), int(ValueType.TEXT | ValueType.ARRAY)
_BINARY_XML: Final = int(ValueType.BINARY_XML)
_PRESENT, _BLANK, _ITEMS = int(State.PRESENT), int(State.BLANK), int(State.ITEMS)


class UnplayableError(Exception):
    """No such record can be written."""


class Rehearsal:
    """Writes records of shapes, one after another to the same chunk.

    Records begin where those of a chunk do. Definitions are laid from its end backwards, and stay for the next shapes
    that use them until there is no more room.

    Args:
        structure: returns a canonical definition.
        mark: returns the text that stands for a cell; those of all cells are of one length.
    """

    def __init__(self, structure: Callable[[int], bytes], mark: Callable[[int], str]) -> None:
        self._structure = structure
        self._mark = mark
        self._marks: list[bytes] = []
        self._tokens: dict[tuple[int, bool], _Tokens] = {}
        self._chunk = bytearray(CHUNK_BYTES)
        self._places: dict[int, int] = {}
        self._floor = CHUNK_BYTES

    def file(self, shape: bytes) -> tuple[bytes, int]:
        """Return an EVTX file of one record that has a shape (the symbols of `evtx_layout.Walk`), and how many cells.

        Raises:
            UnplayableError: the record is too large.
        """
        try:
            writer = self._written(shape)
        except _NoRoomError:
            self._places.clear()
            self._floor = CHUNK_BYTES
            writer = self._written(shape)
        end = CHUNK_HEADER_BYTES + len(writer.out)
        self._chunk[:CHUNK_HEADER_BYTES] = chunk_header(1, CHUNK_HEADER_BYTES, end)
        self._chunk[CHUNK_HEADER_BYTES:end] = writer.out
        return file_of_one_chunk(self._chunk), writer.cells

    def _written(self, shape: bytes) -> _Writer:
        """Return the record of a shape."""
        writer = _Writer(shape, self)
        writer.out += bytes(_RECORD_HEADER.size)
        writer.fragment()
        writer.out.append(Token.END)
        length = len(writer.out) + _WORD.size
        writer.out += _WORD.pack(length)
        if CHUNK_HEADER_BYTES + length > self._floor:
            raise _NoRoomError
        _RECORD_HEADER.pack_into(writer.out, 0, b"\x2a\x2a\0\0", length, RECORD_NUMBER, 0)
        return writer

    def definition(self, number: int) -> int:
        """Return where the definition of a template stands.

        Raises:
            UnplayableError: there is no room for it.
        """
        place = self._places.get(number)
        if place is None:
            tokens = self.tokens(number, literal=False)
            size = len(_FRAGMENT_HEADER) + len(tokens)
            place = self._floor - _DEFINITION_HEADER.size - size
            if place < CHUNK_HEADER_BYTES:
                raise _NoRoomError
            definition = bytearray(_DEFINITION_HEADER.pack(0, number + 1, 0, 0, 0, size))
            definition += _FRAGMENT_HEADER
            tokens.append_to(definition, place, self.mark)
            self._chunk[place : self._floor] = definition
            self._floor = self._places[number] = place
        return place

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


class _NoRoomError(UnplayableError):
    """The chunk is full, maybe of definitions of other shapes."""


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
        symbol, number, values = _SYMBOL.unpack_from(self._shape, self._at)
        if symbol != STRUCTURE_SYMBOL:
            raise UnplayableError
        self._at += _SYMBOL.size
        self.out += _FRAGMENT_HEADER
        if values == _LITERAL:
            tokens = self._rehearsal.tokens(number, literal=True)
            tokens.append_to(self.out, CHUNK_HEADER_BYTES, lambda _: self._next_mark())
        else:
            self._instance(number, values)

    def _instance(self, number: int, values: int) -> None:
        place = self._rehearsal.definition(number)
        self.out += _INSTANCE_HEADER.pack(Token.TEMPLATE, 1, number, place, values)
        descriptor = len(self.out)
        self.out += bytes(_DESCRIPTOR.size * values)
        for _ in range(values):
            start = len(self.out)
            kind = self._value()
            length = len(self.out) - start
            if length > _LONGEST_VALUE:
                raise UnplayableError
            _DESCRIPTOR.pack_into(self.out, descriptor, length, kind, 0)
            descriptor += _DESCRIPTOR.size

    def _value(self) -> int:
        """Write a value and return its type: what has a text is a text now."""
        kind, state = self._shape[self._at], self._shape[self._at + 1]
        self._at += 2
        if state >= _ITEMS:
            self._array(kind, state - _ITEMS)
            return _TEXTS
        if state == _PRESENT and kind == _BINARY_XML:
            self.fragment()
            self.out.append(Token.END)
            return kind
        if state == _PRESENT:
            self.out += self._next_mark()
            return _TEXT
        if state == _BLANK:
            self.out += _BLANK_TEXT
        return kind

    def _array(self, kind: int, items: int) -> None:
        for _ in range(items):
            if kind != _TEXTS:
                self.out += self._next_mark()
            else:
                self._at += 1
                if self._shape[self._at - 1] == _PRESENT:
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
        defined = kept = mark is None
        while at < len(canonical):
            whole = canonical[at]
            token = whole & _NO_MORE
            start = at + 1
            self._out.append(whole)
            at = self._token(canonical, start, whole, kept=kept)
            if token == _ATTRIBUTE:
                kept = defined or canonical[start + _COUNT_BYTES : at] == _NAME
            elif token <= _CLOSE_ELEMENT:
                kept = defined

    def __len__(self) -> int:
        return len(self._out)

    def append_to(self, out: bytearray, origin: int, mark: Callable[[int], bytes]) -> None:
        """Write the tokens behind what is there.

        Args:
            out: takes them.
            origin: where in the chunk `out` will begin: names point to where they stand then.
            mark: returns the text for the tokens' values, one after another.
        """
        base = len(out)
        out += self._out
        for number, place in enumerate(self._marks):
            text = mark(number)
            out[base + place : base + place + len(text)] = text
        for place in self._names:
            _WORD.pack_into(out, base + place, origin + base + place + _WORD.size)

    def _token(self, canonical: bytes, at: int, whole: int, *, kept: bool) -> int:
        token = whole & _NO_MORE
        if token == _OPEN:
            self._out += (_NO_DEPENDENCY if self._mark is None else b"") + bytes(4)
            at = self._name(canonical, at)
            if whole & _MORE:
                self._out += bytes(4)
        elif token in (_ATTRIBUTE, _ENTITY):
            at = self._name(canonical, at)
        elif token == _TEXT_VALUE:
            at = self._text(canonical, at, kept=kept)
        elif token in _SUBSTITUTIONS:
            self._out += canonical[at : at + 3]
            at += 3
        return at

    def _name(self, canonical: bytes, at: int) -> int:
        end = at + 2 + 2 * (canonical[at] | canonical[at + 1] << 8)
        self._names.append(len(self._out))
        self._out += _NAME_HEAD + canonical[at:end] + _BLANK_TEXT
        return end

    def _text(self, canonical: bytes, at: int, *, kept: bool) -> int:
        self._out.append(_TEXT)
        if kept or self._mark is None:
            end = at + 2 + 2 * (canonical[at] | canonical[at + 1] << 8)
            self._out += canonical[at:end]
            return end
        state = canonical[at]
        text = self._mark if state == _PRESENT else _BLANK_TEXT if state == _BLANK else b""
        if state == _PRESENT:
            self._marks.append(len(self._out) + _COUNT_BYTES)
        self._out += struct.pack("<H", len(text) // 2) + text
        return at + 1
