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
_FIRST_CHUNK: Final = (0, FILE_HEADER_BYTES)
_HEADER_SIZE: Final = b"\x80\0\0\0"  # what each chunk says of its own header


@dataclass(frozen=True, slots=True)
class _CarvedEvtx:
    name: str = "windows-evtx-carved"
    source: str = "windows"
    title: str = "Windows event log records in damaged files, disk and memory images"

    def recognise(self, head: bytes) -> float:
        """Be sure of a file of chunks; of anything else that has one in it only where nobody else wants it.

        Whoever can write a few bytes into a log must not take it away from its reader.
        """
        if head.startswith(_FILE_MAGIC):
            return 0.0
        if any(head[at:].startswith(CHUNK_MAGIC) and head[at + 40 : at + 44] == _HEADER_SIZE for at in _FIRST_CHUNK):
            return 0.99
        return 0.51 if CHUNK_MAGIC in head else 0.0

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
