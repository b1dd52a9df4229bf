"""Records that the kernels refuse, one by one by the `evtx` library.

To decode a whole chunk for one record of a hundred costs twenty times as much as the record. So the library gets a copy
of the chunk in which it meets this record alone: definitions and names elsewhere in the chunk can still be reached. A
chunk of which many records are asked for is decoded as a whole.
"""

from __future__ import annotations

from typing import Final

from vigilia.readers.windows.evtx import DecodedRecord, decoded_records, is_event
from vigilia.readers.windows.evtx_all_values import all_records
from vigilia.readers.windows.evtx_chunks import (
    CHUNK_BYTES,
    CHUNK_HEADER_BYTES,
    LEAST_RECORD,
    RecordSpan,
    file_of_one_chunk,
    map_chunk,
    readable_record,
)
from vigilia.readers.windows.evtx_sizes import make_sizes_true

__all__ = ["SingleRecords"]

_MOST_ALONE: Final = 8  # of a chunk; to decode all of them costs about twice as much


class SingleRecords:
    """Reads single records of a block.

    Args:
        content: chunks one after another, of which the last may be cut; it stays as it is while records are asked for.
    """

    def __init__(self, content: bytes | memoryview) -> None:
        self._content = content
        self._base = -1
        self._asked = 0
        self._records: dict[int, DecodedRecord | None] = {}

    def decoded(self, base: int, record: RecordSpan) -> DecodedRecord | None:
        """Return what a record of the chunk that begins at `base` says; None where it cannot be read."""
        if base != self._base:
            self._base, self._asked, self._records = base, 0, {}
        self._asked += 1
        chunk = bytes(self._content[base : base + CHUNK_BYTES])
        if self._asked <= _MOST_ALONE and _can_stand_alone(record):
            return _decoded_alone(chunk, record)
        if not self._records:
            found = map_chunk(chunk)
            spans = (one.offset for one in found.records)
            self._records = dict(zip(spans, decoded_records(chunk, found), strict=True))
        return self._records[record.offset]


def _can_stand_alone(record: RecordSpan) -> bool:
    """Whether there is room before a record for one that takes the place of those before it, or none is needed."""
    return record.offset == CHUNK_HEADER_BYTES or record.offset >= CHUNK_HEADER_BYTES + LEAST_RECORD


def _decoded_alone(chunk: bytes, record: RecordSpan) -> DecodedRecord | None:
    alone = readable_record(chunk, record)
    behind_nul = make_sizes_true(alone, *record.xml)
    # What stands before it is one record, which may not be readable.
    content = all_records(file_of_one_chunk(alone), 2).get(1)
    return DecodedRecord(content, tuple(behind_nul)) if content is not None and is_event(content) else None
