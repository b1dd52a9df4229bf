"""Members of a zip archive, as its central directory lists them; content is checked against size and CRC-32."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Iterator
from typing import BinaryIO

from vigilia.evidence.budgets import Budgets
from vigilia.evidence.compressed_stream import CompressedStream
from vigilia.evidence.containers import Damage, Member, Obstacle, Read
from vigilia.evidence.decompressors import Codec, StreamKind, codec, lzma_codec, lzma_filter
from vigilia.evidence.file_kinds import office_document
from vigilia.evidence.member_read import LateRead, begins_well
from vigilia.evidence.passwords import Passwords
from vigilia.evidence.zip_directory import ZipEntry, read_directory
from vigilia.evidence.zip_encryption import ZipLock, open_locked

__all__ = ["ZipArchive"]

_STORED = 0
_LZMA = 14
_STREAMS: dict[int, StreamKind] = {8: "deflate", 12: "bzip2", 93: "zstd", 95: "xz"}
# Deflate64 and PPMd: the only maintained decoders are LGPL, and the first cannot bound what it gives.
_METHODS = {9: "Deflate64", 98: "PPMd", 99: "an unknown kind of AES"}
_ENCRYPTED = 1
_STRONG = 0x2040  # strong encryption, and masked header values
_DESCRIPTOR = 24  # at most, after the content, where sizes were not known when it was written


class ZipArchive:
    """One archive.

    Args:
        file: the archive, seekable.
        size: its bytes.
        passwords: for encrypted members.

    Raises:
        Damage: it has no usable directory.
    """

    def __init__(self, file: BinaryIO, size: int, budgets: Budgets, passwords: Passwords) -> None:
        self._file = file
        self._passwords = passwords
        self._size = size
        self._budgets = budgets
        self._directory = read_directory(file, size, budgets.members)
        self._overlapping = _overlaps(self._directory.entries)

    @property
    def complete(self) -> bool:
        """False where it has more members than the budget allows."""
        return self._directory.complete

    def document(self) -> str:
        """Return a sentence where it is one document of an office program; empty where it is an archive."""
        self._file.seek(0)
        return office_document([entry.name for entry in self._directory.entries], self._file.read(512))

    def has(self, name: bytes) -> bool:
        """Say whether there is a member of this name."""
        return any(entry.name == name for entry in self._directory.entries)

    def part(self, name: bytes) -> Read | None:
        """Return the content of the first member of this name; None where there is none that can be read."""
        for index, entry in enumerate(self._directory.entries):
            if entry.name == name:
                closed = entry.flags & _ENCRYPTED or self._obstacle(entry, overlaps=index in self._overlapping)
                return None if closed else self._content(entry, "")
        return None

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
            obstacle, locked = self._obstacle(entry, overlaps=index in self._overlapping), False
            read = self._content(entry, "")
            if obstacle is None and entry.flags & _ENCRYPTED:
                password = self._password(entry)
                locked = password is None
                obstacle = ("unreadable", self._passwords.refusal) if locked else None
                read = self._content(entry, password or "")
            yield Member(
                name=entry.name,
                stored=max(0, min(entry.end, self._size) - entry.start),
                modified=entry.modified,
                obstacle=obstacle,
                locked=locked,
                read=read,
            )

    def _obstacle(self, entry: ZipEntry, *, overlaps: bool) -> Obstacle | None:
        if overlaps:
            return "refused", "It shares bytes with another member, which honest archives never do."
        if not entry.data or entry.end > self._size:
            return "unreadable", "The archive does not hold this member's bytes."
        if entry.flags & _STRONG:
            return "unreadable", "It is encrypted in a way that is not read (PKWARE strong encryption)."
        if entry.size > self._budgets.member_bytes:
            return "refused", f"It claims more than {self._budgets.member_bytes} bytes."
        if entry.method not in _STREAMS and entry.method not in {_STORED, _LZMA}:
            method = _METHODS.get(entry.method, str(entry.method))
            return "unreadable", f"It is compressed with method {method}, which is not read; hand it in unpacked."
        return _special(entry.mode)

    def _password(self, entry: ZipEntry) -> str | None:
        return self._passwords.first_that(lambda password: begins_well(self._content(entry, password)))

    def _content(self, entry: ZipEntry, password: str) -> Read:
        return LateRead(lambda: self._open(entry, password)).read

    def _open(self, entry: ZipEntry, password: str) -> Read:
        packed = self._packed(entry)
        if entry.flags & _ENCRYPTED:
            opened = open_locked(packed, ZipLock(aes=entry.aes, check=entry.check, packed=entry.packed), password)
            if opened is None:
                raise Damage("the password is wrong", cut=False)
            packed = opened
        if entry.method == _LZMA:
            packed = CompressedStream(packed, _lzma(packed, entry, self._budgets), self._budgets).read
        elif entry.method != _STORED:
            packed = CompressedStream(packed, codec(_STREAMS[entry.method], self._budgets), self._budgets).read
        return _Checked(packed, entry).read

    def _packed(self, entry: ZipEntry) -> Read:
        position = entry.data

        def packed(size: int) -> bytes:
            nonlocal position
            self._file.seek(position)
            chunk = self._file.read(min(size, max(0, entry.end - position)))
            position += len(chunk)
            return chunk

        return packed


class _Checked:
    """Raises Damage where the content ends and is not what the directory says."""

    def __init__(self, read: Read, entry: ZipEntry) -> None:
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
        checked = self._entry.aes is None or self._entry.aes.has_crc
        if not chunk and checked and self._crc != self._entry.crc:
            doubt = ", or the password is" if self._entry.flags & _ENCRYPTED else ""
            raise Damage(f"its checksum (CRC-32) is wrong{doubt}", cut=False)
        return chunk


def _lzma(read: Read, entry: ZipEntry, budgets: Budgets) -> Codec:
    """Read what stands before the stream: version, length of the properties, properties (APPNOTE, section 5.8.8)."""
    before = read(4)
    return lzma_codec([lzma_filter(read(int.from_bytes(before[2:], "little")), budgets)], entry.size)


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


def _special(mode: int) -> Obstacle | None:
    if stat.S_ISLNK(mode):
        return "ignored", "It is a symbolic link; links are not followed."
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "ignored", "It is a device, pipe or folder, not a file."
    return None
