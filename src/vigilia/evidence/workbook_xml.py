"""The parts of an Excel workbook (ECMA-376, part 1, chapter 18), parsed as a stream: sheets, texts, styles, rows."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from xml.parsers import expat

from vigilia.evidence.containers import Damage, Read

__all__ = ["Cell", "parse_date_styles", "parse_relations", "parse_rows", "parse_sheets", "parse_texts"]

_CHUNK = 64 * 1024
_DEEPEST = 64
_LONGEST_TEXT = 16 * 1024 * 1024
_MOST_CELLS = 16_384  # columns of a sheet
# Number formats that show a date or a time: 14-22 and 45-47 are built in, and 27-36 and 50-58 in East Asian versions.
_BUILT_IN_DATES = frozenset([*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)])
_NOT_FORMAT = re.compile(r'"[^"]{0,100}"|\[(?!h|m|s)[^\]]{0,100}\]|\\.')
_COLUMN = re.compile(r"[A-Z]{1,3}")


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: column from 0, its type as written ("s" shared, "n" number …), the number of its style, its text."""

    column: int
    kind: str
    style: int
    text: str


class _Parser:
    """Expat with bounds: no document type, no deep nesting, no endless text."""

    def __init__(self, read: Read) -> None:
        self._read = read
        self._expat = expat.ParserCreate(namespace_separator=None)
        self._expat.buffer_text = True
        self._expat.StartElementHandler = self._start
        self._expat.EndElementHandler = self._end
        self._expat.CharacterDataHandler = self._text
        self._expat.StartDoctypeDeclHandler = _refuse_document_type
        self._depth = 0
        self._parts: list[str] = []
        self._length = 0
        self._keeping = False
        self.started: Callable[[str, dict[str, str]], None] = lambda _name, _attributes: None
        self.ended: Callable[[str], None] = lambda _name: None

    def run(self) -> Iterator[int]:
        """Parse to the end; yield after each piece how many bytes it had.

        Raises:
            Damage: it is not XML, or exceeds the bounds.
        """
        while True:
            chunk = self._read(_CHUNK)
            try:
                self._expat.Parse(chunk, not chunk)
            except expat.ExpatError as error:
                raise Damage("its XML is damaged", cut=True) from error
            yield len(chunk)
            if not chunk:
                return

    def collect(self) -> None:
        """Begin to keep text, behind what was kept before."""
        self._keeping = True

    def pause(self) -> None:
        """Stop to keep text."""
        self._keeping = False

    def collected(self) -> str:
        """Return the kept text, and keep none."""
        text = "".join(self._parts)
        self._parts, self._length, self._keeping = [], 0, False
        return text

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        if self._depth > _DEEPEST:
            raise Damage(f"its XML nests more than {_DEEPEST} deep", cut=False)
        self.started(name.rpartition(":")[2], attributes)

    def _end(self, name: str) -> None:
        self._depth -= 1
        self.ended(name.rpartition(":")[2])

    def _text(self, text: str) -> None:
        if not self._keeping:
            return
        self._length += len(text)
        if self._length > _LONGEST_TEXT:
            raise Damage("it has a cell that is too long", cut=False)
        self._parts.append(text)


def _refuse_document_type(*_: object) -> None:
    raise Damage("its XML declares a document type, which no office program writes", cut=False)


def parse_sheets(read: Read) -> tuple[list[tuple[str, str]], bool]:
    """Read `workbook.xml`: name and relation of each sheet, and whether its dates count from 1904."""
    sheets: list[tuple[str, str]] = []
    since_1904 = False

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal since_1904
        if name == "sheet" and len(sheets) < _MOST_CELLS:
            relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
            sheets.append((attributes.get("name", ""), relation))
        elif name == "workbookPr":
            since_1904 = attributes.get("date1904") in {"1", "true"}

    _parse(read, started)
    return sheets, since_1904


def parse_relations(read: Read) -> dict[str, str]:
    """Read `workbook.xml.rels`: relation → part."""
    relations: dict[str, str] = {}

    def started(name: str, attributes: dict[str, str]) -> None:
        if name == "Relationship" and len(relations) < _MOST_CELLS:
            relations[attributes.get("Id", "")] = attributes.get("Target", "")

    _parse(read, started)
    return relations


