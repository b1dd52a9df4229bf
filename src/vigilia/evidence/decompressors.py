"""Decompressors behind one interface: bounded output, bounded memory, and an end that shows."""

from __future__ import annotations

import bz2
import lzma
import sys
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from vigilia.evidence.budgets import Budgets, MemberRefused
from vigilia.evidence.containers import Damage

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

__all__ = ["Codec", "Decompressor", "StreamKind", "check_memory", "codec", "decompress", "lzma_codec", "lzma_filter"]

StreamKind = Literal["gzip", "bzip2", "xz", "zstd", "deflate"]

# A frame that holds no content may stand before, between and after zstd frames (RFC 8878, section 3.1.2).
_ZSTD_MAGIC = (b"\x28\xb5\x2f\xfd", *(bytes([0x50 + number]) + b"\x2a\x4d\x18" for number in range(16)))
_ERRORS = (zlib.error, lzma.LZMAError, zstd.ZstdError, OSError, EOFError, ValueError)
_LZMA_PROPERTIES = 5


class Decompressor(Protocol):
    """What `bz2`, `lzma` and `zstd` share."""

    @property
    def eof(self) -> bool:
        """True behind the end of the stream."""

    @property
    def unused_data(self) -> bytes:
        """What was given and lies behind the end."""

    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes:
        """Take all of `data`, return at most so many bytes; with no data, return more of what was taken before."""


@dataclass(frozen=True, slots=True)
class Codec:
    """How to decompress a stream.

    Attributes:
        name: as shown to people.
        start: makes a decompressor for one stream.
        magic: what another stream of the kind begins with; empty where none can follow.
        size: bytes after decompression where only the container knows them (the stream has no end mark); else None.
    """

    name: str
    start: Callable[[], Decompressor]
    magic: tuple[bytes, ...] = ()
    size: int | None = None


class _Inflate:
    """zlib behind the interface that the others have: unconsumed input is kept inside."""

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


def codec(kind: StreamKind, budgets: Budgets) -> Codec:
    """Return how to decompress a stream that says by itself where it ends."""
    memory = budgets.decompressor_bytes
    codecs = {
        "gzip": Codec("gzip", lambda: _Inflate(31), (b"\x1f\x8b",)),
        "deflate": Codec("deflate", lambda: _Inflate(-15)),
        "bzip2": Codec("bzip2", bz2.BZ2Decompressor, (b"BZh",)),
        "xz": Codec("xz", lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memory), (b"\xfd7zXZ\x00",)),
        "zstd": Codec("zstd", lambda: _zstd(memory), _ZSTD_MAGIC),
    }
    return codecs[kind]


def lzma_codec(filters: list[dict[str, Any]], size: int) -> Codec:
    """Return how to decompress a bare LZMA stream of a container that knows its size.

    Args:
        filters: as `lzma` takes them, the decompressing one (from `lzma_filter`) last.
        size: bytes after decompression.
    """
    return Codec("LZMA", lambda: lzma.LZMADecompressor(lzma.FORMAT_RAW, filters=filters), size=size)


def lzma_filter(properties: bytes, budgets: Budgets) -> dict[str, Any]:
    """Read the five property bytes of an LZMA stream (LZMA SDK, lzma-specification.txt).

    Raises:
        Damage: they are impossible.
        MemberRefused: the stream asks for more memory than the budget allows.
    """
    if len(properties) != _LZMA_PROPERTIES or properties[0] >= 9 * 5 * 5:
        raise Damage("its LZMA properties are wrong", cut=False)
    packed, dictionary = properties[0], int.from_bytes(properties[1:], "little")
    check_memory(dictionary, budgets)
    if packed % 9 + packed // 9 % 5 > 4:
        raise Damage("its LZMA properties are not supported", cut=False)
    return {
        "id": lzma.FILTER_LZMA1,
        "lc": packed % 9,
        "lp": packed // 9 % 5,
        "pb": packed // 45,
        "dict_size": max(dictionary, 4096),
    }


def check_memory(asked: int, budgets: Budgets) -> None:
    """Refuse a stream that asks for too much.

    Raises:
        MemberRefused: it does.
    """
    if asked > budgets.decompressor_bytes:
        raise MemberRefused(f"it asks for more than {budgets.decompressor_bytes} bytes of memory")


def decompress(decompressor: Decompressor, name: str, packed: bytes, most: int) -> tuple[bytes, bool]:
    """Give bytes to a decompressor; return at most so many, and whether the stream has ended.

    Raises:
        Damage: the bytes are no such stream.
        MemberRefused: the stream asks for more memory than the budget allows.
    """
    try:
        return decompressor.decompress(packed, most), decompressor.eof
    except _ERRORS as error:
        if "emory" in str(error):  # "Memory usage limit exceeded", "requires too much memory"
            raise MemberRefused("it asks for more memory than the budget allows") from error
        raise Damage(f"the {name} stream is damaged", cut=True) from error


def _zstd(memory: int) -> Decompressor:
    longest = max(10, memory.bit_length() - 1)
    return zstd.ZstdDecompressor(options={zstd.DecompressionParameter.window_log_max: longest})
