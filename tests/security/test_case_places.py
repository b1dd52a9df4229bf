"""S-02, S-12, S-13: where a case and its evidence lie and what they are called changes nothing and touches nothing."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from support.cases import command, investigate_folder, run_vigilia, write_small_evidence
from vigilia.evidence.handed_in import find_handed_in
from vigilia.evidence.opened_file import open_evidence
from vigilia.investigate.verification import verify_case
from vigilia.model.errors import EvidenceError

posix = pytest.mark.skipif(os.name != "posix", reason="file modes, links and pipes are POSIX")

HOSTILE_NAMES = [
    "case[1]",
    "a'; DROP VIEW events; --",
    "year=2026",
    "{{7*7}}",
    "over \u202e\u001b[31m",
    'quo"te\n[x]',
]


@posix
def test_no_folder_name_is_code_or_a_pattern(tmp_path: Path) -> None:
    name = Path(*HOSTILE_NAMES)
    evidence = write_small_evidence(tmp_path / name / "evidence")
    done = investigate_folder(evidence, tmp_path / name / "case")
    assert sum(item.records for item in done.result.evidence) == 64
    assert {row.source for row in done.result.coverage} == {"linux.syslog", "web.access"}
    assert verify_case(tmp_path / name / "case").problems == []


@posix
def test_a_case_called_star_does_not_read_its_neighbours(tmp_path: Path) -> None:
    small = tmp_path / "evidence" / "one.log"
    small.parent.mkdir()
    shutil.copy(write_small_evidence(tmp_path / "other") / "auth.log", small)
    investigate_folder(tmp_path / "other", tmp_path / "case of others")
    starred = investigate_folder(small.parent, tmp_path / "case*").result
    assert {row.source for row in starred.coverage} == {"linux.syslog"}


@posix
def test_everything_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    (tmp_path / "case").mkdir(mode=0o755)
    done = subprocess.run(
        command("investigate", evidence, "--case", tmp_path / "case"),
        capture_output=True,
        check=False,
        preexec_fn=lambda: os.umask(0) and None,
    )
    assert done.returncode == 3, done.stderr
    for path in [tmp_path / "case", *(tmp_path / "case").rglob("*")]:
        assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path


def test_evidence_inside_the_case_is_refused_before_anything_is_cleared(tmp_path: Path) -> None:
    case = tmp_path / "case"
    investigate_folder(write_small_evidence(tmp_path / "evidence"), case)
    inside = write_small_evidence(case / "work" / "mine")
    done = run_vigilia("investigate", inside, "--case", case, "--clobber")
    assert done.returncode == 2
    assert "inside the case folder" in done.stderr
    assert (inside / "auth.log").exists()
    assert (case / "result.json").exists()


def test_a_mistyped_evidence_path_does_not_clear_a_case(tmp_path: Path) -> None:
    investigate_folder(write_small_evidence(tmp_path / "evidence"), tmp_path / "case")
    done = run_vigilia("investigate", tmp_path / "evidnce", "--case", tmp_path / "case", "--clobber")
    assert done.returncode == 2
    assert (tmp_path / "case" / "result.json").exists()


def test_a_case_inside_the_evidence_is_not_evidence(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    once = investigate_folder(evidence, evidence / "case").result
    again = investigate_folder(evidence, evidence / "case").result
    assert len(once.evidence) == len(again.evidence) == 4


@posix
def test_a_case_folder_may_be_a_link_and_is_still_left_out_of_the_evidence(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    (evidence / "target").mkdir()
    (tmp_path / "case").symlink_to(evidence / "target")
    investigate_folder(evidence, tmp_path / "case")
    assert len(investigate_folder(evidence, tmp_path / "case").result.evidence) == 4
    assert verify_case(tmp_path / "case").problems == []


@posix
@pytest.mark.parametrize("kind", ["link", "pipe", "folder"])
def test_evidence_replaced_after_it_was_listed_is_not_followed(kind: str, tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    (tmp_path / "secret").write_text("not evidence")
    (listed,) = [one for one in find_handed_in([evidence]).files if one.path.endswith("auth.log")]
    listed.file.unlink()
    if kind == "link":
        listed.file.symlink_to(tmp_path / "secret")
    elif kind == "pipe":
        os.mkfifo(listed.file)
    else:
        listed.file.mkdir()
    with pytest.raises(EvidenceError):
        open_evidence(listed.file)


@posix
@pytest.mark.parametrize("kind", ["link", "pipe"])
def test_verify_notices_a_result_replaced_by_a_link_or_pipe(kind: str, tmp_path: Path) -> None:
    case = tmp_path / "case"
    investigate_folder(write_small_evidence(tmp_path / "evidence"), case)
    report = case / "report" / "report.html"
    report.rename(tmp_path / "same.html")
    if kind == "link":
        report.symlink_to(tmp_path / "same.html")
    else:
        os.mkfifo(report)
    assert verify_case(case).problems == ["report/report.html was changed."]


def test_verify_says_so_when_there_is_nothing_left_to_compare(tmp_path: Path) -> None:
    evidence = write_small_evidence(tmp_path / "evidence")
    investigate_folder(evidence, tmp_path / "case")
    for path in evidence.iterdir():
        path.unlink()
    (evidence / "empty").touch()
    assert len(verify_case(tmp_path / "case").problems) == 4
    (evidence / "empty").unlink()
    verified = verify_case(tmp_path / "case")
    assert verified.problems == []
    assert verified.notes[0].startswith("The evidence was not compared")
