"""Typed values of Windows events, as EVTX files hold them.

Type numbers and layouts: Microsoft, [MS-EVEN6] 2.2.12 (BinXml); Joachim Metz, "Windows XML Event Log (EVTX) format
specification", section 4.1.
"""

from __future__ import annotations

import datetime as dt
import struct
import uuid
from dataclasses import dataclass
from typing import Final

__all__ = [
    "NOTHING",
    "Value",
    "binary",
    "binary_xml",
    "boolean",
    "filetime",
    "guid",
    "hex32",
    "hex64",
    "sid",
    "text",
    "ticks",
    "uint8",
    "uint16",
    "uint32",
    "uint64",
]

_EPOCH: Final = dt.datetime(1601, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True, slots=True)
class Value:
    """One value: its type number and its bytes."""

    kind: int
    raw: bytes


NOTHING: Final = Value(0x00, b"")


def text(value: str) -> Value:
    """A text in UTF-16."""
    return Value(0x01, value.encode("utf-16-le"))


def uint8(value: int) -> Value:
    """A number of one byte."""
    return Value(0x04, struct.pack("<B", value))


def uint16(value: int) -> Value:
    """A number of two bytes."""
    return Value(0x06, struct.pack("<H", value))


def uint32(value: int) -> Value:
    """A number of four bytes."""
    return Value(0x08, struct.pack("<I", value))


def uint64(value: int) -> Value:
    """A number of eight bytes."""
    return Value(0x0A, struct.pack("<Q", value))


def boolean(value: bool) -> Value:
    """True or false, in four bytes."""
    return Value(0x0D, struct.pack("<I", value))


def binary(value: bytes) -> Value:
    """Bytes as they are."""
    return Value(0x0E, value)


def guid(value: uuid.UUID) -> Value:
    """A GUID, its first three parts in little-endian order."""
    return Value(0x0F, value.bytes_le)


def filetime(value: int) -> Value:
    """A moment in steps of 100 ns since 1601."""
    return Value(0x11, struct.pack("<Q", value))


def sid(value: str) -> Value:
    """A security identifier, given as "S-1-5-21-…"."""
    revision, authority, *parts = (int(part) for part in value.split("-")[1:])
    head = struct.pack("<BB", revision, len(parts)) + authority.to_bytes(6, "big")
    return Value(0x13, head + b"".join(struct.pack("<I", part) for part in parts))


def hex32(value: int) -> Value:
    """A number of four bytes that is shown in hexadecimal."""
    return Value(0x14, struct.pack("<I", value))


def hex64(value: int) -> Value:
    """A number of eight bytes that is shown in hexadecimal."""
    return Value(0x15, struct.pack("<Q", value))


def binary_xml(value: bytes) -> Value:
    """A fragment of binary XML, as the part of an event below its header is."""
    return Value(0x21, value)


def ticks(at: dt.datetime) -> int:
    """Return a time in steps of 100 ns since 1601."""
    passed = at - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 10_000_000 + passed.microseconds * 10
