"""What readers hand over: records with the source's own field names, and what could not be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
import pyarrow as pa

__all__ = ["LEFTOVER_RECORDS", "POSITION_SCHEMA", "Reject", "SourceBatch"]

LEFTOVER_RECORDS: Final = 3 << 61
"""Record numbers from here on are of records that no log holds any more, found in unused space, within other records or
in an image. Each is an event; that there are some of a day does not say that a log covers that day."""

# Where a record stands in its evidence item: its number (the source's own, e.g. EventRecordID, or else its
# ordinal from 0), first byte and length in bytes. Offset and length are null where a format has no byte range.
POSITION_SCHEMA = pa.schema(
    [
        pa.field("record", pa.int64(), nullable=False),
        pa.field("offset", pa.int64()),
        pa.field("length", pa.int64()),
    ]
)


class Reject(msgspec.Struct, frozen=True, kw_only=True):
    """Bytes or a row that could not be read: stored, counted and shown, never dropped.

    Attributes:
        place: "line 17", "record 4711", "bytes 4096-69632": where a person finds it.
        reason: short and stable ("invalid JSON", "line longer than 16777216 bytes"), so that rejects can
            be counted by it.
        offset: first byte in the evidence item, -1 where unknown.
        length: bytes that were not read.
    """

    place: str
    reason: str
    offset: int = -1
    length: int = 0


@dataclass(frozen=True, slots=True)
class SourceBatch:
    """Some records of one evidence item, column by column.

    Attributes:
        positions: rows × POSITION_SCHEMA. `record` is unique within the evidence item.
        fields: the same rows; one column per field of the source, flattened with dots, each `string` or
            `list<string>` (a field that holds several values). Null means that the record lacks the field;
            the empty string is a value. Numbers and booleans are written as text ("4624", "true").
        rejects: what was refused between the previous batch and this one.
        bytes_parsed: bytes of the item that these records took.
        bytes_ignored: bytes that carry no record by the format's own definition (headers, blank lines, padding).
    """

    positions: pa.RecordBatch
    fields: pa.RecordBatch
    rejects: tuple[Reject, ...] = ()
    bytes_parsed: int = 0
    bytes_ignored: int = 0
