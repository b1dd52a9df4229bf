"""A part of a file as a stream of its own, and where a file of records in lines may be cut."""

from __future__ import annotations

import io
from typing import BinaryIO, Final

__all__ = ["ByteRange", "cut_places"]

_BEGINNING: Final = 64
_BEFORE_JSON: Final = b"\xef\xbb\xbf \t\r\n"
_LOOKED_THROUGH: Final = 1024 * 1024
# An object ends one line and another begins the next. Whether that is a border between records is known only when both
# parts were read without a fault.
_BORDERS: Final = (b"}\n{", b"}\r\n{")


class ByteRange(io.RawIOBase):
    """The bytes of a stream from `start` up to `stop`; it moves that stream, which nobody else may use meanwhile."""

    def __init__(self, stream: BinaryIO, start: int, stop: int) -> None:
        super().__init__()
        self._stream = stream
        self._left = max(0, stop - start)
        stream.seek(start)

    def readable(self) -> bool:
        """Tell that it can be read."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override] # typeshed has WriteableBuffer
        """Read up to as many bytes as the buffer has."""
        chunk = self._stream.read(min(len(buffer), self._left))
        buffer[: len(chunk)] = chunk
        self._left -= len(chunk)
        return len(chunk)


def cut_places(stream: BinaryIO, size: int, parts: int) -> list[int]:
    """Return where a file of JSON objects may be cut: first bytes of lines, ascending; none where it may not.

    Args:
        stream: the file.
        size: its length in bytes.
        parts: how many there should be.
    """
    places: list[int] = []
    stream.seek(0)
    if stream.read(_BEGINNING).lstrip(_BEFORE_JSON)[:1] not in (b"{", b"["):
        return []
    for part in range(1, parts):
        at = size * part // parts
        if places and at <= places[-1]:
            continue
        stream.seek(at)
        found = _border(stream.read(_LOOKED_THROUGH))
        if found < 0:
            return []
        places.append(at + found)
    return places


def _border(text: bytes) -> int:
    """Return where the first line that begins a record begins; -1 where none does."""
    found = [at + len(border) - 1 for border in _BORDERS if (at := text.find(border)) >= 0]
    place = min(found, default=-1)
    return -1 if b"\0" in text[place : place + 4] else place  # a part must not look like UTF-16
