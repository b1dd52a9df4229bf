"""Excel workbooks (.xlsx): each sheet as the CSV that Excel would have saved, with dates as ISO 8601 without a zone.

Exports are often opened in Excel and saved as a workbook. Texts are shared between cells and may be large: they are
kept in a file without a name, not in memory.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import posixpath
from array import array
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from vigilia.evidence.budgets import MemberRefused
from vigilia.evidence.containers import Damage, Member, Read
from vigilia.evidence.spool import Spool, spool_error
from vigilia.evidence.workbook_xml import (
    Cell,
    parse_date_styles,
    parse_relations,
    parse_rows,
    parse_sheets,
    parse_texts,
)
from vigilia.evidence.zip_archive import ZipArchive
from vigilia.model.times import OptionalTime

__all__ = ["Workbook"]

_WORKBOOK, _RELATIONS = b"xl/workbook.xml", b"xl/_rels/workbook.xml.rels"
_TEXTS, _STYLES = b"xl/sharedStrings.xml", b"xl/styles.xml"
_MOST_TEXTS = 20_000_000
_EPOCH, _EPOCH_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 - a sheet has no zone
_MOST_DAYS = 2_958_466  # 9999-12-31
_BOOLEANS = {"1": "TRUE", "0": "FALSE"}


class Workbook:
    """One workbook.

    Args:
        archive: its parts.
        spool: has room for its texts.
        beat: is told of bytes.

    Raises:
        Damage: it is no workbook that can be read.
    """

    def __init__(self, archive: ZipArchive, spool: Spool, beat: Callable[[int], None]) -> None:
        self._archive = archive
        self._spool = spool
        self._beat = beat
        self._sheets, since_1904 = parse_sheets(self._part(_WORKBOOK))
        self._epoch = _EPOCH_1904 if since_1904 else _EPOCH
        self._relations = parse_relations(self._part(_RELATIONS))
        if not self._sheets:
            raise Damage("it has no sheet", cut=False)
        self._texts: _Texts | None = None
        self._dates: frozenset[int] = frozenset()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._texts is not None:
            self._texts.close()

    def members(self, modified: OptionalTime) -> Iterator[Member]:
        """Yield each sheet as a CSV file."""
        for name, relation in self._sheets:
            target = self._relations.get(relation, "")
            part = posixpath.normpath(posixpath.join("/xl", target)).lstrip("/").encode("utf-8", "replace")
            yield Member(
                name=f"{name}.csv".encode("utf-8", "replace"),
                stored=0,
                modified=modified,
                obstacle=None,
                read=_Bytes(self._lines(part)).read,
            )

    def _lines(self, part: bytes) -> Iterator[bytes]:
        texts = self._shared()
        for rows in parse_rows(self._part(part)):
            text = io.StringIO()
            writer = csv.writer(text, lineterminator="\r\n")
            for row in rows:
                writer.writerow(self._values(row, texts))
            yield text.getvalue().encode("utf-8", "replace")

    def _values(self, row: list[Cell], texts: _Texts) -> list[str]:
        values = [""] * (1 + max(cell.column for cell in row))
        for cell in row:
            values[cell.column] = self._value(cell, texts)
        return values

    def _value(self, cell: Cell, texts: _Texts) -> str:
        if cell.kind == "s":
            return texts.get(cell.text)
        if cell.kind == "b":
            return _BOOLEANS.get(cell.text, cell.text)
        return self._date(cell.text) if cell.kind == "n" and cell.style in self._dates else cell.text

    def _date(self, text: str) -> str:
        """Return a count of days as a date; the number itself where it is none."""
        try:
            days = float(text[:40])
        except ValueError:
            return text
        if not 0 <= days < _MOST_DAYS:
            return text
        return (self._epoch + dt.timedelta(milliseconds=round(days * 86_400_000))).isoformat()

    def _shared(self) -> _Texts:
        """Read styles and texts once, when the first sheet is read."""
        if self._texts is None:
            self._texts = _Texts(self._spool)
            if self._archive.has(_STYLES):
                self._dates = parse_date_styles(self._part(_STYLES))
            if self._archive.has(_TEXTS):
                for texts, size in parse_texts(self._part(_TEXTS)):
                    self._texts.add(texts)
                    self._beat(size)
        return self._texts

    def _part(self, name: bytes) -> Read:
        read = self._archive.part(name)
        if read is None:
            raise Damage("a part of the workbook is missing", cut=False)
        return read


class _Texts:
    """Texts by number, in a file that has no name and goes away by itself."""

    def __init__(self, spool: Spool) -> None:
        self._folder = spool.folder
        self._file = spool.scratch()
        self._ends = array("Q", [0])

    def add(self, texts: list[str]) -> None:
        """Append texts.

        Raises:
            MemberRefused: there are too many.
            CaseError: the disk is full or fails.
        """
        if len(self._ends) + len(texts) > _MOST_TEXTS:
            raise MemberRefused(f"it has more than {_MOST_TEXTS} texts")
        octets = [text.encode("utf-8", "replace") for text in texts]
        for one in octets:
            self._ends.append(self._ends[-1] + len(one))
        try:
            self._file.write(b"".join(octets))
        except OSError as error:
            raise spool_error(error, self._folder) from error

    def close(self) -> None:
        """Give the file back."""
        self._file.close()

    def get(self, number: str) -> str:
        """Return a text; empty where there is no such number."""
        place = int(number[:9]) if number.isdecimal() else -1
        if not 0 <= place < len(self._ends) - 1:
            return ""
        start, end = self._ends[place], self._ends[place + 1]
        self._file.seek(start)
        return self._file.read(end - start).decode("utf-8", "replace")


class _Bytes:
    """Pieces of any length, read in pieces of a given length."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._ahead = b""

    def read(self, size: int) -> bytes:
        """Return up to so many bytes, none at the end; raises what making the pieces raises."""
        while not self._ahead:
            piece = next(self._pieces, None)
            if piece is None:
                return b""
            self._ahead = piece
        chunk, self._ahead = self._ahead[:size], self._ahead[size:]
        return chunk
