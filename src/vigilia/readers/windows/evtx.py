"""Windows event logs as Windows keeps them (EVTX)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final, NamedTuple

import orjson

from vigilia.model.records import SourceBatch
from vigilia.readers.coded_reader import Coder
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.windows.event_fields import event_fields
from vigilia.readers.windows.evtx_all_values import all_records
from vigilia.readers.windows.evtx_chunks import (
    CHUNK_BYTES,
    FILE_HEADER_BYTES,
    ChunkMap,
    RecordSpan,
    file_header,
    file_of_one_chunk,
    map_chunk,
    readable_chunk,
)
from vigilia.readers.windows.evtx_remains import OUT_OF_PLACE
from vigilia.readers.windows.evtx_sizes import make_sizes_true
from vigilia.readers.windows.record_numbers import RecordNumbers

__all__ = [
    "BEHIND_NUL",
    "LOST",
    "READER",
    "RECORD_ID",
    "RECOVERED",
    "DecodedRecord",
    "RecordText",
    "append_text",
    "check_count",
    "close_chunk",
    "decoded_records",
    "event_content",
    "file_texts",
    "is_event",
    "open_chunk",
    "read_exactly",
    "read_file_header",
    "record_batches",
    "record_fields",
    "record_text",
    "reject_record",
]

RECORD_ID: Final = "EventRecordID"

BEHIND_NUL: Final = "_behind_nul"
"""The field with what stands behind a NUL in texts of a record; the texts end there, as Windows shows them."""

LOST: Final = "_lost"
"""The field that says what a recovered record does not say any more (`evtx_binary_xml.StandAlone`)."""

RECOVERED: Final = "_recovered"
"""The field that says that a record was not in its place, and where it was."""


_CONTROL: Final = re.compile(r"[\x00-\x1f]")  # in names they are not escaped


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
        texts = file_texts(stream, size, builder)
        if limits.remains:
            from vigilia.readers.windows.evtx_recovery import examined_texts  # it needs what is defined here

            texts = examined_texts(stream, size, builder)
        return record_batches(texts, builder, limits)

    def coder(self, limits: ReadLimits) -> Coder:
        """Return what reads large files straight into codes."""
        # Half a second, which small files need not spend.
        if limits.remains:
            from vigilia.readers.windows.evtx_recovering_coder import RecoveringCoder

            return RecoveringCoder(self.source, limits)
        from vigilia.readers.windows.evtx_coder import EvtxCoder

        return EvtxCoder(self.source, limits)


class DecodedRecord(NamedTuple):
    """What the `evtx` library made of a record: JSON. `behind_nul`: what stands in its texts behind a NUL."""

    content: str
    behind_nul: tuple[str, ...] = ()


class RecordText(NamedTuple):
    """One record as the decoder wrote it, JSON, and its place; `number` is the id in its header.

    `recovered` says why other readers would have lost it (`evtx_chunks.RecordSpan`, `evtx_remains`); empty for a record
    in its place. `counted_elsewhere`: so many of its bytes are in the account already, as unused space or as those of
    the record that it lies in. `lost`: what could not be found out (`evtx_binary_xml.StandAlone`). `behind_nul`: as in
    `DecodedRecord`.
    """

    number: int
    offset: int
    length: int
    content: str
    recovered: str = ""
    counted_elsewhere: int = 0
    lost: tuple[str, ...] = ()
    behind_nul: tuple[str, ...] = ()


def record_batches(
    chunks: Iterable[list[RecordText]], builder: ColumnBuilder, limits: ReadLimits
) -> Iterator[SourceBatch]:
    """Yield batches of records that come chunk by chunk, while what they come from fills the builder's account."""
    numbers = RecordNumbers()
    for texts in chunks:
        for text in texts:
            append_text(text, builder, numbers, limits.depth)
        if builder.full:
            yield builder.build()
    if not builder.empty:
        yield builder.build()


def append_text(text: RecordText, builder: ColumnBuilder, numbers: RecordNumbers, depth: int) -> None:
    """Add a record to a builder under the number that it gets."""
    number = numbers.leftover() if text.recovered in OUT_OF_PLACE else numbers.claim(text.number)
    builder.append(number, text.offset, text.length, record_fields(text, depth))
    builder.parsed(-text.counted_elsewhere)


def file_texts(stream: BinaryIO, size: int, builder: ColumnBuilder) -> Iterator[list[RecordText]]:
    """Yield the records of each chunk; all bytes that are no records go to the builder's account."""
    counted = read_file_header(stream, builder)
    offset = FILE_HEADER_BYTES
    while chunk := read_exactly(stream, CHUNK_BYTES):
        yield _chunk_texts(chunk, offset, builder)
        offset += len(chunk)
    check_count(counted, size, builder)


