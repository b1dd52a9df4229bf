"""Log lines that a shipper or a search product wrapped: a JSON object, a table row or a prefixed line for each.

Logstash, Fluentd, CloudWatch, Splunk and their kin keep the line as it was in a field of its own ("message", "_raw").
The line is read by the reader that would take it unwrapped; what stood beside it keeps its names behind `Export.`.
"""

from __future__ import annotations

import bisect
import dataclasses
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import pyarrow as pa

from vigilia.model.records import POSITION_SCHEMA, Reject, SourceBatch
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_table import head_header, read_table
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import head_objects, read_objects
from vigilia.readers.lines import iterate_lines
from vigilia.readers.reader import HEAD_BYTES, Reader, ReadLimits
from vigilia.readers.wrapped_text import (
    WRAPPED_PAGES,
    as_line,
    beside_line,
    has_line_column,
    has_prefixes,
    line_of,
    prefixed_line,
    wrapped_line_head,
)

__all__ = ["WRAPPED_SUFFIX", "WrappedLines"]

WRAPPED_SUFFIX: Final = "-wrapped"

_TEXTS: Final = pa.list_(pa.field("item", pa.string()))


@dataclass(frozen=True)
class WrappedLines:
    """Reads lines of `inner` that are wrapped; `composed` as in `wrapped_line_head`."""

    inner: Reader
    composed: bool = False

    @property
    def name(self) -> str:
        """The inner reader's name, marked."""
        return self.inner.name + WRAPPED_SUFFIX

    @property
    def source(self) -> str:
        """The inner reader's source."""
        return self.inner.source

    @property
    def title(self) -> str:
        """What people call it."""
        return f"{self.inner.title}, each record wrapped by a log shipper"

    def recognise(self, head: bytes) -> float:
        """Return how sure the inner reader is of the lines."""
        return self.inner.recognise(wrapped_line_head(head, composed=self.composed))

    def unwrapped(self, stream: BinaryIO, limits: ReadLimits) -> BinaryIO:
        """Return the lines as a stream of their own, for a look at them before they are read."""
        return io.BufferedReader(_UnwrappedLines(stream, limits, composed=self.composed, placed=False), 1 << 18)

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        """Yield the inner reader's records with the places of their wrappings; see `Reader.read`."""
        lines = _UnwrappedLines(stream, limits, composed=self.composed)
        account = _Account(lines)
        for batch in self.inner.read(io.BufferedReader(lines, 1 << 18), size, limits):
            yield account.placed(batch)
        lines.drain()
        yield account.rest()


@dataclass(frozen=True, slots=True)
class _Wrapping:
    """Where one line was.

    Attributes:
        begin: its first byte among the unwrapped lines.
        offset, whole: of its wrapping in the evidence.
        length: bytes that have not been counted yet: all of them, then none.
        beside: what stood beside the line.
    """

    begin: int
    offset: int
    length: int
    beside: dict[str, FieldValue]
    whole: int


class _UnwrappedLines(io.RawIOBase):
    """The lines as a stream of their own, made as it is read.

    `wrappings` are those that have not been dropped; none where nobody asks for places and the account (`placed`).
    """

    def __init__(self, stream: BinaryIO, limits: ReadLimits, *, composed: bool, placed: bool = True) -> None:
        self.builder = ColumnBuilder(limits)  # takes rejects and ignored bytes alone
        self.wrappings: list[_Wrapping] = []
        self._records = _Unwrapping(self.builder, limits, composed).lines(stream)
        self._placed = placed
        self._held = b""
        self._made = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # the only buffer that io hands over
        while not self._held:
            one = next(self._records, None)
            if one is None:
                return 0
            line, wrapping = one
            if self._placed:
                self.wrappings.append(dataclasses.replace(wrapping, begin=self._made))
            elif self.builder.full:
                self.builder.build()  # nobody asks for what was refused either
            self._held = line
            self._made += len(line)
        count = min(len(buffer), len(self._held))
        buffer[:count] = self._held[:count]
        self._held = self._held[count:]
        return count

    def drain(self) -> None:
        """Go on to the end where the inner reader stopped before it: all bytes must get into the account."""
        for _, wrapping in self._records:
            self.wrappings.append(dataclasses.replace(wrapping, begin=self._made))


class _Again(io.RawIOBase):
    """A stream with what was read of it already put before it."""

    def __init__(self, head: bytes, rest: BinaryIO) -> None:
        self._head = head
        self._rest = rest

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override] # the only buffer that io hands over
        chunk = self._head[: len(buffer)] or self._rest.read(len(buffer))
        self._head = self._head[len(chunk) :]
        buffer[: len(chunk)] = chunk
        return len(chunk)


