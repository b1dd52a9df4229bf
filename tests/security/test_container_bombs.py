"""S-04: bombs in every kind of container; each is stopped, costs itself alone, and stays within time and disk."""

from __future__ import annotations

import bz2
import gzip
import itertools
import lzma
import struct
import time
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from support.archives import Unpacking, overlapping_zip, tar_of, zip_of, zstd_of
from support.locked_archives import Packing, aes_zip, sevenzip, traditional_zip
from vigilia.evidence.budgets import Budgets

KIB, MIB = 1 << 10, 1 << 20
GOOD = b"Mar  1 12:00:00 web01 sshd[7]: Accepted publickey for ada from 192.0.2.7 port 4711 ssh2\n"
ZEROS = bytes(6 * MIB)
BUDGETS = Budgets(
    ratio=20,
    ratio_free_bytes=MIB,
    member_bytes=4 * MIB,
    unpacked_bytes=8 * MIB,
    members=200,
    decompressor_bytes=64 * MIB,
)
PASSWORD = "pw"

Packer = Callable[[bytes], bytes]
STREAMS: dict[str, Packer] = {"gz": gzip.compress, "bz2": bz2.compress, "xz": lzma.compress, "zst": zstd_of}
ARCHIVES: dict[str, Callable[[dict[str, bytes]], bytes]] = {
    "zip": zip_of,
    "stored.zip": lambda members: zip_of(members, 0),
    "bz2.zip": lambda members: zip_of(members, 12),
    "lzma.zip": lambda members: zip_of(members, 14),
    "aes.zip": lambda members: aes_zip(members, PASSWORD),
    "traditional.zip": lambda members: traditional_zip(members, PASSWORD),
    "7z": sevenzip,
    "locked.7z": lambda members: sevenzip(members, Packing(password=PASSWORD, lock_directory=True)),
    "tar": tar_of,
}
PACKED = [name for name in ARCHIVES if name not in {"stored.zip", "tar"}]


def _bombs() -> dict[str, bytes]:
    """Name → an archive that would unpack to far more than its size, or never end, or has too many parts."""
    bombs: dict[str, bytes] = {}
    for name, pack in STREAMS.items():
        bombs[f"one stream.{name}"] = pack(ZEROS)
        bombs[f"a thousand streams.{name}"] = pack(bytes(64 * KIB)) * 1000
        bombs[f"tar of zeros.tar.{name}"] = pack(tar_of({"good.log": GOOD, "zeros": ZEROS}))
        bombs[f"twice.{name}.{name}"] = pack(pack(bytes(40 * MIB)))
        bombs[f"good lines.{name}"] = pack(GOOD * (4 * MIB // len(GOOD)))
    for (outer, pack), (inner, again) in itertools.permutations(STREAMS.items(), 2):
        bombs[f"mixed.{inner}.{outer}"] = pack(again(bytes(20 * MIB)))
    for name in PACKED:
        bombs[f"one member.{name}"] = ARCHIVES[name]({"good.log": GOOD, "zeros": bytes(5 * MIB)})
    for name, archive in ARCHIVES.items():
        bombs[f"many members.{name}"] = archive({"good.log": GOOD} | {f"{n:03}": b"%d" % n for n in range(300)})
        bombs[f"packed members.{name}"] = archive({"good.log": GOOD, "zeros.gz": gzip.compress(ZEROS)})
        bombs[f"in all too much.{name}"] = archive(
            {"good.log": GOOD} | {f"{n}.xz": lzma.compress(bytes(MIB)) for n in range(12)}
        )
    deep = GOOD
    for _ in range(8):
        deep = zip_of({"deeper.zip": deep}, 0)
    bombs["deep.zip"] = zip_of({"good.log": GOOD, "deep.zip": deep})
    bombs["deep.7z"] = sevenzip({"good.log": GOOD, "deep.zip": deep})
    for name in PACKED:
        bombs[f"inside.{name}.zip"] = zip_of({"good.log": GOOD, name: ARCHIVES[name]({"zeros": bytes(5 * MIB)})})
    for copies in (2, 50, 150):
        bombs[f"overlapping {copies}.zip"] = overlapping_zip(copies, MIB)
    bombs["claims.zip"] = _claiming(zip_of({"good.log": GOOD, "huge": b"x" * 99}))
    bombs["memory.7z"] = sevenzip({"huge": GOOD}, Packing(dictionary=1 << 31))
    bombs["hashed for ever.7z"] = sevenzip({"x": GOOD}, Packing(password=PASSWORD)).replace(b"\x44\x0f", b"\x7e\x0f")
    bombs["listed for ever.7z"] = _listing(1 << 40)
    bombs["folders for ever.7z"] = sevenzip({f"{n}/": b"" for n in range(2000)})
    bombs["header for ever.tar"] = _extended(1 << 33)
    return bombs


def _claiming(archive: bytes) -> bytes:
    changed = bytearray(archive)
    struct.pack_into("<L", changed, archive.rindex(b"PK\x01\x02") + 24, 0xFFFFFFF0)
    return bytes(changed)


def _listing(count: int) -> bytes:
    header = b"\x01\x05\xff" + struct.pack("<Q", count) + b"\x00\x00"
    place = struct.pack("<2QL", 0, len(header), zlib.crc32(header))
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + struct.pack("<L", zlib.crc32(place)) + place + header


def _extended(size: int) -> bytes:
    block = bytearray(tar_of({"x": b""})[:512])
    block[124:136], block[156:157] = b"%011o\0" % size, b"x"
    block[148:156] = b" " * 8
    block[148:156] = b"%06o\0 " % sum(block)
    return bytes(block) + bytes(4096)


BOMBS = _bombs()


def test_there_are_enough_of_them() -> None:
    assert len(BOMBS) >= 80


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_is_stopped_and_counted(tmp_path: Path, name: str) -> None:
    began = time.process_time()
    unpacking = Unpacking(tmp_path, name, BOMBS[name], BUDGETS, [PASSWORD])
    assert time.process_time() - began < 10
    stopped = [item for item in unpacking.result.items if item.bytes_quarantined or item.status == "refused"]
    assert any(item.bytes_quarantined for item in stopped) or unpacking.statuses()[""] == "refused"
    assert all(item.warnings for item in stopped)
    assert sum(path.stat().st_size for path in unpacking.spool.iterdir()) < 40 * MIB


@pytest.mark.parametrize("name", [name for name in BOMBS if "one member" in name or "packed members" in name])
def test_what_lies_before_a_bomb_is_read(tmp_path: Path, name: str) -> None:
    assert GOOD in Unpacking(tmp_path, name, BOMBS[name], BUDGETS, [PASSWORD]).contents().values()
