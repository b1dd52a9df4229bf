"""`vigilia searches` as a whole process."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from support.cases import run_vigilia, run_with_passphrase, write_small_evidence


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = write_small_evidence(tmp_path_factory.mktemp("searches") / "evidence")
    lines = [
        f'203.0.113.9 - - [02/Mar/2026:10:00:{n:02d} +0000] "GET /?s={query} HTTP/1.1" 200 9 "-" "Browser"\n'
        for n, query in enumerate(["hong+kong", "%E9%A6%99%E6%B8%AF", "=1%2B1"])
    ]
    (folder / "site.log").write_text("".join(lines), encoding="utf-8")
    return folder


def test_searches_are_listed_in_order_of_time_with_topics_and_records(evidence: Path) -> None:
    done = run_vigilia("searches", evidence)
    assert done.returncode == 3  # one file is damaged
    lines = done.stdout.splitlines()
    times = [line[:20] for line in lines if line.startswith("2026-")]
    assert len(times) == 42
    assert times == sorted(times)
    assert any(line.endswith("203.0.113.9  hong kong") for line in lines)
    assert "    Hong Kong" in lines
    assert any("decoded (url-decoded)" in line and "site.log 1" in line for line in lines)
    assert "does not mean that nothing was searched for" in done.stderr


def test_only_what_is_meant_for_people_is_said_beside_the_list(evidence: Path) -> None:
    """Extensions may complain at the end of a process of what was not taken apart."""
    said = run_vigilia("searches", evidence, "--json").stderr
    assert "leaked" not in said
    assert "not read completely:" in said
    assert any(line.strip().startswith(("read: ", "unrecognised: ", "quarantined: ")) for line in said.splitlines())


def test_filters_and_json(evidence: Path) -> None:
    done = run_vigilia("searches", evidence, "--topic", "place:HK", "--json")
    document = json.loads(done.stdout)
    assert [one["decoded"] for one in document["searches"]] == ["hong kong", "香港"]
    assert "Shown are 2 of 42 searches" in done.stderr
    assert run_vigilia("searches", evidence, "--intruder").stdout == ""


def test_csv_holds_no_formula(evidence: Path) -> None:
    rows = list(csv.DictReader(run_vigilia("searches", evidence, "--csv").stdout.splitlines()))
    assert len(rows) == 42
    assert "'=1+1" in {row["decoded"] for row in rows}


def test_a_case_is_read_and_not_made_anew(evidence: Path, tmp_path: Path) -> None:
    case = tmp_path / "case"
    run_vigilia("investigate", evidence, "--case", case)
    before = {path: path.stat().st_mtime_ns for path in case.rglob("*") if path.is_file()}
    done = run_vigilia("searches", case, "--topic", "place:HK")
    assert "Hong Kong" in done.stdout
    assert {path: path.stat().st_mtime_ns for path in case.rglob("*") if path.is_file()} == before
    refused = run_vigilia("searches", case, "--show-names")
    assert (refused.returncode, refused.stdout) == (2, "")


def test_nothing_is_left_behind_and_two_forms_are_refused(evidence: Path, tmp_path: Path) -> None:
    run_vigilia("searches", evidence, env={"TMPDIR": str(tmp_path)})
    assert list(tmp_path.iterdir()) == []
    assert run_vigilia("searches", evidence, "--json", "--csv").returncode == 2


def test_a_watched_person_stands_by_id_unless_names_are_asked_for(evidence: Path, tmp_path: Path) -> None:
    plain, sealed = tmp_path / "list.toml", tmp_path / "list.age"
    plain.write_text('[[watch.person]]\nid = "P1"\nname = "term7"\n', encoding="utf-8")
    run_with_passphrase("one two three", "watchlist", "encrypt", plain, "--to", sealed)
    options = ("searches", evidence, "--watchlist", sealed, "--person", "P1")
    done = run_with_passphrase("one two three", *options)
    assert "[person P1]" in done.stdout
    assert "watched person P1" in done.stdout
    assert "term7" not in done.stdout + done.stderr
    assert "term7" in run_with_passphrase("one two three", *options, "--show-names").stdout
