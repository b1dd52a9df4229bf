"""S-15: one changed byte anywhere in a finished case is noticed."""

from __future__ import annotations

import random
import shutil
from pathlib import Path

import pytest

from support.cases import fingerprint, run_vigilia, write_small_evidence
from vigilia.investigate.verification import verify_case
from vigilia.model.errors import VigiliaError


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tampering")
    run_vigilia("investigate", write_small_evidence(folder / "evidence"), "--case", folder / "case")
    return folder / "case"


def _noticed(case: Path) -> bool:
    try:
        return bool(verify_case(case).problems)
    except VigiliaError:
        return True


def test_a_flipped_bit_anywhere_is_noticed(case: Path) -> None:
    assert not _noticed(case)
    chance = random.Random(20260301)
    files = [path for path in sorted(case.rglob("*")) if path.is_file() and path.stat().st_size]
    kinds = {path.parent.relative_to(case).as_posix() for path in files}
    assert kinds == {".", "events", "report", "work", "work/items", "work/matches", "work/rejects"}
    for path in files:
        whole = path.read_bytes()
        places = {0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(10))}
        for place in sorted(places):
            changed = bytearray(whole)
            changed[place] ^= 1 << chance.randrange(8)
            path.write_bytes(changed)
            assert _noticed(case), f"{path.relative_to(case)}, byte {place}"
        path.write_bytes(whole)
    assert not _noticed(case)


def test_a_cut_or_emptied_file_is_noticed(case: Path) -> None:
    for path in [path for path in sorted(case.rglob("*")) if path.is_file() and path.stat().st_size]:
        whole = path.read_bytes()
        for changed in (b"", whole[:-1], whole + b"\n"):
            path.write_bytes(changed)
            assert _noticed(case), path
        path.write_bytes(whole)


def test_any_line_taken_out_of_the_ledger_is_noticed(case: Path) -> None:
    ledger = case / "ledger.jsonl"
    whole = ledger.read_bytes()
    lines = whole.splitlines(keepends=True)
    for number in range(len(lines)):
        ledger.write_bytes(b"".join(lines[:number] + lines[number + 1 :]))
        assert _noticed(case), number
    ledger.write_bytes(whole)


@pytest.mark.parametrize("folder", ["work/items", "events", "work/matches"])
def test_going_on_with_a_damaged_case_reads_again_what_is_damaged(folder: str, case: Path, tmp_path: Path) -> None:
    damaged = tmp_path / "case"
    shutil.copytree(case, damaged)
    shutil.copytree(case.parent / "evidence", tmp_path / "evidence")
    for number, path in enumerate(sorted((damaged / folder).iterdir())):
        if number % 2:
            path.unlink()
        else:
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    done = run_vigilia("investigate", tmp_path / "evidence", "--case", damaged)
    assert done.returncode == 3, done.stderr
    assert fingerprint(damaged) == fingerprint(case)
