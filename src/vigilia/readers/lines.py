"""Lines of a binary stream with their places, in bounded memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from vigilia.model.records import Reject

__all__ = ["Line", "iterate_lines"]

_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Line:
    """One line and its place.

    Attributes:
        number: from 1.
        offset: first byte in the stream.
        length: bytes that it takes, line end included.
        content: without the line end (\\n or \\r\\n).
        terminated: false for a last line that has no line end (it may have been cut).
    """

    number: int
    offset: int
    length: int
    content: bytes
    terminated: bool


def iterate_lines(stream: BinaryIO, line_bytes: int) -> Iterator[Line | Reject]:
    """Yield every line; one longer than `line_bytes` becomes a `Reject` and is never held in memory whole.

    The lengths of what is yielded add up to the bytes of the stream.
    """
    number, offset = 1, 0
    held = bytearray()  # the beginning of a line whose end has not been read yet, at most line_bytes + 1 chunk
    dropped = 0  # bytes of a too long line that are no longer held
    while chunk := stream.read(_CHUNK):
        start = 0
        while (end := chunk.find(b"\n", start)) >= 0:
            piece = chunk[start : end + 1]
            whole = bytes(held) + piece if held else piece
            line = _line(number, offset, whole, dropped, line_bytes)
            yield line
            number, offset, start = number + 1, offset + line.length, end + 1
            held.clear()
            dropped = 0
        held += chunk[start:]
        if dropped or len(held) > line_bytes + 2:
            dropped += len(held)
            held.clear()
    if held or dropped:
        yield _line(number, offset, bytes(held), dropped, line_bytes)


def _line(number: int, offset: int, whole: bytes, dropped: int, line_bytes: int) -> Line | Reject:
    length = len(whole) + dropped
    terminated = whole.endswith(b"\n")
    content = whole[:-1].removesuffix(b"\r") if terminated else whole
    if dropped or len(content) > line_bytes:
        reason = f"line longer than {line_bytes} bytes"
        return Reject(place=f"line {number}", reason=reason, offset=offset, length=length)
    return Line(number, offset, length, content, terminated)
