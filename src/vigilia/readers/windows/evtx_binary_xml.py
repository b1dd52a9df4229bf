"""A record's binary XML made to stand alone: with its own copy of every template and name that it uses.

Records of a chunk share templates and names, and point to them by their place in the chunk. A record that was left
over when its chunk was written anew, or that lies in a memory image, points to places where something else may stand by
now. Here each place is followed only if what stands there is what the record means: a template by its id, a name by its
hash. A template that is not there any more is taken from a shelf of those seen elsewhere.

Every offset and size is checked before it is used; tokens, nesting and copies are bounded. Layout: Joachim Metz,
"Windows XML Event Log (EVTX) format specification" (libevtx documentation), section 4; Microsoft, [MS-EVEN6] 2.2.12 to
2.2.17.
"""

from __future__ import annotations

import contextlib
import enum
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from vigilia.readers.windows.evtx_descriptors import Descriptor, are_plausible, are_sound, settled
from vigilia.readers.windows.evtx_headers import DESCRIPTOR_BYTES
from vigilia.readers.windows.evtx_substitutes import common_names, head_template, unnamed_template
from vigilia.readers.windows.evtx_templates import (
    Filled,
    Name,
    Piece,
    Template,
    TemplateShelf,
    length_of,
    name_hash,
)

__all__ = ["CONTENT_LOST", "ChunkXml", "OwnPart", "StandAlone", "Unresolved", "laid_out"]

CONTENT_LOST: Final = "content"
"""Said to be lost of a record of which nothing but the head can be read."""

_FRAGMENT: Final = 0x0F
_INSTANCE: Final = 0x0C
_MORE: Final = 0x40  # set on a token where attributes follow, or more of the same
_BINARY_XML: Final = 0x21
_TEXT: Final = 0x01
_NOTHING: Final = 0x00
_DEFINITION: Final = struct.Struct("<I16sI")  # next in its list, GUID, size
_NAME: Final = struct.Struct("<IHH")  # next in its list, hash, characters
_SIZE: Final = struct.Struct("<I")
_COUNT: Final = struct.Struct("<H")
_DESCRIPTOR: Final = struct.Struct("<HBB")
_MOST_TOKENS: Final = 20_000
_MOST_NESTED: Final = 8
_MOST_ELEMENTS: Final = 64
_LONGEST_NAME: Final = 1024  # bytes of a damaged one that are compared with names that are known
_MOST_VALUE: Final = 0xFFFF


class Unresolved(Exception):
    """A record cannot be made whole; the text says why, short and stable.

    Attributes:
        may_come: it only lacks a template, which may be met later.
    """

    def __init__(self, reason: str, *, may_come: bool = False) -> None:
        super().__init__(reason)
        self.may_come = may_come


class OwnPart(enum.Enum):
    """What becomes of all that an event holds beside its head."""

    NEEDED = enum.auto()
    IF_READABLE = enum.auto()
    LEFT_OUT = enum.auto()  # it may be read and still not be what was written


class StandAlone(NamedTuple):
    """A record's binary XML as pieces that point to nothing outside.

    Attributes:
        lost: what its templates said that are gone: "computer", the machine's name; "channel"; "provider"; "process",
            with version, opcode and activity; "names", those of its values. Or "content": all that the event holds
            beside its head, which is damaged.
    """

    pieces: list[Piece]
    lost: tuple[str, ...]


def laid_out(pieces: Sequence[Piece], base: int) -> bytes:
    """Return the bytes of pieces that will stand at `base` in a chunk."""
    out = bytearray()
    _lay(pieces, base, out)
    return bytes(out)


def _lay(pieces: Sequence[Piece], base: int, out: bytearray) -> None:
    opened: list[int] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            out += piece
        elif isinstance(piece, Name):
            out += _SIZE.pack(base + len(out) + 4) + bytes(4) + piece.written
        elif isinstance(piece, Filled):
            _lay_filled(piece, base, out)
        elif piece == "open":
            opened.append(len(out))
            out += bytes(4)
        else:
            at = opened.pop()
            _SIZE.pack_into(out, at, len(out) - at - 4)


