"""EVTX records in what is no EVTX file: files that lost their beginning, disk and memory images, recovered sectors."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.model.records import SourceBatch
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.windows.evtx import read_exactly, record_batches
from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, CHUNK_MAGIC, FILE_HEADER_BYTES
from vigilia.readers.windows.evtx_recovery import carved_texts, examined_texts, headless_texts
from vigilia.readers.windows.evtx_remains import closed_records

__all__ = ["READER", "carver"]

_BLOCK: Final = 4 * 1024 * 1024
_FILE_MAGIC: Final = b"ElfFile\0"


@dataclass(frozen=True, slots=True)
class _CarvedEvtx:
    name: str = "windows-evtx-carved"
    source: str = "windows"
    title: str = "Windows event log records in damaged files, disk and memory images"

    def recognise(self, head: bytes) -> float:
        return 0.99 if CHUNK_MAGIC in head and not head.startswith(_FILE_MAGIC) else 0.0

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        builder = ColumnBuilder(limits)
        start = read_exactly(stream, FILE_HEADER_BYTES + len(CHUNK_MAGIC))
        stream.seek(0)
        if start.startswith(CHUNK_MAGIC):
            texts = headless_texts(stream, builder)
        elif start.endswith(CHUNK_MAGIC):
            texts = examined_texts(stream, size, builder)
        else:
            texts = carved_texts(stream, builder)
        return record_batches(texts, builder, limits)


def carver(stream: BinaryIO) -> Reader | None:
    """Return the reader of records wherever they stand, if there is a chunk or a record in a stream."""
    stream.seek(0)
    before = b""
    while block := stream.read(_BLOCK):
        held = before + block
        if CHUNK_MAGIC in held or next(closed_records(held, 0), None) is not None:
            return READER
        before = held[-CHUNK_BYTES:]
    return None


READER: Final[Reader] = _CarvedEvtx()
