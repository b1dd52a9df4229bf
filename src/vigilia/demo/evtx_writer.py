"""Writes Windows event logs as Windows keeps them (EVTX), so that the demo and the tests need nobody else's.

Layout: the sources named in `vigilia.demo.evtx_values`; Microsoft, "Event Schema", for the elements of an event.
"""

from __future__ import annotations

import struct
import uuid
import zlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from vigilia.demo.evtx_values import (
    NOTHING,
    Value,
    binary_xml,
    filetime,
    guid,
    hex64,
    sid,
    text,
    uint8,
    uint16,
    uint32,
    uint64,
)
from vigilia.demo.evtx_xml import Element, Slot, Vocabulary, fragment

__all__ = ["CHUNK_BYTES", "HEADER_BYTES", "EvtxEvent", "chunks_of", "evtx_bytes", "file_of", "seal_chunk"]

HEADER_BYTES: Final = 4096
CHUNK_BYTES: Final = 65536
_CHUNK_HEADER: Final = 512
_TABLES_AT: Final = 128
_RECORD_HEADER: Final = struct.Struct("<4sIQQ")
_VALUE_DESCRIPTOR: Final = struct.Struct("<HBB")  # size, type, zero
_MOST_VALUE_BYTES: Final = 0xFFFF
_BINARY_XML: Final = 0x21
_NAMESPACE: Final = "http://schemas.microsoft.com/win/2004/08/events/event"


@dataclass(frozen=True, slots=True)
class EvtxEvent:
    """One event.

    Attributes:
        number: the EventRecordID.
        written: steps of 100 ns since 1601; see `evtx_values.ticks`.
        fields: what the event holds, in order; a field without a name becomes an unnamed `Data`.
        wrapper: for events with UserData the element that holds the fields, and its namespace.
    """

    number: int
    written: int
    provider: str
    code: int
    channel: str
    computer: str
    fields: tuple[tuple[str, Value], ...] = ()
    provider_guid: uuid.UUID | None = None
    version: int | None = None
    level: int | None = 0
    task: int | None = None
    opcode: int | None = None
    keywords: int | None = None
    qualifiers: int | None = None
    activity: uuid.UUID | None = None
    pid: int | None = None
    thread: int | None = None
    user: str = ""
    wrapper: tuple[str, str] | None = None


def evtx_bytes(events: Iterable[EvtxEvent], *, shared: bool = True) -> bytes:
    """Return a whole file of events; see `Vocabulary` for `shared`.

    Raises:
        ValueError: an event is larger than a chunk, or a value larger than 64 KiB.
    """
    return file_of(chunks_of(events, shared=shared))


def chunks_of(events: Iterable[EvtxEvent], *, shared: bool = True) -> list[bytes]:
    """Return the chunks that hold the events; at least one.

    Raises:
        ValueError: as for `evtx_bytes`.
    """
    chunks: list[bytes] = []
    chunk = _Chunk(shared=shared)
    for event in events:
        if not chunk.add(event):
            chunks.append(chunk.sealed())
            chunk = _Chunk(shared=shared, first_number=chunk.next_number)
            if not chunk.add(event):
                raise ValueError(f"event {event.number} does not fit into a chunk")
    if chunk.ids or not chunks:
        chunks.append(chunk.sealed())
    return chunks


def file_of(chunks: Sequence[bytes], *, counted: int | None = None, flags: int = 0) -> bytes:
    """Return a file of chunks; `counted` is what its header claims, flag 1 says that it was not closed."""
    count = len(chunks) if counted is None else counted
    following = 1 + max((struct.unpack_from("<Q", chunk, 32)[0] for chunk in chunks if len(chunk) > 40), default=0)
    header = bytearray(HEADER_BYTES)
    struct.pack_into(
        "<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, max(count - 1, 0), following, 128, 1, 3, HEADER_BYTES, count
    )
    struct.pack_into("<II", header, 120, flags, zlib.crc32(bytes(header[:120])))
    return bytes(header) + b"".join(chunks)


def seal_chunk(chunk: bytes) -> bytes:
    """Return a chunk with the checksums of its header and records made right."""
    sealed = bytearray(chunk)
    (end,) = struct.unpack_from("<I", sealed, 48)
    struct.pack_into("<I", sealed, 52, zlib.crc32(bytes(sealed[_CHUNK_HEADER:end])))
    checked = bytes(sealed[:120]) + bytes(sealed[_TABLES_AT:_CHUNK_HEADER])
    struct.pack_into("<I", sealed, 124, zlib.crc32(checked))
    return bytes(sealed)


