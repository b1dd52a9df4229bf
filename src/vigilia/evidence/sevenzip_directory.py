"""The directory of a 7z archive: which files there are, and in which packed streams (7-Zip, DOC/7zFormat.txt)."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field

from vigilia.evidence.budgets import FileRefused
from vigilia.evidence.containers import Damage
from vigilia.model.times import OptionalTime, format_microseconds

__all__ = ["HEADER_SIZE", "Coder", "Folder", "PackedStreams", "SevenZipDirectory", "SevenZipFile", "StartHeader"]
__all__ += ["parse_directory", "parse_encoded", "parse_start"]

HEADER_SIZE = 32
_START = struct.Struct("<6s2BL2QL")
_END, _HEADER, _ARCHIVE, _ADDITIONAL, _STREAMS, _FILES, _PACK, _UNPACK, _SUBSTREAMS = range(9)
_SIZE, _CRC, _FOLDER, _CODERS_SIZE, _COUNTS, _EMPTY_STREAM, _EMPTY_FILE, _ANTI, _NAMES = range(9, 18)
_MODIFIED, _ATTRIBUTES, _ENCODED = 0x14, 0x15, 0x17
_MOST_CODERS = 8
_WINDOWS_EPOCH = 11_644_473_600_000_000  # microseconds from 1601 to 1970


@dataclass(frozen=True, slots=True)
class StartHeader:
    """Where the directory lies: first byte, bytes, CRC-32."""

    start: int
    size: int
    crc: int


@dataclass(frozen=True, slots=True)
class Coder:
    """One step of packing: method id, its properties, and how many streams go in and out."""

    method: bytes
    properties: bytes
    inputs: int
    outputs: int


@dataclass(slots=True)
class Folder:
    """Packed streams that are unpacked together ("solid block").

    Attributes:
        coders: as listed.
        bound: input number → output number that feeds it.
        packed: input numbers that are fed from the file, in order.
        sizes: bytes of each output.
        files: sizes of the files inside, in order; crcs: their CRC-32, None where not kept.
    """

    coders: list[Coder]
    bound: dict[int, int]
    packed: list[int]
    sizes: list[int] = field(default_factory=list)
    crc: int | None = None
    files: list[int] = field(default_factory=list)
    crcs: list[int | None] = field(default_factory=list)

    @property
    def size(self) -> int:
        """Bytes after the last step: of the one output that feeds no input."""
        fed = set(self.bound.values())
        return next((size for number, size in enumerate(self.sizes) if number not in fed), 0)


@dataclass(slots=True)
class PackedStreams:
    """Where packed streams lie, and how to unpack them."""

    start: int = 0
    sizes: list[int] = field(default_factory=list)
    folders: list[Folder] = field(default_factory=list)


@dataclass(slots=True)
class SevenZipFile:
    """One file, folder or link, as listed; `has_content` is False for folders and empty files."""

    name: bytes = b""
    modified: OptionalTime = ""
    attributes: int = 0
    has_content: bool = True
    is_folder: bool = False


@dataclass(slots=True)
class SevenZipDirectory:
    """What an archive holds."""

    streams: PackedStreams = field(default_factory=PackedStreams)
    files: list[SevenZipFile] = field(default_factory=list)


def parse_start(head: bytes, size: int) -> StartHeader:
    """Read the first 32 bytes.

    Raises:
        Damage: they are wrong, or the directory is not in the file.
    """
    if len(head) < HEADER_SIZE:
        raise Damage("it ends in its first bytes", cut=True)
    _, _, _, crc, place, length, directory_crc = _START.unpack_from(head)
    if zlib.crc32(head[12:HEADER_SIZE]) != crc:
        raise Damage("its first bytes are damaged", cut=False)
    if HEADER_SIZE + place + length > size:
        raise Damage("it ends before its directory: it was cut, or it is one part of several", cut=True)
    return StartHeader(HEADER_SIZE + place, length, directory_crc)


def parse_encoded(octets: bytes) -> PackedStreams | None:
    """Return how to unpack a directory that is itself packed; None where it is plain."""
    fields = _Fields(octets, most=1)
    return _streams(fields) if octets and fields.byte() == _ENCODED else None


def parse_directory(octets: bytes, limit: int) -> SevenZipDirectory:
    """Read a plain directory.

    Args:
        octets: all of it.
        limit: files that it may list; folders may be as many again.

    Raises:
        Damage: it contradicts itself.
        FileRefused: it lists more.
    """
    directory = SevenZipDirectory()
    if not octets:
        return directory
    fields = _Fields(octets, most=2 * limit)
    fields.expect(_HEADER)
    kind = fields.byte()
    if kind == _ARCHIVE:
        _skip_properties(fields)
        kind = fields.byte()
    if kind == _ADDITIONAL:
        raise Damage("its directory has streams of its own, which is not supported", cut=False)
    if kind == _STREAMS:
        directory.streams = _streams(fields)
        kind = fields.byte()
    if kind == _FILES:
        _read_files(fields, directory)
    return directory


class _Fields:
    """The directory's bytes, read from front to end; Damage where they are too few."""

    def __init__(self, octets: bytes, most: int = 0) -> None:
        self._octets = octets
        self._place = 0
        self._most = most

    def take(self, size: int) -> bytes:
        """Return exactly so many bytes."""
        taken = self._octets[self._place : self._place + size]
        if size < 0 or len(taken) < size:
            raise Damage("its directory is damaged", cut=False)
        self._place += size
        return taken

    def byte(self) -> int:
        """Return one byte."""
        return self.take(1)[0]

    def expect(self, kind: int) -> None:
        """Pass over a mark that must be there."""
        if self.byte() != kind:
            raise Damage("its directory is damaged", cut=False)

    def number(self) -> int:
        """Return a number of one to nine bytes: leading one bits of the first say how many follow."""
        first = self.byte()
        more = next((count for count in range(8) if not first & 0x80 >> count), 8)
        value = int.from_bytes(self.take(more), "little")
        return value | (first & (0x7F >> more)) << 8 * more if more < 8 else value

    def count(self) -> int:
        """Return a number of things; FileRefused where they are more than wanted."""
        value = self.number()
        if value > self._most:
            raise FileRefused(f"it lists more than {self._most} members")
        return value

    def check_sum(self, counts: list[int]) -> None:
        """FileRefused where all of them together are more than wanted."""
        if sum(counts) > self._most:
            raise FileRefused(f"it lists more than {self._most} members")

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(len(self._octets) - self._place)

    def bits(self, count: int) -> list[bool]:
        """Return so many bits, the most significant of each byte first."""
        octets = self.take(-(-count // 8))
        return [bool(octets[place >> 3] & 0x80 >> (place & 7)) for place in range(count)]

    def marks(self, count: int) -> list[bool]:
        """Return bits, or all true where one byte says so."""
        return [True] * count if self.byte() else self.bits(count)

    def crcs(self, count: int) -> list[int | None]:
        """Return so many CRC-32, None where one is not kept."""
        return [int.from_bytes(self.take(4), "little") if kept else None for kept in self.marks(count)]


def _skip_properties(fields: _Fields) -> None:
    while fields.byte() != _END:
        fields.take(fields.number())


def _streams(fields: _Fields) -> PackedStreams:
    streams = PackedStreams()
    kind = fields.byte()
    if kind == _PACK:
        _read_pack(fields, streams)
        kind = fields.byte()
    if kind == _UNPACK:
        _read_folders(fields, streams)
        kind = fields.byte()
    for folder in streams.folders:
        folder.files, folder.crcs = [folder.size], [folder.crc]
    if kind == _SUBSTREAMS:
        _read_substreams(fields, streams.folders)
        kind = fields.byte()
    if kind != _END or len(streams.sizes) != sum(len(folder.packed) for folder in streams.folders):
        raise Damage("its directory is damaged", cut=False)
    return streams


def _read_pack(fields: _Fields, streams: PackedStreams) -> None:
    streams.start = HEADER_SIZE + fields.number()
    count = fields.count()
    kind = fields.byte()
    if kind == _SIZE:
        streams.sizes = [fields.number() for _ in range(count)]
        kind = fields.byte()
    if kind == _CRC:
        fields.crcs(count)
        kind = fields.byte()
    if kind != _END:
        raise Damage("its directory is damaged", cut=False)


def _read_folders(fields: _Fields, streams: PackedStreams) -> None:
    fields.expect(_FOLDER)
    count = fields.count()
    if fields.byte():
        raise Damage("its directory lies in another stream, which is not supported", cut=False)
    streams.folders = [_folder(fields) for _ in range(count)]
    fields.expect(_CODERS_SIZE)
    for folder in streams.folders:
        folder.sizes = [fields.number() for coder in folder.coders for _ in range(coder.outputs)]
    kind = fields.byte()
    if kind == _CRC:
        for folder, crc in zip(streams.folders, fields.crcs(count), strict=True):
            folder.crc = crc
        kind = fields.byte()
    if kind != _END:
        raise Damage("its directory is damaged", cut=False)


def _folder(fields: _Fields) -> Folder:
    coders = [_coder(fields) for _ in range(_few(fields.number()))]
    inputs = sum(coder.inputs for coder in coders)
    outputs = sum(coder.outputs for coder in coders)
    bound = {fields.number(): fields.number() for _ in range(outputs - 1)}
    count = inputs - len(bound)
    if count == 1:
        packed = [number for number in range(inputs) if number not in bound]
    else:
        packed = [fields.number() for _ in range(count)]
    return Folder(coders, bound, packed)


def _coder(fields: _Fields) -> Coder:
    flags = fields.byte()
    method = fields.take(flags & 15)
    inputs, outputs = (_few(fields.number()), _few(fields.number())) if flags & 0x10 else (1, 1)
    properties = fields.take(fields.number()) if flags & 0x20 else b""
    return Coder(method, properties, inputs, outputs)


def _few(count: int) -> int:
    if not 1 <= count <= _MOST_CODERS:
        raise Damage("its directory is damaged", cut=False)
    return count


def _read_substreams(fields: _Fields, folders: list[Folder]) -> None:
    counts = [1] * len(folders)
    kind = fields.byte()
    if kind == _COUNTS:
        counts = [fields.count() for _ in folders]
        fields.check_sum(counts)
        kind = fields.byte()
    for folder, count in zip(folders, counts, strict=True):
        listed = [fields.number() for _ in range(count - 1)] if kind == _SIZE else []
        folder.files = [*listed, folder.size - sum(listed)] if count else []
        if any(size < 0 for size in folder.files) or len(folder.files) != count:
            raise Damage("its directory is damaged", cut=False)
    if kind == _SIZE:
        kind = fields.byte()
    kind = _read_file_crcs(fields, folders, kind)
    if kind != _END:
        raise Damage("its directory is damaged", cut=False)


def _read_file_crcs(fields: _Fields, folders: list[Folder], kind: int) -> int:
    """Give each file its CRC-32: that of the folder where it is alone in it, else a listed one."""
    alone = [len(folder.files) == 1 and folder.crc is not None for folder in folders]
    missing = sum(len(folder.files) for folder, known in zip(folders, alone, strict=True) if not known)
    listed: list[int | None] = [None] * missing
    if kind == _CRC:
        listed = fields.crcs(missing)
        kind = fields.byte()
    rest = iter(listed)
    for folder, known in zip(folders, alone, strict=True):
        folder.crcs = [folder.crc] if known else [next(rest) for _ in folder.files]
    return kind


def _read_files(fields: _Fields, directory: SevenZipDirectory) -> None:
    count = fields.count()
    files = [SevenZipFile() for _ in range(count)]
    empty: list[SevenZipFile] = []
    while (kind := fields.number()) != _END:
        content = _Fields(fields.take(fields.number()))
        if kind == _EMPTY_STREAM:
            empty = [file for file, mark in zip(files, content.bits(count), strict=True) if mark]
            for file in empty:
                file.has_content, file.is_folder = False, True
        elif kind == _EMPTY_FILE:
            for file, mark in zip(empty, content.bits(len(empty)), strict=True):
                file.is_folder = not mark
        elif kind in _PROPERTIES:
            _PROPERTIES[kind](content, files)
    directory.files = files


def _read_names(content: _Fields, files: list[SevenZipFile]) -> None:
    _not_elsewhere(content)
    rest = content.rest()
    rest = rest[: len(rest) & ~1]
    place = 0
    for file in files:
        end = place
        while rest[end : end + 2] not in {b"\0\0", b""}:
            end += 2
        file.name = rest[place:end].decode("utf-16-le", "surrogatepass").encode("utf-8", "surrogatepass")
        place = end + 2


def _read_modified(content: _Fields, files: list[SevenZipFile]) -> None:
    marks = content.marks(len(files))
    _not_elsewhere(content)
    for file, mark in zip(files, marks, strict=True):
        if mark:
            file.modified = _time(int.from_bytes(content.take(8), "little"))


def _read_attributes(content: _Fields, files: list[SevenZipFile]) -> None:
    marks = content.marks(len(files))
    _not_elsewhere(content)
    for file, mark in zip(files, marks, strict=True):
        if mark:
            file.attributes = int.from_bytes(content.take(4), "little")


_PROPERTIES: dict[int, Callable[[_Fields, list[SevenZipFile]], None]] = {
    _NAMES: _read_names,
    _MODIFIED: _read_modified,
    _ATTRIBUTES: _read_attributes,
}


def _not_elsewhere(content: _Fields) -> None:
    if content.byte():
        raise Damage("its directory lies in another stream, which is not supported", cut=False)


def _time(ticks: int) -> OptionalTime:
    """Read a count of 100 ns since 1601."""
    try:
        return format_microseconds(ticks // 10 - _WINDOWS_EPOCH)
    except (OverflowError, ValueError):
        return ""
