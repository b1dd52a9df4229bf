"""Windows event logs as Windows keeps them (EVTX)."""

from __future__ import annotations

import io
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

import evtx
import orjson

from vigilia.model.records import SourceBatch
from vigilia.readers.coded_reader import Coder
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.windows.event_fields import event_fields
from vigilia.readers.windows.evtx_chunks import (
    CHUNK_BYTES,
    FILE_HEADER_BYTES,
    ChunkMap,
    file_header,
    map_chunk,
    readable_chunk,
)
from vigilia.readers.windows.record_numbers import RecordNumbers

__all__ = ["READER", "RECORD_ID", "RecordText", "file_texts", "record_fields"]

RECORD_ID: Final = "EventRecordID"


@dataclass(frozen=True, slots=True)
class _WindowsEvtx:
    name: str = "windows-evtx"
    source: str = "windows"
    title: str = "Windows event log (EVTX)"
    signature: bytes = b"ElfFile\0"

    def recognise(self, head: bytes) -> float:
        return 1.0 if head.startswith(self.signature) else 0.0

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        builder = ColumnBuilder(limits)
        numbers = RecordNumbers()
        for texts in file_texts(stream, size, builder):
            for text in texts:
                fields = record_fields(text, limits.depth)
                builder.append(numbers.claim(text.number), text.offset, text.length, fields)
            if builder.full:
                yield builder.build()
        if not builder.empty:
            yield builder.build()

    def coder(self, limits: ReadLimits) -> Coder:
        """Return what reads large files straight into codes."""
        from vigilia.readers.windows.evtx_coder import EvtxCoder  # half a second, which small files need not spend

        return EvtxCoder(self.source, limits)


class RecordText(NamedTuple):
    """One record as the decoder wrote it, JSON, and its place; `number` is the id in its header."""

    number: int
    offset: int
    length: int
    content: str


def file_texts(stream: BinaryIO, size: int, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records of each chunk; all bytes that are no records go to the builder's account."""
    counted = _read_file_header(stream, builder)
    offset = FILE_HEADER_BYTES
    while chunk := _read_exactly(stream, CHUNK_BYTES):
        yield _chunk_texts(chunk, offset, builder)
        offset += len(chunk)
    if counted > (size - FILE_HEADER_BYTES) // CHUNK_BYTES:
        builder.reject("end of file", "the file header counts more chunks than the file holds", size)


def record_fields(text: RecordText, depth: int) -> dict[str, FieldValue]:
    """Return the fields of one record."""
    fields = event_fields(_content(text.content), depth)
    fields.setdefault(RECORD_ID, str(text.number))
    return fields


def _read_exactly(stream: BinaryIO, count: int) -> bytes:
    pieces = []
    while count and (piece := stream.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def _read_file_header(stream: BinaryIO, builder: ColumnBuilder) -> int:
    head = _read_exactly(stream, FILE_HEADER_BYTES)
    counted = file_header(head)
    if counted is None:
        builder.reject(f"bytes 0-{len(head)}", "damaged file header", 0, len(head))
        return 0
    builder.ignore(len(head))
    return counted


def _chunk_texts(chunk: bytes, base: int, builder: ColumnBuilder) -> list[RecordText]:
    found = map_chunk(chunk)
    if found.unused:
        builder.ignore(len(chunk))
        return []
    if not found.valid:
        builder.reject(f"bytes {base}-{base + len(chunk)}", "damaged chunk header", base, len(chunk))
        return []
    decoded = _decode(chunk, found)
    texts = []
    for record in found.records:
        offset = base + record.offset
        waiting = decoded.get(record.number)
        if waiting:
            texts.append(RecordText(record.number, offset, record.length, waiting.popleft()))
        else:
            place = f"record {record.number} at byte {offset}"
            builder.reject(place, "the record's binary XML cannot be decoded", offset, record.length)
    for span in found.damaged:
        start = base + span.offset
        builder.reject(f"bytes {start}-{start + span.length}", "damaged record header", start, span.length)
    _account_for_rest(chunk, base, found, builder)
    return texts


def _account_for_rest(chunk: bytes, base: int, found: ChunkMap, builder: ColumnBuilder) -> None:
    records, damaged = sum(span.length for span in found.records), sum(span.length for span in found.damaged)
    builder.ignore(len(chunk) - records - damaged)
    if len(chunk) < CHUNK_BYTES:
        builder.reject(f"bytes {base}-{base + len(chunk)}", "the file ends in the middle of a chunk", base + found.end)


def _decode(chunk: bytes, found: ChunkMap) -> dict[int, deque[str]]:
    """Return the texts of the records that the decoder could read, by record id, in order."""
    decoded: dict[int, deque[str]] = defaultdict(deque)
    if not found.records:
        return decoded
    parser = evtx.PyEvtxParser(io.BytesIO(readable_chunk(chunk, found)), number_of_threads=1)
    records = parser.records_json()
    # A record that fails raises, and the next call goes on behind it; the budget is for a decoder that does not.
    for _ in range(2 * (len(found.records) + len(found.damaged)) + 2):
        try:
            record = next(records)
        except StopIteration:
            break
        except RuntimeError:
            continue
        if record is None:
            break
        decoded[record["event_record_id"]].append(record["data"])
    return decoded


def _content(text: str) -> dict[str, object]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    content = document.get("Event") if isinstance(document, dict) else None
    return content if isinstance(content, dict) else {}


READER: Final[Reader] = _WindowsEvtx()
