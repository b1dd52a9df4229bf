"""Each command as a whole process: what it prints where, and its exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cases import run_vigilia, run_with_passphrase, write_small_evidence
from vigilia import __version__


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_evidence(tmp_path_factory.mktemp("commands") / "evidence")


def test_the_version_is_one_line() -> None:
    assert run_vigilia("--version").stdout == f"vigilia {__version__}\n"


def test_without_a_command_help_is_shown() -> None:
    shown = run_vigilia()
    for name in ("investigate", "coverage", "demo", "verify", "sources", "rules", "watchlist"):
        assert name in shown.stdout + shown.stderr


def test_answers_go_to_stdout_and_talk_to_stderr(evidence: Path, tmp_path: Path) -> None:
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case")
    assert [line[:2] for line in done.stdout.splitlines() if line[:1].isdigit()] == ["1.", "2.", "3.", "4.", "5.", "6."]
    assert "report.html" in done.stdout
    assert "not read completely" in done.stderr


def test_json_is_all_that_stdout_holds(evidence: Path, tmp_path: Path) -> None:
    done = run_vigilia("investigate", evidence, "--case", tmp_path / "case", "--json")
    document = json.loads(done.stdout)
    assert [one["question"] for one in document["answers"]] == [
        "who-was-in",
        "what-was-theirs",
        "looking-for",
        "reached",
        "who-was-it",
        "what-now",
    ]
    assert Path(document["result"]).exists()


def test_coverage_tells_what_is_there_and_what_to_export(evidence: Path) -> None:
    done = run_vigilia("coverage", evidence, "--json")
    covered = json.loads(done.stdout)
    assert done.returncode == 3
    assert {item["status"] for item in covered["evidence"]} == {"read", "unrecognised", "quarantined"}
    assert any("Microsoft 365" in one["text"] for one in covered["advice"])
    spoken = run_vigilia("coverage", evidence)
    assert "What is missing, and what it means" in spoken.stdout


def test_coverage_leaves_nothing_behind(evidence: Path, tmp_path: Path) -> None:
    run_vigilia("coverage", evidence, env={"TMPDIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []


def test_verify_says_yes_and_then_no(evidence: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    run_vigilia("investigate", evidence, "--case", case)
    whole = run_vigilia("verify", case)
    assert (whole.returncode, "matches" in whole.stdout) == (0, True)
    with (case / "findings.jsonl").open("ab") as findings:
        findings.write(b"\n")
    changed = run_vigilia("verify", case, "--json")
    assert changed.returncode == 1
    assert json.loads(changed.stdout)["problems"] == ["findings.jsonl was changed."]


def test_sources_and_rules_are_listed_from_the_code() -> None:
    sources = json.loads(run_vigilia("sources", "--json").stdout)
    assert {"windows-evtx", "m365-audit-csv", "linux-auditd", "web-access"} <= {one["format"] for one in sources}
    rules = json.loads(run_vigilia("rules", "list", "--json").stdout)
    assert len(rules) >= 40
    assert run_vigilia("rules", "check").returncode == 0


def test_a_watch_list_is_encrypted_and_used_without_being_written(evidence: Path, tmp_path: Path) -> None:
    plain, sealed, case = tmp_path / "list.toml", tmp_path / "list.age", tmp_path / "case"
    plain.write_text('[[watch.person]]\nid = "P1"\nname = "term7"\n', encoding="utf-8")
    made = run_with_passphrase("one two three", "watchlist", "encrypt", plain, "--to", sealed)
    assert made.returncode == 0, made.stderr
    assert b"term7" not in sealed.read_bytes()
    plain.unlink()
    done = run_with_passphrase("one two three", "investigate", evidence, "--case", case, "--watchlist", sealed)
    assert done.returncode == 3, done.stderr
    assert "term7" not in (case / "result.json").read_text(encoding="utf-8")
    assert "[person P1]" in (case / "result.json").read_text(encoding="utf-8")
    wrong = run_with_passphrase("four", "investigate", evidence, "--case", tmp_path / "c2", "--watchlist", sealed)
    assert wrong.returncode == 2
    assert "Check the passphrase" in wrong.stderr


def test_a_short_passphrase_is_refused(tmp_path: Path) -> None:
    plain = tmp_path / "list.toml"
    plain.write_text('[[watch.person]]\nid = "P1"\nname = "Somebody"\n', encoding="utf-8")
    refused = run_with_passphrase("short", "watchlist", "encrypt", plain, "--to", tmp_path / "list.age")
    assert refused.returncode == 2
    assert "four random words" in refused.stderr
    assert not (tmp_path / "list.age").exists()


def test_an_existing_file_is_not_overwritten(tmp_path: Path) -> None:
    plain = tmp_path / "list.toml"
    plain.write_text('[[watch.person]]\nid = "P1"\nname = "Somebody"\n', encoding="utf-8")
    (tmp_path / "list.age").write_text("mine")
    refused = run_with_passphrase("x", "watchlist", "encrypt", plain, "--to", tmp_path / "list.age")
    assert refused.returncode == 2
    assert (tmp_path / "list.age").read_text() == "mine"


def test_the_demo_refuses_a_folder_that_is_not_its_own(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("mine")
    refused = run_vigilia("demo", "--folder", tmp_path, "--clobber")
    assert refused.returncode == 2
    assert (tmp_path / "thesis.txt").read_text() == "mine"
