from __future__ import annotations

import pytest

from support.m365_records import MAIL_READ, NEW_COLUMNS, OLD_COLUMNS, SEARCH, purview_csv
from support.reading import read_all
from vigilia.readers.microsoft365.audit_csv import READER
from vigilia.readers.reader import ReadLimits


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";"])
@pytest.mark.parametrize("columns", [NEW_COLUMNS, OLD_COLUMNS, NEW_COLUMNS[::-1]], ids=["new", "old", "turned round"])
def test_every_dialect_of_the_export_gives_the_same_record(encoding: str, separator: str, columns: list[str]) -> None:
    content = purview_csv([MAIL_READ, SEARCH], columns, separator=separator).encode(encoding)
    assert READER.recognise(content[:65536]) > 0.9
    reading = read_all(READER, content)
    assert reading.rejects == []
    mail, search = reading.rows
    assert mail["Operation"] == "MailItemsAccessed"
    assert mail["OperationProperties.MailAccessType"] == "Bind"
    assert mail["Folders.FolderItems.InternetMessageId"] == ["<1@example.org>"]
    assert mail["ExternalAccess"] == "false"
    assert mail["Export.CreationDate"] == "2026-03-01T10:00:00.0000000Z"
    assert search["QueryText"] == 'Ελπίδα; "donors", 2026\nlist'


def test_positions_point_to_the_bytes_of_the_row() -> None:
    content = purview_csv([MAIL_READ, SEARCH]).encode()
    second = read_all(READER, content).positions[1]
    row = content[second["offset"] : second["offset"] + second["length"]]
    assert row.startswith(b'"00000000-0000-4000-8000-000000000002"')
    assert not row.endswith(b"\n")


@pytest.mark.parametrize("columns", [NEW_COLUMNS, OLD_COLUMNS])
def test_cut_audit_data_keep_what_there_is_and_say_that_they_were_cut(columns: list[str]) -> None:
    (row,) = read_all(READER, purview_csv([MAIL_READ], columns, cut=120).encode()).rows
    assert row["Export.AuditDataCut"] == "true"
    assert row["Operation"] == "MailItemsAccessed"
    assert row["UserId"] == "ada@example.org"
    assert row["CreationTime"].startswith("2026-03-01T10:00:00")
    assert "Folders.Path" not in row


def test_a_row_whose_audit_data_are_whole_is_not_called_cut() -> None:
    (row,) = read_all(READER, purview_csv([MAIL_READ]).encode()).rows
    assert "Export.AuditDataCut" not in row


def test_a_file_cut_in_a_cell_says_so_and_keeps_the_rows_before() -> None:
    reading = read_all(READER, purview_csv([MAIL_READ, SEARCH]).encode()[:-60])
    assert [row["Operation"] for row in reading.rows] == ["MailItemsAccessed"]
    assert [(reject.place, reject.reason) for reject in reading.rejects] == [
        ("line 3", "the file ends inside a quoted cell")
    ]


def test_a_torn_row_in_the_middle_costs_itself() -> None:
    lines = purview_csv([MAIL_READ, MAIL_READ, SEARCH]).split("\r\n")
    lines[1] = lines[1][:80]
    reading = read_all(READER, "\r\n".join(lines).encode())
    assert [row["Operation"] for row in reading.rows] == ["MailItemsAccessed", "SearchQueryInitiatedExchange"]
    assert len(reading.rejects) == 1


def test_a_row_with_more_cells_than_columns_is_refused() -> None:
    content = purview_csv([SEARCH]).rstrip() + ',"extra"\r\n'
    assert read_all(READER, content.encode()).reasons() == ["the row has another number of cells than the header"]


def test_bytes_that_are_no_utf_8_are_marked_and_the_row_kept() -> None:
    content = purview_csv([MAIL_READ]).encode().replace(b"ada@", b"ad\xe9@")
    (row,) = read_all(READER, content).rows
    assert row["_invalid_utf8"] == "true"
    assert row["UserId"] == "ad\ufffd@example.org"


def test_lines_that_powershell_and_excel_put_before_the_header_are_no_loss() -> None:
    for line in ("#TYPE Deserialized.Example\r\n", "sep=,\r\n"):
        content = (line + purview_csv([SEARCH])).encode()
        assert READER.recognise(content) > 0.9
        reading = read_all(READER, content)
        assert len(reading.rows) == 1
        assert reading.rejects == []


def test_batches_do_not_change_what_is_read() -> None:
    content = purview_csv([MAIL_READ, SEARCH] * 5).encode()
    small = read_all(READER, content, ReadLimits(batch_records=1))
    assert small.positions == read_all(READER, content).positions


def test_duplicate_keys_in_audit_data_are_refused() -> None:
    content = b'CreationDate,AuditData\r\nx,"{""Operation"":""a"",""Operation"":""b""}"\r\n'
    assert read_all(READER, content).reasons() == ["duplicate keys in AuditData"]