def _lay_filled(filled: Filled, base: int, out: bytearray) -> None:
    out += filled.head
    out += _SIZE.pack(base + len(out) + 4)
    out += _DEFINITION.pack(0, filled.template.guid, filled.template.length)
    _lay(filled.template.pieces, base, out)
    out += _SIZE.pack(len(filled.values))
    for kind, flags, content in filled.values:
        out += _DESCRIPTOR.pack(length_of(content), kind, flags)
    for _, _, content in filled.values:
        _lay(content, base, out)


@dataclass(slots=True)
class ChunkXml:
    """The binary XML of one chunk.

    Attributes:
        chunk: the bytes that offsets count from; zeros where they are not known.
        shelf: templates from elsewhere; those that are read here are added to it.
    """

    chunk: bytes
    shelf: TemplateShelf
    _names: dict[int, Name] = field(default_factory=dict)
    _templates: dict[int, Template] = field(default_factory=dict)

    def record(
        self, start: int, end: int, *, substitutes: bool = False, own_part: OwnPart = OwnPart.NEEDED
    ) -> StandAlone:
        """Return a record that points to nothing outside.

        Args:
            start: of its binary XML, behind the record's header.
            end: of it, before the size at the record's end.
            substitutes: take others for templates that are not known.
            own_part: whether the head of an event is enough.

        Raises:
            Unresolved: something is no binary XML, or points to what is not there any more.
        """
        if end > len(self.chunk):
            raise Unresolved("it reaches over the end of its chunk")
        walk = _Walk(self, start, end, substitutes, own_part)
        pieces = walk.fragment(nested=0)
        if not any(isinstance(piece, Filled | Name) for piece in pieces):
            raise Unresolved("it holds no event")
        return StandAlone(pieces, tuple(sorted(walk.lost)))

    def learn(self, places: Iterable[int]) -> None:
        """Put the templates that stand at some places on the shelf; what is none, or is known, is passed over."""
        for place in places:
            if 0 < place <= len(self.chunk) - _DEFINITION.size and not self.shelf.knows(
                self.chunk[place + 4 : place + 20]
            ):
                with contextlib.suppress(Unresolved):
                    self.template_at(place)

    def template_at(self, place: int) -> Template:
        """Return the template that is defined at a place, and put it on the shelf.

        Raises:
            Unresolved: there is none.
        """
        known = self._templates.get(place)
        if known is not None:
            return known
        if not 0 < place <= len(self.chunk) - _DEFINITION.size:
            raise Unresolved("its template is not there any more")
        _, guid, size = _DEFINITION.unpack_from(self.chunk, place)
        end = place + _DEFINITION.size + size
        if end > len(self.chunk):
            raise Unresolved("its template is not there any more")
        walk = _Walk(self, place + _DEFINITION.size, end)
        pieces = walk.definition()
        if walk.at != end:
            raise Unresolved("its template is damaged")
        self._templates[place] = template = self.shelf.add(Template(guid, tuple(pieces)))
        return template

    def name_at(self, place: int) -> Name:
        """Return the name at a place.

        Raises:
            Unresolved: there is none, or not the one that was written there.
        """
        name = self._names.get(place)
        if name is None:
            name = self._names[place] = self._name_at(place)
        return name

    def _name_at(self, place: int) -> Name:
        if place + _NAME.size > len(self.chunk):
            raise Unresolved("a name of it is not there any more")
        _, stated, count = _NAME.unpack_from(self.chunk, place)
        begin = place + _NAME.size
        end = begin + 2 * count
        characters = self.chunk[begin:end]
        if count and end + 2 <= len(self.chunk) and stated == name_hash(characters):
            return Name(self.chunk[place + 4 : end + 2])
        self.shelf.learn_names(common_names())
        known = self.shelf.name_like(stated, count, self.chunk[begin : begin + _LONGEST_NAME])
        if known is None:
            raise Unresolved("a name of it is not there any more")
        return known


