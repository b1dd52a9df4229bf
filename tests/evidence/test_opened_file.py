"""Evidence is opened read-only, never through a link, and a change is noticed."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from vigilia.evidence.opened_file import OpenedFile, confirm_unchanged, open_evidence
from vigilia.model.errors import EvidenceError


def ignore(_: int) -> None:
    """A beat that nobody listens to."""


def test_peek_read_and_finish_together_hash_the_whole_file_once(tmp_path: Path) -> None:
    content = os.urandom(300_000)
    (tmp_path / "a").write_bytes(content)
    progress: list[int] = []
    with OpenedFile(tmp_path / "a", progress.append) as opened:
        assert opened.peek(1000) == content[:1000]
        assert opened.read(600) + opened.read(600) == content[:1000]
        assert opened.read(5) == content[1000:1005]
        assert opened.offset == 1005
        assert opened.finish() == opened.finish() == hashlib.sha256(content).hexdigest()
    assert sum(progress) == len(content)


def test_links_folders_and_pipes_are_not_opened(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    os.mkfifo(tmp_path / "pipe")
    for name in ("link", "pipe", ".", "gone"):
        with pytest.raises(EvidenceError):
            open_evidence(tmp_path / name)


def test_the_open_file_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    with open_evidence(tmp_path / "a") as file, pytest.raises(OSError, match="write"):
        file.write(b"y")


def test_a_file_that_changed_since_is_named(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"before")
    sha256 = hashlib.sha256(b"before").hexdigest()
    confirm_unchanged(tmp_path / "a", sha256, ignore)
    (tmp_path / "a").write_bytes(b"after!")
    with pytest.raises(EvidenceError, match=r"logs/a: its content is no longer"):
        confirm_unchanged(tmp_path / "a", sha256, ignore, shown="logs/a")
