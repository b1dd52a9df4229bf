"""Binary XML in pieces that may stand anywhere, and the templates that were met in this form."""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.windows.evtx_headers import DEFINITION_BYTES, DESCRIPTOR_BYTES

__all__ = [
    "Filled",
    "Mark",
    "Name",
    "Piece",
    "Template",
    "TemplateShelf",
    "length_of",
    "name_hash",
]

_NAME: Final = struct.Struct("<HH")  # hash, characters
_HASH_FACTOR: Final = 65599
_MOST_UNITS: Final = 0xFFFF  # of a name

_MOST_TEMPLATES: Final = 4096
_ANY_KIND: Final = 0x00


@dataclass(frozen=True, slots=True)
class Name:
    """A name as it is written: hash, count of characters, characters, a zero."""

    written: bytes

    @classmethod
    def of(cls, name: str) -> Name:
        """Return a name to write."""
        characters = name.encode("utf-16-le")
        return cls(_NAME.pack(name_hash(characters), len(characters) // 2) + characters + b"\0\0")

    @property
    def length(self) -> int:
        """Bytes that it takes where it is written out: its place, the next in the list, itself."""
        return 8 + len(self.written)


@dataclass(frozen=True)
class Filled:
    """A template with the values that fill it: `head` is the token and what stands before the template's place."""

    head: bytes
    template: Template
    values: tuple[tuple[int, int, Sequence[Piece]], ...]  # kind, flags, content

    @functools.cached_property
    def length(self) -> int:
        """Bytes that it takes: its place, the definition, the number of values, and these."""
        values = sum(DESCRIPTOR_BYTES + length_of(content) for _, _, content in self.values)
        return len(self.head) + 4 + DEFINITION_BYTES + self.template.length + 4 + values


Mark: TypeAlias = Literal["open", "close"]
Piece: TypeAlias = "bytes | Name | Filled | Mark"
"""Bytes that say the same wherever they stand; a mark opens or closes what has its size written before it."""


def length_of(pieces: Sequence[Piece]) -> int:
    """Return how many bytes pieces take; it does not depend on where they stand."""
    return sum(map(_length, pieces))


def _length(piece: Piece) -> int:
    if isinstance(piece, bytes):
        return len(piece)
    if isinstance(piece, Name | Filled):
        return piece.length
    return 4 if piece == "open" else 0


@dataclass(frozen=True)
class Template:
    """A template that points to nothing outside itself."""

    guid: bytes
    pieces: tuple[Piece, ...]

    @functools.cached_property
    def length(self) -> int:
        """Bytes that its pieces take."""
        return length_of(self.pieces)

    def takes(self, kinds: Sequence[int]) -> bool:
        """Whether values of these kinds can fill it: none is missing."""
        return all(number < len(kinds) for number, _ in self.slots)

    def fits(self, kinds: Sequence[int]) -> bool:
        """Whether these are the kinds that it was made for; a value that is left out has kind 0."""
        return self.takes(kinds) and all(kinds[number] in (kind, _ANY_KIND) for number, kind in self.slots)

    @functools.cached_property
    def slots(self) -> list[tuple[int, int]]:
        """Number and kind of each place for a value."""
        return [
            (int.from_bytes(piece[1:3], "little"), piece[3])
            for piece in self.pieces
            if isinstance(piece, bytes) and len(piece) == 4 and piece[0] in (0x0D, 0x0E)
        ]


@dataclass(slots=True)
class TemplateShelf:
    """Templates by the first four bytes of their GUID, which is all that a record says of its own.

    Whoever can write a log may put a template with a known id and other names into it. Where templates that differ
    share an id and fit, none is chosen.
    """

    _by_id: dict[bytes, list[Template]] = field(default_factory=dict)
    _count: int = 0
    _names: dict[int, set[bytes]] = field(default_factory=dict)

    def knows(self, guid: bytes) -> bool:
        """Whether there is a template with this GUID."""
        return any(one.guid == guid for one in self._by_id.get(guid[:4], ()))

    def add(self, template: Template) -> Template:
        """Keep a template; return the one that is kept, which is equal."""
        same_id = self._by_id.setdefault(template.guid[:4], [])
        kept = next((one for one in same_id if one == template), None)
        if kept is not None:
            return kept
        if self._count < _MOST_TEMPLATES:
            same_id.append(template)
            self._count += 1
            self.learn_names(template.pieces)
        return template

    def learn_names(self, pieces: Iterable[Piece]) -> None:
        """Keep the names among some pieces, by their hash."""
        for piece in pieces:
            if isinstance(piece, Name):
                (stated, _) = _NAME.unpack_from(piece.written)
                self._names.setdefault(stated, set()).add(piece.written)

    def name_like(self, stated: int, count: int, characters: bytes) -> Name | None:
        """Return the one name that is known from elsewhere and was damaged into what stands at a place.

        Args:
            stated: its hash.
            count: its characters.
            characters: what stands there, and behind it.
        """
        alike = [one for one in self._names.get(stated, ()) if _almost(one[_NAME.size : -2], characters)]
        spelt = characters[: 2 * count]
        if not alike and spelt and len(spelt) == 2 * count:
            true_hash = name_hash(spelt)
            found = _NAME.pack(true_hash, count) + spelt + b"\0\0"
            alike = [found] if found in self._names.get(true_hash, ()) else []
        return Name(alike[0]) if len(alike) == 1 else None

    def only(self, short_id: bytes, kinds: Sequence[int]) -> Template | None:
        """Return the one template with this id that fits these kinds of values; None where there are several."""
        fitting = [one for one in self._by_id.get(short_id, ()) if one.fits(kinds)]
        return fitting[0] if len(fitting) == 1 else None


def _almost(name: bytes, characters: bytes) -> bool:
    """Whether most of a name stands at a place."""
    same = sum(name[at : at + 2] == characters[at : at + 2] for at in range(0, len(name), 2))
    return len(name) <= len(characters) and 3 * same >= len(name)  # two thirds of its characters, of two bytes each


def name_hash(characters: bytes) -> int:
    """Return the hash that is written with a name ([MS-EVEN6] 2.2.12, "NameHash").

    Args:
        characters: of the name, UTF-16.
    """
    units = np.frombuffer(characters, dtype="<u2").astype(np.uint16)
    # What is cut off at 16 bits in the end may be cut off at every step.
    return int((units * _powers()[len(_powers()) - len(units) :]).sum(dtype=np.uint16))


@functools.cache
def _powers() -> NDArray[np.uint16]:
    """Return by what each unit of the longest name is multiplied, the last one by 1."""
    factors = np.full(_MOST_UNITS, _HASH_FACTOR & 0xFFFF, dtype=np.uint16)
    factors[0] = 1
    return np.multiply.accumulate(factors, dtype=np.uint16)[::-1].copy()
