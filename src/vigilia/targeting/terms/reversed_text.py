"""Reversed text: what stands behind a right-to-left override is shown backwards, so it may be typed backwards."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from vigilia.targeting.terms.mentions import Mention

__all__ = ["find_reversed"]

# Unicode Standard Annex #9: RIGHT-TO-LEFT OVERRIDE, up to POP DIRECTIONAL FORMATTING or the end of the paragraph.
_OVERRIDE = "\u202e"
_REVERSED = re.compile(f"{_OVERRIDE}([^{_OVERRIDE}\u202c\r\n\u2029]+)")


def find_reversed(text: str, find: Callable[[str], list[Mention]]) -> Iterator[Mention]:
    """Yield what `find` finds in the parts of a text that are shown backwards, read as they are shown."""
    if _OVERRIDE not in text:
        return
    for part in _REVERSED.finditer(text):
        for one in find(part[1][::-1]):
            yield replace(one, start=part.end() - one.end, end=part.end() - one.start)
