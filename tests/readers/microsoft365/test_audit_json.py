from __future__ import annotations

import json

import pytest

from support.m365_records import MAIL_READ, SEARCH
from support.reading import read_all
from vigilia.readers.microsoft365.audit_json import READER

_BOTH = [MAIL_READ, SEARCH]
_POWERSHELL = [
    {"RecordType": "ExchangeItemAggregated", "CreationDate": "2026-03-01", "AuditData": json.dumps(record)}
    for record in _BOTH
]
_GRAPH = [
    {"id": record["Id"], "auditLogRecordType": "x", "operation": record["Operation"], "auditData": record}
    for record in _BOTH
]


@pytest.mark.parametrize(
    "text",
    [
        "\n".join(json.dumps(record, ensure_ascii=False) for record in _BOTH),
        json.dumps(_BOTH),
        json.dumps(_BOTH, indent=4),
        json.dumps([MAIL_READ]) + "\n" + json.dumps(SEARCH, indent=2),
        json.dumps(_POWERSHELL),
        "\n".join(json.dumps(record) for record in _POWERSHELL),
        json.dumps({"@odata.context": "https://graph.example/", "value": _GRAPH}),
        json.dumps(_GRAPH, indent=2),
    ],
    ids=["lines", "array", "pretty", "array and object", "powershell", "powershell lines", "graph page", "graph"],
)
def test_every_wrapping_gives_the_same_records(text: str) -> None:
    content = text.encode()
    assert READER.recognise(content[:65536]) > 0.9
    reading = read_all(READER, content)
    assert reading.rejects == []
    mail, search = reading.rows
    assert mail["Operation"] == "MailItemsAccessed"
    assert mail["OperationProperties.MailAccessType"] == "Bind"
    assert search["QueryText"] == SEARCH["QueryText"]


def test_an_exports_own_columns_are_prefixed() -> None:
    row = read_all(READER, json.dumps(_POWERSHELL).encode()).rows[0]
    assert row["Export.RecordType"] == "ExchangeItemAggregated"
    assert row["RecordType"] == "50"


def test_cut_audit_data_in_a_wrapper_are_marked() -> None:
    outer = {"CreationDate": "2026-03-01", "UserIds": "ada@example.org", "Operations": "MailItemsAccessed"}
    cut = outer | {"AuditData": json.dumps(MAIL_READ)[:100]}
    (row,) = read_all(READER, json.dumps(cut).encode()).rows
    assert row["Export.AuditDataCut"] == "true"
    assert (row["UserId"], row["Operation"]) == ("ada@example.org", "MailItemsAccessed")


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        (b'{"Operation":"a","Operation":"b"}', "duplicate keys"),
        (b'{"Operation":NaN}', "invalid JSON"),
        (b'{"no":"operation"}', "no audit record in this JSON object"),
        (b"[" * 40 + b"17" + b"]" * 40, "not a JSON object"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_reason_and_the_next_is_read(broken: bytes, reason: str) -> None:
    reading = read_all(READER, broken + b"\n" + json.dumps(SEARCH).encode() + b"\n")
    assert len(reading.rows) == 1
    assert reason in reading.reasons()


@pytest.mark.parametrize(
    ("query", "read"),
    [
        (rb"a\ud800b", "a\ufffdb"),
        (rb"a\udc00\ud800b", "a\ufffd\ufffdb"),
        (rb"a\ud83d\ude00b", "a\U0001f600b"),
        (rb"a\\ud800b \ud800", "a\\ud800b \ufffd"),
        (b"a\xffb", "a\ufffdb"),
    ],
)
def test_one_broken_character_does_not_hide_a_record(query: bytes, read: str) -> None:
    plain = json.dumps(SEARCH | {"QueryText": "QUERY"}).encode()
    wrapped = json.dumps({"Operation": "x", "AuditData": "AUDIT"}).encode()
    inner = json.dumps(plain.replace(b"QUERY", query).decode("latin-1"))[1:-1].encode()
    for record in (plain.replace(b"QUERY", query), wrapped.replace(b"AUDIT", inner)):
        reading = read_all(READER, record + b"\n")
        (row,) = reading.rows
        assert reading.rejects == []
        if b"AuditData" not in record or query != b"a\xffb":
            assert row["QueryText"] == read
            assert ("_invalid_utf8" in row) == ("\ufffd" in read)


def test_a_page_with_one_bad_record_keeps_the_good_ones() -> None:
    reading = read_all(READER, json.dumps({"value": [{"x": 1}, *_GRAPH]}).encode())
    assert len(reading.rows) == 2
    assert reading.reasons() == ["a JSON object without an audited operation"]


def test_an_empty_page_is_no_loss() -> None:
    reading = read_all(READER, b'{"@odata.context":"x","value":[]}\n')
    assert (reading.rows, reading.rejects) == ([], [])
