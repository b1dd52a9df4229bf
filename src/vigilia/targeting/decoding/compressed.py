"""Compressed content within text: gzip, zlib and raw deflate, inflated to a bound."""

from __future__ import annotations

import zlib

__all__ = ["inflated"]

_LENGTH_AT_MOST = 65536
_GZIP = b"\x1f\x8b\x08"
_ZLIB = (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")  # RFC 1950: the four usual levels of compression


def inflated(content: bytes, *, raw: bool = False) -> tuple[bytes, str] | None:
    """Return what compressed content holds, at most 64 KiB of it, and the name of the form; None if it is none.

    Args:
        content: the bytes.
        raw: without a header of its own (.NET's DeflateStream); only where the script says so.
    """
    if content.startswith(_GZIP):
        form, bits = "gzip", 31
    elif content.startswith(_ZLIB):
        form, bits = "zlib", 15
    elif raw:
        form, bits = "deflate", -15
    else:
        return None
    try:
        plain = zlib.decompressobj(bits).decompress(content, _LENGTH_AT_MOST)
    except zlib.error:
        return None
    return (plain, form) if plain else None
