"""What is left of records where no record should be: behind the end of a chunk, within others, between chunks.

Windows writes a chunk again and again in the same memory: behind its last record stand older ones, of this log or, in
an export with a filter, of the log that it was exported from. Tools that delete single records let the record before
reach over them. Layout and sources: `evtx_chunks`.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import Final

from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, CHUNK_HEADER_BYTES, LEAST_RECORD, ChunkMap, RecordSpan

__all__ = [
    "CARVED",
    "HIDDEN",
    "MENDED",
    "OUT_OF_PLACE",
    "SLACK",
    "TORN",
    "chunk_begin",
    "closed_records",
    "record_key",
    "remains_of",
    "torn_records",
]

SLACK: Final = "slack"
"""Behind the records of its chunk."""
HIDDEN: Final = "hidden"
"""Within another record, which reaches over it."""
CARVED: Final = "carved"
"""Outside all chunks."""
MENDED: Final = "mended"
"""In its place, and read with what damage left: names, templates or lengths of values from elsewhere."""
TORN: Final = "torn"
"""In its place, its end destroyed: a block of zeros, or bytes put in or left out."""
OUT_OF_PLACE: Final = frozenset({SLACK, HIDDEN, CARVED})
"""Records that are not, or not any more, part of a log: an older log may have had the same numbers."""

_FRAGMENT: Final = 0x0F
_MAGIC: Final = b"\x2a\x2a\0\0"
_SIZE: Final = struct.Struct("<I")
_HEADER: Final = struct.Struct("<4sIQQ")
_INSTANCE: Final = struct.Struct("<BBII")
_INSTANCE_BEGIN: Final = b"\x0c\x01"
_LATEST: Final = 150_000_000_000_000_000  # 100 ns since 1601: the year 2076


def remains_of(chunk: bytes, found: ChunkMap) -> list[RecordSpan]:
    """Return the whole records of a chunk that are not among its own, in order; they may overlap."""
    own = {record.offset for record in found.records}
    if chunk.count(_MAGIC, CHUNK_HEADER_BYTES) <= len(own):
        return []
    remains: list[RecordSpan] = []
    ends = sorted((record.offset, record.offset + record.length) for record in found.records)
    at = 0
    for record in closed_records(chunk, CHUNK_HEADER_BYTES):
        while at < len(ends) and ends[at][1] <= record.offset:
            at += 1
        within = at < len(ends) and ends[at][0] < record.offset
        if record.offset not in own:
            remains.append(RecordSpan(record.number, record.offset, record.length, HIDDEN if within else SLACK))
    return remains


def torn_records(chunk: bytes, found: ChunkMap) -> Iterator[RecordSpan]:
    """Yield the records of a chunk of which only the beginning is there, as far as it can be believed."""
    for span in found.damaged:
        if span.offset + LEAST_RECORD > len(chunk):
            continue
        magic, length, number, time = _HEADER.unpack_from(chunk, span.offset)
        fits = LEAST_RECORD < length <= len(chunk) - span.offset and time <= _LATEST
        if fits and magic == _MAGIC and chunk[span.offset + _HEADER.size] == _FRAGMENT:
            yield RecordSpan(number, span.offset, length, TORN)


def closed_records(content: bytes, start: int) -> Iterator[RecordSpan]:
    """Yield what looks like a whole record: its size at both ends, a time that can be, binary XML within."""
    at = content.find(_MAGIC, start)
    while at >= 0 and at + LEAST_RECORD <= len(content):
        _, length, number, time = _HEADER.unpack_from(content, at)
        possible = LEAST_RECORD < length <= min(CHUNK_BYTES, len(content) - at) and time <= _LATEST
        if possible and content[at + _HEADER.size] == _FRAGMENT and _is_closed(content, at, length):
            yield RecordSpan(number, at, length)
        at = content.find(_MAGIC, at + 8)


def _is_closed(content: bytes, at: int, length: int) -> bool:
    """Whether a record's size stands at its end too, or that of a record before it that was made to reach over it."""
    end = at + length
    closing: int = _SIZE.unpack_from(content, end - _SIZE.size)[0]
    if closing <= length or closing > end:
        return closing == length
    before = end - closing
    stated: int = _SIZE.unpack_from(content, before + len(_MAGIC))[0]
    return content.startswith(_MAGIC, before) and stated >= closing  # more where it was made to reach over several


def record_key(content: bytes, record: RecordSpan) -> bytes:
    """Return what two copies of one record have in common: number and time, as they stand in its header."""
    return content[record.offset + 8 : record.offset + _HEADER.size]


def chunk_begin(content: bytes, records: Sequence[RecordSpan]) -> dict[int, int]:
    """Return where the chunk began that each record was written in, by the record's offset; perhaps before `content`.

    A record that brings its template says where the template stands in its chunk. Of others it is not known, unless
    they stand directly behind, or before, one that does.
    """
    begins: dict[int, int] = {}
    for ordered, touches in ((records, _stands_behind), (list(reversed(records)), _stands_before)):
        last: RecordSpan | None = None
        for record in ordered:
            begin = begins.get(record.offset, _stated_begin(content, record))
            if begin is None and last is not None and touches(record, last):
                begin = begins.get(last.offset)
            if begin is not None and _may_stand_in(begin, record):
                begins[record.offset] = begin
            last = record
    return begins


def _stands_behind(record: RecordSpan, last: RecordSpan) -> bool:
    return last.offset + last.length == record.offset


def _stands_before(record: RecordSpan, last: RecordSpan) -> bool:
    return record.offset + record.length == last.offset


def _stated_begin(content: bytes, record: RecordSpan) -> int | None:
    """Return where the chunk of a record began, by the place of a template that the record brings."""
    end = record.offset + record.length - 8
    at = content.find(_INSTANCE_BEGIN, record.offset + _HEADER.size, end - _INSTANCE.size)
    while at >= 0:
        _, _, short_id, place = _INSTANCE.unpack_from(content, at)
        inline = at + _INSTANCE.size
        stated: int = inline - place
        if _SIZE.unpack_from(content, inline + 4)[0] == short_id and _may_stand_in(stated, record):
            return stated
        at = content.find(_INSTANCE_BEGIN, at + 1, end - _INSTANCE.size)
    return None


def _may_stand_in(begin: int, record: RecordSpan) -> bool:
    """Whether the chunk that began there can hold a record: pages of memory need not follow each other."""
    return CHUNK_HEADER_BYTES <= record.offset - begin <= CHUNK_BYTES - record.length
