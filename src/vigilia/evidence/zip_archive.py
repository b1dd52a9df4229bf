"""Members of a zip archive, as its central directory lists them; content is checked against size and CRC-32."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from vigilia.evidence.budgets import Budgets
from vigilia.evidence.compressed_stream import CompressedStream, StreamKind
from vigilia.evidence.containers import Damage, Member
from vigilia.evidence.zip_directory import ZipEntry, read_directory
from vigilia.model.evidence import ItemStatus

__all__ = ["ZipArchive"]

_STORED = 0
_STREAMS: dict[int, StreamKind] = {8: "deflate", 12: "bzip2"}
_METHODS = {9: "Deflate64", 14: "LZMA", 93: "Zstandard", 95: "XZ", 98: "PPMd", 99: "AES"}
_ENCRYPTED = 0x2041  # traditional, strong, and masked header values
_DESCRIPTOR = 24  # at most, after the content, where sizes were not known when it was written


class ZipArchive:
    """One archive.

    Args:
        file: the archive, seekable.
        size: its bytes.

    Raises:
        Damage: it has no usable directory.
    """

    def __init__(self, file: BinaryIO, size: int, budgets: Budgets) -> None:
        self._file = file
        self._size = size
        self._budgets = budgets
        self._directory = read_directory(file, size, budgets.members)
        self._overlapping = _overlaps(self._directory.entries)

    @property
    def complete(self) -> bool:
        """False where it has more members than the budget allows."""
        return self._directory.complete

    @property
    def unclaimed(self) -> int:
        """Bytes that belong to no member and not to the directory."""
        claimed = self._directory.size
        reached = 0
        for entry in self._directory.entries:
            begin = max(entry.start, reached)
            end = min(max(entry.end, begin), self._size)
            claimed += end - begin
            if entry.flags & 8:
                claimed += _DESCRIPTOR
            reached = max(reached, end)
        return max(0, self._size - claimed)

    def members(self) -> Iterator[Member]:
        """Yield the members by their place in the file; folders are left out."""
        for index, entry in enumerate(self._directory.entries):
            if entry.name.endswith(b"/") and not entry.size:
                continue
            yield Member(
                name=entry.name,
                stored=max(0, min(entry.end, self._size) - entry.start),
                modified=entry.modified,
                obstacle=self._obstacle(entry, overlaps=index in self._overlapping),
                read=self._content(entry),
            )

    def _obstacle(self, entry: ZipEntry, *, overlaps: bool) -> tuple[ItemStatus, str] | None:
        if overlaps:
            return "refused", "It shares bytes with another member, which honest archives never do."
        if not entry.data or entry.end > self._size:
            return "unreadable", "The archive does not hold this member's bytes."
        if entry.flags & _ENCRYPTED:
            return "unreadable", "It is encrypted: hand it in without a password."
        if entry.size > self._budgets.member_bytes:
            return "refused", f"It claims more than {self._budgets.member_bytes} bytes."
        if entry.method != _STORED and entry.method not in _STREAMS:
            method = _METHODS.get(entry.method, str(entry.method))
            return "unreadable", f"It is compressed with method {method}, which is not read; hand it in unpacked."
        return _special(entry.mode)

    def _content(self, entry: ZipEntry) -> Callable[[int], bytes]:
        position = entry.data

        def packed(size: int) -> bytes:
            nonlocal position
            self._file.seek(position)
            chunk = self._file.read(min(size, max(0, entry.end - position)))
            position += len(chunk)
            return chunk

        if entry.method not in _STREAMS:
            return _Checked(packed, entry).read
        return _Checked(CompressedStream(packed, _STREAMS[entry.method], self._budgets).read, entry).read


class _Checked:
    """Raises Damage where the content ends and is not what the directory says."""

    def __init__(self, read: Callable[[int], bytes], entry: ZipEntry) -> None:
        self._read = read
        self._entry = entry
        self._crc = 0
        self._size = 0

    def read(self, size: int) -> bytes:
        chunk = self._read(size)
        self._crc = zlib.crc32(chunk, self._crc)
        self._size += len(chunk)
        if self._size > self._entry.size:
            raise Damage(f"it holds more than the {self._entry.size} bytes that the directory says", cut=False)
        if not chunk and self._size != self._entry.size:
            raise Damage(f"it holds {self._size} bytes where the directory says {self._entry.size}", cut=False)
        if not chunk and self._crc != self._entry.crc:
            raise Damage("its checksum (CRC-32) is wrong", cut=False)
        return chunk


def _overlaps(entries: list[ZipEntry]) -> frozenset[int]:
    """Return the indexes of entries, sorted by place, that share bytes with another."""
    found: set[int] = set()
    reached, holder = 0, -1
    for index, entry in enumerate(entries):
        if entry.start < reached:
            found |= {index, holder}
        if max(entry.end, entry.start) > reached:
            reached, holder = max(entry.end, entry.start), index
    return frozenset(found)


def _special(mode: int) -> tuple[ItemStatus, str] | None:
    if stat.S_ISLNK(mode):
        return "ignored", "It is a symbolic link; links are not followed."
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "ignored", "It is a device, pipe or folder, not a file."
    return None
