"""One item from bytes to account: every byte is accounted for, and what was done is all there or not there."""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.evtx_corpus import corpus
from support.evtx_damage import damaged_file
from support.evtx_files import evtx_chunk, evtx_file, logon, slack_behind
from vigilia.demo.evtx_writer import chunks_of, evtx_bytes, file_of
from vigilia.engines.examination import Examination, account_path, decode_examined, examine
from vigilia.investigate.ruleset import store_rules
from vigilia.model.events import item_id
from vigilia.model.evidence import EvidenceItem
from vigilia.sigma.compilation import compile_rules
from vigilia.store.case_folder import CaseFolder

LINES = b"".join(
    b"2026-03-01T10:00:%02d+00:00 web01 sshd[1]: Accepted password for ada from 203.0.113.9 port 22 ssh2\n" % second
    for second in range(20)
)


def _examine(
    folder: Path,
    content: bytes,
    modified: str = "2026-03-02T00:00:00.000000Z",
    records: int = 1000,
    rules: str = "",
    coded_from: int | None = None,
) -> EvidenceItem:
    folder.mkdir(exist_ok=True)
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
        rules=rules,
        zone="UTC",
        line_bytes=65536,
        records=records,
        coded_from=coded_from,
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


_RULES = """
title: Somebody logged on
id: 11111111-1111-4111-8111-111111111111
logsource: {product: windows, service: security}
detection:
  selection:
    EventID: 4624
    TargetUserName|contains: ada
  condition: selection
---
title: An account by its normalised name
id: 22222222-2222-4222-8222-222222222222
logsource: {product: windows}
detection:
  keywords: [bob, 'kim"']
  condition: keywords
"""


@pytest.fixture(scope="session")
def rules(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("rules") / "rules.json"
    file.write_bytes(store_rules(compile_rules([("rules.yml", _RULES)])))
    return str(file)


def _event_logs() -> dict[str, bytes]:
    old = evtx_chunk([(number, {"TargetUserName": f"ada{number}", "Note": "x" * 40}) for number in range(1, 9)])
    new = evtx_chunk([(101, {"TargetUserName": "bob"}), (102, {"TargetUserName": 'kim"\\ \t é'})])
    logons = [logon(number, {"TargetUserName": f"ada{number % 7}", "IpAddress": "192.0.2.7"}) for number in range(700)]
    plain = file_of(chunks_of(logons))
    dump = {"Event": {"System": {"EventID": 4624, "Channel": "Security", "Computer": "FS01"}}}
    lines = []
    for number in range(300):
        values = {
            "TargetUserName": f"ada{number % 5}",
            "Keys": ["a", "b"][: number % 3],
            "Note": "\u0001\n" * (number % 2),
        }
        lines.append(json.dumps({"Event": {**dump["Event"], "EventData": values}}))
    return {
        "left over": evtx_file(slack_behind(new, old)),
        "any values": evtx_bytes(corpus(3, 200)),
        "repeated numbers": plain + plain[4096:],
        "a chunk without header": damaged_file(plain, "header wiped", 1),
        "cut": plain[:-40_000],
        "JSON lines": "\n".join([*lines, "no JSON", *lines[:3]]).encode(),
    }


_WAYS: dict[str, set[str | None]] = {
    "JSON lines": {None},
    "left over": {"kernels", "library"},
    "any values": {"kernels", "library"},
    "a chunk without header": {"library"},
}


@pytest.mark.parametrize("name", sorted(_event_logs()))
@pytest.mark.parametrize("portion", [300, 32 * 1024 * 1024])
def test_a_case_holds_the_same_whichever_way_an_item_was_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, rules: str, name: str, portion: int
) -> None:
    """Events, matches, rejects and account: one by one, or straight into codes in any portions.

    Only the way itself differs: each record of an event log says which it was.
    """
    monkeypatch.setattr("vigilia.engines.examined_records._PORTION_BYTES", portion)
    content = _event_logs()[name]
    accounts = [
        _examine(tmp_path / way, content, records=10_000, rules=rules, coded_from=coded_from)
        for way, coded_from in (("texts", None), ("codes", 0))
    ]
    assert accounts[0] == accounts[1]
    assert accounts[0].records > 0
    texts, codes = (CaseFolder(tmp_path / way / "case") for way in ("texts", "codes"))
    for folder in ("matches", "rejects", "items"):
        (one,), (other,) = (sorted(getattr(case, folder).iterdir()) for case in (texts, codes))
        assert one.read_bytes() == other.read_bytes(), folder
    plain, coded = (pq.read_table(next(case.events.iterdir())) for case in (texts, codes))
    assert plain.drop_columns(["vigilia.decoder"]).equals(coded.drop_columns(["vigilia.decoder"]))
    assert set(plain["vigilia.decoder"].to_pylist()) == {None}
    ways = Counter(coded["vigilia.decoder"].to_pylist())
    assert ways.keys() == _WAYS.get(name, {"kernels"})
    assert pq.read_table(next(codes.matches.iterdir())).num_rows > 0 or name == "any values"
