"""How many of an item's first lines have a format's shape: how readers of text logs recognise theirs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

__all__ = ["share_of_lines"]

_BOM: Final = b"\xef\xbb\xbf"
_MOST_LINES: Final = 200
_LINE_BYTES: Final = 8192


def share_of_lines(head: bytes, is_like: Callable[[bytes], bool], *, indented: bool = True) -> float:
    """Return the share, 0.0 to 1.0, of the first 200 lines that are like the format.

    Blank lines do not count, nor do indented ones where `indented` is false (they go on with the line before).
    Only the beginning of a long line is shown to `is_like`. Bytes that no text log holds (NUL) give 0.0.
    """
    if b"\x00" in head:
        return 0.0
    lines = head.removeprefix(_BOM).split(b"\n", _MOST_LINES + 1)
    whole = lines[:-1] if len(lines) > 1 else lines  # the last may be cut by the end of the head
    shown = [line[:_LINE_BYTES] for line in whole if line.strip() and (indented or not line[:1].isspace())]
    return sum(map(is_like, shown)) / len(shown) if shown else 0.0
