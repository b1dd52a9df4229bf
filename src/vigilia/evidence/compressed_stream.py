"""Compressed streams (gzip, bzip2, xz, raw deflate), decompressed in bounded steps."""

from __future__ import annotations

import bz2
import lzma
import zlib
from collections.abc import Callable
from typing import Literal, Protocol

from vigilia.evidence.budgets import Budgets, MemberRefused
from vigilia.evidence.containers import Damage

__all__ = ["CompressedStream", "StreamKind"]

StreamKind = Literal["gzip", "bzip2", "xz", "deflate"]

_PACKED_CHUNK = 64 * 1024
_MAGIC: dict[StreamKind, bytes] = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}


class CompressedStream:
    """The decompressed bytes of one or several streams back to back.

    Damage is raised once, after all good bytes, and again on each later read.

    Args:
        read: returns up to so many compressed bytes, none at their end.
    """

    def __init__(self, read: Callable[[int], bytes], kind: StreamKind, budgets: Budgets) -> None:
        self._read = read
        self._kind = kind
        self._budgets = budgets
        self._decompressor: _Decompressor | None = _start(kind, budgets)
        self._pending = b""  # compressed, read, not yet given to the decompressor
        self._ahead = b""
        self._stopped: Damage | None = None
        self._consumed = 0
        self._unpacked = 0

    @property
    def leftover(self) -> int:
        """Compressed bytes that were read but not decompressed."""
        return len(self._pending)

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
            MemberRefused: it unpacks to more than the ratio allows.
        """
        if not self._ahead:
            return self._inflate(size) if size > 0 else b""
        chunk, self._ahead = self._ahead[:size], self._ahead[size:]
        return chunk

    def _inflate(self, size: int) -> bytes:
        if self._stopped:
            raise self._stopped
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
            chunk, ended = self._step(self._decompressor, size)
            if chunk:
                return chunk
            if not ended and not self._refill():
                raise Damage(f"the {self._kind} stream ends in the middle", cut=True)
        return b""

    def _step(self, decompressor: _Decompressor, size: int) -> tuple[bytes, bool]:
        """Give pending bytes to the decompressor; on damage they stay pending, so that they are counted."""
        try:
            chunk = decompressor.decompress(self._pending, size)
        except (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError) as error:
            raise Damage(f"the {self._kind} stream is damaged", cut=True) from error
        self._pending = b""
        return chunk, decompressor.eof

    def _refill(self) -> bool:
        self._pending = self._read(_PACKED_CHUNK)
        self._consumed += len(self._pending)
        return bool(self._pending)

    def _follow(self, rest: bytes) -> None:
        """Start the next stream, or end; zeros between and after streams are padding."""
        magic = _MAGIC.get(self._kind)
        if magic is None:
            self._pending, self._decompressor = rest, None
            return
        self._pending = rest.lstrip(b"\0")
        while len(self._pending) < len(magic):
            more = self._read(_PACKED_CHUNK)
            if not more:
                break
            self._consumed += len(more)
            self._pending = (self._pending + more).lstrip(b"\0")
        self._decompressor = _start(self._kind, self._budgets) if self._pending.startswith(magic) else None
        if self._decompressor is None and self._pending:
            raise Damage(f"bytes that are not {self._kind} follow the stream", cut=True)


class _Decompressor(Protocol):
    @property
    def eof(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


class _Inflate:
    """zlib behind the interface that bz2 and lzma have: unconsumed input is kept inside."""

    def __init__(self, window_bits: int) -> None:
        self._zlib = zlib.decompressobj(window_bits)

    @property
    def eof(self) -> bool:
        return self._zlib.eof

    @property
    def unused_data(self) -> bytes:
        return self._zlib.unused_data

    def decompress(self, data: bytes, max_length: int = 0, /) -> bytes:
        return self._zlib.decompress(self._zlib.unconsumed_tail + data, max_length)


def _start(kind: StreamKind, budgets: Budgets) -> _Decompressor:
    if kind == "gzip":
        return _Inflate(31)
    if kind == "deflate":
        return _Inflate(-15)
    if kind == "bzip2":
        return bz2.BZ2Decompressor()
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=budgets.decompressor_bytes)
