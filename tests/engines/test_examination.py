"""One item from bytes to account: every byte is accounted for, and what was done is all there or not there."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.evtx_files import logon
from vigilia.demo.evtx_writer import chunks_of
from vigilia.engines.examination import Examination, account_path, decode_examined, examine
from vigilia.model.events import item_id
from vigilia.model.evidence import EvidenceItem
from vigilia.store.case_folder import CaseFolder

LINES = b"".join(
    b"2026-03-01T10:00:%02d+00:00 web01 sshd[1]: Accepted password for ada from 203.0.113.9 port 22 ssh2\n" % second
    for second in range(20)
)


def _examine(
    folder: Path, content: bytes, modified: str = "2026-03-02T00:00:00.000000Z", records: int = 1000
) -> EvidenceItem:
    case = CaseFolder(folder / "case")
    case.make_folders()
    file = folder / "item"
    file.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    task = Examination(
        item=item_id(sha256),
        path="item",
        sha256=sha256,
        size=len(content),
        location=os.fsencode(file),
        modified=modified,
        case=str(case.root),
        rules="",
        zone="UTC",
        line_bytes=4096,
        records=records,
    )
    account = examine(task, lambda _size: None)
    assert decode_examined(account_path(case, task.item).read_bytes()) == account
    return account


def test_what_is_read_is_stored_and_accounted_for(tmp_path: Path) -> None:
    account = _examine(tmp_path, LINES)
    assert (account.status, account.records, account.bytes_parsed) == ("read", 20, len(LINES))
    assert account.first_time == "2026-03-01T10:00:00.000000Z"
    assert pq.read_table(tmp_path / "case" / "events" / f"{account.item}.parquet").num_rows == 20


def test_reading_stops_at_the_budget_of_records_and_the_rest_is_counted(tmp_path: Path) -> None:
    account = _examine(tmp_path, LINES * 2000, records=10_000)
    assert (account.status, account.rejected) == ("read", 1)
    assert 10_000 <= account.records < 40_000
    assert account.bytes_quarantined == account.bytes - account.bytes_parsed > 0
    assert account.warnings == []


def test_what_no_reader_knows_is_said_to_be_unread(tmp_path: Path) -> None:
    account = _examine(tmp_path, b"\xff\xd8\xff a picture")
    assert (account.status, account.bytes_ignored) == ("unrecognised", account.bytes)
    assert account.warnings


def test_a_log_without_years_takes_them_from_the_last_change(tmp_path: Path) -> None:
    lines = (
        b"Dec 31 23:59:58 web01 sshd[1]: Accepted password for ada from 203.0.113.9 port 22 ssh2\n"
        b"Jan  1 00:00:02 web01 sshd[1]: Accepted password for ada from 203.0.113.9 port 22 ssh2\n"
    )
    account = _examine(tmp_path, lines, "2026-01-02T00:00:00.000000Z")
    assert (account.first_time[:4], account.last_time[:4]) == ("2025", "2026")


def test_without_a_hint_a_time_without_a_year_is_not_invented(tmp_path: Path) -> None:
    line = b"Mar  1 10:00:00 web01 sshd[1]: Accepted password for ada from 203.0.113.9 port 22 ssh2\n"
    account = _examine(tmp_path, line * 3, "")
    assert account.records == 3
    assert account.first_time == ""
    assert "3 records have no usable time" in account.warnings[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cut=st.integers(0, len(LINES)),
    place=st.integers(0, len(LINES) - 1),
    noise=st.binary(max_size=40),
)
def test_damage_never_loses_a_byte(
    tmp_path_factory: pytest.TempPathFactory, cut: int, place: int, noise: bytes
) -> None:
    damaged = (LINES[:place] + noise + LINES[place + len(noise) :])[:cut] or b"x"
    account = _examine(tmp_path_factory.mktemp("damage"), damaged)
    assert account.bytes == account.bytes_parsed + account.bytes_quarantined + account.bytes_ignored
    assert account.rejected == sum(one.count for one in account.rejects)
    assert not any("bug" in warning for warning in account.warnings)


def test_records_of_event_logs_are_found_in_a_file_that_nothing_recognises(tmp_path: Path) -> None:
    (chunk,) = chunks_of([logon(number, {"TargetUserName": "ada"}) for number in range(1, 11)])
    account = _examine(tmp_path, b"\x90" * 200_000 + chunk + b"\x90" * 10_000)
    assert (account.status, account.format, account.records) == ("read", "windows-evtx-carved", 10)
    assert account.bytes_parsed + account.bytes_ignored == account.bytes
    assert account.first_time == "", "records in an image do not say what a log covers"
