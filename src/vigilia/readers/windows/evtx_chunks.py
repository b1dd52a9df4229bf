"""The layout of an EVTX file: which bytes are records, which are damaged, which are padding.

Only headers are read here; the binary XML in a record is decoded elsewhere. Layout: Microsoft, [MS-EVEN6]; Joachim
Metz, "Windows XML Event Log (EVTX) format specification" (libevtx documentation), sections 2 to 4.
"""

from __future__ import annotations

import functools
import struct
import zlib
from dataclasses import dataclass, field
from typing import BinaryIO, Final

__all__ = [
    "CHUNK_BYTES",
    "CHUNK_HEADER_BYTES",
    "CHUNK_MAGIC",
    "FILE_HEADER_BYTES",
    "LEAST_RECORD",
    "ChunkMap",
    "RecordSpan",
    "Span",
    "chunk_header",
    "chunk_places",
    "file_header",
    "file_of_one_chunk",
    "is_as_written",
    "map_chunk",
    "readable_chunk",
    "readable_record",
]

FILE_HEADER_BYTES: Final = 4096
CHUNK_BYTES: Final = 65536
CHUNK_HEADER_BYTES: Final = 512
_FILE_MAGIC = b"ElfFile\0"
CHUNK_MAGIC: Final = b"ElfChnk\0"
_RECORD_MAGIC = b"\x2a\x2a\0\0"
_FREE_SPACE_AT = 0x30  # where a chunk header says where its records end
_RECORD_HEADER = struct.Struct("<4sIQQ")  # magic, size, record id, FILETIME
_SIZE = struct.Struct("<I")
_END_AND_CHECKSUM = struct.Struct("<II")  # where the records end, and the CRC-32 of all of them
_CHUNK_HEADER = struct.Struct("<8sQQQQIII")
_HEADER_CHECKSUM_AT = 0x7C
LEAST_RECORD: Final = _RECORD_HEADER.size + _SIZE.size  # the size is repeated at a record's end


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes of a chunk, offset from its first byte."""

    offset: int
    length: int


@dataclass(frozen=True, slots=True)
class RecordSpan:
    """A record's bytes and the record id in its header.

    Attributes:
        recovered: why it would be lost to a reader that trusts headers; empty for a record in its place.
            "chunk-header": its chunk's header is damaged; "behind-end": the header says that the records end before
            it; "record-header": its own header is destroyed, its number is the one that follows.
    """

    number: int
    offset: int
    length: int
    recovered: str = ""

    @property
    def xml(self) -> tuple[int, int]:
        """Where its binary XML begins and ends."""
        return self.offset + _RECORD_HEADER.size, self.offset + self.length - _SIZE.size


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


def chunk_places(stream: BinaryIO, size: int, parts: int) -> list[int]:
    """Return where a file may be cut: first bytes of chunks, ascending; none where it is not whole.

    Args:
        stream: the file.
        size: its length in bytes.
        parts: how many there should be.
    """
    stream.seek(0)
    counted = file_header(stream.read(FILE_HEADER_BYTES))
    chunks = (size - FILE_HEADER_BYTES) // CHUNK_BYTES
    if counted is None or counted > chunks:
        return []
    cuts = {chunks * part // parts for part in range(1, parts)} - {0}
    return [FILE_HEADER_BYTES + CHUNK_BYTES * cut for cut in sorted(cuts)]


def map_chunk(chunk: bytes) -> ChunkMap:
    """Find the records of a chunk; a last chunk that was cut may be shorter than `CHUNK_BYTES`.

    Records go on past the end that the chunk header gives as long as their ids do: the header of a log that was
    copied while Windows had it open lags behind. Where the header is damaged, the ids alone say where they end.
    """
    if len(chunk) < CHUNK_HEADER_BYTES:
        return ChunkMap(valid=False, unused=not chunk.strip(b"\0"), records=(), damaged=(), end=0)
    stated = _stated_end(chunk) if chunk.startswith(CHUNK_MAGIC) else 0
    walk = _Walk(chunk, stated or len(chunk), CHUNK_HEADER_BYTES if stated else 0, "" if stated else "chunk-header")
    walk.go()
    valid = bool(walk.records) or chunk.startswith(CHUNK_MAGIC)
    unused = not valid and not chunk.strip(b"\0")
    return ChunkMap(valid, unused, tuple(walk.records), tuple(walk.damaged) if valid else (), walk.at)


def _stated_end(chunk: bytes) -> int:
    """Return where the header says that the records end; 0 where what it says cannot be."""
    stated: int = _SIZE.unpack_from(chunk, _FREE_SPACE_AT)[0]
    if not CHUNK_HEADER_BYTES <= stated <= CHUNK_BYTES:
        return 0
    if _has_sound_header(chunk) or stated >= len(chunk) or _ends_record(chunk, stated):
        return min(stated, len(chunk))
    return 0


def is_as_written(chunk: bytes) -> bool:
    """Whether the records of a chunk are those that its checksum was made of."""
    if len(chunk) < CHUNK_HEADER_BYTES:
        return False
    end: int
    checked: int
    end, checked = _END_AND_CHECKSUM.unpack_from(chunk, _FREE_SPACE_AT)
    return CHUNK_HEADER_BYTES <= end <= len(chunk) and zlib.crc32(chunk[CHUNK_HEADER_BYTES:end]) == checked


def _has_sound_header(chunk: bytes) -> bool:
    checked: int = _SIZE.unpack_from(chunk, _HEADER_CHECKSUM_AT)[0]
    return zlib.crc32(chunk[128:CHUNK_HEADER_BYTES], zlib.crc32(chunk[:120])) == checked


def _ends_record(chunk: bytes, end: int) -> bool:
    (length,) = _SIZE.unpack_from(chunk, end - _SIZE.size)
    record = _record_at(chunk, end - length) if LEAST_RECORD <= length <= end - CHUNK_HEADER_BYTES else None
    return record is not None and record.length == length


@dataclass(slots=True)
class _Walk:
    """Goes from record to record.

    Attributes:
        stated: where the records end, as far as the header can be believed.
        believed: 0 where it cannot: then a record must go on in number from the one before it.
    """

    chunk: bytes
    stated: int
    believed: int
    recovered: str
    at: int = CHUNK_HEADER_BYTES
    records: list[RecordSpan] = field(default_factory=list)
    damaged: list[Span] = field(default_factory=list)

    def go(self) -> None:
        """Find all records."""
        while self.at < len(self.chunk):
            record = _record_at(self.chunk, self.at)
            if record is not None and not self._stands(record):
                record = None
            behind = self.at >= self.stated or not self.believed
            if record is not None and behind and not self._goes_on(record):
                break
            if record is not None:
                self._take(record, "behind-end" if self.at >= self.stated else self.recovered)
            elif self.at >= self.stated or not self._step_over():
                break

    def _stands(self, record: RecordSpan) -> bool:
        """Whether a record is whole, or at least what follows it is a record or the end of all."""
        end = record.offset + record.length
        return _closed(record, self.chunk) or end == self.stated or self.chunk.startswith(_RECORD_MAGIC, end)

    def _goes_on(self, record: RecordSpan) -> bool:
        if not _closed(record, self.chunk):
            return False
        return record.number == self.records[-1].number + 1 if self.records else not self.believed

    def _take(self, record: RecordSpan, recovered: str) -> None:
        self.records.append(RecordSpan(record.number, record.offset, record.length, recovered))
        self.at = record.offset + record.length

    def _step_over(self) -> bool:
        """Go on behind bytes that begin no record; false where no record follows that belongs here."""
        following = _next_record(self.chunk, self.at + 8, self.stated)
        if not self.believed and not self._follows(following):
            return False
        length = following - self.at
        if length >= LEAST_RECORD and _SIZE.unpack_from(self.chunk, following - _SIZE.size)[0] == length:
            number = self.records[-1].number + 1 if self.records else self._number_before(following)
            self.records.append(RecordSpan(number, self.at, length, "record-header"))
        else:
            self.damaged.append(Span(self.at, length))
        self.at = following
        return True

    def _follows(self, place: int) -> bool:
        """Whether a record at this place may belong to those before it, as many being lost as there is room for."""
        record = _record_at(self.chunk, place)
        if record is None or not self.records:
            return record is not None
        lost: int = place - self.at
        return 0 < record.number - self.records[-1].number <= 1 + lost // LEAST_RECORD

    def _number_before(self, place: int) -> int:
        record = _record_at(self.chunk, place)
        return max(record.number - 1, 0) if record is not None else 0


def _record_at(chunk: bytes, at: int) -> RecordSpan | None:
    if at + LEAST_RECORD > len(chunk):
        return None
    magic, length, number, _ = _RECORD_HEADER.unpack_from(chunk, at)
    if magic != _RECORD_MAGIC or length < LEAST_RECORD or at + length > len(chunk):
        return None
    return RecordSpan(number, at, length)


def _closed(record: RecordSpan, chunk: bytes) -> bool:
    size: int = _SIZE.unpack_from(chunk, record.offset + record.length - _SIZE.size)[0]
    return size == record.length


def _next_record(chunk: bytes, start: int, stated: int) -> int:
    at = chunk.find(_RECORD_MAGIC, start, stated)
    while at >= 0:
        record = _record_at(chunk, at)
        if record is not None and _closed(record, chunk):
            return at
        at = chunk.find(_RECORD_MAGIC, at + 1, stated)
    return max(stated, min(start, len(chunk)))


def readable_chunk(chunk: bytes, found: ChunkMap) -> bytearray:
    """Return a copy of a chunk, mended so that a decoder reads each record, whatever the header says.

    Records are numbered from 1 in the order of `found.records`, and have no time in their headers, which may be one
    that cannot be; what is damaged is a record of its own, numbered 0. The header's tables are left out: a decoder that
    follows them may be led in circles, and finds everything without them.
    """
    mended = bytearray(chunk.ljust(CHUNK_BYTES, b"\0"))
    last = max((record.offset for record in found.records), default=CHUNK_HEADER_BYTES)
    mended[:CHUNK_HEADER_BYTES] = chunk_header(len(found.records), last, found.end)
    for span in found.damaged:
        if span.length >= LEAST_RECORD:
            _RECORD_HEADER.pack_into(mended, span.offset, _RECORD_MAGIC, span.length, 0, 0)
    for number, record in enumerate(found.records, 1):
        _RECORD_HEADER.pack_into(mended, record.offset, _RECORD_MAGIC, record.length, number, 0)
    return mended


def readable_record(chunk: bytes, record: RecordSpan) -> bytearray:
    """Return a copy of a chunk in which a decoder meets one record, numbered 1.

    What stands before it is a record of its own, numbered 0; what it says is meant for nobody. All else is as it was.
    """
    mended = bytearray(chunk.ljust(CHUNK_BYTES, b"\0"))
    mended[:CHUNK_HEADER_BYTES] = chunk_header(1, record.offset, record.offset + record.length)
    before = record.offset - CHUNK_HEADER_BYTES
    if before:
        _RECORD_HEADER.pack_into(mended, CHUNK_HEADER_BYTES, _RECORD_MAGIC, before, 0, 0)
    _RECORD_HEADER.pack_into(mended, record.offset, _RECORD_MAGIC, record.length, 1, 0)
    return mended


def chunk_header(count: int, last: int, end: int) -> bytes:
    """Return the header of a chunk without tables.

    Args:
        count: of its records, which are numbered from 1: a decoder may stop at the last number.
        last: where its last record begins.
        end: where the records end.
    """
    header = _CHUNK_HEADER.pack(CHUNK_MAGIC, 1, count, 1, count, 128, last, end)
    return header.ljust(CHUNK_HEADER_BYTES, b"\0")


def file_of_one_chunk(chunk: bytes | bytearray) -> bytes:
    """Return a file of one chunk."""
    return _header_of_one_chunk() + chunk


@functools.cache
def _header_of_one_chunk() -> bytes:
    header = bytearray(FILE_HEADER_BYTES)
    struct.pack_into("<8sQQQIHHHH", header, 0, _FILE_MAGIC, 0, 0, 1, 128, 1, 3, FILE_HEADER_BYTES, 1)
    struct.pack_into("<I", header, 124, zlib.crc32(bytes(header[:120])))
    return bytes(header)
