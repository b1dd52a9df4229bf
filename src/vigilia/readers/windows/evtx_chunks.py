"""The layout of an EVTX file: which bytes are records, which are damaged, which are padding.

Only headers are read here; the binary XML in a record is decoded elsewhere. Layout: Microsoft, [MS-EVEN6]; Joachim
Metz, "Windows XML Event Log (EVTX) format specification" (libevtx documentation), sections 2 to 4.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Final

__all__ = [
    "CHUNK_BYTES",
    "FILE_HEADER_BYTES",
    "ChunkMap",
    "RecordSpan",
    "Span",
    "file_header",
    "map_chunk",
    "readable_chunk",
]

FILE_HEADER_BYTES: Final = 4096
CHUNK_BYTES: Final = 65536
_CHUNK_HEADER_BYTES = 512
_FILE_MAGIC = b"ElfFile\0"
_CHUNK_MAGIC = b"ElfChnk\0"
_RECORD_MAGIC = b"\x2a\x2a\0\0"
_FREE_SPACE_AT = 0x30  # where a chunk header says where its records end
_RECORD_HEADER = struct.Struct("<4sIQQ")  # magic, size, record id, FILETIME
_SIZE = struct.Struct("<I")
_LEAST_RECORD = _RECORD_HEADER.size + _SIZE.size  # the size is repeated at a record's end


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a chunk, offset from its first byte."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """A record's bytes and the record id in its header."""

    number: int
    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class ChunkMap:
    """What the bytes of one chunk are; what is neither record nor damaged is header or unused space.

    Attributes:
        valid: false where the bytes are no chunk at all.
        unused: the bytes are all zero.
        end: where the records end.
    """

    valid: bool
    unused: bool
    records: tuple[RecordSpan, ...]
    damaged: tuple[Span, ...]
    end: int


def file_header(head: bytes) -> int | None:
    """Return how many chunks the header of a file counts, or None where it is no EVTX header."""
    if len(head) < FILE_HEADER_BYTES or not head.startswith(_FILE_MAGIC):
        return None
    chunks: int = struct.unpack_from("<H", head, 0x2A)[0]
    return chunks


def map_chunk(chunk: bytes) -> ChunkMap:
    """Find the records of a chunk; a last chunk that was cut may be shorter than `CHUNK_BYTES`.

    Records go on past the end that the chunk header gives as long as their ids do: the header of a log that was
    copied while Windows had it open lags behind.
    """
    if len(chunk) < _CHUNK_HEADER_BYTES or not chunk.startswith(_CHUNK_MAGIC):
        return ChunkMap(valid=False, unused=not chunk.strip(b"\0"), records=(), damaged=(), end=0)
    stated = _stated_end(chunk)
    records: list[RecordSpan] = []
    damaged: list[Span] = []
    at = _CHUNK_HEADER_BYTES
    while at < len(chunk):
        record = _record_at(chunk, at)
        if at >= stated and not _goes_on(record, records, chunk):
            break
        if record is not None:
            records.append(record)
            at += record.length
        else:
            following = _next_record(chunk, at + 8, stated)
            damaged.append(Span(at, following - at))
            at = following
    return ChunkMap(valid=True, unused=False, records=tuple(records), damaged=tuple(damaged), end=at)


def _stated_end(chunk: bytes) -> int:
    stated: int = _SIZE.unpack_from(chunk, _FREE_SPACE_AT)[0]
    return min(stated, len(chunk)) if _CHUNK_HEADER_BYTES <= stated <= CHUNK_BYTES else len(chunk.rstrip(b"\0"))


def _record_at(chunk: bytes, at: int) -> RecordSpan | None:
    if at + _LEAST_RECORD > len(chunk):
        return None
    magic, length, number, _ = _RECORD_HEADER.unpack_from(chunk, at)
    if magic != _RECORD_MAGIC or length < _LEAST_RECORD or at + length > len(chunk):
        return None
    return RecordSpan(number, at, length)


def _closed(record: RecordSpan, chunk: bytes) -> bool:
    size: int = _SIZE.unpack_from(chunk, record.offset + record.length - _SIZE.size)[0]
    return size == record.length


def _goes_on(record: RecordSpan | None, records: list[RecordSpan], chunk: bytes) -> bool:
    return record is not None and bool(records) and record.number == records[-1].number + 1 and _closed(record, chunk)


def _next_record(chunk: bytes, start: int, stated: int) -> int:
    at = chunk.find(_RECORD_MAGIC, start, stated)
    while at >= 0:
        record = _record_at(chunk, at)
        if record is not None and _closed(record, chunk):
            return at
        at = chunk.find(_RECORD_MAGIC, at + 1, stated)
    return max(stated, min(start, len(chunk)))


def readable_chunk(chunk: bytes, found: ChunkMap) -> bytes:
    """Return a file of this one chunk, mended in memory so that a decoder steps over what is damaged."""
    mended = bytearray(chunk.ljust(CHUNK_BYTES, b"\0"))
    _SIZE.pack_into(mended, _FREE_SPACE_AT, found.end)
    for span in found.damaged:
        if span.length >= _LEAST_RECORD:
            _RECORD_HEADER.pack_into(mended, span.offset, _RECORD_MAGIC, span.length, 0, 0)
    return _header_of_one_chunk() + bytes(mended)


def _header_of_one_chunk() -> bytes:
    header = bytearray(FILE_HEADER_BYTES)
    struct.pack_into("<8sQQQIHHHH", header, 0, _FILE_MAGIC, 0, 0, 1, 128, 1, 3, FILE_HEADER_BYTES, 1)
    struct.pack_into("<I", header, 124, zlib.crc32(bytes(header[:120])))
    return bytes(header)
