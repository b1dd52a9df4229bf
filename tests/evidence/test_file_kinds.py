"""What holds no log is said to be what it is; a document is one item, not a list of its parts."""

from __future__ import annotations

from pathlib import Path

import pytest

from support.archives import Unpacking, zip_of
from vigilia.evidence.file_kinds import what_it_is

PARTS = {"[Content_Types].xml": b"<Types/>", "_rels/.rels": b"<Relationships/>", "docProps/app.xml": b"<x/>"}


@pytest.mark.parametrize(
    ("head", "what"),
    [
        (b"%PDF-1.7\n", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "a picture (PNG)"),
        (b"\xff\xd8\xff\xe0", "a picture (JPEG)"),
        (b"RIFF\x10\0\0\0WEBPVP8 ", "a picture (WebP)"),
        (b"Rar!\x1a\x07\x01\0", "a RAR archive"),
        (b"regf\x01\0\0\0", "a Windows registry hive"),
        (b"SQLite format 3\0", "an SQLite database"),
        (b"\xd4\xc3\xb2\xa1\x02\0\x04\0", "a network capture (pcap)"),
        (b"MZ\x90\0\x03\0", "a program (Windows)"),
        (b"\x01\x02\x03\x04\xef\xcd\xab\x89", "an ESE database"),
        (b"vhdxfile", "a virtual disk (VHDX)"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office document"),
        (b"age-encryption.org/v1\n", "an age-encrypted file"),
    ],
)
def test_files_that_hold_no_log_are_named(head: bytes, what: str) -> None:
    assert what_it_is(head).startswith(f"It is {what}")


@pytest.mark.parametrize(
    "head", [b"", b"M", b"MZ is how this log line begins\n", b"RIFF", b"PDF", b"Mar  1 12:00:00 web01 x"]
)
def test_logs_are_not_taken_for_them(head: bytes) -> None:
    assert what_it_is(head) == ""


@pytest.mark.parametrize(
    ("part", "what"),
    [
        ("xl/workbook.xml", "an Excel workbook, not a log: save each sheet as CSV (UTF-8)"),
        ("word/document.xml", "a Word document"),
        ("ppt/presentation.xml", "a PowerPoint presentation"),
    ],
)
@pytest.mark.parametrize("first", [True, False])
def test_an_office_document_is_one_item(tmp_path: Path, part: str, what: str, first: bool) -> None:
    members = {part: b"<x/>", **PARTS} if first else {**PARTS, part: b"<x/>"}
    unpacking = Unpacking(tmp_path, "export.zip", zip_of({"a.log": b"x\n", "audit.xlsx": zip_of(members)}))
    assert set(unpacking.contents()) == {"a.log", "audit.xlsx"}
    assert what in unpacking.leaf("audit.xlsx").warnings[0]


def test_an_open_document_is_one_item(tmp_path: Path) -> None:
    sheet = zip_of({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet", "content.xml": b"<x/>"}, 0)
    (leaf,) = Unpacking(tmp_path, "audit.ods", sheet).result.leaves
    assert "an OpenDocument spreadsheet" in leaf.warnings[0]


def test_an_archive_with_a_document_in_a_folder_of_that_name_stays_an_archive(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "x.zip", zip_of({"word/notes.txt": b"x\n", "xl/a.log": b"y\n"}))
    assert unpacking.contents() == {"word/notes.txt": b"x\n", "xl/a.log": b"y\n"}
