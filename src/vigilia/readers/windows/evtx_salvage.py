"""Records that are decoded out of their chunk: each is given its own templates and names, and a chunk made for it."""

from __future__ import annotations

import contextlib
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.windows.evtx import DecodedRecord, RecordText, decoded_records
from vigilia.readers.windows.evtx_binary_xml import CONTENT_LOST, ChunkXml, OwnPart, StandAlone, Unresolved, laid_out
from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, CHUNK_HEADER_BYTES, ChunkMap, RecordSpan
from vigilia.readers.windows.evtx_remains import MENDED, OUT_OF_PLACE, TORN
from vigilia.readers.windows.evtx_templates import length_of

__all__ = ["Salvage", "Stray"]

_HEADER: Final = struct.Struct("<4sIQQ")
_SIZE: Final = struct.Struct("<I")
_MOST_LENGTH: Final = CHUNK_BYTES - CHUNK_HEADER_BYTES
_UNREAD: Final = "the record's binary XML cannot be decoded"
_HEAD_ALONE: Final = "only the head of the record can be decoded"
_MOST_WAITING: Final = 20_000
_MOST_BYTES_WAITED_FOR: Final = 16 * 1024 * 1024  # of the chunks that waiting records point into


class Stray(NamedTuple):
    """A record to be decoded out of its chunk.

    Attributes:
        xml: the chunk, or the bytes that stand for it.
        start: of the record in these bytes.
        span: its number, length and what is said of it.
        offset: of the record in the evidence.
        counted: how many bytes of it count as parsed, where it can be read.
    """

    xml: ChunkXml
    start: int
    span: RecordSpan
    offset: int
    counted: int

    @property
    def in_place(self) -> bool:
        """Whether it is one of a chunk's own records: then it is missed if it cannot be read."""
        return self.span.recovered not in OUT_OF_PLACE

    @property
    def own_part(self) -> OwnPart:
        """What is needed of it: of a torn record nobody knows where the values end that were written."""
        return OwnPart.LEFT_OUT if self.span.recovered == TORN else OwnPart.NEEDED


class _Whole(NamedTuple):
    stray: Stray
    xml: StandAlone

    @property
    def length(self) -> int:
        return _HEADER.size + length_of(self.xml.pieces) + _SIZE.size


