"""Windows event logs as Windows keeps them (EVTX)."""

from __future__ import annotations

import io
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import evtx
import orjson

from vigilia.model.records import SourceBatch
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

__all__ = ["READER"]


@dataclass(frozen=True, slots=True)
class _WindowsEvtx:
    name: str = "windows-evtx"
    source: str = "windows"
    title: str = "Windows event log (EVTX)"

    def recognise(self, head: bytes) -> float:
        return 1.0 if head.startswith(b"ElfFile\0") else 0.0

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        builder = ColumnBuilder(limits)
        counted = _read_file_header(stream, builder)
        numbers = RecordNumbers()
        offset = FILE_HEADER_BYTES
        while chunk := _read_exactly(stream, CHUNK_BYTES):
            _read_chunk(chunk, offset, builder, numbers, limits)
            offset += len(chunk)
            if builder.full:
                yield builder.build()
        if counted > (size - FILE_HEADER_BYTES) // CHUNK_BYTES:
            builder.reject("end of file", "the file header counts more chunks than the file holds", size)
        if not builder.empty:
            yield builder.build()


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


def _read_chunk(chunk: bytes, base: int, builder: ColumnBuilder, numbers: RecordNumbers, limits: ReadLimits) -> None:
    found = map_chunk(chunk)
    if found.unused:
        builder.ignore(len(chunk))
        return
    if not found.valid:
        builder.reject(f"bytes {base}-{base + len(chunk)}", "damaged chunk header", base, len(chunk))
        return
    decoded = _decode(chunk, found, limits)
    taken = 0
    for record in found.records:
        taken += record.length
        waiting = decoded.get(record.number)
        if waiting:
            builder.append(numbers.claim(record.number), base + record.offset, record.length, waiting.popleft())
        else:
            place = f"record {record.number} at byte {base + record.offset}"
            builder.reject(place, "the record's binary XML cannot be decoded", base + record.offset, record.length)
    for span in found.damaged:
        taken += span.length
        start = base + span.offset
        builder.reject(f"bytes {start}-{start + span.length}", "damaged record header", start, span.length)
    _account_for_rest(chunk, base, taken, found, builder)


def _account_for_rest(chunk: bytes, base: int, taken: int, found: ChunkMap, builder: ColumnBuilder) -> None:
    builder.ignore(len(chunk) - taken)
    if len(chunk) < CHUNK_BYTES:
        builder.reject(f"bytes {base}-{base + len(chunk)}", "the file ends in the middle of a chunk", base + found.end)


def _decode(chunk: bytes, found: ChunkMap, limits: ReadLimits) -> dict[int, deque[dict[str, FieldValue]]]:
    """Return the fields of the records that the decoder could read, by record id, in order."""
    decoded: dict[int, deque[dict[str, FieldValue]]] = defaultdict(deque)
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
        fields = event_fields(_content(record["data"]), limits.depth)
        fields.setdefault("EventRecordID", str(record["event_record_id"]))
        decoded[record["event_record_id"]].append(fields)
    return decoded


def _content(text: str) -> dict[str, object]:
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    content = document.get("Event") if isinstance(document, dict) else None
    return content if isinstance(content, dict) else {}


READER: Final[Reader] = _WindowsEvtx()
