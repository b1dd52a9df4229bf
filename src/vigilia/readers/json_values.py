"""JSON objects one after another out of a stream, whatever joins them: lines, arrays, commas or nothing.

A value is found by its brackets and quotes alone, so that one broken value costs that value and not the file. A page (a
list of records within an object, `{"Records":[{…},{…}]}`) may be as long as the file: its records are found one by one.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple, Protocol

import orjson

from vigilia.model.records import Reject
from vigilia.readers.byte_patterns import BytePattern, byte_pattern, match_end
from vigilia.readers.text_window import TextWindow

__all__ = [
    "JsonText",
    "PlainRuns",
    "Run",
    "Separator",
    "Taken",
    "closed_json",
    "duplicate_keys",
    "iterate_objects",
]

_SEPARATORS: Final = byte_pattern(rb"[\s,\[\]]*")
_TO_BRACKET: Final = byte_pattern(rb'(?:[^"{}\[\]]|"(?:[^"\\\r\n]|\\[^\r\n])*")*')
_TO_COMMA_OR_BRACKET: Final = byte_pattern(rb'(?:[^",{}\[\]]|"(?:[^"\\\r\n]|\\[^\r\n])*")*')
_STRING: Final = byte_pattern(rb'"(?:[^"\\]|\\.)*"')
_SPACED_COLON: Final = byte_pattern(rb'"\s+:')
_DEEPEST: Final = 64
_DEEPEST_PARSED: Final = 1024  # orjson's own limit
_WIDEST_INDENT: Final = 64
_FIRST_KEY: Final = byte_pattern(rb'\{"[^"\\\r\n]{1,64}":')
_LONGEST_FIRST_KEY: Final = 80  # more than `_FIRST_KEY` can take
_MOST_ALONE: Final = 256
_LONGEST_LINE: Final = 64 * 1024
# What searching for the end of broken objects may cost, and what one of them counts at most; beyond it objects
# must end on the line that they begin on.
_WASTE: Final = 8 * 1024 * 1024
_WASTE_OF_ONE: Final = 1024 * 1024
_COST_OF_BRACKET: Final = 1024
_PAGE_BEGINS_WITHIN: Final = 8 * 1024
# What may stand before the list of a page: members that nest no deeper than this.
_NESTED_BEFORE_PAGE: Final = 3
_TEXT: Final = rb'"(?:[^"\\\r\n]|\\[^\r\n])*"'
_ATOM: Final = rb"[-+.0-9A-Za-z]+"


def _member(levels: int) -> bytes:
    inside = rb'(?:[^"{}\[\]]|' + _TEXT + rb")*"
    for _ in range(levels - 1):
        inside = rb'(?:[^"{}\[\]]|' + _TEXT + rb"|[{\[]" + inside + rb"[}\]])*"
    return _TEXT + rb"\s*:\s*(?:" + _TEXT + rb"|" + _ATOM + rb"|[{\[]" + inside + rb"[}\]])\s*,\s*"


_MEMBER: Final = _member(_NESTED_BEFORE_PAGE)
_CLOSED_BY: Final = {ord("{"): b"}", ord("["): b"]"}


@dataclass(frozen=True, slots=True)
class JsonText:
    """The text of one object and its bytes in the evidence; `paged` says that it was found within a page."""

    ordinal: int
    offset: int
    length: int
    content: bytes
    paged: bool = False


@dataclass(frozen=True, slots=True)
class Separator:
    """Bytes between objects: blanks, commas, the brackets of arrays, what a page holds beside its records."""

    length: int


@dataclass(frozen=True, slots=True)
class Run:
    """Many objects and what separates them, which were taken at once."""

    length: int


class Taken(NamedTuple):
    """How much was taken at once: bytes, objects, where the last object begins, whether more text may help."""

    length: int
    objects: int
    last: int
    more: bool


class PlainRuns(Protocol):
    """Takes as many plain objects, each on lines of its own, as follow one another; the same objects as are found here.

    What it takes it puts to the account itself.
    """

    def take(self, text: bytes, at: int, *, ended: bool, offset: int, ordinal: int) -> Taken:
        """Take objects from `at`, the beginning of a line: `offset` in the evidence, the first with number `ordinal`.

        With `ended` the stream ends with the text.
        """
        ...


@dataclass(frozen=True, slots=True)
class _PagePatterns:
    """How an object that is a page begins, up to the bracket of its list; and how a further list in it does."""

    first: BytePattern
    further: BytePattern


@functools.cache
def _page_patterns(pages: tuple[str, ...]) -> _PagePatterns | None:
    if not pages:
        return None
    names = b"|".join(re.escape(name).encode() for name in pages)
    list_begins = rb"(?:" + _MEMBER + rb')*"(?:' + names + rb')"\s*:\s*\['
    return _PagePatterns(byte_pattern(rb"\{\s*" + list_begins), byte_pattern(list_begins))


def iterate_objects(
    window: TextWindow, longest: int, pages: tuple[str, ...] = (), plain: PlainRuns | None = None
) -> Iterator[JsonText | Reject | Separator | Run]:
    """Yield each object at the top level or directly in arrays; the lengths add up to the bytes of the stream.

    After something that is no object the search goes on at the next line that begins like one.

    Args:
        window: the text.
        longest: an object longer than this is refused.
        pages: names of lists of records: of an object that begins with such a list each record is yielded instead.
        plain: takes runs of objects by itself where it can (not with pages); they are not yielded one by one then.
    """
    return _Scanner(window, longest, _page_patterns(pages), None if pages else plain).run()


class _Scanner:
    def __init__(
        self, window: TextWindow, longest: int, pages: _PagePatterns | None, plain: PlainRuns | None = None
    ) -> None:
        self._window = window
        self._longest = longest
        self._pages = pages
        self._plain = plain
        self._alone = 0  # so many objects are looked at one by one before the next try to take many
        self._vain = 1  # how many that will be after the next try in vain
        self._in_page = False
        self._arrays_around_page = 0
        self._first_key = b""  # what the last whole object began with
        self._joined = False  # whether it stands on one line with the object before it
        self._ordinal = 0
        self._open_arrays = 0
        self._wasted = 0
        self._brackets = 0
        self._lines = True

    def run(self) -> Iterator[JsonText | Reject | Separator | Run]:
        window = self._window
        if mark := window.skip_mark():
            yield Separator(mark)
        indent = b""
        while True:
            blanks = match_end(_SEPARATORS, window.text, window.at) - window.at
            if blanks:
                indent = self._indent(window.text[window.at : window.at + blanks], indent)
                yield Separator(window.skip(blanks))
            if window.held:
                run = self._take_run(indent)
                yield run or self._next(indent)
            elif not window.more():
                break
        yield from self._finish()

    def _take_run(self, indent: bytes) -> Run | None:
        """Take many objects at once, or none."""
        window = self._window
        if self._plain is None or indent or self._joined or self._wasted >= _WASTE or window.decoded:
            return None
        if self._alone:
            self._alone -= 1
            return None
        while True:
            taken = self._plain.take(
                window.text, window.at, ended=window.ended, offset=window.offset, ordinal=self._ordinal
            )
            if taken.length or not taken.more or window.ended or window.held > self._longest:
                break
            window.more()
        if taken.objects:
            start = window.text[taken.last : taken.last + _LONGEST_FIRST_KEY]
            self._first_key = start[: match_end(_FIRST_KEY, start, 0)]
            self._vain = 1
        else:
            self._alone, self._vain = self._vain, min(2 * self._vain, _MOST_ALONE)
        self._ordinal += taken.objects
        return Run(window.skip(taken.length)) if taken.length else None

    def _indent(self, blanks: bytes, before: bytes) -> bytes:
        """Count open arrays, and return the blanks that the next object's line begins with."""
        self._open_arrays += blanks.count(b"[") - blanks.count(b"]")
        self._joined = b"\n" not in blanks
        line = blanks.rpartition(b"\n")[2] if b"\n" in blanks else before + blanks
        width = len(line) - len(line.lstrip(b" \t"))
        return line[: min(width, _WIDEST_INDENT)]

    def _next(self, indent: bytes) -> JsonText | Reject | Separator:
        window = self._window
        here = window.text[window.at]
        page_over = self._in_page and self._open_arrays <= self._arrays_around_page
        if page_over and here in b'"}':
            return self._leave_page(indent)
        if page_over:
            self._in_page = False
        if here == ord("{") and self._pages and not self._in_page and (length := self._page_begins(self._pages.first)):
            return self._enter_page(length)
        return self._value(indent)

    def _page_begins(self, pattern: BytePattern) -> int:
        """Return the length of the beginning of a page up to its bracket, 0 where none begins here."""
        window = self._window
        while window.held < _PAGE_BEGINS_WITHIN and window.more():
            pass
        end = match_end(pattern, window.text, window.at)
        first = window.text[end : end + _WIDEST_INDENT].lstrip()[:1]
        return end - window.at if first in (b"{", b"]") else 0

    def _enter_page(self, length: int) -> Separator:
        if not self._in_page:
            self._in_page, self._arrays_around_page = True, self._open_arrays
        self._open_arrays += 1
        return Separator(self._window.skip(length))

    def _leave_page(self, indent: bytes) -> Reject | Separator:
        """Pass over what an object holds behind its list of records, up to its end or to a further list."""
        if self._pages and (length := self._page_begins(self._pages.further)):
            return self._enter_page(length)
        self._in_page = False
        length, reason = self._find_end(depth=1)
        if not reason:
            return Separator(self._window.skip(length))
        return self._refused(f"byte {self._window.offset}", length, reason, indent)

    def _value(self, indent: bytes) -> JsonText | Reject:
        window = self._window
        place = f"value {self._ordinal + 1} at byte {window.offset}"
        ordinal = self._ordinal
        self._ordinal += 1
        if window.text[window.at] != ord("{"):
            return self._skip_broken(place, "not a JSON object", indent)
        length, reason = self._line() or self._before_next(), ""
        if not length:
            length, reason = self._find_end()
        if reason:
            return self._refused(place, length, reason, indent)
        content = window.text[window.at : window.at + length]
        self._first_key = content[: match_end(_FIRST_KEY, content, 0)]
        offset = window.offset
        return JsonText(ordinal, offset, window.skip(length), content, self._in_page)

    def _refused(self, place: str, searched: int, reason: str, indent: bytes) -> Reject:
        """Refuse an object whose end was not found, and note what the search for it has cost."""
        self._wasted += min(searched + self._brackets * _COST_OF_BRACKET, _WASTE_OF_ONE)
        return self._skip_broken(place, reason, indent)

    def _line(self) -> int:
        """Return the length of the object where it takes one whole line, as most do, else 0."""
        window = self._window
        end = window.text.find(b"\n", window.at, window.at + _LONGEST_LINE) if self._lines else -1
        if end < 0:
            return 0
        line = window.text[window.at : end].rstrip(b" \t\r,]")
        if line.endswith(b"}") and len(line) <= self._longest:
            self._lines = _is_json(line)
            return len(line) if self._lines else 0
        return 0

    def _before_next(self) -> int:
        """Return the length of the object where the next on its line begins with the same key, as records do, or 0."""
        window = self._window
        if not (self._joined and self._first_key):
            return 0
        next_at = window.text.find(self._first_key, window.at + 1, window.at + _LONGEST_LINE)
        text = window.text[window.at : next_at].rstrip(b" ,") if next_at > 0 else b""
        return len(text) if text.endswith(b"}") and len(text) <= self._longest and _is_json(text) else 0

    def _find_end(self, depth: int = 0) -> tuple[int, str]:
        """Return the length of the object that the window stands at, or how far the search went and why it failed.

        With a depth of 1 the window stands within the object.
        """
        window = self._window
        length = self._brackets = 0
        while length <= self._longest:
            length = match_end(_TO_BRACKET, window.text, window.at + length) - window.at
            at = window.at + length
            if at == len(window.text) or window.text[at] == ord('"'):
                line_end = window.text.find(b"\n", at)
                if line_end >= 0:  # what is too long is said to be so, however little of it is read at a time
                    unclosed = line_end - window.at <= self._longest
                    return length, "a string is not closed on its line" if unclosed else self._too_long
                if window.held > self._longest:
                    return window.held, self._too_long
                if not window.more():
                    return window.held, "the file ends inside a JSON value"
                continue
            if window.text[at] in b"{[":
                if depth and not self._may_open(length, depth):
                    return length, "invalid JSON"
                depth += 1
            else:
                depth -= 1
            length += 1
            self._brackets += 1
            if not depth and length <= self._longest:
                return length, ""
        return length, self._too_long

    @property
    def _too_long(self) -> str:
        return f"JSON value longer than {self._longest} bytes"

    def _may_open(self, length: int, depth: int) -> bool:
        """Whether a bracket may stand here: only behind a colon, a comma or an opening bracket, and not too deep."""
        window = self._window
        at = window.at + length
        before = window.text[max(window.at, at - _WIDEST_INDENT - 8) : at].rstrip()
        on_one_line = self._wasted < _WASTE or b"\n" not in window.text[window.at : at]
        return before[-1:] in (b":", b",", b"[", b"") and on_one_line and depth < _DEEPEST

    def _skip_broken(self, place: str, reason: str, indent: bytes) -> Reject:
        """Refuse everything up to the next line that begins like an object.

        Objects that stand on one line are told by their first key, which records of one kind share.
        """
        window = self._window
        offset = window.offset
        length = 0
        start_of_object, margin = self._start_of_object(indent)
        while True:
            found = start_of_object.search(window.text, window.at)
            if found:
                length += window.skip(found.end() - window.at)
                break
            length += window.skip(max(0, window.held - margin))
            if not window.more():
                length += window.skip(window.held)
                break
        return Reject(place=place, reason=reason, offset=offset, length=length)

    def _start_of_object(self, indent: bytes) -> tuple[re.Pattern[bytes], int]:
        """Return a pattern that ends where an object begins, and how much it looks at, at most."""
        on_line = rb"\n(?=(?:" + re.escape(indent) + rb"|)[,\[]?[{\[])"
        if not (self._joined and self._first_key) or self._wasted >= _WASTE:
            return re.compile(on_line), len(indent) + 3
        behind_comma = rb"|, ?(?=" + re.escape(self._first_key) + rb")"
        return re.compile(on_line + behind_comma), max(len(indent) + 3, len(self._first_key) + 2)

    def _finish(self) -> Iterator[Reject]:
        window = self._window
        if window.dangling:
            reason = "the file ends in the middle of a character"
            yield Reject(place="end of file", reason=reason, offset=window.offset, length=window.dangling)
        if self._open_arrays > 0:
            yield Reject(place="end of file", reason="the JSON array is not closed: the file may have been cut")
        elif self._in_page:
            yield Reject(place="end of file", reason="the file ends inside a JSON value")


