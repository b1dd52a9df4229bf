"""Binary XML as EVTX chunks hold it: templates that records share, with the values of each record put in their place.

Names and templates are written where they are first used in a chunk; later uses point there. Offsets count from the
first byte of the chunk. Layout: the sources named in `vigilia.demo.evtx_values`.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from vigilia.demo.evtx_values import Value

__all__ = ["Element", "Slot", "Vocabulary", "fragment"]

_FRAGMENT: Final = b"\x0f\x01\x01\x00"
_END_OF_FRAGMENT: Final = b"\x00"
_NAME_BUCKETS: Final = 64
_TEMPLATE_BUCKETS: Final = 32
_NO_DEPENDENCY: Final = 0xFFFF
_MOST_VALUE_BYTES: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Slot:
    """The place of the value with this number, from 0; one without a value leaves its element out."""

    number: int
    kind: int


@dataclass(frozen=True, slots=True)
class Element:
    """An XML element of a template: attributes and content are fixed texts, places for values, or elements."""

    name: str
    attributes: tuple[tuple[str, str | Slot], ...] = ()
    content: tuple[Element | str | Slot, ...] = ()

    def identity(self) -> bytes:
        """Return 16 bytes that stand for this template and no other."""
        return hashlib.sha256(repr(self).encode()).digest()[:16]


@dataclass(slots=True)
class Vocabulary:
    """Where a chunk has which name and template, and the tables for them in its header.

    Attributes:
        shared: false has each record write its own names and templates, so that damage to one costs no other.
    """

    shared: bool = True
    names: dict[str, int] = field(default_factory=dict)
    templates: dict[Element, int] = field(default_factory=dict)
    name_table: list[int] = field(default_factory=lambda: [0] * _NAME_BUCKETS)
    template_table: list[int] = field(default_factory=lambda: [0] * _TEMPLATE_BUCKETS)

    def copy(self) -> Vocabulary:
        """Return one that can grow while this stays as it is: for a record that may not fit."""
        names, templates = (self.names.copy(), self.templates.copy()) if self.shared else ({}, {})
        return Vocabulary(self.shared, names, templates, self.name_table.copy(), self.template_table.copy())

    def tables(self) -> bytes:
        """Return the tables as they stand in a chunk header from byte 128 on."""
        return struct.pack(f"<{_NAME_BUCKETS + _TEMPLATE_BUCKETS}I", *self.name_table, *self.template_table)


def fragment(base: int, template: Element, values: Sequence[Value], vocabulary: Vocabulary) -> bytes:
    """Return a fragment that fills a template with values; `base` is where in the chunk it will stand."""
    writer = _Writer(base, vocabulary)
    writer.out += _FRAGMENT
    writer.instance(template, values)
    writer.out += _END_OF_FRAGMENT
    return bytes(writer.out)


class _Writer:
    def __init__(self, base: int, vocabulary: Vocabulary) -> None:
        self.out = bytearray()
        self._base = base
        self._vocabulary = vocabulary

    @property
    def _here(self) -> int:
        return self._base + len(self.out)

    def instance(self, template: Element, values: Sequence[Value]) -> None:
        identity = template.identity()
        self.out += struct.pack("<BB4s", 0x0C, 1, identity[:4])
        known = self._vocabulary.templates.get(template)
        self.out += struct.pack("<I", known if known is not None else self._here + 4)
        if known is None:
            self._definition(template, identity)
        if any(len(value.raw) > _MOST_VALUE_BYTES for value in values):
            raise ValueError(f"a value is larger than {_MOST_VALUE_BYTES} bytes")
        self.out += struct.pack("<I", len(values))
        self.out += b"".join(struct.pack("<HBB", len(value.raw), value.kind, 0) for value in values)
        self.out += b"".join(value.raw for value in values)

    def _definition(self, template: Element, identity: bytes) -> None:
        bucket = int.from_bytes(identity[:4], "little") % _TEMPLATE_BUCKETS
        table = self._vocabulary.template_table
        start = self._here
        self.out += struct.pack("<I16sI", table[bucket], identity, 0)
        body = len(self.out)
        self.out += _FRAGMENT
        self._element(template)
        self.out += _END_OF_FRAGMENT
        struct.pack_into("<I", self.out, body - 4, len(self.out) - body)
        self._vocabulary.templates[template] = table[bucket] = start

    def _element(self, element: Element) -> None:
        token = 0x41 if element.attributes else 0x01
        self.out += struct.pack("<BHI", token, _NO_DEPENDENCY, 0)
        start = len(self.out)
        self._name(element.name)
        if element.attributes:
            self._attributes(element.attributes)
        if element.content:
            self.out += b"\x02"
            for part in element.content:
                self._part(part)
            self.out += b"\x04"
        else:
            self.out += b"\x03"
        struct.pack_into("<I", self.out, start - 4, len(self.out) - start)

    def _attributes(self, attributes: tuple[tuple[str, str | Slot], ...]) -> None:
        self.out += bytes(4)
        start = len(self.out)
        for left, (name, value) in enumerate(attributes, start=1 - len(attributes)):
            self.out += b"\x46" if left else b"\x06"
            self._name(name)
            self._part(value)
        struct.pack_into("<I", self.out, start - 4, len(self.out) - start)

    def _part(self, part: Element | str | Slot) -> None:
        if isinstance(part, Element):
            self._element(part)
        elif isinstance(part, Slot):
            self.out += struct.pack("<BHB", 0x0E, part.number, part.kind)
        else:
            raw = part.encode("utf-16-le")
            self.out += struct.pack("<BBH", 0x05, 0x01, len(raw) // 2) + raw

    def _name(self, name: str) -> None:
        known = self._vocabulary.names.get(name)
        if known is not None:
            self.out += struct.pack("<I", known)
            return
        here = self._here + 4
        bucket = _name_hash(name) % _NAME_BUCKETS
        table = self._vocabulary.name_table
        raw = name.encode("utf-16-le")
        self.out += struct.pack("<IIHH", here, table[bucket], _name_hash(name), len(raw) // 2) + raw + b"\0\0"
        self._vocabulary.names[name] = table[bucket] = here


def _name_hash(name: str) -> int:
    value = 0
    for unit in struct.iter_unpack("<H", name.encode("utf-16-le")):
        value = (value * 65599 + unit[0]) & 0xFFFFFFFF
    return value & 0xFFFF
