"""Where in some bytes EVTX chunks stand, whether or not they stand where a file should have them.

A chunk begins with its magic number. In a file one follows the other every 64 KiB; in a file from which bytes were cut
out, in a disk or memory image, they begin anywhere. What lies between chunks may still hold records.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from vigilia.readers.windows.evtx_chunks import CHUNK_BYTES, CHUNK_HEADER_BYTES, CHUNK_MAGIC

__all__ = ["Region", "regions"]

_BLOCK: Final = 1024 * 1024
_HEADER_SIZE_AT: Final = 0x28
_HEADER_SIZE: Final = b"\x80\0\0\0"  # what each chunk says of its own header


class Region(NamedTuple):
    """Bytes of the stream: a chunk, which is shorter than 64 KiB where it was cut, or what lies between chunks."""

    offset: int
    content: bytes
    is_chunk: bool


def regions(stream: BinaryIO, offset: int, between: int) -> Iterator[Region]:
    """Cut the rest of a stream into chunks and what lies between them.

    Args:
        stream: stands at the first byte to look at.
        offset: of that byte in the evidence.
        between: how many bytes between chunks one region has at most.
    """
    ahead = max(between, CHUNK_BYTES) + CHUNK_BYTES
    held = b""
    while True:
        held = _filled(stream, held, ahead)
        if not held:
            return
        is_chunk = held.startswith(CHUNK_MAGIC)
        length = _chunk_length(held) if is_chunk else _length_between(held, between)
        yield Region(offset, held[:length], is_chunk)
        offset += length
        held = held[length:]


def _filled(stream: BinaryIO, held: bytes, count: int) -> bytes:
    """Return what is held and more of the stream, so that there are `count` bytes or all that there are."""
    if len(held) >= count:
        return held
    pieces, have = [held], len(held)
    while have < count and (piece := stream.read(_BLOCK)):
        pieces.append(piece)
        have += len(piece)
    return b"".join(pieces)


def _chunk_length(held: bytes) -> int:
    """Return 64 KiB, or less where the next chunk begins earlier and nothing begins where it should."""
    if held.startswith(CHUNK_MAGIC, CHUNK_BYTES) or len(held) <= CHUNK_BYTES:
        return min(CHUNK_BYTES, len(held))
    early = held.find(CHUNK_MAGIC, CHUNK_HEADER_BYTES, CHUNK_BYTES)
    is_header = early > 0 and held.startswith(_HEADER_SIZE, early + _HEADER_SIZE_AT)
    return early if is_header else CHUNK_BYTES


def _length_between(held: bytes, between: int) -> int:
    """Return how many bytes there are up to the next chunk, at most `between`."""
    following = held.find(CHUNK_MAGIC, 1, between + len(CHUNK_MAGIC) - 1)
    return following if following > 0 else min(between, len(held))
