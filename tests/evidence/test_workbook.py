"""Excel workbooks: each sheet is read as CSV; what is no sheet, or hostile, costs itself."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from support.archives import Unpacking, zip_of
from support.workbooks import Day, Value, workbook, workbook_parts
from vigilia.evidence.budgets import Budgets

AUDIT: list[list[Value]] = [
    ["CreationDate", "UserIds", "Operations", "AuditData"],
    [Day(46082.385416666664), "rosa@lanternfold.example", "MailItemsAccessed", '{"Id": "1", "X": "a,b\n\\"c\\""}'],
    [Day(46083.5, 2), None, True, 7],
]


def rows(octets: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(octets.decode("utf-8"), newline="")))


def test_each_sheet_is_a_csv_file(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "audit.xlsx", workbook({"Audit": AUDIT, "Ünï & co": [["a"], ["ß中"]]}))
    assert set(unpacking.contents()) == {"Audit.csv", "Ünï & co.csv"}
    assert rows(unpacking.contents()["Audit.csv"]) == [
        ["CreationDate", "UserIds", "Operations", "AuditData"],
        ["2026-03-01T09:15:00", "rosa@lanternfold.example", "MailItemsAccessed", '{"Id": "1", "X": "a,b\n\\"c\\""}'],
        ["2026-03-02T12:00:00", "", "TRUE", "7"],
    ]
    assert rows(unpacking.contents()["Ünï & co.csv"]) == [["a"], ["ß中"]]
    container = unpacking.item("")
    assert (container.status, container.format, container.warnings) == ("container", "xlsx", [])


def test_dates_may_count_from_1904_and_numbers_stay_numbers(tmp_path: Path) -> None:
    sheet: list[list[Value]] = [[Day(44620.25), Day(1.5, 3), Day(3_000_000.0), 46082.5]]
    unpacking = Unpacking(tmp_path, "x.xlsx", workbook({"S": sheet}, since_1904=True))
    assert rows(unpacking.contents()["S.csv"]) == [["2026-03-01T06:00:00", "1.5", "3000000.0", "46082.5"]]


def test_a_workbook_inside_an_archive_is_opened_too(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "x.zip", zip_of({"audit.xlsx": workbook({"S": [["a", "b"]]})}))
    assert unpacking.contents() == {"audit.xlsx!/S.csv": b"a,b\r\n"}


def test_texts_within_texts_and_inline_texts_are_read_and_readings_are_not(tmp_path: Path) -> None:
    parts = workbook_parts({"S": [["x"]]})
    parts["xl/sharedStrings.xml"] = (
        b"<x:sst xmlns:x='m'><x:si><x:r><x:t>one</x:t></x:r><x:r><x:t> two</x:t></x:r>"
        b"<x:rPh><x:t>reading</x:t></x:rPh></x:si></x:sst>"
    )
    parts["xl/worksheets/sheet1.xml"] = (
        b"<worksheet><sheetData><row><c t='s'><v>0</v></c><c t='inlineStr'><is><t>in</t></is></c>"
        b"<c t='str'><f>A1</f><v>=out</v></c><c r='F1' t='s'><v>99</v></c></row></sheetData></worksheet>"
    )
    unpacking = Unpacking(tmp_path, "x.xlsx", zip_of(parts))
    assert rows(unpacking.contents()["S.csv"]) == [["one two", "in", "=out", "", "", ""]]


HOSTILE = {
    "document type": b"<!DOCTYPE x [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><worksheet>&b;</worksheet>",
    "external": b"<!DOCTYPE x SYSTEM 'file:///etc/passwd'><worksheet/>",
    "deep": b"<a>" * 5000,
    "cut": b"<worksheet><sheetData><row><c><v>1",
    "no XML": b"\xff\xfe\x00\x01",
    "long cell": b"<worksheet><row><c><v>" + b"9" * (17 << 20) + b"</v></c></row></worksheet>",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_sheet_costs_itself(tmp_path: Path, kind: str) -> None:
    parts = workbook_parts({"S": [["a"]], "Good": [["b"]]})
    parts["xl/worksheets/sheet1.xml"] = HOSTILE[kind]
    unpacking = Unpacking(tmp_path, "x.xlsx", zip_of(parts))
    assert unpacking.contents()["Good.csv"] == b"b\r\n"
    assert unpacking.item("S.csv").status == "quarantined"


def test_a_far_away_cell_gives_no_endless_row(tmp_path: Path) -> None:
    parts = workbook_parts({"S": [["a"]]})
    cells = b"".join(b"<row r='1048576'><c r='ZZZ%d'><v>1</v></c></row>" % n for n in range(50))
    parts["xl/worksheets/sheet1.xml"] = b"<worksheet>" + cells + b"</worksheet>"
    content = Unpacking(tmp_path, "x.xlsx", zip_of(parts)).contents()["S.csv"]
    assert {len(row) for row in rows(content)} == {16_384}


def test_a_bomb_of_texts_is_stopped(tmp_path: Path) -> None:
    parts = workbook_parts({"S": [["a"]]})
    parts["xl/sharedStrings.xml"] = b"<sst>" + b"<si><t>aaaaaaaa</t></si>" * 200_000 + b"</sst>"
    unpacking = Unpacking(tmp_path, "x.xlsx", zip_of(parts), Budgets(unpacked_bytes=1 << 20))
    assert unpacking.item("").status == "refused"
    assert unpacking.result.leaves == []


def test_a_workbook_that_lacks_its_parts_is_one_unread_item(tmp_path: Path) -> None:
    parts = workbook_parts({"S": [["a"]]})
    del parts["xl/_rels/workbook.xml.rels"]
    (leaf,) = Unpacking(tmp_path, "x.xlsx", zip_of(parts)).result.leaves
    assert "an Excel workbook, not a log: save each sheet as CSV" in leaf.warnings[0]
