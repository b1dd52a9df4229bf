"""XML elements of one name out of a stream, each with its place and parsed by itself, in bounded memory.

Exports of events are one element after another, with or without a root around them, and often cut. Each element is
framed by its tags and parsed alone, so a damaged one costs itself only. What stands before and between elements is
never parsed: a document type, and with it every entity, has no effect.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final, NoReturn
from xml.parsers import expat

from vigilia.model.records import Reject
from vigilia.readers.byte_patterns import byte_pattern, match_end
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.reader import ReadLimits
from vigilia.readers.text_window import TextWindow

__all__ = [
    "Between",
    "XmlElement",
    "XmlNode",
    "add_elements",
    "head_element",
    "iterate_elements",
    "parse_element",
    "parse_repaired",
]

_LONGEST: Final = 1024 * 1024
_AFTER_NAME: Final = frozenset(b" \t\r\n/>")
_KEPT_BACK: Final = 64  # bytes at the end of a window that may be the beginning of a tag
_BEFORE_NESTED: Final = (b"</System>", b"<UserData>")
_LOOKED_AHEAD: Final = 1 << 16  # as much as is looked at together, so that markup is rarely divided
_START_TAG: Final = byte_pattern(rb"""<(?:[^"'>]|"[^"]*"|'[^']*')*>""")
_REPLACED: Final = "\ufffd".encode()
_CONTROLS: Final = byte_pattern(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_CONTROL_REFERENCES: Final = byte_pattern(
    rb"&#(?:[xX]0{0,6}(?:1?[0-8bBcCeEfF]|19|1[aAdD])|0{0,6}(?:[0-8]|1[124-9]|2\d|3[01]));"
)


@dataclass(frozen=True, slots=True)
class XmlElement:
    """The bytes of one element and their place in the evidence; `text` is UTF-8."""

    ordinal: int
    offset: int
    length: int
    text: bytes


@dataclass(frozen=True, slots=True)
class Between:
    """Bytes between elements: blanks, declarations, comments, tags of what is around the elements."""

    length: int


@dataclass(slots=True)
class XmlNode:
    """One element as it was parsed; `cut` of the outermost one says that deeper elements were left out."""

    name: str
    attributes: dict[str, str]
    children: list[XmlNode] = field(default_factory=list)
    cut: bool = False
    pieces: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Return the text directly in it."""
        return "".join(self.pieces)


def iterate_elements(window: TextWindow, name: bytes, longest: int) -> Iterator[XmlElement | Between | Reject]:
    """Yield each element of this name; the lengths add up to the bytes of the stream.

    One that is cut off by the next, by the end or by `longest` is refused. Elements of the name do not nest, but for
    what an event may hold right behind its header.
    """
    return _Elements(window, name, longest).run()


class _Elements:
    def __init__(self, window: TextWindow, name: bytes, longest: int) -> None:
        self._window = window
        self._open = b"<" + name
        self._close = b"</" + name + b">"
        self._longest = longest
        self._ordinal = 0

    def run(self) -> Iterator[XmlElement | Between | Reject]:
        window = self._window
        if mark := window.skip_mark():
            yield Between(mark)
        while window.held or window.more():
            if self._start(window.at) == window.at:
                yield self._element()
            elif window.held:
                yield from self._between()
        if window.dangling:
            reason = "the file ends in the middle of a character"
            yield Reject(place="end of file", reason=reason, offset=window.offset, length=window.dangling)

    def start_of_first(self) -> int:
        """Return where in the window the first element begins, or -1."""
        while self._window.more():
            pass
        return self._start(0)

    def _start(self, at: int) -> int:
        """Return where the next start tag is in what is held, or -1."""
        text = self._window.text
        while True:
            at = text.find(self._open, at)
            after = at + len(self._open)
            if at < 0 or (after < len(text) and text[after] in _AFTER_NAME):
                return at
            at = after

    def _between(self) -> Iterator[Between | Reject]:
        """Take what stands before the next start tag, or what is held of it."""
        window = self._window
        start = self._start(window.at)
        if start < 0 and window.held <= _LOOKED_AHEAD:
            if window.more():
                return
            start = len(window.text)
        stop = start if start >= 0 else len(window.text) - _KEPT_BACK
        skipped, offset = window.text[window.at : stop], window.offset
        length = window.skip(len(skipped))
        if _is_markup(skipped):
            yield Between(length)
        else:
            yield Reject(place=f"byte {offset}", reason="text outside of any event", offset=offset, length=length)

    def _element(self) -> XmlElement | Reject:
        window = self._window
        while True:
            following, within = self._following()
            limit = following if following >= 0 else len(window.text)
            if alone := self._tag_alone(limit):
                return self._take(alone)
            end = self._end(limit, within)
            if end >= 0:
                return self._take(end - window.at)
            if following >= 0:
                return self._refuse(following - window.at, "the next event begins before this one ends")
            if window.held > self._longest:
                kept = max(window.held - _KEPT_BACK, len(self._open))
                return self._refuse(kept, f"event longer than {self._longest} bytes")
            if not window.more():
                return self._refuse(window.held, "the file ends inside an event")

    def _following(self) -> tuple[int, int]:
        """Return where the next element begins, or -1, and how many of the same name begin within this one."""
        text, within = self._window.text, 0
        at = self._start(self._window.at + len(self._open))
        while at >= 0 and text[max(at - _KEPT_BACK, 0) : at].rstrip().endswith(_BEFORE_NESTED):
            within += 1
            at = self._start(at + len(self._open))
        return at, within

    def _end(self, limit: int, within: int) -> int:
        """Return where this element ends, after the ends of those within it; -1 where it does not."""
        at = self._window.at
        for _ in range(within + 1):
            found = self._window.text.find(self._close, at, limit)
            if found < 0:
                return -1
            at = found + len(self._close)
        return at

    def _tag_alone(self, limit: int) -> int:
        """Return the length of `<Event …/>` where the window stands at one, else 0."""
        tag = self._window.text[self._window.at : limit]
        end = match_end(_START_TAG, tag, 0)
        return end if tag[:end].endswith(b"/>") else 0

    def _take(self, count: int) -> XmlElement | Reject:
        if count > self._longest:
            return self._refuse(count, f"event longer than {self._longest} bytes")
        window = self._window
        offset, text = window.offset, window.text[window.at : window.at + count]
        self._ordinal += 1
        return XmlElement(self._ordinal - 1, offset, window.skip(count), text)

    def _refuse(self, count: int, reason: str) -> Reject:
        offset = self._window.offset
        return Reject(place=f"byte {offset}", reason=reason, offset=offset, length=self._window.skip(count))


def _is_markup(text: bytes) -> bool:
    """Whether this is blank, or begins and ends like tags and declarations do."""
    bare = text.strip()
    return not bare or (bare.startswith(b"<") and bare.endswith(b">"))


def parse_element(text: bytes, depth: int) -> XmlNode | None:
    """Parse one element; None where it is not well-formed. Elements nested deeper than `depth` are left out."""
    return _Builder(depth).parse(text)


def parse_repaired(text: bytes, depth: int) -> XmlNode | None:
    """Parse an element with what XML does not allow (control characters, bytes that are no UTF-8) as U+FFFD."""
    valid = text.decode("utf-8", "replace").encode()
    return parse_element(_CONTROL_REFERENCES.sub(_REPLACED, _CONTROLS.sub(_REPLACED, valid)), depth)


class _RefusedError(Exception):
    pass


class _Builder:
    def __init__(self, depth: int) -> None:
        self._depth = depth
        self._open: list[XmlNode] = []
        self._too_deep = 0
        self._root: XmlNode | None = None

    def parse(self, text: bytes) -> XmlNode | None:
        parser = expat.ParserCreate("utf-8")
        parser.buffer_text = True
        parser.StartElementHandler = self._begin
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters
        parser.StartDoctypeDeclHandler = self._refuse
        parser.EntityDeclHandler = self._refuse
        try:
            parser.Parse(text, True)
        except (expat.ExpatError, _RefusedError):
            return None
        return self._root

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._open) >= self._depth:
            self._too_deep += 1
            self._open[0].cut = True
            return
        node = XmlNode(name.rpartition(":")[2], attributes)
        if self._open:
            self._open[-1].children.append(node)
        else:
            self._root = node
        self._open.append(node)

    def _end(self, _name: str) -> None:
        if self._too_deep:
            self._too_deep -= 1
        else:
            self._open.pop()

    def _characters(self, text: str) -> None:
        if not self._too_deep:
            self._open[-1].pieces.append(text)

    @staticmethod
    def _refuse(*_declaration: object) -> NoReturn:
        raise _RefusedError


def add_elements(
    stream: BinaryIO,
    name: bytes,
    builder: ColumnBuilder,
    limits: ReadLimits,
    fields_of: Callable[[XmlNode], dict[str, FieldValue] | None],
) -> Iterator[None]:
    """Add such elements as records, one at each step; `fields_of` answers None where an element is no record."""
    for item in iterate_elements(TextWindow(stream), name, min(limits.line_bytes, _LONGEST)):
        if isinstance(item, Between):
            builder.ignore(item.length)
        elif isinstance(item, Reject):
            builder.add_reject(item)
        else:
            _take(item, builder, limits.depth, fields_of)
        yield


def _take(
    item: XmlElement, builder: ColumnBuilder, depth: int, fields_of: Callable[[XmlNode], dict[str, FieldValue] | None]
) -> None:
    node = parse_element(item.text, depth)
    sound = node is not None
    if node is None:
        node = parse_repaired(item.text, depth)
    fields = fields_of(node) if node is not None else None
    if fields is None:
        reason = "not well-formed XML" if node is None else "not a record of this log"
        builder.reject(f"event {item.ordinal + 1} at byte {item.offset}", reason, item.offset, item.length)
        return
    if not sound:
        fields[INVALID_TEXT] = "true"
    builder.append(item.ordinal, item.offset, item.length, fields)


def head_element(head: bytes, name: bytes) -> bytes:
    """Return the first element in the head of an item, as far as it goes; empty where there is none."""
    window = TextWindow(io.BytesIO(head))
    start = _Elements(window, name, len(head) + 1).start_of_first()
    return window.text[start:] if start >= 0 else b""