@dataclass(frozen=True, slots=True)
class _Unwrapping:
    builder: ColumnBuilder
    limits: ReadLimits
    composed: bool

    def lines(self, stream: BinaryIO) -> Iterator[tuple[bytes, _Wrapping]]:
        """Yield each line with its wrapping; what wraps no line is refused."""
        head = stream.read(HEAD_BYTES)
        whole = io.BufferedReader(_Again(head, stream))
        if head_objects(head):
            yield from self._in_objects(whole)
        elif head_header(head, has_line_column) is not None:
            yield from self._in_rows(whole)
        else:
            yield from self._in_prefixed(whole) if has_prefixes(head) else self._in_objects(whole)

    def _in_objects(self, stream: BinaryIO) -> Iterator[tuple[bytes, _Wrapping]]:
        for found in read_objects(stream, self.builder, self.limits, WRAPPED_PAGES):
            if found is None:
                continue
            line = line_of(found.value, composed=self.composed)
            if line is None:
                place = f"value {found.ordinal + 1} at byte {found.offset}"
                self.builder.reject(place, "no log line in this JSON object", found.offset, found.length)
                continue
            beside = beside_line(flatten(found.value, self.limits.depth), line)
            yield as_line(line), _Wrapping(0, found.offset, found.length, beside, found.length)

    def _in_rows(self, stream: BinaryIO) -> Iterator[tuple[bytes, _Wrapping]]:
        for row in read_table(stream, self.builder, self.limits, has_line_column):
            if row is None:
                continue
            line = line_of(row.cells, composed=self.composed)
            if line is None:
                self.builder.reject(f"line {row.line}", "no log line in this row", row.offset, row.length)
                continue
            yield as_line(line), _Wrapping(0, row.offset, row.length, beside_line(row.cells, line), row.length)

    def _in_prefixed(self, stream: BinaryIO) -> Iterator[tuple[bytes, _Wrapping]]:
        for found in iterate_lines(stream, self.limits.line_bytes):
            if isinstance(found, Reject):
                self.builder.reject(found.place, found.reason, found.offset, found.length)
                continue
            line, parts = prefixed_line(found.content)
            if line:
                beside = beside_line(parts, "")
                yield line, _Wrapping(0, found.offset, found.length, beside, found.length)
            elif found.content.strip():
                place = f"line {found.number}"
                self.builder.reject(place, "no container runtime's prefix", found.offset, found.length)
            else:
                self.builder.ignore(found.length)


@dataclass
class _Account:
    """Gives records back their places in the evidence, and counts each wrapping's bytes once."""

    lines: _UnwrappedLines

    def placed(self, batch: SourceBatch) -> SourceBatch:
        """Return a batch of the inner reader with the places of the wrappings."""
        found = [self._index(offset or 0) for offset in batch.positions.column("offset").to_pylist()]
        wrappings = [self.lines.wrappings[index] for index in found]
        refused = {self._index(reject.offset): reject for reject in batch.rejects if reject.offset >= 0}
        last = max([*found, *refused], default=-1)
        done = self.lines.wrappings[: last + 1]
        rejects = [
            Reject(place=f"byte {done[index].offset}", reason=reject.reason, offset=done[index].offset, length=length)
            for index, reject in sorted(refused.items())
            for length in [0 if index in set(found) else done[index].length]
        ]
        lost = sum(reject.length for reject in rejects)
        ignored, framing = self._drained()
        placed = SourceBatch(
            positions=_positions(batch, wrappings),
            fields=_with_beside(batch.fields, [one.beside for one in wrappings]),
            rejects=(*rejects, *(one for one in batch.rejects if one.offset < 0), *framing),
            bytes_parsed=sum(one.length for one in done) - lost,
            bytes_ignored=ignored,
        )
        self._forget(last)
        return placed

    def rest(self) -> SourceBatch:
        """Return what is left to account for at the end: wrappings of blank lines, and what wrapped no line."""
        ignored, rejects = self._drained()
        left = sum(one.length for one in self.lines.wrappings)
        empty = ColumnBuilder(ReadLimits()).build()
        return SourceBatch(
            positions=empty.positions, fields=empty.fields, rejects=rejects, bytes_ignored=ignored + left
        )

    def _index(self, offset: int) -> int:
        return max(0, bisect.bisect_right(self.lines.wrappings, offset, key=lambda one: one.begin) - 1)

    def _drained(self) -> tuple[int, tuple[Reject, ...]]:
        framing = self.lines.builder.build()
        return framing.bytes_ignored, framing.rejects

    def _forget(self, last: int) -> None:
        """Drop the wrappings that were counted; of the last its place stays, for what still comes of it."""
        if last >= 0:
            kept = self.lines.wrappings[last]
            self.lines.wrappings[: last + 1] = [dataclasses.replace(kept, length=0)]


def _positions(batch: SourceBatch, wrappings: list[_Wrapping]) -> pa.RecordBatch:
    return pa.RecordBatch.from_arrays(
        [
            batch.positions.column("record"),
            pa.array([one.offset for one in wrappings], type=pa.int64()),
            pa.array([one.whole for one in wrappings], type=pa.int64()),
        ],
        schema=POSITION_SCHEMA,
    )


def _with_beside(fields: pa.RecordBatch, beside: list[dict[str, FieldValue]]) -> pa.RecordBatch:
    """Add the columns of what stood beside the lines, in name order with the others."""
    names = sorted({name for one in beside for name in one} - set(fields.schema.names))
    columns = dict(zip(fields.schema.names, fields.columns, strict=True))
    for name in names:
        values = [one.get(name) for one in beside]
        if any(isinstance(value, list) for value in values):
            listed = [[value] if isinstance(value, str) else value for value in values]
            columns[name] = pa.array(listed, type=_TEXTS)
        else:
            columns[name] = pa.array(values, type=pa.string())
    ordered = sorted(columns)
    return pa.RecordBatch.from_arrays([columns[name] for name in ordered], names=ordered) if ordered else fields
