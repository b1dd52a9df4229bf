"""Windows event logs straight to coded columns, and what is left of other records beside them.

The records of each chunk are read as `evtx_coder` reads them. Remains are found, and decoded, exactly as without it
(`evtx_recovery`): there are few of them, and they need templates from elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import BinaryIO

import numpy as np

from vigilia.model.coded import CodedBatch
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx import RecordText, append_text, check_count, read_file_header
from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, FILE_HEADER_BYTES, ChunkMap, RecordSpan, map_chunk
from vigilia.readers.windows.evtx_coder import EvtxCoder
from vigilia.readers.windows.evtx_recovery import Search
from vigilia.readers.windows.evtx_regions import Region, regions

__all__ = ["RecoveringCoder"]


class RecoveringCoder(EvtxCoder):
    """Reads EVTX files one after another, and all that is in them.

    Args:
        source: the log source id.
        limits: budgets.
    """

    def __init__(self, source: str, limits: ReadLimits) -> None:
        super().__init__(source, limits)
        self._lost: list[RecordSpan] = []

    def read(self, stream: BinaryIO, size: int) -> Iterator[CodedBatch]:
        """Yield the records of a stream that stands at its first byte and holds `size` bytes."""
        self._begin()
        counted = read_file_header(stream, self._builder)
        search = Search(self._builder, carving=False)
        for region in regions(stream, FILE_HEADER_BYTES, CHUNK_BYTES):
            yield from self._read_region(region, search)
        check_count(counted, size, self._builder)
        yield from self._append(search.late_texts())
        yield from self._rest()

    def _read_region(self, region: Region, search: Search) -> Iterator[CodedBatch]:
        found = map_chunk(region.content)
        if not search.is_chunk(region, found) or search.in_doubt(region):
            yield from self._append(search.texts(region))
            return
        self._lost = []
        yield from self._read_own(region, found)
        yield from self._append(search.leftovers(region, found, self._lost))

    def _read_own(self, region: Region, found: ChunkMap) -> Iterator[CodedBatch]:
        """Read the records that a chunk says are its own."""
        content = region.content
        self._builder.begin_block()
        self._block[: len(content)] = np.frombuffer(content, dtype=np.uint8)
        self._block[len(content) : CHUNK_BYTES] = 0
        places = [(record.number, record.offset, record.length) for record in found.records]
        spans = np.array(places, dtype=np.uint64).astype(np.int64).reshape(-1, 3)
        recovered = {number: record.recovered for number, record in enumerate(found.records) if record.recovered}
        yield from self._read_spans(content, spans, region.offset, recovered)

    def _give_up(self, record: RecordSpan, base: int) -> None:  # noqa: ARG002 - it is looked at again, chunk by chunk
        """Keep a record in mind that cannot be decoded where it stands."""
        self._lost.append(record)

    def _append(self, texts: Sequence[RecordText]) -> Iterator[CodedBatch]:
        """Add records that were read by themselves."""
        for text in texts:
            append_text(text, self._builder, self._numbers, self._depth)
            if self._builder.full:
                yield self._builder.build_coded()
        if self._builder.full:
            yield self._builder.build_coded()
