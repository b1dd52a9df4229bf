"""The slow query log: what stands above a statement belongs to it, whatever the statement itself holds."""

from __future__ import annotations

from support.reading import read_all
from vigilia.readers.databases.mysql_slow import READER

_WHO = "# User@Host: ada[ada] @ web [203.0.113.9]  Id: 14\n"


def test_a_time_alone_at_the_end_is_a_record_of_its_own() -> None:
    reading = read_all(
        READER, f"# Time: 2026-03-02T09:15:00Z\n{_WHO}SELECT 1;\n# Time: 2026-03-02T09:16:00Z\n".encode()
    )
    assert [row["timestamp"] for row in reading.rows] == ["2026-03-02T09:15:00Z", "2026-03-02T09:16:00Z"]
    assert "argument" not in reading.rows[1]


def test_settings_count_only_in_front_of_the_statement() -> None:
    statement = "INSERT INTO t VALUES ('\nuse evil;\n');"
    log = f"{_WHO}# Query_time: 1.0  Rows_sent: 2\nuse `crm`;\nSET timestamp=1772442900;\n{statement}\n"
    (row,) = read_all(READER, log.encode()).rows
    assert row["database"] == "crm"
    assert row["argument"] == statement
    assert row["rows_sent"] == "2"


def test_headings_after_a_restart_are_no_part_of_a_statement() -> None:
    headings = (
        "/usr/sbin/mysqld, Version: 8.0.36 (x). started with:\n"
        "Tcp port: 3306  Unix socket: /x\n"
        "Time                 Id Command    Argument\n"
    )
    reading = read_all(READER, f"{headings}{_WHO}SELECT 1;\n{headings}{_WHO}SELECT 2;\n".encode())
    assert [row["argument"] for row in reading.rows] == ["SELECT 1;", "SELECT 2;"]
    assert reading.ignored == 2 * len(headings)


def test_the_database_holds_until_another_is_used() -> None:
    reading = read_all(READER, f"{_WHO}use crm;\nSELECT 1;\n{_WHO}SELECT 2;\n{_WHO}use wiki;\nSELECT 3;\n".encode())
    assert [row["database"] for row in reading.rows] == ["crm", "crm", "wiki"]


def test_a_log_that_begins_in_the_middle_loses_the_first_lines_visibly() -> None:
    reading = read_all(READER, f"FROM donors;\n{_WHO}SELECT 1;\n".encode())
    assert len(reading.rows) == 1
    assert reading.reasons() == ["a line outside of any record"]
