"""The central directory of a zip archive: PKWARE APPNOTE 6.3.10, sections 4.3 and 4.5.3 (zip64)."""

from __future__ import annotations

import datetime as dt
import struct
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal

from vigilia.evidence.containers import Damage
from vigilia.evidence.zip_encryption import AesLock, parse_aes
from vigilia.model.times import UtcTime, format_microseconds, format_time

__all__ = ["ZipDirectory", "ZipEntry", "read_directory"]

_END = struct.Struct("<4s4H2LH")
_END_MAGIC = b"PK\x05\x06"
_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_ENTRY = struct.Struct("<4s6H3L5H2L")
_LOCAL = struct.Struct("<4s5H3L2H")
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF
_AES = 99
_CRC_FOLLOWS = 8


@dataclass(frozen=True, slots=True)
class ZipEntry:
    """One central directory entry.

    Attributes:
        packed, size: bytes before and after decompression, as claimed.
        aes: how it is encrypted, where it is with AES; `method` is then the method inside.
        check: last byte of the header of traditional encryption.
        start: first byte of the local header; data: first byte of the content; end: first byte after it.
    """

    name: bytes
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    mode: int
    modified: UtcTime | Literal[""]
    aes: AesLock | None
    check: int
    start: int
    data: int = 0

    @property
    def end(self) -> int:
        """First byte after the content."""
        return self.data + self.packed


@dataclass(frozen=True, slots=True)
class ZipDirectory:
    """Entries sorted by place; `complete` is False where `limit` cut them; `size` is the directory's own bytes."""

    entries: list[ZipEntry]
    complete: bool
    size: int


def read_directory(file: BinaryIO, size: int, limit: int) -> ZipDirectory:
    """Read up to `limit` entries and the local header of each.

    Raises:
        Damage: the directory is missing, cut or contradicts itself.
    """
    end, directory_size, directory_start = _find_end(file, size)
    shift = end - directory_size - directory_start
    if shift < 0:
        raise Damage("its directory lies outside the file", cut=False)
    entries: list[ZipEntry] = []
    complete = True
    for entry in _entries(file, directory_start + shift, end):
        if len(entries) == limit:
            complete = False
            break
        entries.append(replace(entry, start=entry.start + shift))
    located = [_locate(file, entry, size) for entry in sorted(entries, key=lambda one: (one.start, one.name))]
    return ZipDirectory(entries=located, complete=complete, size=size - directory_start - shift)


def _find_end(file: BinaryIO, size: int) -> tuple[int, int, int]:
    """Return where the directory ends, its size, and its claimed start."""
    tail_start = max(0, size - _END.size - _LONGEST_COMMENT)
    file.seek(tail_start)
    tail = file.read(size - tail_start)
    place = tail.rfind(_END_MAGIC)
    if place < 0 or place + _END.size > len(tail):
        raise Damage("it ends before its directory: it was cut when it was copied or downloaded", cut=True)
    _, _, _, _, _, directory_size, directory_start, _ = _END.unpack_from(tail, place)
    end = tail_start + place
    return _zip64_end(file, end) or (end, directory_size, directory_start)


def _zip64_end(file: BinaryIO, end: int) -> tuple[int, int, int] | None:
    if end < _LOCATOR.size:
        return None
    file.seek(end - _LOCATOR.size)
    magic, _, place, _ = _LOCATOR.unpack(file.read(_LOCATOR.size))
    if magic != b"PK\x06\x07":
        return None
    if place > end:
        raise Damage("its directory lies outside the file", cut=False)
    file.seek(place)
    record = file.read(_END64.size)
    if len(record) < _END64.size or not record.startswith(b"PK\x06\x06"):
        raise Damage("its zip64 end record is damaged", cut=False)
    fields = _END64.unpack(record)
    return place, fields[8], fields[9]


def _entries(file: BinaryIO, start: int, end: int) -> Iterator[ZipEntry]:
    file.seek(start)
    position = start
    while position < end:
        fixed = file.read(_ENTRY.size)
        if len(fixed) < _ENTRY.size or not fixed.startswith(b"PK\x01\x02"):
            raise Damage("its directory is damaged", cut=False)
        fields = _ENTRY.unpack(fixed)
        name_size, extra_size, comment_size = fields[10:13]
        variable = file.read(name_size + extra_size + comment_size)
        position += _ENTRY.size + len(variable)
        yield _entry(fields, variable[:name_size], variable[name_size : name_size + extra_size])


def _entry(fields: tuple[int, ...], name: bytes, extra: bytes) -> ZipEntry:
    _, made_by, _, flags, method, time, date, crc, packed, size, *_, attributes, start = fields
    extras = _extras(extra)
    size, packed, start = _zip64_sizes(extras.get(1, b""), size, packed, start)
    aes = parse_aes(extras.get(0x9901, b"")) if method == _AES else None
    return ZipEntry(
        name=name,
        flags=flags,
        method=aes.method if aes else method,
        crc=crc,
        packed=packed,
        size=size,
        mode=attributes >> 16 if made_by >> 8 == 3 else 0,
        modified=_modified(extras.get(0x5455, b""), date, time),
        aes=aes,
        check=time >> 8 if flags & _CRC_FOLLOWS else crc >> 24,
        start=start,
    )


def _extras(extra: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    position = 0
    while position + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, position)
        found.setdefault(kind, extra[position + 4 : position + 4 + length])
        position += 4 + length
    return found


def _zip64_sizes(extra: bytes, *claimed: int) -> list[int]:
    values = list(claimed)
    position = 0
    for index, value in enumerate(values):
        if value == _IN_ZIP64 and position + 8 <= len(extra):
            (values[index],) = struct.unpack_from("<Q", extra, position)
            position += 8
    return values


def _modified(unix: bytes, date: int, time: int) -> UtcTime | Literal[""]:
    """Prefer the UTC time of the extended timestamp; the DOS time has no zone and is taken as UTC: it is a hint."""
    try:
        if len(unix) >= 5 and unix[0] & 1:
            return format_microseconds(int.from_bytes(unix[1:5], "little", signed=True) * 1_000_000)
        year, month, day = (date >> 9) + 1980, date >> 5 & 15, date & 31
        return format_time(dt.datetime(year, month, day, time >> 11, time >> 5 & 63, (time & 31) * 2, tzinfo=dt.UTC))
    except (ValueError, OverflowError):
        return ""


def _locate(file: BinaryIO, entry: ZipEntry, size: int) -> ZipEntry:
    """Read the local header, which alone says where the content starts; data 0 where there is no such header."""
    if entry.start + _LOCAL.size > size:
        return entry
    file.seek(entry.start)
    fixed = file.read(_LOCAL.size)
    if not fixed.startswith(b"PK\x03\x04"):
        return entry
    *_, name_size, extra_size = _LOCAL.unpack(fixed)
    return replace(entry, data=entry.start + _LOCAL.size + name_size + extra_size)
