"""What was handed in is found in the same order everywhere; nothing is followed, and nothing is left unnamed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from vigilia.evidence.handed_in import find_handed_in
from vigilia.model.errors import EvidenceError


def test_files_are_found_in_bytewise_order_under_the_name_of_what_was_given(tmp_path: Path) -> None:
    for name in ("b/2.log", "b/10.log", "a.log", "Z.log", "ä.log"):
        (tmp_path / "case" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "case" / name).write_text("line\n")
    found = find_handed_in([tmp_path / "case", tmp_path / "case" / "a.log"])
    assert [file.path for file in found.files] == [
        "case/Z.log",
        "case/a.log",
        "case/b/10.log",
        "case/b/2.log",
        "case/ä.log",
        "a.log",
    ]
    assert all(file.modified and file.bytes == 5 and file.file.is_absolute() for file in found.files)
    assert found.items == []


def test_two_folders_of_one_name_stay_apart(tmp_path: Path) -> None:
    for parent in ("monday", "tuesday"):
        (tmp_path / parent / "logs").mkdir(parents=True)
        (tmp_path / parent / "logs" / "auth.log").write_text("line\n")
    found = find_handed_in([tmp_path / "monday" / "logs", tmp_path / "tuesday" / "logs"])
    assert [file.path for file in found.files] == ["logs/auth.log", "logs (2)/auth.log"]


def test_links_pipes_and_empty_files_are_named_with_their_reason(tmp_path: Path) -> None:
    folder = tmp_path / "logs"
    folder.mkdir()
    (tmp_path / "outside.log").write_text("secret\n")
    (folder / "link.log").symlink_to(tmp_path / "outside.log")
    (folder / "loop").symlink_to(folder)
    (folder / "empty.log").touch()
    os.mkfifo(folder / "pipe")
    found = find_handed_in([folder])
    assert found.files == []
    assert {item.path: item.status for item in found.items} == {
        "logs/empty.log": "ignored",
        "logs/link.log": "unreadable",
        "logs/loop": "unreadable",
        "logs/pipe": "unreadable",
    }
    assert all(item.warnings for item in found.items)


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="the administrator may read everything")
def test_what_may_not_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "closed.log").write_text("line\n")
    (tmp_path / "logs" / "closed.log").chmod(0)
    (item,) = find_handed_in([tmp_path / "logs"]).items
    assert (item.status, "permissions" in item.warnings[0]) == ("unreadable", True)


@pytest.mark.skipif(os.name != "posix", reason="names are bytes on POSIX only")
def test_hostile_file_names_are_shown_as_escapes_and_still_found(tmp_path: Path) -> None:
    folder = os.fsencode(tmp_path / "logs")
    os.mkdir(folder)  # noqa: PTH102 - a bytes path
    for name in (b"bad\xff.log", b"new\nline", "right\u202eleft".encode(), b"esc\x1b[2J", b"a!"):
        with open(os.path.join(folder, name), "wb") as file:  # noqa: PTH118, PTH123 - a bytes path
            file.write(b"line\n")
    found = find_handed_in([tmp_path / "logs"])
    assert [file.path for file in found.files] == [
        "logs/a!",
        "logs/bad\\xff.log",
        "logs/esc\\x1b[2J",
        "logs/new\\x0aline",
        "logs/right\\xe2\\x80\\xaeleft",
    ]
    assert all(file.file.read_bytes() == b"line\n" for file in found.files)


def test_the_case_folder_is_not_evidence(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_text("line\n")
    (tmp_path / "case").mkdir()
    (tmp_path / "case" / "result.json").write_text("{}")
    found = find_handed_in([tmp_path], exclude=[tmp_path / "case"])
    assert [file.path for file in found.files] == [f"{tmp_path.name}/a.log"]


def test_a_missing_path_a_link_and_an_empty_folder_are_errors_that_name_them(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path)
    (tmp_path / "empty" / "deeper").mkdir(parents=True)
    for name, what in (("gone.log", "cannot be found"), ("link", "symbolic link"), ("empty", "no file")):
        with pytest.raises(EvidenceError, match=what) as caught:
            find_handed_in([tmp_path / name])
        assert str(tmp_path / name) in caught.value.where
        assert caught.value.hint
