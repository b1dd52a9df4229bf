"""PostgreSQL's logs: rows without a header, cells with line ends, prefixes of many kinds; other logs are left alone."""

from __future__ import annotations

import pytest

from support.reading import read_all
from vigilia.readers.databases.postgresql_csvlog import READER as CSVLOG
from vigilia.readers.databases.postgresql_jsonlog import READER as JSONLOG
from vigilia.readers.recognise import recognise
from vigilia.readers.registry import reader_named

_ROW = (
    '2026-03-02 09:15:00.554 UTC,"ada","crm",34,"203.0.113.9:51000",5f.22,3,"SELECT",2026-03-02 09:14:06 UTC,3/2,0,'
    'LOG,00000,"{}",,,,,,,,,"psql"\n'
)


def test_a_row_of_another_width_or_without_a_time_is_refused() -> None:
    content = _ROW.format("statement: SELECT 1") + "2026-03-02 09:15:00 UTC,too,few\nno time,,,\n" + _ROW.format("x")
    reading = read_all(CSVLOG, content.encode())
    assert [row.get("statement") for row in reading.rows] == ["SELECT 1", None]
    assert reading.reasons() == ["not a row of this log"] * 2


def test_a_torn_row_costs_itself() -> None:
    reading = read_all(CSVLOG, (_ROW.format("a") + _ROW.format("b")[:100]).encode())
    assert len(reading.rows) == 1
    assert len(reading.rejects) == 1


def test_a_key_that_stands_twice_is_told() -> None:
    head = b'{"timestamp":"2026-03-02 09:15:00 UTC","pid":1,"session_id":"a",'
    content = head + b'"error_severity":"LOG","message":"x","pid":2}\n'
    assert read_all(JSONLOG, content).rows[0]["_duplicate_keys"] == ["pid"]


@pytest.mark.parametrize(
    ("prefix", "expected"),
    [
        ("2026-03-02 09:15:00.101 UTC [77] ", {"process_id": "77"}),
        ("2026-03-02 09:15:00 UTC [77-3] ada@crm ", {"process_id": "77", "session_line_num": "3", "user_name": "ada"}),
        ("2026-03-02 09:15:00 +02:00 ", {}),
        (
            "2026-03-02 09:15:00 UTC [77]: user=ada,db=crm,app=my app,client=2001:db8::9 ",
            {"user_name": "ada", "application_name": "my app", "connection_from": "2001:db8::9"},
        ),
        ("2026-03-02 09:15:00 UTC:web1.example(51000):ada@crm:[77]:", {"connection_from": "web1.example"}),
    ],
)
def test_prefixes(prefix: str, expected: dict[str, str]) -> None:
    (row,) = read_all(reader_named("postgresql-text"), f"{prefix}LOG:  checkpoint starting: time\n".encode()).rows
    assert row["message"] == "checkpoint starting: time"
    assert {name: row.get(name) for name in expected} == expected


@pytest.mark.parametrize(
    "log",
    [
        b"2026-03-02 09:15:00 ERROR: something else went wrong\n" * 3,
        b"2026-03-02 09:15:00,123 INFO app.views LOG: hello\n" * 3,
        b"2026-03-02 09:15:00 a note of somebody\n" * 3,
    ],
)
def test_other_logs_with_such_times_are_left_alone(log: bytes) -> None:
    found = recognise(log)
    assert found is None or not found.source.startswith(("database.", "vpn.", "app."))
