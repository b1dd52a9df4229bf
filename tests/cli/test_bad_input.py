"""Whatever is handed in or goes wrong: one clear sentence, the right exit code, and nothing else lost."""

from __future__ import annotations

import io
import os
import resource
import subprocess
import zipfile
from pathlib import Path

import orjson
import pytest

from support.cases import command, run_vigilia, write_small_evidence
from vigilia.model.result import Result
from vigilia.report.json_document import decode

HEADER = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames\n"


def _investigate(evidence: Path, case: Path, *options: str | Path) -> tuple[subprocess.CompletedProcess[str], Result]:
    done = run_vigilia("investigate", evidence, "--case", case, *options)
    return done, decode((case / "result.json").read_bytes())


def _audit_row(number: int) -> str:
    record = {
        "CreationTime": f"2026-03-01T10:00:{number:02d}",
        "Id": f"id-{number}",
        "Operation": "FileAccessed",
        "RecordType": 6,
        "UserId": "ada@example.org",
        "Workload": "SharePoint",
        "ClientIP": "198.51.100.7",
    }
    cell = orjson.dumps(record).decode().replace('"', '""')
    return f'{number},2026-03-01T10:00:{number:02d}Z,6,FileAccessed,ada@example.org,"{cell}",,\n'


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["investigate", "absent", "--case", "case"], "absent"),
        (["investigate", "empty", "--case", "case"], "no file in what was handed in"),
        (["investigate", "evidence", "--case", "evidence/auth.log"], "a file, not a folder"),
        (["investigate", "evidence", "--case", "/proc/vigilia-case"], "cannot be written"),
        (["investigate", "evidence", "--case", "taken"], "not a case"),
        (["investigate", "evidence", "--case", "case", "--org", "absent.toml"], "absent.toml"),
        (["investigate", "evidence", "--case", "case", "--org", "wrong.toml"], "nmae"),
        (["investigate", "evidence", "--case", "case", "--rules", "absent"], "absent"),
        (["investigate", "evidence", "--case", "case", "--time-zone", "Mars/Olympus"], "Mars/Olympus"),
        (["investigate", "evidence", "--case", "case", "--fail-on", "severe"], "--fail-on"),
        (["investigate", "evidence"], "--case"),
        (["verify", "empty"], "not a case folder"),
    ],
)
def test_a_command_that_cannot_be_followed_says_why_and_exits_with_2(
    arguments: list[str], sentence: str, tmp_path: Path
) -> None:
    write_small_evidence(tmp_path / "evidence")
    (tmp_path / "empty").mkdir()
    (tmp_path / "taken").mkdir()
    (tmp_path / "taken" / "thesis.txt").write_text("mine")
    (tmp_path / "wrong.toml").write_text("[organisation]\nnmae = 'x'\n")
    done = subprocess.run(command(*arguments), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 2, done.stderr
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert done.stdout == ""
    assert not (tmp_path / "case" / "result.json").exists()


def test_what_cannot_be_read_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    (evidence / "truncated.evtx").write_bytes(b"ElfFile\x00" + bytes(5000))
    (evidence / "cut.csv").write_text(HEADER + _audit_row(1) + _audit_row(2)[:90], encoding="utf-8")
    (evidence / "latin.log").write_bytes(
        "".join(f"Mar  1 10:00:0{n} web01 sshd[1]: Invalid user Jos\xe9 from 203.0.113.9\n" for n in range(5)).encode(
            "latin-1"
        )
    )
    os.mkfifo(evidence / "pipe")
    (evidence / "link").symlink_to(evidence / "auth.log")
    done, result = _investigate(evidence, tmp_path / "case")
    assert done.returncode == 3, done.stderr
    by_name = {item.path.rpartition("/")[2]: item for item in result.evidence}
    assert by_name["auth.log"].records == 25
    assert by_name["cut.csv"].records == 1
    assert "inside a quoted cell" in by_name["cut.csv"].rejects[0].reason
    assert by_name["latin.log"].records == 5
    assert by_name["pipe"].warnings
    assert by_name["link"].warnings
    truncated = by_name["truncated.evtx"]
    assert truncated.records == 0
    assert truncated.bytes_quarantined + truncated.bytes_ignored == truncated.bytes == 5008


def test_a_zip_bomb_is_stopped_and_costs_only_itself(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros.log", bytes(200 * 1024 * 1024))
    (evidence / "bomb.zip").write_bytes(inner.getvalue())
    done, result = _investigate(evidence, tmp_path / "case")
    assert done.returncode == 3
    (bomb,) = (item for item in result.evidence if item.path.endswith("bomb.zip!/zeros.log"))
    assert bomb.status == "refused"
    assert bomb.warnings == ["It unpacks to more than 200 times its size."]
    assert any(item.path.endswith("auth.log") and item.status == "read" for item in result.evidence)


def test_a_line_of_200_megabytes_becomes_one_reject(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    write_small_evidence(evidence)
    with (evidence / "access.log").open("ab") as log:
        for _ in range(200):
            log.write(b"x" * 1024 * 1024)
        log.write(b'\n203.0.113.1 - - [01/Mar/2026:11:00:00 +0000] "GET / HTTP/1.1" 200 1 "-" "-"\n')
    _, result = _investigate(evidence, tmp_path / "case")
    (access,) = (item for item in result.evidence if item.path.endswith("access.log"))
    assert access.status == "read", access.warnings
    assert access.records == 40
    assert any(reject.bytes > 200 * 1024 * 1024 for reject in access.rejects)


def test_a_broken_rule_is_named_and_the_others_run(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "broken.yml").write_text("title: Broken\ndetection: [\n")
    (rules / "good.yml").write_text(
        "title: Any accepted login\nid: 3a1b6a86-6a8e-4f6c-9a32-1d7d1c0d7a11\n"
        "logsource: {product: linux, service: sshd}\n"
        "detection:\n  accepted:\n    - 'Accepted password'\n  condition: accepted\nlevel: low\n"
    )
    evidence = write_small_evidence(tmp_path / "evidence")
    done, result = _investigate(evidence, tmp_path / "case", "--rules", rules)
    assert done.returncode == 3
    assert "broken.yml" in done.stderr
    assert [one for one in result.tool.rules_unsupported if "broken.yml" in one]
    (found,) = (one for one in result.findings if one.title == "Any accepted login")
    assert found.count == 25


def test_a_full_disk_stops_with_one_sentence_and_the_same_command_goes_on(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    with (evidence / "access.log").open("a", encoding="utf-8") as log:
        for n in range(3000):
            log.write(
                f'203.0.113.{n % 250} - - [01/Mar/2026:11:00:00 +0000] "GET /{n * 7919} HTTP/1.1" 200 1 "-" "{n}"\n'
            )

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (16_000, 16_000))

    arguments: list[str | Path] = ["investigate", evidence, "--case", tmp_path / "case"]
    full = subprocess.run(
        command(*arguments),
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=small_files,
    )
    assert full.returncode == 2, full.stderr
    assert "Traceback" not in full.stderr
    assert "run the same command again" in full.stderr
    assert run_vigilia(*arguments).returncode == 3


def test_interruption_leaves_a_resumable_case(tmp_path: Path) -> None:
    import signal
    import time

    evidence = write_small_evidence(tmp_path / "evidence")
    arguments: list[str | Path] = ["investigate", evidence, "--case", tmp_path / "case"]
    run = subprocess.Popen(
        command(*arguments), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    while not (tmp_path / "case" / "ledger.jsonl").exists() and run.poll() is None:
        time.sleep(0.01)
    run.send_signal(signal.SIGINT)
    _, talk = run.communicate(timeout=60)
    assert run.returncode == 130, talk
    assert "run the same command again" in talk
    assert run_vigilia(*arguments).returncode == 3


def test_a_level_reached_is_exit_code_4(tmp_path: Path) -> None:
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "good.yml").write_text(
        "title: Any accepted login\nid: 3a1b6a86-6a8e-4f6c-9a32-1d7d1c0d7a11\n"
        "logsource: {product: linux, service: sshd}\n"
        "detection:\n  accepted:\n    - 'Accepted password'\n  condition: accepted\nlevel: high\n"
    )
    evidence = write_small_evidence(tmp_path / "evidence")
    done, _ = _investigate(evidence, tmp_path / "case", "--rules", rules, "--fail-on", "high")
    assert done.returncode == 4


def test_evidence_without_a_single_record_is_no_success(tmp_path: Path) -> None:
    evidence = tmp_path / "evidence"
    evidence.mkdir()
    (evidence / "empty.log").touch()
    done, result = _investigate(evidence, tmp_path / "case")
    assert done.returncode == 3
    assert result.intrusion.verdict == "none-found"
    assert result.evidence[0].warnings