def parse_date_styles(read: Read) -> frozenset[int]:
    """Read `styles.xml`: the numbers of the cell styles that show a date."""
    formats: dict[str, str] = {}
    dates: set[int] = set()
    number = 0
    inside = False

    def started(name: str, attributes: dict[str, str]) -> None:
        nonlocal number, inside
        if name == "numFmt":
            formats[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")[:255]
        elif name == "cellXfs":
            inside = True
        elif name == "xf" and inside:
            if _shows_date(attributes.get("numFmtId", ""), formats):
                dates.add(number)
            number += 1

    def ended(name: str) -> None:
        nonlocal inside
        inside = inside and name != "cellXfs"

    _parse(read, started, ended)
    return frozenset(dates)


def _shows_date(format_id: str, formats: dict[str, str]) -> bool:
    if format_id in formats:
        code = _NOT_FORMAT.sub("", formats[format_id].lower())
        return any(letter in code for letter in "ymdhs")
    return format_id.isdigit() and int(format_id[:4]) in _BUILT_IN_DATES


def parse_texts(read: Read) -> Iterator[tuple[list[str], int]]:
    """Read `sharedStrings.xml`: the texts in order, piece by piece, each with the bytes that it took."""
    parser = _Parser(read)
    texts: list[str] = []
    phonetic = 0

    def started(name: str, _: dict[str, str]) -> None:
        nonlocal phonetic
        phonetic += name == "rPh"
        if name == "si":
            parser.collected()
        elif name == "t" and not phonetic:
            parser.collect()

    def ended(name: str) -> None:
        nonlocal phonetic
        phonetic -= name == "rPh"
        if name == "t":
            parser.pause()
        elif name == "si":
            texts.append(parser.collected())

    parser.started, parser.ended = started, ended
    for size in parser.run():
        yield texts, size
        texts.clear()


def parse_rows(read: Read) -> Iterator[list[list[Cell]]]:
    """Read a sheet: its rows, piece by piece; rows without a cell are left out."""
    rows: list[list[Cell]] = []
    parser = _Parser(read)
    present = _Row(parser, rows)
    parser.started, parser.ended = present.started, present.ended
    for _ in parser.run():
        yield rows
        rows.clear()


class _Row:
    """The row and the cell that are being parsed."""

    def __init__(self, parser: _Parser, rows: list[list[Cell]]) -> None:
        self._parser = parser
        self._rows = rows
        self._cells: list[Cell] = []
        self._attributes: dict[str, str] = {}
        self._column = -1

    def started(self, name: str, attributes: dict[str, str]) -> None:
        if name == "row":
            self._cells, self._column = [], -1
        elif name == "c":
            self._attributes = attributes
            self._column = _column(attributes.get("r", ""), self._column + 1)
            self._parser.collected()
        elif name in {"v", "t"}:
            self._parser.collect()

    def ended(self, name: str) -> None:
        if name in {"v", "t"}:
            self._parser.pause()
        elif name == "c":
            text = self._parser.collected()
            style = self._attributes.get("s", "")
            if len(self._cells) < _MOST_CELLS:
                self._cells.append(
                    Cell(self._column, self._attributes.get("t", "n"), int(style[:6]) if style.isdecimal() else 0, text)
                )
        elif name == "row" and self._cells:
            self._rows.append(self._cells)
            self._cells = []


def _column(reference: str, following: int) -> int:
    """Return the column of "BC7"; the one after the last where nothing usable is written."""
    letters = _COLUMN.match(reference)
    if letters is None:
        return min(following, _MOST_CELLS - 1)
    column = 0
    for letter in letters[0]:
        column = column * 26 + ord(letter) - 64
    return min(column, _MOST_CELLS) - 1


def _parse(
    read: Read, started: Callable[[str, dict[str, str]], None], ended: Callable[[str], None] = lambda _: None
) -> None:
    parser = _Parser(read)
    parser.started, parser.ended = started, ended
    for _ in parser.run():
        pass
