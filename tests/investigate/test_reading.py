"""Evidence into a case: large event logs by the kernels, with the same result, and without them where these fail."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from support.evtx_files import logon
from vigilia.demo.evtx_writer import chunks_of, file_of
from vigilia.engines.examination import Examination, examine_task
from vigilia.engines.protocol import Task
from vigilia.investigate import bulk_reading
from vigilia.investigate.bulk_reading import coded_from
from vigilia.investigate.progress import Silent
from vigilia.investigate.reading import read_evidence
from vigilia.investigate.request import Request
from vigilia.model.evidence import EvidenceItem
from vigilia.store.case_folder import CaseFolder

_MIB = 1024 * 1024


def _evidence(folder: Path) -> Path:
    folder.mkdir()
    for host in ("fs01", "dc01"):
        events = [logon(number, {"TargetUserName": f"ada{number % 7}", "Host": host}) for number in range(1, 900)]
        (folder / f"{host}.evtx").write_bytes(file_of(chunks_of(events)))
    (folder / "auth.log").write_bytes(b"2026-03-01T10:00:00+00:00 web01 sshd[1]: Accepted password for ada\n" * 9)
    return folder


def _read(evidence: Path, case: CaseFolder) -> list[EvidenceItem]:
    case.make_folders()
    request = Request(paths=(evidence,), case=case.root, name="reading", time_zone="UTC", workers=2)
    return read_evidence(request, case, None, Silent())


def _stored(case: CaseFolder) -> dict[str, bytes | pa.Table]:
    """Return accounts, and events without the way by which each was read."""
    events = {path.name: pq.read_table(path).drop_columns(["vigilia.decoder"]) for path in case.events.iterdir()}
    return events | {path.name: path.read_bytes() for path in case.items.iterdir()}


def test_only_what_is_large_is_read_straight_into_codes() -> None:
    assert coded_from([]) is None
    assert coded_from([_MIB] * 7) is None
    assert coded_from([_MIB, 8 * _MIB]) == 8 * _MIB
    assert coded_from([_MIB] * 32) == 0


def test_a_case_is_the_same_whether_its_event_logs_were_read_by_kernels_or_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = _evidence(tmp_path / "evidence")
    plain, bulk = CaseFolder(tmp_path / "plain"), CaseFolder(tmp_path / "bulk")
    items = _read(evidence, plain)
    monkeypatch.setattr(bulk_reading, "_MUCH", 1)
    assert _read(evidence, bulk) == items
    assert sum(item.records for item in items) == 2 * 899 + 9
    assert _stored(bulk) == _stored(plain)


def test_which_way_an_item_is_read_does_not_depend_on_what_was_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that was killed when one of two logs was read ends in the bytes of one that was not."""
    evidence = _evidence(tmp_path / "evidence")
    monkeypatch.setattr(bulk_reading, "_MUCH", sum(file.stat().st_size for file in evidence.iterdir()))
    whole = CaseFolder(tmp_path / "whole")
    items = _read(evidence, whole)
    events = {path.name: path.read_bytes() for path in whole.events.iterdir()}
    (whole.items / f"{items[1].item}.json").unlink()
    assert _read(evidence, whole) == items
    assert {path.name: path.read_bytes() for path in whole.events.iterdir()} == events


def test_an_item_that_dies_with_the_kernels_is_read_without_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    evidence = _evidence(tmp_path / "evidence")
    tried: list[int | None] = []

    def task_of(task: Examination) -> Task:
        """Stand for a file that kills a worker which uses kernels: the task finds no such file."""
        tried.append(task.coded_from)
        return examine_task(task if task.coded_from is None else msgspec.structs.replace(task, location=b"/nowhere"))

    monkeypatch.setattr(bulk_reading, "_MUCH", 1)
    monkeypatch.setattr("vigilia.investigate.reading.examine_task", task_of)
    items = _read(evidence, CaseFolder(tmp_path / "case"))
    assert tried == [0, 0, 0, None, None, None]
    assert [item.status for item in items] == ["read"] * 3
