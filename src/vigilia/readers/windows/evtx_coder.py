"""Windows event logs straight to coded columns: by compiled kernels, and where these refuse by the `evtx` library."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import BinaryIO, Final, cast

import numpy as np
from numpy.typing import NDArray

from vigilia.model.coded import CodedBatch
from vigilia.readers.byte_kernels import PADDING, Bytes
from vigilia.readers.columns import FieldValue
from vigilia.readers.json_tables import new_tables
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.event_fields import event_fields
from vigilia.readers.windows.evtx import (
    RECORD_ID,
    RECOVERED,
    check_count,
    close_chunk,
    event_content,
    open_chunk,
    read_file_header,
    record_fields,
    record_text,
    reject_record,
)
from vigilia.readers.windows.evtx_builder import EvtxBuilder
from vigilia.readers.windows.evtx_chunks import (
    CHUNK_BYTES,
    CHUNK_HEADER_BYTES,
    FILE_HEADER_BYTES,
    LEAST_RECORD,
    RecordSpan,
)
from vigilia.readers.windows.evtx_kernels import frame_chunk, read_records
from vigilia.readers.windows.evtx_layout import SPAN_AT, SPAN_LENGTH, SPAN_NUMBER, Refusal, new_walk
from vigilia.readers.windows.evtx_single_records import SingleRecords
from vigilia.readers.windows.record_numbers import RecordNumbers

__all__ = ["EvtxCoder", "load_evtx_kernels"]

_NONE: Final[Mapping[int, str]] = {}
_BLOCK_CHUNKS: Final = 32
_BATCH_RECORDS: Final = 24_576  # with some forty values each: more cost memory and save no time
_LAST_NUMBER: Final = (1 << 64) - 1  # numbers of records have no sign
_MOST_RECORDS: Final = (CHUNK_BYTES - CHUNK_HEADER_BYTES) // LEAST_RECORD  # of a chunk


class EvtxCoder:
    """Reads EVTX files one after another.

    Args:
        source: the log source id.
        limits: budgets.
    """

    def __init__(self, source: str, limits: ReadLimits) -> None:
        self._depth = limits.depth
        rows = min(limits.batch_records, _BATCH_RECORDS)
        self._builder = EvtxBuilder(source, self._names, replace(limits, batch_records=rows))
        self._block: Bytes = np.zeros(_BLOCK_CHUNKS * CHUNK_BYTES + PADDING, dtype=np.uint8)
        self._spans: NDArray[np.int64] = np.empty((_BLOCK_CHUNKS * _MOST_RECORDS, 3), dtype=np.int64)
        self._numbers = RecordNumbers()

    numbers_in_records: Final = True

    @property
    def refusals(self) -> Mapping[Refusal, int]:
        """How many records were read by the `evtx` library instead, by reason."""
        return self._builder.refusals

    def _names(self, text: str) -> dict[str, FieldValue] | None:
        """Return the fields of a record that has its number itself."""
        fields = event_fields(event_content(text), self._depth)
        return fields if RECORD_ID in fields else None

    def read(self, stream: BinaryIO, size: int) -> Iterator[CodedBatch]:
        """Yield the records of a stream that stands at its first byte and holds `size` bytes."""
        self._begin()
        counted = read_file_header(stream, self._builder)
        yield from self._read_chunks(stream, FILE_HEADER_BYTES)
        check_count(counted, size, self._builder)
        yield from self._rest()

    def read_part(self, stream: BinaryIO, size: int, start: int) -> Iterator[CodedBatch]:  # noqa: ARG002 - as in `Coder`
        """Yield the records of some chunks, in the first part of a file behind its header."""
        self._begin()
        if not start:
            read_file_header(stream, self._builder)
        yield from self._read_chunks(stream, 0 if start else FILE_HEADER_BYTES)
        yield from self._rest()

    def _begin(self) -> None:
        self._builder.discard()
        self._numbers = RecordNumbers()

    def _read_chunks(self, stream: BinaryIO, origin: int) -> Iterator[CodedBatch]:
        block = self._block.data[: _BLOCK_CHUNKS * CHUNK_BYTES]
        while size := _fill(block, cast("io.RawIOBase", stream)):
            yield from self._read_block(block[:size], origin)
            origin += size

    def _rest(self) -> Iterator[CodedBatch]:
        if not self._builder.empty:
            yield self._builder.build_coded()

    def _read_block(self, content: memoryview, origin: int) -> Iterator[CodedBatch]:
        """Read what stands at the beginning of the block."""
        self._builder.begin_block()
        framed = 0
        for base in range(0, len(content), CHUNK_BYTES):
            whole = base + CHUNK_BYTES <= len(content)
            count = frame_chunk(self._block, base, self._spans, framed) if whole else -1
            if count >= 0:
                self._builder.ignore(CHUNK_BYTES - int(self._spans[framed:count, SPAN_LENGTH].sum()))
                framed = count
                continue
            yield from self._read_spans(content, self._spans[:framed], origin)
            framed = 0
            yield from self._read_odd_chunk(content, base, origin)
        yield from self._read_spans(content, self._spans[:framed], origin)

    def _read_odd_chunk(self, content: memoryview, base: int, origin: int) -> Iterator[CodedBatch]:
        """Read a chunk of which the records must be looked for."""
        chunk = bytes(content[base : base + CHUNK_BYTES])
        found = open_chunk(chunk, origin + base, self._builder)
        if found is not None:
            self._block[base + len(chunk) : base + CHUNK_BYTES] = 0
            places = [(record.number, base + record.offset, record.length) for record in found.records]
            spans = np.array(places, dtype=np.uint64).astype(np.int64).reshape(-1, 3)
            recovered = {number: record.recovered for number, record in enumerate(found.records) if record.recovered}
            yield from self._read_spans(content, spans, origin, recovered)
            close_chunk(chunk, origin + base, found, self._builder)
        if self._builder.full:
            yield self._builder.build_coded()

    def _read_spans(
        self, content: bytes | memoryview, spans: NDArray[np.int64], origin: int, recovered: Mapping[int, str] = _NONE
    ) -> Iterator[CodedBatch]:
        """Read records one after another, and mark those that are recovered."""
        builder = self._builder
        singly = SingleRecords(content)
        at = 0
        while at < len(spans):
            row, first = builder.rows, at
            at = builder.take(self._block, spans, at, origin, self._numbers.claim_all)
            for number in recovered.keys() & range(first, at):
                builder.annotate(row + number - first, RECOVERED, recovered[number])
            if not builder.full and at < len(spans):
                self._read_by_itself(singly, spans[at], origin, recovered.get(at, ""))
                at += 1
            if builder.full:
                yield builder.build_coded()

    def _read_by_itself(self, singly: SingleRecords, span: NDArray[np.int64], origin: int, recovered: str) -> None:
        base, offset = divmod(int(span[SPAN_AT]), CHUNK_BYTES)
        base *= CHUNK_BYTES
        record = RecordSpan(int(span[SPAN_NUMBER]) & _LAST_NUMBER, offset, int(span[SPAN_LENGTH]), recovered)
        decoded = singly.decoded(base, record)
        if decoded is None:
            self._give_up(record, origin + base)
            return
        told = record_text(record, origin + base, decoded, record.recovered)
        fields = record_fields(told, self._depth)
        self._builder.append(self._numbers.claim(told.number), told.offset, told.length, fields)

    def _give_up(self, record: RecordSpan, base: int) -> None:
        """Tell of a record that nothing can read; `base` is where its chunk begins in the evidence."""
        reject_record(record, base, self._builder)


def _fill(block: memoryview, stream: io.RawIOBase) -> int:
    """Fill a block; return how many bytes there were for it."""
    filled = 0
    while filled < len(block) and (size := stream.readinto(block[filled:])):
        filled += size
    return filled


def load_evtx_kernels() -> None:
    """Load the compiled code by reading a chunk of nothing."""
    block = np.zeros(CHUNK_BYTES + PADDING, dtype=np.uint8)
    spans = np.empty((1, 3), dtype=np.int64)
    frame_chunk(block, 0, spans, 0)
    read_records(block, spans, 0, 0, 0, new_tables(1), new_walk())
