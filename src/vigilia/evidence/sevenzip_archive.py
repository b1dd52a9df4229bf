"""Members of a 7z archive, folder by folder: what lies before a wanted file in its folder is unpacked and dropped."""

from __future__ import annotations

import stat
import zlib
from collections.abc import Callable, Iterator
from typing import BinaryIO

from vigilia.evidence.budgets import Budgets, FileRefused, MemberRefused
from vigilia.evidence.containers import Damage, Member, Obstacle, Read
from vigilia.evidence.member_read import LateRead, begins_well
from vigilia.evidence.passwords import Passwords
from vigilia.evidence.sevenzip_coders import Unreadable, chain, is_encrypted, open_folder
from vigilia.evidence.sevenzip_directory import (
    HEADER_SIZE,
    Folder,
    PackedStreams,
    SevenZipDirectory,
    SevenZipFile,
    parse_directory,
    parse_encoded,
    parse_start,
)

__all__ = ["Locked", "SevenZipArchive"]

_CHUNK = 1024 * 1024
_LONGEST_DIRECTORY = 64 * 1024 * 1024
_MOST_TIMES_PACKED = 4  # a packed directory that is packed again: 7-Zip does it once
_UNIX_MODE = 0x8000
_REPARSE_POINT = 0x400


class Locked(Exception):
    """Even the directory is encrypted, and no password opens it."""


class SevenZipArchive:
    """One archive.

    Args:
        file: the archive, seekable.
        size: its bytes.
        budgets: what it may cost.
        passwords: for what is encrypted.

    Attributes:
        lost: packed bytes that gave nothing; final once all members were read.

    Raises:
        Damage: it has no usable directory.
        Locked: its directory is encrypted, and no password opens it.
        Unreadable: its directory is packed in a way that is not read.
        FileRefused: it lists more members than the budget allows.
        MemberRefused: its directory is larger than any honest one, or asks for too much memory.
    """

    def __init__(self, file: BinaryIO, size: int, budgets: Budgets, passwords: Passwords) -> None:
        self._file = file
        self._size = size
        self._budgets = budgets
        self._passwords = passwords
        self.lost = 0
        self._claimed = HEADER_SIZE
        self._directory = self._read_directory()

    @property
    def unclaimed(self) -> int:
        """Bytes that belong to no packed stream and not to the directory."""
        return max(0, self._size - self._claimed - sum(self._directory.streams.sizes))

    def members(self) -> Iterator[Member]:
        """Yield the members in the order of the archive; folders are left out.

        Raises:
            Damage: files and packed streams do not match.
        """
        contents = self._contents()
        for file in self._directory.files:
            if file.has_content:
                member = next(contents, None)
                if member is None:
                    raise Damage("its directory lists more files than it has streams for", cut=False)
                obstacle, locked, read = member
                yield self._member(file, read, obstacle, locked=locked)
            elif not file.is_folder:
                yield self._member(file, lambda _: b"", None)
        for _ in contents:
            pass  # to its end, where the last folder's loss is counted

    def _member(self, file: SevenZipFile, read: Read, obstacle: Obstacle | None, *, locked: bool = False) -> Member:
        return Member(
            name=file.name,
            stored=0,  # many files share one stream: `lost` counts
            modified=file.modified,
            obstacle=_special(file) or obstacle,
            locked=locked,
            read=read,
        )

    def _contents(self) -> Iterator[tuple[Obstacle | None, bool, Read]]:
        streams = self._directory.streams
        place, number = streams.start, 0
        for folder in streams.folders:
            sizes = streams.sizes[number : number + len(folder.packed)]
            yield from self._folder(folder, place, sum(sizes))
            place, number = place + sum(sizes), number + len(folder.packed)

    def _folder(self, folder: Folder, place: int, packed: int) -> Iterator[tuple[Obstacle | None, bool, Read]]:
        obstacle, password = self._obstacle(folder, place, packed)
        if obstacle is not None:
            self.lost += packed
            for _ in folder.files:
                yield obstacle, password is None, lambda _: b""
            return
        solid = _Solid(self._open(folder, place, password or "", packed))
        for size, crc in zip(folder.files, folder.crcs, strict=True):
            solid.next(size, crc)
            yield None, False, solid.read
        self.lost += packed if solid.broken else packed * solid.unread() // max(1, folder.size)

    def _obstacle(self, folder: Folder, place: int, packed: int) -> tuple[Obstacle | None, str | None]:
        """Return why a folder is not read, and its password: empty where none is needed, None where none opens it."""
        try:
            chain(folder)
        except Unreadable as error:
            return ("unreadable", f"It is packed with {error}, which is not read; hand it in unpacked."), ""
        if place + packed > self._size:
            return ("unreadable", "The archive does not hold this member's bytes."), ""
        if not is_encrypted(folder):
            return None, ""
        password = self._passwords.first_that(lambda one: self._opens(folder, place, one, packed))
        return (("unreadable", self._passwords.refusal) if password is None else None), password

    def _opens(self, folder: Folder, place: int, password: str, packed: int) -> bool:
        trial = _Solid(self._open(folder, place, password, packed))
        if folder.files:
            trial.next(folder.files[0], folder.crcs[0])
        return begins_well(trial.read)

    def _open(self, folder: Folder, place: int, password: str, packed: int) -> Read:
        def start() -> Read:
            try:
                return open_folder(folder, self._packed(place, packed), password, self._budgets)
            except Unreadable as error:
                raise Damage(f"it is packed with {error}, which is not read", cut=False) from error

        return LateRead(start).read

    def _packed(self, place: int, size: int) -> Read:
        end = place + size

        def packed(most: int) -> bytes:
            nonlocal place
            self._file.seek(place)
            chunk = self._file.read(min(most, max(0, end - place)))
            place += len(chunk)
            return chunk

        return packed

    def _read_directory(self) -> SevenZipDirectory:
        self._file.seek(0)
        header = parse_start(self._file.read(HEADER_SIZE), self._size)
        if header.size > _LONGEST_DIRECTORY:
            raise MemberRefused(f"its directory is longer than {_LONGEST_DIRECTORY} bytes")
        self._file.seek(header.start)
        octets = self._file.read(header.size)
        if zlib.crc32(octets) != header.crc:
            raise Damage("its directory is damaged (CRC-32)", cut=False)
        self._claimed += header.size
        for _ in range(_MOST_TIMES_PACKED):
            streams = parse_encoded(octets)
            if streams is None:
                break
            octets = self._unpack_directory(streams)
        return parse_directory(octets, self._budgets.members)

    def _unpack_directory(self, streams: PackedStreams) -> bytes:
        if len(streams.folders) != 1:
            raise Damage("its directory is damaged", cut=False)
        (folder,), packed = streams.folders, sum(streams.sizes)
        if folder.size > _LONGEST_DIRECTORY:
            raise MemberRefused(f"its directory is longer than {_LONGEST_DIRECTORY} bytes")
        chain(folder)
        self._claimed += packed

        def unpacked(password: str) -> bytes:
            solid = _Solid(self._open(folder, streams.start, password, packed))
            solid.next(folder.size, folder.crc)
            return b"".join(iter(lambda: solid.read(_CHUNK), b""))

        if not is_encrypted(folder):
            return unpacked("")
        password = self._passwords.first_that(lambda one: self._is_directory(lambda: unpacked(one)))
        if password is None:
            raise Locked(self._passwords.refusal)
        return unpacked(password)

    def _is_directory(self, unpack: Callable[[], bytes]) -> bool:
        """Say whether a password gave a directory; some writers keep no checksum of it."""
        try:
            octets = unpack()
            if parse_encoded(octets) is None:
                parse_directory(octets, self._budgets.members)
        except FileRefused:
            return True  # it can be read, and lists too much
        except (Damage, MemberRefused):
            return False
        return True


