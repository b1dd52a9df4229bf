"""Characters as UTF-8 (RFC 3629), for the compiled readers."""

from __future__ import annotations

from vigilia.readers.byte_kernels import Bytes, inlined

__all__ = ["write_utf8"]


@inlined
def write_utf8(point: int, to: Bytes, place: int) -> int:
    """Write one character and return how many bytes it took."""
    if point < 0x80:
        to[place] = point
        return 1
    if point < 0x800:
        to[place] = 0xC0 | point >> 6
        to[place + 1] = 0x80 | point & 0x3F
        return 2
    if point < 0x10000:
        to[place] = 0xE0 | point >> 12
        to[place + 1] = 0x80 | point >> 6 & 0x3F
        to[place + 2] = 0x80 | point & 0x3F
        return 3
    to[place] = 0xF0 | point >> 18
    to[place + 1] = 0x80 | point >> 12 & 0x3F
    to[place + 2] = 0x80 | point >> 6 & 0x3F
    to[place + 3] = 0x80 | point & 0x3F
    return 4
