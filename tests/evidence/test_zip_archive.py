"""Zip archives: the central directory counts, and what contradicts it is refused by name."""

from __future__ import annotations

import io
import os
import stat
import struct
import zipfile
from pathlib import Path

from support.archives import Unpacking, zip_of

LINES = b"time,user,action\n" * 100


def test_encrypted_members_are_named_with_what_to_do(tmp_path: Path) -> None:
    archive = bytearray(zip_of({"secret.csv": LINES, "open.csv": b"x\n"}))
    directory = archive.index(b"PK\x01\x02")
    archive[directory + 8] |= 1
    unpacking = Unpacking(tmp_path, "x.zip", bytes(archive))
    assert unpacking.contents() == {"open.csv": b"x\n"}
    assert unpacking.item("secret.csv").status == "unreadable"
    assert unpacking.item("secret.csv").warnings == ["Encrypted: no password given."]
    assert unpacking.result.locked == 1


def test_unknown_compression_is_named(tmp_path: Path) -> None:
    archive = bytearray(zip_of({"big.csv": LINES}))
    struct.pack_into("<H", archive, archive.index(b"PK\x01\x02") + 10, 9)
    item = Unpacking(tmp_path, "x.zip", bytes(archive)).item("big.csv")
    assert (item.status, "Deflate64" in item.warnings[0]) == ("unreadable", True)


def test_symbolic_links_are_named_and_not_followed(tmp_path: Path) -> None:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w") as archive:
        link = zipfile.ZipInfo("link")
        link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    unpacking = Unpacking(tmp_path, "x.zip", octets.getvalue())
    assert unpacking.result.leaves == []
    assert unpacking.item("link").status == "ignored"


def test_a_member_that_holds_more_than_it_says_is_quarantined(tmp_path: Path) -> None:
    archive = bytearray(zip_of({"a.csv": LINES}))
    struct.pack_into("<L", archive, archive.index(b"PK\x01\x02") + 24, 10)
    member = Unpacking(tmp_path, "x.zip", bytes(archive)).item("a.csv")
    assert member.status == "quarantined"
    assert "holds more than the 10 bytes" in member.warnings[0]


def test_a_directory_that_points_outside_the_file_is_refused(tmp_path: Path) -> None:
    for place, value in ((12, 0x7FFFFFFF), (16, 0x7FFFFFFF)):
        archive = bytearray(zip_of({"a.csv": LINES}))
        struct.pack_into("<L", archive, archive.index(b"PK\x05\x06") + place, value)
        container = Unpacking(tmp_path / str(place), "x.zip", bytes(archive)).item("")
        assert (container.status, container.bytes_quarantined) == ("quarantined", container.bytes)


def test_a_member_that_lies_outside_the_file_is_refused_alone(tmp_path: Path) -> None:
    archive = bytearray(zip_of({"a.csv": LINES, "b.csv": b"b\n"}))
    struct.pack_into("<L", archive, archive.index(b"PK\x01\x02") + 42, 0x7FFFFFFF)
    unpacking = Unpacking(tmp_path, "x.zip", bytes(archive))
    assert unpacking.contents() == {"b.csv": b"b\n"}
    assert unpacking.item("a.csv").status == "unreadable"


def test_zip64_and_streamed_archives_are_read(tmp_path: Path) -> None:
    class Unseekable(io.RawIOBase):
        def __init__(self) -> None:
            self.octets = bytearray()

        def writable(self) -> bool:
            return True

        def write(self, chunk: object) -> int:
            assert isinstance(chunk, bytes | bytearray | memoryview)
            self.octets += chunk
            return len(chunk)

    stream = Unseekable()
    content = os.urandom(5000)
    with (
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a", "w", force_zip64=True) as member,
    ):
        member.write(content)
    unpacking = Unpacking(tmp_path, "x.zip", bytes(stream.octets))
    assert unpacking.contents() == {"a": content}
    assert unpacking.item("").bytes_parsed == len(stream.octets)


def test_names_that_are_not_unicode_are_shown_as_bytes(tmp_path: Path) -> None:
    archive = zip_of({"aaaa.csv": LINES}).replace(b"aaaa.csv", b"\x81\x82aa.csv")
    assert Unpacking(tmp_path, "x.zip", archive).contents() == {"\\x81\\x82aa.csv": LINES}
