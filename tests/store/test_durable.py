"""A file is whole or absent."""

import os
import stat
from pathlib import Path

import pytest

from vigilia.model.errors import CaseError
from vigilia.store.durable import remove_leftovers, replace_file, staged


def _write_then_fail(path: Path) -> None:
    with staged(path) as part:
        part.write_bytes(b"half")
        raise RuntimeError("power cut")


def test_a_failure_leaves_the_old_file_and_no_part(tmp_path: Path) -> None:
    path = tmp_path / "file"
    replace_file(path, b"old")
    with pytest.raises(RuntimeError, match="power cut"):
        _write_then_fail(path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["file"]
    assert path.read_bytes() == b"old"


@pytest.mark.skipif(os.name != "posix", reason="other systems have other permissions")
def test_what_is_written_is_for_its_owner_alone(tmp_path: Path) -> None:
    replace_file(tmp_path / "whole", b"x")
    with staged(tmp_path / "staged") as part:
        part.write_bytes(b"x")
    assert [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("whole", "staged")] == [0o600, 0o600]


def test_a_writer_may_put_another_file_in_the_place_of_the_part(tmp_path: Path) -> None:
    with staged(tmp_path / "file") as part:
        (tmp_path / "other").write_bytes(b"whole")
        (tmp_path / "other").replace(part)
    assert (tmp_path / "file").read_bytes() == b"whole"


def test_a_folder_that_cannot_be_written_is_one_clear_sentence(tmp_path: Path) -> None:
    with pytest.raises(CaseError, match=r"cannot be written .* run the same command again"):
        replace_file(tmp_path / "absent" / "file", b"x")


def test_leftovers_of_a_killed_run_go(tmp_path: Path) -> None:
    (tmp_path / ".part-1").write_text("half")
    (tmp_path / "kept").write_text("whole")
    remove_leftovers(tmp_path)
    assert [entry.name for entry in tmp_path.iterdir()] == ["kept"]
