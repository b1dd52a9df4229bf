"""7z archives: solid blocks are cut into their files, and each loss is counted in packed bytes."""

from __future__ import annotations

import os
import struct
import tempfile
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.archives import Unpacking, zip_of
from support.locked_archives import Packing, sevenzip
from vigilia.evidence.budgets import Budgets

LINES = b"Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2\n" * 50
MEMBERS = {
    "logs/": b"",
    "logs/auth.log": LINES,
    "logs/empty.log": b"",
    "ünïcode.csv": b"time,user\n",
    "b.bin": LINES[:9],
}
FULL = {name: content for name, content in MEMBERS.items() if content}


def test_a_7z_gives_its_members_with_their_times(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "logs.7z", sevenzip(MEMBERS))
    assert unpacking.contents() == FULL
    assert unpacking.statuses() == {"": "container", "logs/empty.log": "ignored"}
    assert unpacking.leaf("logs/auth.log").modified == "2026-03-01T12:00:00.000000Z"
    container = unpacking.item("")
    assert (container.format, container.bytes_parsed, container.warnings) == ("7z", container.bytes, [])


def test_an_empty_7z_is_a_container_without_members(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "empty.7z", sevenzip({}))
    assert (unpacking.result.leaves, unpacking.statuses()) == ([], {"": "container"})


def test_containers_inside_are_opened(tmp_path: Path) -> None:
    unpacking = Unpacking(
        tmp_path, "a.7z", sevenzip({"b.zip": zip_of({"c.log": LINES}), "d.7z": sevenzip({"e": LINES})})
    )
    assert unpacking.contents() == {"b.zip!/c.log": LINES, "d.7z!/e": LINES}


def test_a_damaged_place_costs_the_files_from_there_on(tmp_path: Path) -> None:
    archive = bytearray(sevenzip({"a.log": os.urandom(9000), "b.log": os.urandom(9000), "c.log": LINES}))
    archive[32 + 12_000] ^= 1
    unpacking = Unpacking(tmp_path, "bad.7z", bytes(archive))
    assert set(unpacking.contents()) >= {"a.log"}
    assert unpacking.item("b.log").status == "quarantined"
    assert "c.log" not in unpacking.contents() or unpacking.contents()["c.log"] == LINES


def test_a_block_that_breaks_off_is_counted_as_lost(tmp_path: Path) -> None:
    archive = bytearray(sevenzip({"a.log": LINES, "b.log": os.urandom(90_000), "c.log": LINES[::-1]}))
    archive[32 + 40_000 : 32 + 80_000] = b"\xff" * 40_000
    unpacking = Unpacking(tmp_path, "bad.7z", bytes(archive))
    assert unpacking.contents()["a.log"] == LINES
    assert unpacking.item("c.log").status == "quarantined"
    assert unpacking.item("").bytes_quarantined > 0


@pytest.mark.parametrize("method", [b"\x03\x04\x01", b"\x04\x01\x09", b"\x03\x03\x01\x1b", b"\x77\x77"])
def test_unknown_methods_are_named(tmp_path: Path, method: bytes) -> None:
    unpacking = Unpacking(tmp_path, "x.7z", sevenzip({"a.log": LINES}, Packing(method=method)))
    member = unpacking.item("a.log")
    assert member.status == "unreadable"
    assert "which is not read; hand it in unpacked." in member.warnings[0]
    assert unpacking.item("").bytes_quarantined > 0


def test_a_dictionary_beyond_the_budget_is_refused(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "x.7z", sevenzip({"a.log": LINES}, Packing(dictionary=1 << 30)))
    assert unpacking.item("a.log").status == "refused"
    assert "bytes of memory" in unpacking.item("a.log").warnings[0]


def test_a_bomb_is_stopped_by_its_ratio(tmp_path: Path) -> None:
    unpacking = Unpacking(tmp_path, "bomb.7z", sevenzip({"a.log": LINES, "b.bin": bytes(80 << 20)}))
    assert unpacking.contents() == {"a.log": LINES}
    assert unpacking.item("b.bin").status == "refused"


def test_too_many_members_stop_the_file(tmp_path: Path) -> None:
    members = {f"{number:04}": b"%d\n" % number for number in range(50)}
    unpacking = Unpacking(tmp_path / "some", "many.7z", sevenzip(members), Budgets(members=30))
    assert (len(unpacking.result.leaves), unpacking.item("").status) == (30, "refused")
    container = Unpacking(tmp_path / "far", "many.7z", sevenzip(members), Budgets(members=10)).item("")
    assert container.warnings == ["Unpacking was stopped: it lists more than 20 members."]


@pytest.mark.parametrize("cut", [5, 31, 40, 2000])
def test_a_cut_archive_is_quarantined_with_advice(tmp_path: Path, cut: int) -> None:
    container = Unpacking(tmp_path, "cut.7z", sevenzip({"a.log": os.urandom(9000)})[: 9000 - cut]).item("")
    assert (container.status, container.bytes_quarantined) == ("quarantined", container.bytes)
    assert "Export or copy it again." in container.warnings[0]


def test_links_are_named_and_not_followed(tmp_path: Path) -> None:
    archive = sevenzip({"link": b"/etc/passwd"})
    attributes = b"\x15\x06\x01\x00" + struct.pack("<L", 0o120777 << 16 | 0x8000)
    place, size = struct.unpack_from("<2Q", archive, 12)
    header = archive[32 + place :]
    files = header[:-2] + attributes + b"\0\0"
    start = struct.pack("<2QL", place, len(files), zlib.crc32(files))
    unpacking = Unpacking(
        tmp_path, "x.7z", archive[:8] + struct.pack("<L", zlib.crc32(start)) + start + archive[32 : 32 + place] + files
    )
    assert size == len(header)
    assert unpacking.result.leaves == []
    assert unpacking.item("link").status == "ignored"


@settings(max_examples=80, deadline=None)
@given(octets=st.binary(max_size=120), place=st.integers(0, 60))
def test_any_directory_is_read_or_refused(octets: bytes, place: int) -> None:
    whole = sevenzip(MEMBERS)
    start, size = struct.unpack_from("<2Q", whole, 12)
    header = bytearray(whole[32 + start : 32 + start + size])
    header[place : place + len(octets)] = octets
    sealed = struct.pack("<2QL", start, len(header), zlib.crc32(header))
    archive = whole[:8] + struct.pack("<L", zlib.crc32(sealed)) + sealed + whole[32 : 32 + start] + header
    with tempfile.TemporaryDirectory() as folder:
        Unpacking(Path(folder), "x.7z", archive)
