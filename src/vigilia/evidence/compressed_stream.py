"""Compressed streams, decompressed in bounded steps."""

from __future__ import annotations

from vigilia.evidence.budgets import Budgets, MemberRefused
from vigilia.evidence.containers import Damage, Read
from vigilia.evidence.decompressors import Codec, Decompressor, decompress

__all__ = ["CompressedStream"]

_PACKED_CHUNK = 64 * 1024


class CompressedStream:
    """The decompressed bytes of one or several streams back to back.

    Damage is raised once, after all good bytes, and again on each later read.

    Args:
        read: returns up to so many compressed bytes, none at their end.
    """

    def __init__(self, read: Read, codec: Codec, budgets: Budgets) -> None:
        self._read = read
        self._codec = codec
        self._budgets = budgets
        self._decompressor: Decompressor | None = codec.start()
        self._pending = b""  # compressed, read, not yet given to the decompressor
        self._ahead = b""
        self._stopped: Damage | None = None
        self._consumed = 0
        self._unpacked = 0

    @property
    def leftover(self) -> int:
        """Compressed bytes that were read but not decompressed."""
        return len(self._pending)

    @property
    def ended(self) -> bool:
        """True behind the end of the last stream."""
        return self._decompressor is None

    def peek(self, size: int) -> bytes:
        """Return up to `size` next bytes without consuming them; damage shows only when they are read."""
        while len(self._ahead) < size:
            try:
                chunk = self._inflate(size - len(self._ahead))
            except Damage:
                break
            if not chunk:
                break
            self._ahead += chunk
        return self._ahead[:size]

    def read(self, size: int) -> bytes:
        """Return up to `size` bytes, none at the end.

        Raises:
            Damage: the stream is cut, or wrong, or followed by something else.
            MemberRefused: it unpacks to more than the ratio allows, or asks for too much memory.
        """
        if not self._ahead:
            return self._inflate(size) if size > 0 else b""
        chunk, self._ahead = self._ahead[:size], self._ahead[size:]
        return chunk

    def _inflate(self, size: int) -> bytes:
        if self._stopped:
            raise self._stopped
        if self._codec.size is not None:
            size = min(size, self._codec.size - self._unpacked)
            if not size:
                return b""
        try:
            chunk = self._next(size)
        except Damage as damage:
            self._stopped = damage
            raise
        self._unpacked += len(chunk)
        budgets = self._budgets
        if self._unpacked > max(budgets.ratio_free_bytes, budgets.ratio * self._consumed):
            raise MemberRefused(f"it unpacks to more than {budgets.ratio} times its size")
        return chunk

    def _next(self, size: int) -> bytes:
        while self._decompressor is not None:
            if self._decompressor.eof:
                self._follow(self._decompressor.unused_data)
                continue
            chunk, ended = decompress(self._decompressor, self._codec.name, self._pending, size)
            self._pending = b""  # on damage they stay pending, so that they are counted
            if chunk:
                return chunk
            if not ended and not self._refill():
                raise Damage(f"the {self._codec.name} stream ends in the middle", cut=True)
        return b""

    def _refill(self) -> bool:
        self._pending = self._read(_PACKED_CHUNK)
        self._consumed += len(self._pending)
        return bool(self._pending)

    def _follow(self, rest: bytes) -> None:
        """Start the next stream, or end; zeros between and after streams are padding."""
        magic = self._codec.magic
        if not magic:
            self._pending, self._decompressor = rest, None
            return
        self._pending = rest.lstrip(b"\0")
        while len(self._pending) < len(magic[0]):
            more = self._read(_PACKED_CHUNK)
            if not more:
                break
            self._consumed += len(more)
            self._pending = (self._pending + more).lstrip(b"\0")
        self._decompressor = self._codec.start() if self._pending.startswith(magic) else None
        if self._decompressor is None and self._pending:
            raise Damage(f"bytes that are not {self._codec.name} follow the stream", cut=True)