def _is_json(text: bytes) -> bool:
    try:
        orjson.loads(text)
    except orjson.JSONDecodeError:
        return False
    return True


def closed_json(text: bytes, *, parts: bool = False) -> dict[str, object] | None:
    """Read as much as there is of an object whose end was cut off: all whole members of its top level.

    With `parts` also what there is of a member that is cut: enough to know a format by, not to be taken for evidence.
    """
    at = whole = 0
    opened = bytearray()
    closing = b""
    while at < len(text) and len(opened) <= _DEEPEST_PARSED:
        at = match_end(_TO_COMMA_OR_BRACKET, text, at)
        if at == len(text) or text[at] == ord('"'):
            break
        if text[at] in _CLOSED_BY:
            opened += _CLOSED_BY[text[at]]
        elif text[at] in b"}]":
            del opened[-1:]
        elif len(opened) == 1 or parts:
            whole, closing = at, bytes(reversed(opened))
        at += 1
        if parts and opened and text[at - 1] in b"[{}]":
            whole, closing = at, bytes(reversed(opened))
    return _object(text[:whole] + closing)


def _object(text: bytes) -> dict[str, object] | None:
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def duplicate_keys(text: bytes, value: object) -> list[str]:
    """Return the keys, sorted, that some object in the text has twice, given the value that was read from the text."""
    keys = _count_keys(value)
    if not _SPACED_COLON.search(text) and text.count(b'":') == keys:
        return []  # every colon behind a quote is one of the keys: the quick proof that nothing is missing
    if _count_colons(text) == keys:
        return []
    found: set[str] = set()

    def note(pairs: list[tuple[str, object]]) -> dict[str, object]:
        seen: set[str] = set()
        for key, _ in pairs:
            (found if key in seen else seen).add(key)
        return dict(pairs)

    json.loads(text, object_pairs_hook=note)
    return sorted(found)


def _count_keys(value: object) -> int:
    if isinstance(value, dict):
        return len(value) + sum(_count_keys(below) for below in value.values() if isinstance(below, dict | list))
    if isinstance(value, list):
        return sum(_count_keys(below) for below in value if isinstance(below, dict | list))
    return 0


def _count_colons(text: bytes) -> int:
    colons: int = _STRING.sub(b"", text).count(b":")
    return colons
