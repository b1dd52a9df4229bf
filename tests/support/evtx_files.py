"""Writes small EVTX files: just enough of the format for tests, without templates.

Layout: the sources named in `vigilia.readers.windows.evtx_chunks`.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

CHUNK = 65536
HEADER = 4096
_FILETIME_2026 = 134_116_992_000_000_000  # 2026-01-01T00:00:00Z in steps of 100 ns since 1601


def evtx_file(*chunks: bytes, counted: int | None = None) -> bytes:
    """A file of ready chunks; `counted` is what its header claims."""
    count = len(chunks) if counted is None else counted
    header = bytearray(HEADER)
    struct.pack_into("<8sQQQIHHHH", header, 0, b"ElfFile\0", 0, max(count - 1, 0), 1, 128, 1, 3, HEADER, count)
    struct.pack_into("<I", header, 124, zlib.crc32(bytes(header[:120])))
    return bytes(header) + b"".join(chunks)


def evtx_chunk(records: Sequence[tuple[int, dict[str, str]]], *, stated: int | None = None) -> bytes:
    """One chunk of records (record id, EventData); `stated` overrides where its header says that records end."""
    chunk = bytearray(CHUNK)
    at = 512
    last = at
    for number, values in records:
        record = _record(number, values, at)
        chunk[at : at + len(record)] = record
        last, at = at, at + len(record)
    first_id, last_id = (records[0][0], records[-1][0]) if records else (0, 0)
    end = at if stated is None else stated
    struct.pack_into("<8sQQQQIII", chunk, 0, b"ElfChnk\0", first_id, last_id, first_id, last_id, 128, last, end)
    return bytes(chunk)


def _record(number: int, values: dict[str, str], base: int) -> bytes:
    body = _event(number, values, base + 24)
    size = 24 + len(body) + 4
    padding = -size % 8
    size += padding
    head = struct.pack("<4sIQQ", b"\x2a\x2a\0\0", size, number, _FILETIME_2026)
    return head + body + bytes(padding) + struct.pack("<I", size)


def _event(number: int, values: dict[str, str], base: int) -> bytes:
    xml = _Xml(base)
    xml.raw(b"\x0f\x01\x01\x00")
    xml.open("Event")
    xml.open("System")
    xml.element("Provider", None, {"Name": "Example-Provider"})
    xml.element("EventID", "4624", {})
    xml.element("Level", "0", {})
    xml.element("TimeCreated", None, {"SystemTime": "2026-01-01T00:00:00.000000Z"})
    xml.element("EventRecordID", str(number), {})
    xml.element("Execution", None, {"ProcessID": "640", "ThreadID": "700"})
    xml.element("Channel", "Security", {})
    xml.element("Computer", "FS01.example.org", {})
    xml.close()
    xml.open("EventData")
    for name, value in values.items():
        xml.element("Data", value, {"Name": name})
    xml.close()
    xml.close()
    xml.raw(b"\x00")
    return bytes(xml.out)


class _Xml:
    def __init__(self, base: int) -> None:
        self.out = bytearray()
        self._base = base
        self._sizes: list[int] = []

    def raw(self, content: bytes) -> None:
        self.out += content

    def open(self, name: str, attributes: dict[str, str] | None = None, *, empty: bool = False) -> None:
        self.raw(struct.pack("<BI", 0x41 if attributes else 0x01, 0))
        self._sizes.append(len(self.out))
        self._name(name)
        if attributes:
            self.raw(b"\0\0\0\0")
            start = len(self.out)
            for position, (attribute, value) in enumerate(attributes.items()):
                self.raw(b"\x46" if position + 1 < len(attributes) else b"\x06")
                self._name(attribute)
                self._text(value)
            struct.pack_into("<I", self.out, start - 4, len(self.out) - start)
        self.raw(b"\x03" if empty else b"\x02")

    def close(self, *, empty: bool = False) -> None:
        if not empty:
            self.raw(b"\x04")
        start = self._sizes.pop()
        struct.pack_into("<I", self.out, start - 4, len(self.out) - start)

    def element(self, name: str, text: str | None, attributes: dict[str, str]) -> None:
        self.open(name, attributes, empty=text is None)
        if text is not None:
            self._text(text)
        self.close(empty=text is None)

    def _text(self, text: str) -> None:
        self.raw(struct.pack("<BBH", 0x05, 0x01, len(text)) + text.encode("utf-16-le"))

    def _name(self, name: str) -> None:
        here = self._base + len(self.out) + 4
        value = 0
        for character in name:
            value = (value * 65599 + ord(character)) & 0xFFFFFFFF
        self.raw(struct.pack("<I", here))
        self.raw(struct.pack("<IHH", 0, value & 0xFFFF, len(name)) + name.encode("utf-16-le") + b"\0\0")
