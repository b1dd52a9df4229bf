"""A person's word on a case: kept with its reason, followed by the next analysis, taken back without a trace."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from support.cases import investigate_folder, write_small_evidence
from vigilia.evidence.custody import verify_ledger
from vigilia.investigate.investigation import reanalyse
from vigilia.investigate.marking import MarkChange
from vigilia.investigate.progress import Silent
from vigilia.investigate.request import Request
from vigilia.investigate.verification import verify_case
from vigilia.model.errors import CaseError
from vigilia.model.marks import Mark

ADDRESS = Mark(verdict="confirmed", kind="address", value="203.0.113.3", why="the hosting company told us")


def request_of(case: Path, name: str = "test") -> Request:
    return Request(paths=(), case=case, name=name, time_zone="UTC")


@pytest.fixture
def case(tmp_path: Path) -> Path:
    evidence = write_small_evidence(tmp_path / "evidence")
    investigate_folder(evidence, tmp_path / "case")
    return tmp_path / "case"


def test_the_next_analysis_follows_a_mark_and_gives_the_bytes_of_a_whole_investigation(case: Path) -> None:
    before = (case / "result.json").read_bytes()
    done = reanalyse(request_of(case), MarkChange(marks=[ADDRESS]), Silent())
    assert done.result.intrusion.verdict == "intrusion"
    assert ADDRESS.value in {one.value for one in done.result.intrusion.addresses if one.probability >= 0.5}
    assert done.result.intrusion.marks == [ADDRESS]
    marked = (case / "result.json").read_bytes()
    investigate_folder(case.parent / "evidence", case)
    assert (case / "result.json").read_bytes() == marked
    reanalyse(request_of(case), MarkChange(withdrawn=[("address", ADDRESS.value)]), Silent())
    assert (case / "result.json").read_bytes() == before


def test_the_ledger_says_what_was_decided_why_and_when_and_the_case_still_verifies(case: Path) -> None:
    reanalyse(request_of(case), MarkChange(marks=[ADDRESS]), Silent())
    reanalyse(request_of(case), MarkChange(withdrawn=[("address", ADDRESS.value)]), Silent())
    lines = [json.loads(line) for line in (case / "ledger.jsonl").read_bytes().splitlines()]
    told = {line["action"]: line for line in lines}
    assert told["confirmed"]["details"] == {"entity": "address:203.0.113.3", "why": "the hosting company told us"}
    assert told["confirmed"]["time"]
    assert told["withdrawn"]["details"] == {"entity": "address:203.0.113.3"}
    assert verify_ledger(case / "ledger.jsonl") == []
    assert verify_case(case).problems == []


def test_a_changed_marks_file_is_noticed(case: Path) -> None:
    reanalyse(request_of(case), MarkChange(marks=[ADDRESS]), Silent())
    marks = case / "marks.jsonl"
    marks.write_bytes(marks.read_bytes().replace(b"hosting", b"hostile"))
    assert verify_case(case).problems == ["marks.jsonl was changed."]


def test_a_case_is_not_analysed_with_other_settings_and_nothing_is_written_then(case: Path) -> None:
    with pytest.raises(CaseError, match="other settings") as refused:
        reanalyse(request_of(case, name="another"), MarkChange(marks=[ADDRESS]), Silent())
    assert "same --org" in refused.value.hint
    assert "--clobber" not in refused.value.hint
    with pytest.raises(CaseError, match="nobody decided"):
        reanalyse(request_of(case), MarkChange(withdrawn=[("address", "192.0.2.1")]), Silent())
    assert not (case / "marks.jsonl").exists()


def test_a_folder_without_a_finished_case_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CaseError):
        reanalyse(request_of(tmp_path), MarkChange(marks=[ADDRESS]), Silent())
