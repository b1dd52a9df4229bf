"""Builds containers, honest and hostile, and unpacks them with every byte checked for being accounted for."""

from __future__ import annotations

import io
import os
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

from vigilia.evidence.budgets import Budgets
from vigilia.evidence.handed_in import find_handed_in
from vigilia.evidence.leaf import Leaf, Unpacked
from vigilia.evidence.spool import Spool
from vigilia.evidence.unpack import unpack
from vigilia.model.evidence import EvidenceItem

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def zstd_of(content: bytes) -> bytes:
    """One zstd frame."""
    return bytes(zstd.compress(content))


def zip_of(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    octets = io.BytesIO()
    with zipfile.ZipFile(octets, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 3, 1, 12, 0, 0)), content, method)
    return octets.getvalue()


def tar_of(members: Mapping[str, bytes], shape: int = tarfile.PAX_FORMAT) -> bytes:
    octets = io.BytesIO()
    with tarfile.open(fileobj=octets, mode="w", format=shape) as archive:
        for name, content in members.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            entry.mtime = 1772366400
            archive.addfile(entry, io.BytesIO(content))
    return octets.getvalue()


def overlapping_zip(copies: int = 5, size: int = 100_000) -> bytes:
    """A zip whose directory entries all point at the same bytes (the idea of the overlapping bomb)."""
    content = bytes(size)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(content) + packer.flush()
    crc = zlib.crc32(content)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", 20, 0, 8, 0, 33, crc, len(packed), size, 1, 0) + b"a" + packed
    directory = b"".join(
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 8, 0, 33, crc, len(packed), size, 1, 0, 0, 0, 0, 0, 0)
        + bytes([97 + number])
        for number in range(copies)
    )
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), len(local), 0)
    return local + directory + end


class Unpacking:
    """One file, handed in and unpacked in a folder of its own.

    Raises:
        AssertionError: bytes are not accounted for, or something was created outside the spool.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        content: bytes,
        budgets: Budgets | None = None,
        passwords: Sequence[str] = (),
    ) -> None:
        handed, self.spool = folder / "handed", folder / "spool"
        handed.mkdir(parents=True)
        (handed / name).write_bytes(content)
        before = _everything(folder)
        progress: list[int] = []
        (file,) = find_handed_in([handed]).files
        spool = Spool.create(self.spool)
        self.result: Unpacked = unpack(file, spool, budgets or Budgets(), progress.append, passwords)
        self._root = f"handed/{name}"
        self._check(folder, before)
        assert sum(progress) >= len(content)

    def _check(self, folder: Path, before: set[Path]) -> None:
        assert (folder / self._root).stat().st_size == self.item("").bytes if self._has_root_item() else True
        for item in self.result.items:
            assert item.bytes == item.bytes_parsed + item.bytes_quarantined + item.bytes_ignored, item
            assert min(item.bytes_parsed, item.bytes_quarantined, item.bytes_ignored) >= 0, item
        for leaf in self.result.leaves:
            assert leaf.file.stat().st_size == leaf.bytes
        created = _everything(folder) - before - {self.spool}
        assert all(path.parent == self.spool and len(path.name) == 64 for path in created), created
        if os.name == "posix":
            assert all(path.stat().st_mode & 0o777 == 0o600 for path in created)

    def _has_root_item(self) -> bool:
        return any(item.path == self._root for item in self.result.items)

    def item(self, member: str) -> EvidenceItem:
        """The item of a member ("" for the file itself), by its path below the file."""
        (found,) = [item for item in self.result.items if item.path == self._root + (f"!/{member}" if member else "")]
        return found

    def leaf(self, member: str) -> Leaf:
        """The leaf of a member."""
        (found,) = [leaf for leaf in self.result.leaves if leaf.path == f"{self._root}!/{member}"]
        return found

    def contents(self) -> dict[str, bytes]:
        """Leaves by their path below the file, with what they hold."""
        return {leaf.path.removeprefix(f"{self._root}!/"): leaf.file.read_bytes() for leaf in self.result.leaves}

    def statuses(self) -> dict[str, str]:
        """Items by their path below the file."""
        return {item.path.removeprefix(self._root).removeprefix("!/"): item.status for item in self.result.items}


def _everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))
