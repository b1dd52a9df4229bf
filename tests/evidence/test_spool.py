"""The spool keeps content under its hash, whole or not at all."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from vigilia.evidence.spool import Spool
from vigilia.model.errors import CaseError


def test_content_lies_under_its_hash_once_committed_and_only_then(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "spool")
    with spool.writer() as entry:
        entry.write(b"abandoned")
    with spool.writer() as entry:
        entry.write(b"ke")
        entry.write(b"pt")
        path = entry.commit()
    assert [one.name for one in spool.folder.iterdir()] == [hashlib.sha256(b"kept").hexdigest()]
    assert (path.read_bytes(), entry.bytes) == (b"kept", 4)


def test_what_a_killed_run_left_is_removed_and_what_it_finished_is_kept(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "spool")
    with spool.writer() as entry:
        entry.write(b"kept")
        kept = entry.commit()
    (spool.folder / ".unfinished-1-1").write_bytes(b"half")
    assert list(Spool.create(spool.folder).folder.iterdir()) == [kept]


def test_a_leftover_of_the_same_process_number_is_not_written_to(tmp_path: Path) -> None:
    spool = Spool.create(tmp_path / "spool")
    planted = spool.folder / f".unfinished-{os.getpid()}-1"
    planted.symlink_to(tmp_path / "elsewhere")
    with spool.writer() as entry:
        entry.write(b"x")
        entry.commit()
    assert planted.is_symlink()
    assert not (tmp_path / "elsewhere").exists()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this platform has no device that is always full")
def test_a_full_disk_stops_the_case_with_advice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spool = Spool.create(tmp_path / "spool")
    with Path("/dev/full").open("wb", buffering=0) as full, spool.writer() as entry:
        entry._file.close()
        monkeypatch.setattr(entry, "_file", full)
        with pytest.raises(CaseError, match=r"the disk is full\. Make room"):
            entry.write(b"x")
    assert list(spool.folder.iterdir()) == []
