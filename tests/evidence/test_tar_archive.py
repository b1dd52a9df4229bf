"""Tar archives of every dialect: plain files are given, all else is named, and lies in headers are bounded."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from support.archives import Unpacking, tar_of
from vigilia.evidence.tar_header import BLOCK, is_tar_header, parse_header, parse_pax


@pytest.mark.parametrize("shape", [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
def test_long_names_are_read_in_every_dialect(tmp_path: Path, shape: int) -> None:
    name = "folder-" + "a" * 60 + "/" + "b" * 80 + ".log"
    assert Unpacking(tmp_path, "x.tar", tar_of({name: b"line\n"}, shape)).contents() == {name: b"line\n"}


def test_links_and_devices_are_named_and_never_made(tmp_path: Path) -> None:
    octets = io.BytesIO()
    kinds = {
        "soft": tarfile.SYMTYPE,
        "hard": tarfile.LNKTYPE,
        "char": tarfile.CHRTYPE,
        "block": tarfile.BLKTYPE,
        "pipe": tarfile.FIFOTYPE,
        "folder": tarfile.DIRTYPE,
    }
    with tarfile.open(fileobj=octets, mode="w") as archive:
        for name, kind in kinds.items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            archive.addfile(entry)
    unpacking = Unpacking(tmp_path, "x.tar", octets.getvalue())
    assert unpacking.result.leaves == []
    assert unpacking.statuses() == {"": "container"} | dict.fromkeys(
        ["soft", "hard", "char", "block", "pipe"], "ignored"
    )
    assert unpacking.item("soft").warnings == ["It is a symbolic link to /etc/passwd; links are not followed."]
    assert unpacking.item("").bytes_parsed == unpacking.item("").bytes


def _with_size(block: bytes, field: bytes) -> bytes:
    changed = bytearray(block[:124] + field.ljust(12, b"\0") + block[136:])
    changed[148:156] = b"%06o\0 " % sum(changed[:148] + b" " * 8 + changed[156:BLOCK])
    return bytes(changed)


@pytest.mark.parametrize(
    "size", [b"77777777777", b"\x80" + b"\0" * 3 + b"\x7f" * 8, b"\xff" * 12, b"\x80" + b"\xff" * 11, b"-0000000001"]
)
def test_impossible_sizes_cost_the_rest_of_the_archive_and_are_counted(tmp_path: Path, size: bytes) -> None:
    whole = tar_of({"a.log": b"a\n"}, tarfile.USTAR_FORMAT)
    lying = _with_size(tar_of({"b.log": b""}, tarfile.USTAR_FORMAT)[:BLOCK], size)
    unpacking = Unpacking(tmp_path, "x.tar", whole[: 2 * BLOCK] + lying + bytes(4 * BLOCK))
    assert unpacking.contents()["a.log"] == b"a\n"
    assert unpacking.item("").warnings


def test_an_endless_extended_header_is_not_read(tmp_path: Path) -> None:
    header = bytearray(tar_of({"b.log": b""}, tarfile.USTAR_FORMAT)[:BLOCK])
    header[156:157] = b"x"
    whole = tar_of({"a.log": b"a\n"}, tarfile.USTAR_FORMAT)[: 2 * BLOCK]
    unpacking = Unpacking(tmp_path, "x.tar", whole + _with_size(bytes(header), b"77777777777") + bytes(BLOCK * 8))
    assert unpacking.contents() == {"a.log": b"a\n"}
    assert "extended header" in unpacking.item("").warnings[0]
    assert unpacking.item("").bytes_quarantined == BLOCK * 8


def test_headers_are_recognised_by_their_checksum() -> None:
    block = tar_of({"a": b""}, tarfile.USTAR_FORMAT)[:BLOCK]
    assert is_tar_header(block)
    assert parse_header(block) is not None
    assert not is_tar_header(block[:10] + b"!" + block[11:])
    assert not is_tar_header(bytes(BLOCK))
    assert not is_tar_header(b"Mar  1 12:00:00 web01 sshd[7]: " * 20)


def test_malformed_extended_records_end_the_extended_header() -> None:
    assert parse_pax(b"11 path=ab\n12 size=123\n") == {b"path": b"ab", b"size": b"123"}
    assert parse_pax(b"11 path=ab\n999 size=123\n") == {b"path": b"ab"}
    assert parse_pax(b"0 a=b\n") == parse_pax(b"-3 a=b\n") == parse_pax(b"x") == {}