@dataclass(slots=True)
class _Chunk:
    shared: bool
    first_number: int = 1
    ids: list[int] = field(default_factory=list)
    _records: bytearray = field(default_factory=bytearray)
    _last: int = _CHUNK_HEADER
    _vocabulary: Vocabulary = field(init=False)

    def __post_init__(self) -> None:
        self._vocabulary = Vocabulary(self.shared)

    @property
    def next_number(self) -> int:
        """The place in the file that the next record will have, from 1."""
        return self.first_number + len(self.ids)

    def add(self, event: EvtxEvent) -> bool:
        """Append a record; false where it does not fit any more."""
        at = _CHUNK_HEADER + len(self._records)
        vocabulary = self._vocabulary.copy()
        record = _record(event, at, vocabulary)
        if at + len(record) > CHUNK_BYTES:
            return False
        self._records += record
        self._vocabulary, self._last = vocabulary, at
        self.ids.append(event.number)
        return True

    def sealed(self) -> bytes:
        """Return the chunk as it stands in a file."""
        end = _CHUNK_HEADER + len(self._records)
        first, last = (self.ids[0], self.ids[-1]) if self.ids else (0, 0)
        numbers = (self.first_number, self.next_number - 1) if self.ids else (0, 0)
        header = struct.pack("<8sQQQQIII", b"ElfChnk\0", *numbers, first, last, 128, self._last, end)
        header = header.ljust(_TABLES_AT, b"\0") + self._vocabulary.tables()
        return seal_chunk((header + bytes(self._records)).ljust(CHUNK_BYTES, b"\0"))


def _record(event: EvtxEvent, at: int, vocabulary: Vocabulary) -> bytes:
    body = _body(event, at + _RECORD_HEADER.size, vocabulary)
    padding = -(_RECORD_HEADER.size + len(body) + 4) % 8
    size = _RECORD_HEADER.size + len(body) + padding + 4
    head = _RECORD_HEADER.pack(b"\x2a\x2a\0\0", size, event.number, event.written)
    return head + body + bytes(padding) + struct.pack("<I", size)


def _body(event: EvtxEvent, at: int, vocabulary: Vocabulary) -> bytes:
    """Return the event as a fragment; its own part is a fragment within, the last of its values."""
    header = _header_values(event)
    if not event.fields and event.wrapper is None:
        return fragment(at, _HEADER, [*header, NOTHING], vocabulary)
    outer = bytearray(fragment(at, _HEADER, [*header, binary_xml(b"")], vocabulary))
    end = outer.pop()
    inner = fragment(at + len(outer), _own_part(event), [value for _, value in event.fields], vocabulary)
    if len(inner) > _MOST_VALUE_BYTES:
        raise ValueError(f"event {event.number} holds more than {_MOST_VALUE_BYTES} bytes")
    stated = len(outer) - sum(len(value.raw) for value in header) - _VALUE_DESCRIPTOR.size
    _VALUE_DESCRIPTOR.pack_into(outer, stated, len(inner), _BINARY_XML, 0)
    return bytes(outer) + inner + bytes([end])


def _own_part(event: EvtxEvent) -> Element:
    """Return the template of what stands below the header: EventData, or UserData with one element of its own."""
    slots = [(name, Slot(number, value.kind)) for number, (name, value) in enumerate(event.fields)]
    if event.wrapper is not None:
        name, namespace = event.wrapper
        inner = Element(name, (("xmlns", namespace),), tuple(Element(part, (), (slot,)) for part, slot in slots))
        return Element("UserData", (), (inner,))
    return Element(
        "EventData",
        (),
        tuple(Element("Data", (("Name", name),) if name else (), (slot,)) for name, slot in slots),
    )


def _optional(kind: Callable[[int], Value], number: int | None) -> Value:
    return NOTHING if number is None else kind(number)


def _identifier(value: uuid.UUID | None) -> Value:
    return NOTHING if value is None else guid(value)


def _header_values(event: EvtxEvent) -> list[Value]:
    """Return the values of `_HEADER`, without the event's own part."""
    return [
        text(event.provider),
        _identifier(event.provider_guid),
        uint16(event.code),
        _optional(uint16, event.qualifiers),
        _optional(uint8, event.version),
        _optional(uint8, event.level),
        _optional(uint16, event.task),
        _optional(uint8, event.opcode),
        _optional(hex64, event.keywords),
        filetime(event.written),
        uint64(event.number),
        _identifier(event.activity),
        _optional(uint32, event.pid),
        _optional(uint32, event.thread),
        text(event.channel),
        text(event.computer),
        sid(event.user) if event.user else NOTHING,
    ]


def _header_template() -> Element:
    kinds = (0x01, 0x0F, 0x06, 0x06, 0x04, 0x04, 0x06, 0x04, 0x15, 0x11, 0x0A, 0x0F, 0x08, 0x08, 0x01, 0x01, 0x13)
    slots = [Slot(number, kind) for number, kind in enumerate(kinds)]
    system = (
        Element("Provider", (("Name", slots[0]), ("Guid", slots[1]))),
        Element("EventID", (("Qualifiers", slots[3]),), (slots[2],)),
        Element("Version", (), (slots[4],)),
        Element("Level", (), (slots[5],)),
        Element("Task", (), (slots[6],)),
        Element("Opcode", (), (slots[7],)),
        Element("Keywords", (), (slots[8],)),
        Element("TimeCreated", (("SystemTime", slots[9]),)),
        Element("EventRecordID", (), (slots[10],)),
        Element("Correlation", (("ActivityID", slots[11]),)),
        Element("Execution", (("ProcessID", slots[12]), ("ThreadID", slots[13]))),
        Element("Channel", (), (slots[14],)),
        Element("Computer", (), (slots[15],)),
        Element("Security", (("UserID", slots[16]),)),
    )
    own_part = Slot(len(kinds), _BINARY_XML)
    return Element("Event", (("xmlns", _NAMESPACE),), (Element("System", (), system), own_part))


_HEADER: Final = _header_template()
