"""What the first and last bytes of an item give away: how it is written, and whether its end is missing."""

from __future__ import annotations

import codecs
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from vigilia.engines.time_order import is_written_in_order
from vigilia.model.evidence import Sign
from vigilia.model.records import Reject
from vigilia.readers.csv_rows import CsvRow, iterate_rows, split_cells
from vigilia.readers.reader import Reader
from vigilia.readers.text_window import TextWindow

__all__ = ["TAIL_BYTES", "FileEnds", "is_table"]

TAIL_BYTES: Final = 64 * 1024
"""How much of the end of an item is looked at."""

_ZERO_PADDING: Final = b"\0" * 16
_SEPARATORS: Final = (b",", b";", b"\t")
_HEADER_WITHIN: Final = 10
_TORN_IN_CHUNKS: Final = "in the middle of a chunk"
_NOT_LINES: Final = frozenset({"linux.utmp"})
_JSON_LOGS: Final = frozenset({"linux.journal", "app.nextcloud"})  # programs write these as JSON themselves
_ZEEK_HEADER: Final = b"#separator "
_ZEEK_END: Final = b"#close\t"


def is_table(reader: Reader, head: bytes) -> bool:
    """Tell whether a reader reads an item as a table of cells (CSV and the like)."""
    shape = getattr(getattr(reader, "form", None), "shape", "")
    return shape == "csv" or reader.name.endswith("-csv") or (shape == "both" and not _is_json(head))


def _is_json(head: bytes) -> bool:
    """Whether it begins like JSON: its records need no line end, and an odd last one is not a torn one."""
    start = TextWindow(io.BytesIO(head[:1024])).text.removeprefix(codecs.BOM_UTF8).lstrip()
    return start.startswith(b"{") or (start.startswith(b"[") and start[1:].lstrip()[:1] in (b"{", b"[", b"]"))


@dataclass(frozen=True, slots=True)
class FileEnds:
    """The two ends of an item and who reads it."""

    reader: Reader
    head: bytes
    tail: bytes
    size: int

    def form(self) -> Iterator[Sign]:
        """Yield how the item is written, where that is not UTF-8 with commas: noted, nothing is lost by it."""
        encoding = self._encoding()
        if encoding:
            yield Sign(kind="form", basis=f"it is written in {encoding}")
        separator = self._header()[1] if is_table(self.reader, self.head) else b","
        if separator == b";":
            yield Sign(kind="form", basis="its cells are separated by semicolons, as spreadsheets of many countries do")
        crlf = self.head.count(b"\r\n")
        lines = self.head.count(b"\n")
        # A disk image or a memory image has bytes that look like line ends, and no lines.
        if b"\0" not in self.head and 0 < crlf < lines:
            yield Sign(kind="form", basis="its lines end in two ways (LF and CR LF): it was put together or edited")

    def torn(self, rejects_at_end: list[Reject], last_record: tuple[int, int] | None) -> Iterator[Sign]:
        """Yield a sign where the end is missing, at most one.

        Args:
            rejects_at_end: rejects that reach the end of the item, or that say that it ends too early.
            last_record: place of the last record, offset and length.
        """
        basis = self._torn(rejects_at_end, last_record)
        if basis:
            yield Sign(kind="torn", basis=basis)

    def is_appended_to(self) -> bool:
        """Tell whether this is a log as a program writes it, line after line, and no export of one."""
        export = _is_json(self.head) or is_table(self.reader, self.head)
        return is_written_in_order(self.reader.source) and (not export or self.reader.source in _JSON_LOGS)

    def _torn(self, rejects_at_end: list[Reject], last_record: tuple[int, int] | None) -> str:
        if self._is_text() and self.tail.endswith(_ZERO_PADDING):
            return "the file ends in zero bytes: the machine stopped while writing, or the copy failed"
        if rejects_at_end:
            reason = rejects_at_end[-1].reason
            ends = reason.startswith("the file ") or reason.endswith("the file may have been cut")
            return reason if ends else f"its last record is not whole ({reason})"
        if self._ended_line():
            return "the Zeek log has no #close line at its end" if self._zeek_is_open() else ""
        if is_table(self.reader, self.head) and self._short_last_row(last_record):
            return "the last row has fewer cells than the header, and no line end"
        if self.is_appended_to() and self._is_text() and self._is_lines():
            return "the last line has no line end"
        return ""

    def reaches_end(self, reject: Reject) -> bool:
        """Tell whether a reject says that the end of the item is missing."""
        if reject.place == "end of file" or _TORN_IN_CHUNKS in reject.reason:
            return True
        at_end = reject.length > 0 and reject.offset + reject.length >= self.size
        return at_end and not self._ended_line() and (reject.reason.startswith("the file ") or not _is_json(self.head))

    def _encoding(self) -> str:
        if self.head.startswith(codecs.BOM_UTF16_LE):
            return "UTF-16 (little endian)"
        if self.head.startswith(codecs.BOM_UTF16_BE):
            return "UTF-16 (big endian)"
        return "UTF-8 with a byte order mark" if self.head.startswith(codecs.BOM_UTF8) else ""

    def _is_text(self) -> bool:
        return b"\0" not in self.head[:1024]

    def _is_lines(self) -> bool:
        return self.reader.source not in _NOT_LINES and self.head.count(b"\n") > 0

    def _ended_line(self) -> bool:
        return self.tail.rstrip(b"\0 \t\r").endswith(b"\n") if not self._is_text() else self.tail.endswith(b"\n")

    def _zeek_is_open(self) -> bool:
        if not self.head.startswith(_ZEEK_HEADER):
            return False
        return not self.tail.rstrip(b"\n").rpartition(b"\n")[2].startswith(_ZEEK_END)

    def _short_last_row(self, last_record: tuple[int, int] | None) -> bool:
        columns, separator = self._header()
        if last_record is None or not columns:
            return False
        start = last_record[0] - (self.size - len(self.tail))
        if start < 0:
            return False
        row = self.tail[start : start + last_record[1]]
        return len(split_cells(_decoded(row, self.head), separator)) < columns

    def _header(self) -> tuple[int, bytes]:
        """Return how many cells the widest of the first rows has, and what separates them."""
        widest: tuple[int, bytes] = (0, b",")
        rows = 0
        for item in iterate_rows(TextWindow(io.BytesIO(self.head)), len(self.head) + 1):
            if isinstance(item, CsvRow):
                for separator in _SEPARATORS:
                    widest = max(widest, (len(split_cells(item.content, separator)), separator), key=lambda one: one[0])
                rows += 1
            if rows >= _HEADER_WITHIN:
                break
        return widest


def _decoded(row: bytes, head: bytes) -> bytes:
    """Return a row as UTF-8 where the item is UTF-16."""
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encoding = "utf-16-le" if head.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
        return row.decode(encoding, errors="replace").encode()
    return row