def check_count(counted: int, size: int, builder: ColumnBuilder) -> None:
    """Compare the chunks that a file's header counts with the file."""
    if counted > (size - FILE_HEADER_BYTES) // CHUNK_BYTES:
        builder.reject("end of file", "the file header counts more chunks than the file holds", size)


def record_fields(text: RecordText, depth: int) -> dict[str, FieldValue]:
    """Return the fields of one record."""
    content = event_content(text.content)
    fields = event_fields(content, depth)
    fields.setdefault(RECORD_ID, str(text.number))
    if text.recovered:
        fields[RECOVERED] = text.recovered
    if text.lost or not content:
        fields[LOST] = list(text.lost) or ["content"]
    if text.behind_nul:
        fields[BEHIND_NUL] = list(text.behind_nul)
    return fields


def read_exactly(stream: BinaryIO, count: int) -> bytes:
    """Return so many bytes, fewer where the stream ends."""
    pieces = []
    while count and (piece := stream.read(count)):
        pieces.append(piece)
        count -= len(piece)
    return b"".join(pieces)


def read_file_header(stream: BinaryIO, builder: ColumnBuilder) -> int:
    """Return how many chunks the header of a file counts; its bytes go to the builder's account."""
    head = read_exactly(stream, FILE_HEADER_BYTES)
    counted = file_header(head)
    if counted is None:
        builder.reject(f"bytes 0-{len(head)}", "damaged file header", 0, len(head))
        return 0
    builder.ignore(len(head))
    return counted


def _chunk_texts(chunk: bytes, base: int, builder: ColumnBuilder) -> list[RecordText]:
    found = open_chunk(chunk, base, builder)
    if found is None:
        return []
    texts = []
    for record, decoded in zip(found.records, decoded_records(chunk, found), strict=True):
        if decoded is not None:
            texts.append(record_text(record, base, decoded, record.recovered))
        else:
            reject_record(record, base, builder)
    close_chunk(chunk, base, found, builder)
    return texts


def record_text(record: RecordSpan, base: int, decoded: DecodedRecord, recovered: str) -> RecordText:
    """Return a record of a chunk that begins at `base`."""
    return RecordText(
        record.number,
        base + record.offset,
        record.length,
        decoded.content,
        recovered,
        behind_nul=decoded.behind_nul,
    )


def open_chunk(chunk: bytes, base: int, builder: ColumnBuilder) -> ChunkMap | None:
    """Return what the bytes of a chunk are; None where they hold no record, which goes to the builder's account."""
    found = map_chunk(chunk)
    if found.unused:
        builder.ignore(len(chunk))
        return None
    if not found.valid:
        builder.reject(f"bytes {base}-{base + len(chunk)}", "damaged chunk header", base, len(chunk))
        return None
    return found


def reject_record(record: RecordSpan, base: int, builder: ColumnBuilder) -> None:
    """Tell of a record that nothing could read."""
    offset = base + record.offset
    place = f"record {record.number} at byte {offset}"
    builder.reject(place, "the record's binary XML cannot be decoded", offset, record.length)


def close_chunk(chunk: bytes, base: int, found: ChunkMap, builder: ColumnBuilder) -> None:
    """Put all bytes of a chunk that are no records to the builder's account."""
    for span in found.damaged:
        start = base + span.offset
        builder.reject(f"bytes {start}-{start + span.length}", "damaged record header", start, span.length)
    records, damaged = sum(span.length for span in found.records), sum(span.length for span in found.damaged)
    builder.ignore(len(chunk) - records - damaged)
    if len(chunk) < CHUNK_BYTES:
        builder.reject(f"bytes {base}-{base + len(chunk)}", "the file ends in the middle of a chunk", base + found.end)


def decoded_records(chunk: bytes, found: ChunkMap) -> list[DecodedRecord | None]:
    """Return each record of a chunk as text, None of those that the `evtx` library could not read."""
    if not found.records:
        return []
    mended = readable_chunk(chunk, found)
    hidden = [make_sizes_true(mended, *record.xml) for record in found.records]
    decoded = all_records(file_of_one_chunk(mended), 2 * (len(found.records) + len(found.damaged)) + 2)
    return [
        DecodedRecord(decoded[number], tuple(behind_nul)) if is_event(decoded.get(number, "")) else None
        for number, behind_nul in enumerate(hidden, 1)
    ]


def is_event(text: str) -> bool:
    """Whether the `evtx` library made an event of a record: a flipped bit in a name makes another root, or no JSON."""
    return text.startswith('{"Event":') and _CONTROL.search(text) is None


def event_content(text: str) -> dict[str, object]:
    """Return what the `Event` of a record holds."""
    try:
        document = orjson.loads(text)
    except orjson.JSONDecodeError:
        return {}
    content = document.get("Event") if isinstance(document, dict) else None
    return content if isinstance(content, dict) else {}


READER: Final[Reader] = _WindowsEvtx()
