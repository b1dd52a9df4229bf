"""Writes Excel workbooks: what the tests need of ECMA-376, no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from support.archives import zip_of

_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True)
class Day:
    """A date cell: days since 1899-12-30, and the number of its style."""

    days: float
    style: int = 1


Value = str | int | float | bool | Day | None


def workbook_parts(sheets: Mapping[str, Sequence[Sequence[Value]]], since_1904: bool = False) -> dict[str, bytes]:
    """The parts of a workbook; style 1 is a built-in date, style 2 one of its own, style 3 a number."""
    texts: list[str] = []
    parts: dict[str, str] = {"[Content_Types].xml": "<Types/>", "_rels/.rels": "<Relationships/>"}
    listed = related = ""
    for number, (name, rows) in enumerate(sheets.items(), start=1):
        listed += f'<sheet name={quoteattr(name)} sheetId="{number}" r:id="rId{number}"/>'
        related += f'<Relationship Id="rId{number}" Target="worksheets/sheet{number}.xml"/>'
        content = "".join(_row(place, row, texts) for place, row in enumerate(rows, start=1))
        parts[f"xl/worksheets/sheet{number}.xml"] = f"<worksheet {_MAIN}><sheetData>{content}</sheetData></worksheet>"
    properties = f'<workbookPr date1904="{int(since_1904)}"/>'
    parts["xl/workbook.xml"] = (
        f'<workbook {_MAIN} xmlns:r="{_RELATIONS}">{properties}<sheets>{listed}</sheets></workbook>'
    )
    parts["xl/_rels/workbook.xml.rels"] = f"<Relationships>{related}</Relationships>"
    parts["xl/styles.xml"] = (
        f"<styleSheet {_MAIN}><numFmts><numFmt numFmtId='164' formatCode='[$-409]d/m/yyyy\\ h:mm;@'/>"
        "<numFmt numFmtId='165' formatCode='0.00 &quot;days&quot;'/></numFmts>"
        "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
        "<cellXfs><xf numFmtId='0'/><xf numFmtId='22'/><xf numFmtId='164'/><xf numFmtId='165'/></cellXfs></styleSheet>"
    )
    shared = "".join(f'<si><t xml:space="preserve">{escape(text)}</t></si>' for text in texts)
    parts["xl/sharedStrings.xml"] = f"<sst {_MAIN}>{shared}</sst>"
    return {name: ('<?xml version="1.0" encoding="UTF-8"?>' + text).encode() for name, text in parts.items()}


def workbook(sheets: Mapping[str, Sequence[Sequence[Value]]], since_1904: bool = False) -> bytes:
    """A workbook with these sheets."""
    return zip_of(workbook_parts(sheets, since_1904))


def _row(place: int, row: Sequence[Value], texts: list[str]) -> str:
    cells = "".join(_cell(f"{_letters(column)}{place}", value, texts) for column, value in enumerate(row))
    return f'<row r="{place}">{cells}</row>'


def _cell(reference: str, value: Value, texts: list[str]) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        texts.append(value)
        return f'<c r="{reference}" t="s"><v>{len(texts) - 1}</v></c>'
    if isinstance(value, bool):
        return f'<c r="{reference}" t="b"><v>{int(value)}</v></c>'
    if isinstance(value, Day):
        return f'<c r="{reference}" s="{value.style}"><v>{value.days!r}</v></c>'
    return f'<c r="{reference}"><f>A1+1</f><v>{value}</v></c>'


def _letters(column: int) -> str:
    return (chr(64 + column // 26) if column >= 26 else "") + chr(65 + column % 26)
