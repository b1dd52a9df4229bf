"""The ledger shows every change of a byte, and explains a crash."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from vigilia.evidence.custody import Ledger, examine_ledger, finished_detail, verify_ledger
from vigilia.model.errors import CaseError


def clock() -> dt.datetime:
    return dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)


def written(folder: Path, lines: int = 4) -> Path:
    path = folder / "ledger.jsonl"
    ledger = Ledger.open(path, clock)
    for number in range(lines):
        ledger.append("hashed", path=f"logs/ünïcode {number}.log", bytes=number, outputs=["a", "b"], whole=True)
    return path


def test_an_untouched_ledger_has_no_problems_and_can_be_continued(tmp_path: Path) -> None:
    path = written(tmp_path)
    head = Ledger.open(path, clock).append("finished", outputs=["0f  result.json"])
    report = examine_ledger(path, head=head)
    assert (report.lines, report.head, report.problems, report.notes) == (5, head, [], [])
    assert finished_detail(path, "outputs") == ["0f  result.json"]
    assert path.stat().st_mode & 0o077 == 0


def test_every_single_changed_byte_is_detected(tmp_path: Path) -> None:
    path = written(tmp_path, 2)
    sound = path.read_bytes()
    for place in range(len(sound)):
        for mask in (0x01, 0x20, 0x80):
            changed = bytearray(sound)
            changed[place] ^= mask
            path.write_bytes(changed)
            problems = verify_ledger(path)
            assert problems, (place, mask)
            assert "ine " in problems[0]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=st.integers(0, 3), count=st.integers(1, 3))
def test_removed_repeated_and_swapped_lines_are_detected(tmp_path: Path, first: int, count: int) -> None:
    path = tmp_path / "ledger.jsonl"
    path.unlink(missing_ok=True)
    lines = written(tmp_path, 8).read_bytes().splitlines(keepends=True)
    for changed in (
        lines[:first] + lines[first + count :],
        lines[: first + count] + lines[first:],
        lines[:first] + lines[first : first + count + 1][::-1] + lines[first + count + 1 :],
    ):
        path.write_bytes(b"".join(changed))
        assert verify_ledger(path)


def test_lines_cut_off_at_the_end_are_detected_with_a_head_that_was_written_down(tmp_path: Path) -> None:
    path = written(tmp_path)
    head = examine_ledger(path).head
    path.write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:-1]))
    assert verify_ledger(path) == []
    assert "cut off" in verify_ledger(path, head=head)[0]


def test_a_line_torn_by_a_crash_is_told_then_recorded_and_explained(tmp_path: Path) -> None:
    path = written(tmp_path)
    sound = path.read_bytes()
    last = len(sound) - len(sound.splitlines(keepends=True)[-1])
    for end in range(last + 1, len(sound) + 1):
        path.write_bytes(sound[:end])
        assert bool(verify_ledger(path)) == (end < len(sound))
        Ledger.open(path, clock).append("continued")
        report = examine_ledger(path)
        assert report.problems == []
        assert bool(report.notes) == (end < len(sound) - 1)
        assert path.read_bytes().startswith(sound[:end])


def test_a_torn_line_that_is_changed_later_is_detected(tmp_path: Path) -> None:
    path = written(tmp_path)
    path.write_bytes(path.read_bytes()[:-30])
    Ledger.open(path, clock).append("continued")
    torn = path.read_bytes().splitlines(keepends=True)[3]
    path.write_bytes(path.read_bytes().replace(torn, torn.replace(b"hashed", b"hasheD")))
    assert any(problem.startswith("Line 4 is not a ledger line") for problem in verify_ledger(path))


def test_text_that_is_not_printable_is_recorded_as_escapes(tmp_path: Path) -> None:
    path = tmp_path / "ledger.jsonl"
    Ledger.open(path, clock).append("opened", path="a\udcff\n\u202e")
    assert verify_ledger(path) == []
    assert rb"a\\xff\\x0a\\xe2\\x80\\xae" in path.read_bytes()


def test_a_ledger_that_cannot_be_written_or_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match="cannot be written"):
        Ledger.open(tmp_path / "missing" / "ledger.jsonl", clock).append("opened")
    with pytest.raises(CaseError, match="cannot be read"):
        verify_ledger(tmp_path / "ledger.jsonl")
