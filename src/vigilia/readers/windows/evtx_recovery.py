"""Everything that EVTX bytes still hold: the records in their places, and what is left of others.

A file is read chunk by chunk, as ever; besides, the space behind, within and between the records of each chunk is
looked through (`evtx_remains`). What is found there is decoded out of its chunk (`evtx_salvage`), so that a template of
today is never filled with the values of a record of yesterday.
"""

from __future__ import annotations

import functools
import struct
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
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
    is_as_written,
    map_chunk,
)
from vigilia.readers.windows.evtx_regions import Region, regions
from vigilia.readers.windows.evtx_remains import (
    CARVED,
    HIDDEN,
    MENDED,
    chunk_begin,
    closed_records,
    record_key,
    remains_of,
    torn_records,
)
from vigilia.readers.windows.evtx_salvage import Salvage, Stray
from vigilia.readers.windows.evtx_templates import TemplateShelf

__all__ = ["Search", "carved_texts", "examined_texts", "headless_texts"]

_TEMPLATE_LISTS: Final = struct.Struct("<32I")
_TEMPLATE_LISTS_AT: Final = 0x180
_NEXT: Final = struct.Struct("<I")
_MOST_TEMPLATES: Final = 512  # of one chunk
_CHUNKS_REMEMBERED: Final = 16  # in which a copy of a record is looked for
_MOST_DOUBTED: Final = 512  # chunks of one stream: each takes a tenth of a second
_MOST_REMAINS: Final = 4 * CHUNK_BYTES  # bytes, of one chunk: what overlaps more often was made on purpose
_BETWEEN_WHEN_CARVING: Final = 1024 * 1024