class _Solid:
    """The files of one folder, cut out of its unpacked bytes one after the other.

    Attributes:
        broken: its bytes can be had up to some place only.
    """

    def __init__(self, read: Read) -> None:
        self._read = read
        self._left = 0
        self._expected: int | None = None
        self._crc = 0
        self._skip = 0
        self._passed = 0
        self.broken = False

    def next(self, size: int, crc: int | None) -> None:
        """Go on to the next file; what was not read of the last one is passed over when this one is read."""
        self._skip += self._left
        self._passed += self._left
        self._left, self._expected, self._crc = size, crc, 0

    def unread(self) -> int:
        """Return how many bytes of its files nobody wanted: those of a file that a budget stopped."""
        return self._passed + self._left

    def read(self, size: int) -> bytes:
        """Return up to so many bytes of the present file, none at its end.

        Raises:
            Damage: the bytes, or those before them in the folder, are not what was packed.
            MemberRefused: they are too many for so few packed ones, or need too much memory.
        """
        while self._skip:
            self._skip -= len(self._exactly(min(_CHUNK, self._skip)))
        if not self._left:
            self._check()
            return b""
        chunk = self._exactly(min(size, self._left))
        self._left -= len(chunk)
        self._crc = zlib.crc32(chunk, self._crc)
        return chunk

    def _exactly(self, size: int) -> bytes:
        if self.broken:
            raise Damage("it lies behind a place of the archive where unpacking stopped", cut=False)
        try:
            chunk = self._read(size)
        except (Damage, MemberRefused):
            self.broken = True
            raise
        if not chunk:
            self.broken = True
            raise Damage("its packed bytes end in the middle", cut=True)
        return chunk

    def _check(self) -> None:
        expected, self._expected = self._expected, None
        if expected is not None and expected != self._crc:
            raise Damage("its checksum (CRC-32) is wrong", cut=False)


def _special(file: SevenZipFile) -> Obstacle | None:
    mode = file.attributes >> 16 if file.attributes & _UNIX_MODE else 0
    if stat.S_ISLNK(mode) or file.attributes & _REPARSE_POINT:
        return "ignored", "It is a symbolic link; links are not followed."
    if stat.S_IFMT(mode) not in {0, stat.S_IFREG}:
        return "ignored", "It is a device, pipe or folder, not a file."
    return None
