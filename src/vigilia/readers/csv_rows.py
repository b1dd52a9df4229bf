"""Rows of comma- or semicolon-separated values with their places, in bounded memory (RFC 4180)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vigilia.model.records import Reject
from vigilia.readers.byte_patterns import byte_pattern, match_end
from vigilia.readers.text_window import TextWindow

__all__ = ["CsvRow", "LineEnds", "iterate_rows", "split_cells"]

_TO_ROW_END: Final = byte_pattern(rb'(?:[^"\r\n]|"(?:[^"]|"")*")*')
_TO_LINE_END: Final = byte_pattern(rb"[^\r\n]*")
_LINE_ENDS: Final = byte_pattern(rb"[\r\n]+")
_QUOTED: Final = byte_pattern(rb'"(?:[^"]|"")*"')
_STEP: Final = 1 << 18


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row and its bytes in the evidence, without the line end.

    Attributes:
        line: the line that it begins on, from 1.
        alone: a quoted cell earlier in the file did not end, so this is one line taken for a row.
    """

    line: int
    offset: int
    length: int
    content: bytes
    alone: bool


@dataclass(frozen=True, slots=True)
class LineEnds:
    """Bytes between rows."""

    length: int


def iterate_rows(window: TextWindow, longest: int) -> Iterator[CsvRow | Reject | LineEnds]:
    """Yield each row; the lengths add up to the bytes of the stream.

    Where a quoted cell does not end (within `longest` bytes or at all) that line is refused, and from there on every
    line is taken for a row: so a torn row costs itself, and the time stays linear.
    """
    return _Rows(window, longest).run()


class _Rows:
    def __init__(self, window: TextWindow, longest: int) -> None:
        self._window = window
        self._longest = longest
        self._line = 1
        self._alone = False

    def run(self) -> Iterator[CsvRow | Reject | LineEnds]:
        window = self._window
        if mark := window.skip_mark():
            yield LineEnds(mark)
        while window.held or window.more():
            ends = _LINE_ENDS.match(window.text, window.at)
            if ends:
                count = ends.end() - window.at
                self._line += window.text.count(b"\n", window.at, ends.end())
                yield LineEnds(window.skip(count))
            elif window.held:
                yield self._row()
        if window.dangling:
            reason = "the file ends in the middle of a character"
            yield Reject(place="end of file", reason=reason, offset=window.offset, length=window.dangling)

    def _row(self) -> CsvRow | Reject:
        window = self._window
        length, reason = self._find_end()
        if reason and not self._alone:
            self._alone = True
            return self._refused_line(reason)
        if reason:
            return self._refused_line(reason)
        line, offset = self._line, window.offset
        content = window.text[window.at : window.at + length]
        self._line += content.count(b"\n")
        return CsvRow(line, offset, window.skip(length), content, self._alone)

    def _find_end(self) -> tuple[int, str]:
        """Return the length of the row that the window stands at, and why there is none."""
        window = self._window
        to_end = _TO_LINE_END if self._alone else _TO_ROW_END
        while True:
            length = match_end(to_end, window.text, window.at) - window.at
            here = window.text[window.at + length : window.at + length + 1]
            if here in (b"\r", b"\n"):
                return length, "" if length <= self._longest else self._too_long
            if window.held > self._longest:
                return length, self._too_long
            if not window.more():
                return length, "the file ends inside a quoted cell" if here else ""

    @property
    def _too_long(self) -> str:
        return f"row longer than {self._longest} bytes"

    def _refused_line(self, reason: str) -> Reject:
        """Refuse the rest of this line, however long it is, without holding it."""
        window = self._window
        offset, length = window.offset, 0
        while True:
            found = window.text.find(b"\n", window.at)
            if found >= 0:
                length += window.skip(found - window.at)
                break
            length += window.skip(window.held)
            if not window.more():
                break
        return Reject(place=f"line {self._line}", reason=reason, offset=offset, length=length)


def split_cells(row: bytes, separator: bytes) -> list[bytes]:
    """Return the cells of a row, quotes removed and doubled quotes made single."""
    cells: list[bytes] = []
    at = 0
    while True:
        inside = _inside_quotes(row, at)
        end = row.find(separator, inside)
        stop = len(row) if end < 0 else end
        if inside > at:
            # What stands between a closing quote and the separator is kept, as lenient readers do.
            cells.append(row[at + 1 : inside - 1].replace(b'""', b'"') + row[inside:stop])
        else:
            cells.append(row[at:stop])
        if end < 0:
            return cells
        at = end + 1


def _inside_quotes(row: bytes, at: int) -> int:
    """Return where the quoted cell that begins here ends; `at` itself where there is none."""
    if row[at : at + 1] != b'"':
        return at
    closing = row.find(b'"', at + 1)
    if closing < 0 or row[closing + 1 : closing + 2] != b'"':
        return closing + 1 if closing >= 0 else at
    return match_end(_QUOTED, row, at)
