"""Regular expressions over bytes of any encoding, matched in linear time."""

from __future__ import annotations

from typing import Protocol, cast

import re2

__all__ = ["ByteMatch", "BytePattern", "byte_pattern", "match_end"]


class ByteMatch(Protocol):
    """Where a pattern matched."""

    def end(self) -> int:
        """Return the place behind the match."""
        ...

    def groupdict(self) -> dict[bytes, bytes | None]:
        """Return the texts of the named groups."""
        ...


class BytePattern(Protocol):
    """A compiled pattern."""

    def match(self, text: bytes, start: int = 0) -> ByteMatch | None:
        """Match at `start`."""
        ...

    def search(self, text: bytes) -> ByteMatch | None:
        """Find the first match."""
        ...

    def sub(self, replacement: bytes, text: bytes) -> bytes:
        """Replace every match."""
        ...


def byte_pattern(pattern: bytes) -> BytePattern:
    """Compile a pattern that sees single bytes, so that bytes which are no UTF-8 match like any other."""
    options = re2.Options()
    options.encoding = re2.Options.Encoding.LATIN1
    return cast(BytePattern, re2.compile(pattern, options))


def match_end(pattern: BytePattern, text: bytes, start: int) -> int:
    """Return where a match at `start` ends; `start` where there is none."""
    found = pattern.match(text, start)
    return found.end() if found else start
