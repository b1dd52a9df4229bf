"""Encrypted archives: the right password opens them, and what stays closed says why."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from support.archives import Unpacking, zip_of
from support.locked_archives import Packing, aes_zip, sevenzip, traditional_zip

LINES = b"Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2\n" * 50
MEMBERS = {"auth.log": LINES, "audit.csv": b"time,user\n"}
PASSWORD = "correct horse 7"


def locked_7z(members: dict[str, bytes], password: str, *, directory: bool = False) -> bytes:
    return sevenzip(members, Packing(password=password, lock_directory=directory))


KINDS: dict[str, Callable[[dict[str, bytes], str], bytes]] = {
    "aes-128": partial(aes_zip, bits=128),
    "aes-192": partial(aes_zip, bits=192),
    "aes-256": aes_zip,
    "aes-stored": partial(aes_zip, stored=True),
    "traditional": traditional_zip,
    "traditional-stored": partial(traditional_zip, stored=True),
    "7z": locked_7z,
    "7z-directory": partial(locked_7z, directory=True),
}


@pytest.mark.parametrize("kind", KINDS)
def test_the_right_password_opens_it_wherever_it_stands_in_the_list(tmp_path: Path, kind: str) -> None:
    archive = KINDS[kind](MEMBERS, PASSWORD)
    unpacking = Unpacking(tmp_path, "locked", archive, passwords=["wrong", "", PASSWORD, "later"])
    assert unpacking.contents() == MEMBERS
    container = unpacking.item("")
    assert (container.status, container.bytes_parsed, unpacking.result.locked) == ("container", len(archive), 0)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(
    ("passwords", "reason"),
    [
        ([], "Encrypted: no password given."),
        (["wrong", "wronger"], "Encrypted: none of the given passwords opens it."),
    ],
)
def test_what_stays_closed_says_why_and_is_counted(
    tmp_path: Path, kind: str, passwords: list[str], reason: str
) -> None:
    unpacking = Unpacking(tmp_path, "locked", KINDS[kind](MEMBERS, PASSWORD), passwords=passwords)
    assert unpacking.contents() == {}
    closed = [item for item in unpacking.result.items if item.warnings[-1] == reason]
    assert {item.status for item in closed} == {"unreadable"}
    assert unpacking.result.locked == len(closed) > 0
    assert unpacking.item("").bytes_quarantined > 0


def test_an_archive_inside_a_locked_one_is_opened_with_its_own_password(tmp_path: Path) -> None:
    inner = locked_7z(MEMBERS, "inner 2")
    unpacking = Unpacking(tmp_path, "x", aes_zip({"data.7z": inner}, "outer 1"), passwords=["inner 2", "outer 1"])
    assert unpacking.contents() == {f"data.7z!/{name}": content for name, content in MEMBERS.items()}


def test_open_members_are_read_beside_closed_ones(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "x.zip", zip_of({"a.log": LINES, "locked.zip": aes_zip(MEMBERS, PASSWORD)}))
    assert unpacking.contents() == {"a.log": LINES}
    assert unpacking.result.locked == 2


def test_a_changed_aes_member_is_quarantined(tmp_path: Path) -> None:
    archive = bytearray(aes_zip({"a.log": LINES}, PASSWORD, stored=True))
    archive[200] ^= 1
    member = Unpacking(tmp_path, "x.zip", bytes(archive), passwords=[PASSWORD]).item("a.log")
    assert member.status in {"quarantined", "unreadable"}


def test_passwords_in_other_scripts_open_7z_and_aes(tmp_path: Path) -> None:
    for kind in ("aes-256", "7z"):
        unpacking = Unpacking(tmp_path / kind, "x", KINDS[kind](MEMBERS, "слово 密码"), passwords=["слово 密码"])
        assert unpacking.contents() == MEMBERS
