"""Whether any line in the head of an item can fit a pattern: one search of all lines instead of one for each."""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.byte_patterns import BytePattern, byte_pattern
from vigilia.readers.line_records import head_texts

__all__ = ["HeadPattern"]

# These see the patterns of our own tables alone, never evidence.
_NAMED_GROUP: Final = re.compile(r"\(\?P<\w+>")
_WHOLE_TEXT: Final = re.compile(r"\\[Az]|\(\?[a-z]*-[a-z]*m")


class HeadPattern:
    """Patterns of lines, as one pattern of lines side by side.

    A match within a line is a match at the same place of the joined lines: "^" and "$" then stand for the ends of
    lines, and an end of line is as little of a word as an end of text. The converse does not hold: a yes is a perhaps.

    Args:
        patterns: RE2; none of them at all fits everything.
        within: of how many lines, blank ones left out, one must fit; None for all that recognition looks at.
    """

    def __init__(self, patterns: Sequence[str], within: int | None = None) -> None:
        self._within = within
        self._pattern = _joined(patterns)

    def may_fit(self, head: bytes) -> bool:
        """Return False only where no line fits any of the patterns."""
        return self._pattern is None or self._pattern.search(_text(head, self._within)) is not None


def _joined(patterns: Sequence[str]) -> BytePattern | None:
    if not patterns or any(map(_WHOLE_TEXT.search, patterns)):
        return None
    alternatives = "|".join(f"(?:{_NAMED_GROUP.sub('(?:', pattern)})" for pattern in patterns)
    return byte_pattern(f"(?m){alternatives}".encode())


@functools.lru_cache(maxsize=2)
def _text(head: bytes, within: int | None) -> bytes:
    return "\n".join(head_texts(head)[:within]).encode()
