"""Everything that EVTX bytes still hold: the records in their places, and what is left of others.

A file is read chunk by chunk, as ever; besides, the space behind, within and between the records of each chunk is
looked through (`evtx_remains`). What is found there is decoded out of its chunk (`evtx_salvage`), so that a template of
today is never filled with the values of a record of yesterday.
"""

from __future__ import annotations

import struct
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.windows.evtx import (
    RecordText,
    check_count,
    close_chunk,
    decoded_records,
    read_file_header,
    record_text,
)
from vigilia.readers.windows.evtx_binary_xml import ChunkXml
from vigilia.readers.windows.evtx_chunks import (
    CHUNK_BYTES,
    CHUNK_HEADER_BYTES,
    FILE_HEADER_BYTES,
    ChunkMap,
    RecordSpan,
    map_chunk,
)
from vigilia.readers.windows.evtx_regions import Region, regions
from vigilia.readers.windows.evtx_remains import CARVED, chunk_begin, closed_records, record_key, remains_of
from vigilia.readers.windows.evtx_salvage import Salvage, Stray
from vigilia.readers.windows.evtx_templates import TemplateShelf

__all__ = ["carved_texts", "examined_texts", "headless_texts"]

_TEMPLATE_LISTS: Final = struct.Struct("<32I")
_TEMPLATE_LISTS_AT: Final = 0x180
_NEXT: Final = struct.Struct("<I")
_MOST_TEMPLATES: Final = 512  # of one chunk
_CHUNKS_REMEMBERED: Final = 16  # in which a copy of a record is looked for
_MOST_REMAINS: Final = 4 * CHUNK_BYTES  # bytes, of one chunk: what overlaps more often was made on purpose
_BETWEEN_WHEN_CARVING: Final = 1024 * 1024


def examined_texts(stream: BinaryIO, size: int, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records of a file and its remains, chunk by chunk, and last those that waited for a template."""
    counted = read_file_header(stream, builder)
    search = _Search(builder, Salvage(builder), carving=False)
    for region in regions(stream, FILE_HEADER_BYTES, CHUNK_BYTES):
        yield search.texts(region)
    check_count(counted, size, builder)
    yield search.salvage.late_texts()


def headless_texts(stream: BinaryIO, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records of a file that begins with its first chunk."""
    builder.reject("bytes 0-0", "the file header is missing", 0)
    search = _Search(builder, Salvage(builder), carving=False)
    for region in regions(stream, 0, CHUNK_BYTES):
        yield search.texts(region)
    yield search.salvage.late_texts()


def carved_texts(stream: BinaryIO, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records in whatever holds chunks or records of EVTX; all other bytes are ignored."""
    search = _Search(builder, Salvage(builder), carving=True)
    for region in regions(stream, 0, _BETWEEN_WHEN_CARVING):
        yield search.texts(region)
    yield search.salvage.late_texts()


@dataclass(slots=True)
class _Search:
    builder: ColumnBuilder
    salvage: Salvage
    carving: bool
    _shelf: TemplateShelf = field(default_factory=TemplateShelf)
    _told: deque[set[bytes]] = field(default_factory=lambda: deque(maxlen=_CHUNKS_REMEMBERED))

    def texts(self, region: Region) -> list[RecordText]:
        """Return the records of a region; its bytes go to the builder's account."""
        self._told.append(set())
        if not region.is_chunk and region.content.count(0) == len(region.content):
            self.builder.ignore(len(region.content))
            return []
        found = map_chunk(region.content)
        if region.is_chunk or (not self.carving and _has_its_place(found)):
            return self._chunk(region, found)
        return self._between(region)

    def _chunk(self, region: Region, found: ChunkMap) -> list[RecordText]:
        chunk, base = region.content, region.offset
        xml = ChunkXml(chunk, self._shelf)
        xml.learn(_template_places(chunk))
        texts: list[RecordText] = []
        strays: list[Stray] = []
        for record, decoded in zip(found.records, decoded_records(chunk, found), strict=True):
            self._told[-1].add(record_key(chunk, record))
            if decoded is None:
                strays.append(Stray(xml, record.offset, record, base + record.offset, record.length))
            else:
                recovered = CARVED if self.carving else record.recovered
                texts.append(record_text(record, base, decoded, recovered))
        for record in self._new(chunk, remains_of(chunk, found)):
            strays.append(Stray(xml, record.offset, record, base + record.offset, 0))
        self._close(chunk, base, found)
        return texts + self.salvage.texts(strays)

    def _close(self, chunk: bytes, base: int, found: ChunkMap) -> None:
        """Account for a chunk; in an image it may well go on elsewhere, and nothing of it is missed here."""
        if self.carving:
            self.builder.ignore(len(chunk) - sum(record.length for record in found.records))
        else:
            close_chunk(chunk, base, found, self.builder)

    def _new(self, content: bytes, records: Iterable[RecordSpan]) -> Iterator[RecordSpan]:
        """Yield the records of which no copy was met shortly before, as far as they overlap within reason."""
        most = max(_MOST_REMAINS, len(content))
        for record in records:
            key = record_key(content, record)
            most -= record.length
            if most >= 0 and not any(key in told for told in self._told):
                self._told[-1].add(key)
                yield record

    def _between(self, region: Region) -> list[RecordText]:
        content, base = region.content, region.offset
        records = list(_side_by_side(closed_records(content, 0)))
        begins = chunk_begin(content, records)
        chunks: dict[int, ChunkXml] = {}
        strays: list[Stray] = []
        for record in self._new(content, records):
            begin = begins.get(record.offset, 0)
            xml = chunks.setdefault(begin, ChunkXml(_from(content, begin), self._shelf))
            span = RecordSpan(record.number, record.offset, record.length, CARVED)
            strays.append(Stray(xml, record.offset - begin, span, base + record.offset, record.length))
        texts = self.salvage.texts(strays)
        self._account_between(region, len(content) - sum(text.length for text in texts))
        return texts

    def _account_between(self, region: Region, rest: int) -> None:
        if self.carving:
            self.builder.ignore(rest)
            return
        end = region.offset + len(region.content)
        self.builder.reject(f"bytes {region.offset}-{end}", "damaged chunk header", region.offset, rest)


def _has_its_place(found: ChunkMap) -> bool:
    """Whether the first record stands where the first record of a chunk does: then only its header is gone."""
    return bool(found.records) and found.records[0].offset == CHUNK_HEADER_BYTES


def _template_places(chunk: bytes) -> list[int]:
    """Return where the tables in a chunk's header say that templates are."""
    if len(chunk) < CHUNK_HEADER_BYTES:
        return []
    seen: dict[int, None] = {}
    for place in _TEMPLATE_LISTS.unpack_from(chunk, _TEMPLATE_LISTS_AT):
        while 0 < place <= len(chunk) - _NEXT.size and place not in seen and len(seen) < _MOST_TEMPLATES:
            seen[place] = None
            (place,) = _NEXT.unpack_from(chunk, place)  # noqa: PLW2901 - along the list
    return list(seen)


def _side_by_side(records: Iterable[RecordSpan]) -> Iterator[RecordSpan]:
    """Yield records that do not overlap."""
    end = 0
    for record in records:
        if record.offset >= end:
            end = record.offset + record.length
            yield record


def _from(content: bytes, begin: int) -> bytes:
    """Return the chunk that began at a place, perhaps before the content: zeros stand for what is not there."""
    return bytes(-begin) + content[: CHUNK_BYTES + begin] if begin < 0 else content[begin : begin + CHUNK_BYTES]