@dataclass(slots=True)
class Salvage:
    """Decodes stray records; those whose template is not known yet wait for it.

    Args:
        builder: is told what is lost.
        carving: what follows a piece of a record may be of another one, so that no head is told alone.
    """

    builder: ColumnBuilder
    carving: bool = False
    _waiting: list[Stray] = field(default_factory=list)
    _chunks_waited_for: dict[int, ChunkXml] = field(default_factory=dict)
    _bytes_waited_for: int = 0

    def texts(self, strays: Sequence[Stray]) -> list[RecordText]:
        """Return the records that can be read now. One in its place that never can is told to the builder."""
        whole = [one for stray in strays for one in self._whole(stray, may_wait=True)]
        return self._decoded(whole)

    def whole_texts(self, strays: Sequence[Stray]) -> dict[int, RecordText]:
        """Return, by their offset in the evidence, the records of which everything that they point to is there."""
        whole: list[_Whole] = []
        for stray in strays:
            with contextlib.suppress(Unresolved):
                whole.append(_Whole(stray, stray.xml.record(*_content_of(stray))))
        fitting = [one for one in whole if one.length <= _MOST_LENGTH]
        return {one.stray.offset: _told(one, decoded) for one, decoded in _attempts(fitting) if decoded is not None}

    def late_texts(self) -> list[RecordText]:
        """Return the records that waited, with the templates that have come since, or others in their place."""
        waiting, self._waiting = self._waiting, []
        self._chunks_waited_for.clear()
        self._bytes_waited_for = 0
        self._bytes_waited_for = 0
        whole = [one for stray in waiting for one in self._whole(stray, may_wait=False)]
        return self._decoded(whole)

    def _whole(self, stray: Stray, *, may_wait: bool) -> Iterator[_Whole]:
        """Yield the record where it can be read; where it cannot, it waits or is told."""
        start, end = _content_of(stray)
        try:
            whole = _Whole(stray, stray.xml.record(start, end, own_part=stray.own_part))
        except Unresolved as reason:
            if reason.may_come and may_wait and self._waits(stray):
                return
            yield from self._with_substitutes(stray, start, end)
        else:
            yield from self._fitting(whole)

    def _with_substitutes(self, stray: Stray, start: int, end: int) -> Iterator[_Whole]:
        """Yield the record with other templates, or as a last resort its head.

        What is out of its place may be made of two records, so that a head would be told of the wrong one.
        """
        last_resort = (OwnPart.IF_READABLE,) if stray.in_place and not self.carving else ()
        for own_part in (stray.own_part, *last_resort):
            try:
                whole = _Whole(stray, stray.xml.record(start, end, substitutes=True, own_part=own_part))
            except Unresolved:
                continue
            yield from self._fitting(whole)
            return
        self._lose(stray)

    def _fitting(self, whole: _Whole) -> Iterator[_Whole]:
        if whole.length <= _MOST_LENGTH:
            yield whole
        else:
            self._lose(whole.stray)

    def _waits(self, stray: Stray) -> bool:
        more = 0 if id(stray.xml) in self._chunks_waited_for else len(stray.xml.chunk)
        if len(self._waiting) >= _MOST_WAITING or self._bytes_waited_for + more > _MOST_BYTES_WAITED_FOR:
            return False
        self._chunks_waited_for[id(stray.xml)] = stray.xml
        self._bytes_waited_for += more
        self._waiting.append(stray if stray.in_place else stray._replace(counted=0))
        return True

    def _lose(self, stray: Stray, reason: str = _UNREAD, length: int | None = None) -> None:
        """Tell of a record that cannot be read; what is out of its place may be none, and its bytes are counted.

        Args:
            stray: the record.
            reason: why.
            length: bytes of it that are lost; all if None.
        """
        if stray.in_place and stray.counted:
            place = f"record {stray.span.number} at byte {stray.offset}"
            self.builder.reject(place, reason, stray.offset, stray.span.length if length is None else length)

    def _decoded(self, records: Sequence[_Whole]) -> list[RecordText]:
        texts: list[RecordText] = []
        for one, decoded in _attempts(records):
            if decoded is None:
                self._lose(one.stray)
                continue
            if CONTENT_LOST in one.xml.lost:
                self._lose(one.stray, _HEAD_ALONE, 0)
            texts.append(_told(one, decoded))
        return texts


def _content_of(stray: Stray) -> tuple[int, int]:
    """Return where the binary XML of a record begins and ends."""
    return stray.start + _HEADER.size, stray.start + stray.span.length - _SIZE.size


def _attempts(records: Sequence[_Whole]) -> Iterator[tuple[_Whole, DecodedRecord | None]]:
    for some in _chunkfuls(records):
        chunk, found = _chunk_of(some)
        yield from zip(some, decoded_records(chunk, found), strict=True)


def _told(whole: _Whole, decoded: DecodedRecord) -> RecordText:
    stray, span = whole.stray, whole.stray.span
    elsewhere = span.length - stray.counted
    content, behind_nul = decoded
    lost = whole.xml.lost
    recovered = span.recovered or MENDED
    return RecordText(span.number, stray.offset, span.length, content, recovered, elsewhere, lost, behind_nul)


def _chunkfuls(records: Sequence[_Whole]) -> Iterator[list[_Whole]]:
    """Yield the records in portions that fit into a chunk."""
    some: list[_Whole] = []
    room = _MOST_LENGTH
    for one in records:
        if one.length > room:
            yield some
            some, room = [], _MOST_LENGTH
        some.append(one)
        room -= one.length
    if some:
        yield some


def _chunk_of(records: Sequence[_Whole]) -> tuple[bytes, ChunkMap]:
    """Return a chunk of these records, and where they stand in it."""
    chunk = bytearray(CHUNK_HEADER_BYTES)
    spans: list[RecordSpan] = []
    for number, one in enumerate(records, 1):
        start, length = len(chunk), one.length
        chunk += _HEADER.pack(b"\x2a\x2a\0\0", length, number, 0)
        chunk += laid_out(one.xml.pieces, start + _HEADER.size) + _SIZE.pack(length)
        spans.append(RecordSpan(number, start, length))
    return bytes(chunk), ChunkMap(valid=True, unused=False, records=tuple(spans), damaged=(), end=len(chunk))