def examined_texts(stream: BinaryIO, size: int, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records of a file and its remains, chunk by chunk, and last those that waited for a template."""
    counted = read_file_header(stream, builder)
    search = Search(builder, carving=False)
    for region in regions(stream, FILE_HEADER_BYTES, CHUNK_BYTES):
        yield search.texts(region)
    check_count(counted, size, builder)
    yield search.late_texts()


def headless_texts(stream: BinaryIO, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records of a file that begins with its first chunk."""
    builder.reject("bytes 0-0", "the file header is missing", 0)
    search = Search(builder, carving=False)
    for region in regions(stream, 0, CHUNK_BYTES):
        yield search.texts(region)
    yield search.late_texts()


def carved_texts(stream: BinaryIO, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records in whatever holds chunks or records of EVTX; all other bytes are ignored."""
    search = Search(builder, carving=True)
    for region in regions(stream, 0, _BETWEEN_WHEN_CARVING):
        yield search.texts(region)
    yield search.late_texts()


class _Met:
    """The records that were met in one region, as what two copies of one have in common."""

    def __init__(self, content: bytes, own: Sequence[RecordSpan]) -> None:
        self._content = content
        self._own = own

    @functools.cached_property
    def keys(self) -> set[bytes]:
        """Of its own records, and of all that are added: most logs hold no remains, and nobody asks."""
        return {record_key(self._content, record) for record in self._own}


@dataclass(slots=True)
class Search:
    """Looks through one stream, region by region, for records in their places and out of them.

    Args:
        builder: takes the account of all bytes that are no records.
        carving: whether the stream is no event log, so that no record of it is in its place.
    """

    builder: ColumnBuilder
    carving: bool
    _salvage: Salvage = field(init=False)
    _shelf: TemplateShelf = field(default_factory=TemplateShelf)
    _doubted: set[int] = field(default_factory=set)
    _met: deque[_Met] = field(default_factory=lambda: deque(maxlen=_CHUNKS_REMEMBERED))

    def __post_init__(self) -> None:
        self._salvage = Salvage(self.builder, self.carving)

    def texts(self, region: Region) -> list[RecordText]:
        """Return the records of a region; its bytes go to the builder's account."""
        if not region.is_chunk and region.content.count(0) == len(region.content):
            self._met.append(_Met(b"", ()))
            self.builder.ignore(len(region.content))
            return []
        found = map_chunk(region.content)
        if self.is_chunk(region, found):
            return self._chunk(region, found)
        return self._between(region)

    def is_chunk(self, region: Region, found: ChunkMap) -> bool:
        """Whether a region is a chunk: within a log, one without its header too, whose first record is in its place."""
        has_its_place = bool(found.records) and found.records[0].offset == CHUNK_HEADER_BYTES
        return region.is_chunk or (has_its_place and not self.carving)

    def in_doubt(self, region: Region) -> bool:
        """Whether the records of a chunk may be damaged though they can be decoded; few chunks of a file are looked at.

        So is what Windows wrote last into a log that was copied while it was open.
        """
        if region.offset in self._doubted:
            return True
        if len(self._doubted) >= _MOST_DOUBTED or is_as_written(region.content):
            return False
        self._doubted.add(region.offset)
        return True

    def late_texts(self) -> list[RecordText]:
        """Return the records that waited for a template, when all regions were looked through."""
        return self._salvage.late_texts()

    def leftovers(self, region: Region, found: ChunkMap, lost: Sequence[RecordSpan]) -> list[RecordText]:
        """Return the records of a chunk that whoever reads its own records one after another does not get.

        Args:
            region: the chunk.
            found: its own records.
            lost: those of them that cannot be decoded where they stand.
        """
        chunk, base = region.content, region.offset
        self._met.append(_Met(chunk, found.records))
        xml = ChunkXml(chunk, self._shelf)
        xml.learn(_template_places(chunk))
        strays = [Stray(xml, record.offset, record, base + record.offset, record.length) for record in lost]
        torn = () if self.carving else torn_records(chunk, found)
        for record in (*torn, *self._new(chunk, remains_of(chunk, found))):
            strays.append(Stray(xml, record.offset, record, base + record.offset, 0))
        self._close(chunk, base, found)
        return self._salvage.texts(strays) if strays else []

    def _chunk(self, region: Region, found: ChunkMap) -> list[RecordText]:
        """Return the records of a chunk, as they are if they are whole."""
        texts: list[RecordText] = []
        lost: list[RecordSpan] = []
        for record, decoded in zip(found.records, decoded_records(region.content, found), strict=True):
            if decoded is None:
                lost.append(record)
            else:
                recovered = CARVED if self.carving else record.recovered
                texts.append(record_text(record, region.offset, decoded, recovered))
        left = self.leftovers(region, found, lost)
        return [*(self._mended(region, found, texts) if self.in_doubt(region) else texts), *left]

    def _mended(self, region: Region, found: ChunkMap, texts: Sequence[RecordText]) -> list[RecordText]:
        """Return what records say when names are held against their hashes and lengths against their templates."""
        xml, base = ChunkXml(region.content, self._shelf), region.offset
        strays = [Stray(xml, one.offset, one, base + one.offset, one.length) for one in found.records]
        whole = self._salvage.whole_texts(strays)
        return [_better(text, whole.get(text.offset)) for text in texts]

    def _close(self, chunk: bytes, base: int, found: ChunkMap) -> None:
        """Account for a chunk; in an image it may well go on elsewhere, and nothing of it is missed here."""
        if self.carving:
            self.builder.ignore(len(chunk) - sum(record.length for record in found.records))
        else:
            close_chunk(chunk, base, found, self.builder)

    def _new(self, content: bytes, records: Iterable[RecordSpan]) -> Iterator[RecordSpan]:
        """Yield the records of which no copy was met shortly before, as far as they overlap within reason.

        Who hides a record gives its number to the next one, which may be of the same time: that is no copy.
        """
        most = max(_MOST_REMAINS, len(content))
        for record in records:
            key = record_key(content, record)
            most -= record.length
            is_copy = record.recovered != HIDDEN and any(key in met.keys for met in self._met)
            if most >= 0 and not is_copy:
                self._met[-1].keys.add(key)
                yield record

    def _between(self, region: Region) -> list[RecordText]:
        content, base = region.content, region.offset
        self._met.append(_Met(content, ()))
        records = list(_side_by_side(closed_records(content, 0)))
        begins = chunk_begin(content, records)
        chunks: dict[int, ChunkXml] = {}
        strays: list[Stray] = []
        for record in self._new(content, records):
            begin = begins.get(record.offset)
            if begin is None:  # what it points to is looked for by id; its places must not lead into other bytes
                begin = record.offset
                xml = ChunkXml(content[begin : begin + record.length], self._shelf)
            else:
                xml = chunks.get(begin) or ChunkXml(_from(content, begin), self._shelf)
                chunks[begin] = xml
            span = RecordSpan(record.number, record.offset, record.length, CARVED)
            strays.append(Stray(xml, record.offset - begin, span, base + record.offset, record.length))
        texts = self._salvage.texts(strays)
        self._account_between(region, len(content) - sum(text.length for text in texts))
        return texts

    def _account_between(self, region: Region, rest: int) -> None:
        if self.carving:
            self.builder.ignore(rest)
            return
        end = region.offset + len(region.content)
        self.builder.reject(f"bytes {region.offset}-{end}", "damaged chunk header", region.offset, rest)


def _better(text: RecordText, mended: RecordText | None) -> RecordText:
    """Return the mended record if it says something else."""
    if mended is None or (mended.content, mended.behind_nul) == (text.content, text.behind_nul):
        return text
    return mended._replace(recovered=text.recovered or MENDED)


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
