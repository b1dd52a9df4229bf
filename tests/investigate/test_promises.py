"""The promises of a case, on evidence small enough to run with every test (the soak tests repeat them at length)."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from support.cases import command, fingerprint, investigate_folder, run_vigilia, write_small_evidence
from vigilia.investigate.verification import verify_case
from vigilia.model.errors import CaseError
from vigilia.model.result import Result

HOOK = """
import sys
def _refuse(event, arguments):
    if event in {"socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"}:
        raise SystemExit(f"network: {event} {arguments}")
sys.addaudithook(_refuse)
"""


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_evidence(tmp_path_factory.mktemp("small") / "evidence")


@pytest.fixture(scope="module")
def case(evidence: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("case") / "case"
    investigate_folder(evidence, folder)
    return folder


@pytest.fixture(scope="module")
def result(case: Path) -> Result:
    from vigilia.report.json_document import decode

    return decode((case / "result.json").read_bytes())


def test_every_byte_is_parsed_quarantined_or_ignored(result: Result) -> None:
    for item in result.evidence:
        assert item.bytes == item.bytes_parsed + item.bytes_quarantined + item.bytes_ignored, item.path


def test_every_file_is_listed_with_what_became_of_it(result: Result) -> None:
    assert {item.path.rpartition("/")[2]: item.status for item in result.evidence} == {
        "auth.log": "read",
        "access.log": "read",
        "holiday.jpg": "unrecognised",
        "damaged.zip": "quarantined",
    }


def test_a_line_that_is_no_record_is_counted_with_its_place(result: Result) -> None:
    (access,) = (item for item in result.evidence if item.path.endswith("access.log"))
    assert access.rejected == 1
    assert access.rejects[0].first_place == "line 40"


def test_a_cited_record_stands_where_the_result_says(result: Result, evidence: Path) -> None:
    assert result.cited_events
    for cited in result.cited_events:
        content = (evidence.parent / cited.path).read_bytes()
        record = content[cited.offset : cited.offset + cited.length]
        assert record.strip(b"\n") in content.splitlines()


def test_running_again_adds_nothing(evidence: Path, case: Path) -> None:
    before = fingerprint(case)
    investigate_folder(evidence, case)
    assert fingerprint(case) == before


def test_evidence_is_untouched(evidence: Path, tmp_path: Path) -> None:
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in evidence.iterdir()}
    investigate_folder(evidence, tmp_path / "case")
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in evidence.iterdir()} == before


def test_workers_zone_locale_and_hash_seed_leave_no_trace(evidence: Path, case: Path, tmp_path: Path) -> None:
    env = {"TZ": "Asia/Kathmandu", "PYTHONHASHSEED": str(random.randint(1, 4_000_000)), "LC_ALL": "C"}
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case", "--workers", "3", env=env)
    assert done.returncode == 3, done.stderr
    alone = run_vigilia("investigate", evidence, "--case", tmp_path / "other", "--workers", "1", env={"TZ": "UTC"})
    assert alone.returncode == 3, alone.stderr
    mine, other = fingerprint(tmp_path / "case"), fingerprint(tmp_path / "other")
    for differing in ("case.toml", "result.json", "report/report.html"):  # the case's name is the folder's
        mine.pop(differing)
        other.pop(differing)
    assert mine == other


def test_a_killed_run_resumes_and_ends_in_the_same_bytes(evidence: Path, tmp_path: Path) -> None:
    def start(case: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            command("investigate", evidence, "--case", case),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )

    whole, killed = tmp_path / "whole" / "case", tmp_path / "killed" / "case"
    begun = time.monotonic()
    assert start(whole).wait(300) == 3
    duration = time.monotonic() - begun
    for _ in range(3):
        run = start(killed)
        time.sleep(random.uniform(0, duration))
        if run.poll() is None:
            os.kill(run.pid, signal.SIGKILL)
        run.wait()
    assert start(killed).wait(300) == 3
    assert fingerprint(killed) == fingerprint(whole)
    assert verify_case(killed).problems == []


def test_no_process_opens_a_socket(evidence: Path, tmp_path: Path) -> None:
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(HOOK)
    env = {"PYTHONPATH": str(hooks)}
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case", env=env)
    assert done.returncode == 3, done.stderr
    probe = subprocess.run(
        [*command()[:2], "import socket; socket.getaddrinfo('example.org', 80)"],
        env=os.environ | env,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "network: socket.getaddrinfo" in probe.stderr


def test_verify_finds_any_changed_missing_or_added_file(evidence: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    investigate_folder(evidence, case)
    assert verify_case(case).problems == []
    changed = bytearray((case / "result.json").read_bytes())
    changed[len(changed) // 2] ^= 1
    (case / "result.json").write_bytes(changed)
    (case / "findings.jsonl").unlink()
    (case / "events" / "extra.parquet").write_bytes(b"x")
    assert verify_case(case).problems == [
        "events/extra.parquet was added.",
        "findings.jsonl is missing.",
        "result.json was changed.",
    ]


def test_verify_notices_changed_evidence(evidence: Path, tmp_path: Path) -> None:
    own = write_small_evidence(tmp_path / "evidence")
    investigate_folder(own, tmp_path / "case")
    with (own / "auth.log").open("ab") as log:
        log.write(b"one more line\n")
    assert verify_case(tmp_path / "case").problems == ["Evidence evidence/auth.log was changed."]


def test_an_unfinished_case_cannot_be_verified(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="not a case folder"):
        verify_case(tmp_path)