@dataclass(slots=True)
class _Walk:
    """Goes over binary XML once, from left to right."""

    xml: ChunkXml
    at: int
    end: int
    substitutes: bool = False
    own_part: OwnPart = OwnPart.NEEDED
    tokens: int = 0
    lost: set[str] = field(default_factory=set)

    def fragment(self, nested: int) -> list[Piece]:
        """Return all up to the token that ends the fragment, or to the end."""
        pieces, _ = self._content(nested)
        return pieces

    def definition(self) -> list[Piece]:
        """Return the content of a template, which holds no other template."""
        pieces, elements = self._content(None)
        if not elements.any:
            raise Unresolved("its template is damaged")
        return pieces

    def _content(self, nested: int | None) -> tuple[list[Piece], _Elements]:
        """Return what stands up to the token that ends it, or to the end; `nested` is None in a template."""
        pieces: list[Piece] = []
        elements = _Elements(pieces)
        while self.at < self.end:
            token = self._token()
            if token == 0:
                pieces.append(b"\0")
                break
            if token != _INSTANCE:
                self._plain(token, pieces, elements, dependency=nested is None)
            elif nested is None:
                raise Unresolved("a template within a template")
            else:
                pieces.append(self._filled(nested))
        elements.check_closed()
        return pieces, elements

    def _token(self) -> int:
        self.tokens += 1
        if self.tokens > _MOST_TOKENS:
            raise Unresolved("its binary XML has too many tokens")
        return self._taken(1)[0]

    def _taken(self, count: int) -> bytes:
        if self.at + count > self.end:
            raise Unresolved("its binary XML ends too early")
        piece = self.xml.chunk[self.at : self.at + count]
        self.at += count
        return piece

    def _plain(self, token: int, pieces: list[Piece], elements: _Elements, *, dependency: bool) -> None:
        """Take one token that is no template; elements have a dependency id in templates alone."""
        kind = token & ~_MORE
        head = bytes([token])
        if kind == 0x01:
            elements.begin(head + (self._taken(2) if dependency else b""))
            self._taken(4)
            pieces.append(self._name())
            if token & _MORE:
                self._taken(4)
                elements.begin_attributes()
        elif kind in (0x02, 0x03, 0x04) and token == kind:
            elements.step(kind, head)
        elif kind in (0x06, 0x09, 0x0A):
            pieces += [head, self._name()]
        else:
            pieces.append(head + self._literal(kind))

    def _literal(self, kind: int) -> bytes:
        """Take what follows a token that names nothing and nests nothing."""
        if kind == 0x05:
            written = self._taken(1)
            if written[0] != _TEXT:
                raise Unresolved("its binary XML has a literal value that is no text")
            return written + self._text()
        if kind in (0x07, 0x0B):
            return self._text()
        fixed = {0x08: 2, 0x0D: 3, 0x0E: 3, _FRAGMENT: 3}.get(kind)
        if fixed is None:
            raise Unresolved("its binary XML has a token that is none")
        return self._taken(fixed)

    def _text(self) -> bytes:
        counted = self._taken(2)
        return counted + self._taken(2 * _COUNT.unpack(counted)[0])

    def _name(self) -> Name:
        (place,) = _SIZE.unpack(self._taken(4))
        inline = place == self.at
        name = self.xml.name_at(place)
        if inline:
            self._taken(4 + len(name.written))
        return name

    def _filled(self, nested: int) -> Filled:
        if nested > _MOST_NESTED:
            raise Unresolved("its binary XML is nested too deep")
        head = self._taken(5)
        (place,) = _SIZE.unpack(self._taken(4))
        inline: Template | None = None
        if place == self.at:
            inline = self._inline()
        stated = [Descriptor(*one) for one in _DESCRIPTOR.iter_unpack(self._taken(_DESCRIPTOR.size * self._count()))]
        kinds = [one.kind for one in stated]
        template = inline or self._meant(head[1:5], place, kinds, nested)
        if not template.takes(kinds):
            raise Unresolved("its template does not fit its values")
        content = self.xml.chunk[self.at : self.end]
        described = settled(stated, template.slots, content, within=nested > 0)
        if not self._may_be_alone(described, content, nested):
            raise Unresolved("its head is damaged too")
        return Filled(b"\x0c" + head, template, tuple(self._value(one, nested) for one in described))

    def _may_be_alone(self, described: Sequence[Descriptor], content: bytes, nested: int) -> bool:
        """Whether values can be believed though something else of the record cannot."""
        if self.own_part is OwnPart.LEFT_OUT:
            has_content = bool(described) and described[-1].kind == _BINARY_XML and described[-1].size > 0
            return has_content and are_plausible(described, content)
        return self.own_part is OwnPart.NEEDED or are_sound(described, content, within=nested > 0)

    def _count(self) -> int:
        count: int = _SIZE.unpack(self._taken(4))[0]
        if count * DESCRIPTOR_BYTES > self.end - self.at:
            raise Unresolved("its binary XML ends too early")
        return count

    def _inline(self) -> Template | None:
        """Take a definition that stands in the record itself; None where it is damaged but its size is sound."""
        place = self.at
        _, _, size = _DEFINITION.unpack(self._taken(_DEFINITION.size))
        self._taken(size)
        try:
            return self.xml.template_at(place)
        except Unresolved:
            return None

    def _meant(self, short_id: bytes, place: int, kinds: Sequence[int], nested: int) -> Template:
        """Return the template with this id: the one at its place, if it is still there, or one from elsewhere."""
        if self.xml.chunk[place + 4 : place + 8] == short_id:
            try:
                return self.xml.template_at(place)
            except Unresolved:
                pass
        template = self.xml.shelf.only(short_id, kinds)
        if template is None and self.substitutes:
            template = self._substitute(short_id, kinds, nested)
        if template is None:
            raise Unresolved("its template is not there any more", may_come=not self.substitutes)
        return template

    def _substitute(self, short_id: bytes, kinds: Sequence[int], nested: int) -> Template | None:
        if nested:
            self.lost.add("names")
            return unnamed_template(short_id, kinds)
        head = head_template(short_id, kinds)
        if head is None:
            return None
        self.lost.update(head.lost)
        return head.template

    def _value(self, one: Descriptor, nested: int) -> tuple[int, int, Sequence[Piece]]:
        """Take a value: its type, flags and content."""
        start = self.at
        content = self._taken(one.size)
        if one.kind != _BINARY_XML or not one.size:
            return one.kind, one.flags, (content,)
        try:
            if self.own_part is not OwnPart.LEFT_OUT:
                return one.kind, one.flags, self._part(start, nested)
        except Unresolved:
            if self.own_part is OwnPart.NEEDED:
                raise
        self.lost.add(CONTENT_LOST)
        return _NOTHING, 0, (b"",)

    def _part(self, start: int, nested: int) -> list[Piece]:
        """Return the fragment that is a value, which ends where the walk stands."""
        lost = set(self.lost)
        inner = _Walk(self.xml, start, self.at, self.substitutes, tokens=self.tokens, lost=lost)
        pieces = inner.fragment(nested + 1)
        self.tokens = inner.tokens
        self.lost |= lost
        pieces.append(self.xml.chunk[inner.at : inner.end])
        if length_of(pieces) > _MOST_VALUE:
            raise Unresolved("its binary XML does not fit into a chunk")
        return pieces


@dataclass(slots=True)
class _Elements:
    """Which elements are open, so that their sizes are written where they end."""

    pieces: list[Piece]
    open: list[bool] = field(default_factory=list)  # whether the list of attributes of each is still open
    any: bool = False

    def begin(self, head: bytes) -> None:
        """Open an element."""
        if len(self.open) >= _MOST_ELEMENTS:
            raise Unresolved("its binary XML is nested too deep")
        self.pieces += [head, "open"]
        self.open.append(False)
        self.any = True

    def begin_attributes(self) -> None:
        """Open the list of its attributes."""
        self.pieces.append("open")
        self.open[-1] = True

    def step(self, kind: int, head: bytes) -> None:
        """Take the token that ends a start tag (2), an empty element (3) or an element (4)."""
        if not self.open:
            raise Unresolved("its binary XML closes what is not open")
        if self.open[-1]:
            self.pieces.append("close")
            self.open[-1] = False
        self.pieces.append(head)
        if kind != 0x02:
            self.pieces.append("close")
            self.open.pop()

    def check_closed(self) -> None:
        """Refuse what ends in the middle of an element."""
        if self.open:
            raise Unresolved("its binary XML ends too early")
