"""`vigilia impact` as a whole process."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from support.cases import run_vigilia, write_small_evidence
from support.results import rich_result
from vigilia.report.json_document import encode


@pytest.fixture(scope="module")
def evidence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_small_evidence(tmp_path_factory.mktemp("impact") / "evidence")


@pytest.fixture(scope="module")
def case(evidence: Path) -> Path:
    folder = evidence.parent / "case"
    run_vigilia("investigate", evidence, "--case", folder)
    (folder / "result.json").write_bytes(encode(rich_result()))
    (folder / "exposure.jsonl").unlink()
    return folder


def test_without_an_intruder_nothing_is_assessed_and_that_is_no_all_clear(evidence: Path) -> None:
    done = run_vigilia("impact", evidence, "--json")
    assert done.returncode == 3  # one file is damaged
    document = json.loads(done.stdout)
    assert document["impact"] == []
    assert any("no proof that nothing was reached" in one["text"] for one in document["statements"])
    assert "no proof that nothing was reached" in done.stderr


def test_a_case_is_told_class_by_class_with_the_gravest_first(case: Path) -> None:
    lines = run_vigilia("impact", case).stdout.splitlines()
    assert lines[0] == "Research case files"
    assert [line.split()[0] for line in lines if line.startswith("  E")] == ["E0", "E2", "E1", "E4", "E3", "E5"]
    undetermined = next(line for line in lines if line.startswith("  E4"))
    assert undetermined.endswith("cannot be determined")
    assert "%" not in undetermined


def test_filters_and_csv(case: Path) -> None:
    done = run_vigilia("impact", case, "--data", "donors", "--csv")
    rows = list(csv.DictReader(done.stdout.splitlines()))
    assert {row["data_class"] for row in rows} == {"donors"}
    assert (
        len(list(csv.DictReader(run_vigilia("impact", case, "--channel", "share-read", "--csv").stdout.splitlines())))
        == 3
    )


def test_exposed_messages_are_listed_by_id(case: Path) -> None:
    done = run_vigilia("impact", case, "--messages")
    assert "<m1@lanternfold.example>" in done.stdout
    assert "the whole folder was copied: \\Inbox" in done.stdout
    rows = list(csv.DictReader(run_vigilia("impact", case, "--messages", "--csv").stdout.splitlines()))
    assert {row["how"] for row in rows} == {"bind", "sync", "throttled"}


def test_two_forms_at_once_and_options_of_another_case_are_refused(case: Path) -> None:
    assert run_vigilia("impact", case, "--json", "--csv").returncode == 2
    assert run_vigilia("impact", case, "--org", "x.toml").returncode == 2
