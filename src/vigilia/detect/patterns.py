"""What a text test looks for in a value: a literal, which may have to stand at the beginning or the end."""

from __future__ import annotations

from typing import NamedTuple

from vigilia.sigma.folding import fold
from vigilia.sigma.form import TextTest

__all__ = ["Pattern", "decides", "pattern_of"]


class Pattern(NamedTuple):
    """A literal, cases folded, and whether a value must begin or end with it."""

    literal: str
    at_start: bool
    at_end: bool


def pattern_of(test: TextTest) -> Pattern | None:
    """Return a pattern that every value has that passes a test: its longest literal; None where it has none."""
    parts = test.parts
    if not parts:
        return Pattern("", at_start=True, at_end=True)
    longest, place = "", -1
    for at, part in enumerate(parts):
        if isinstance(part, str) and (place < 0 or len(part) > len(longest)):
            longest, place = part, at
    if place < 0:
        return None
    return Pattern(fold(longest), place == 0, place == len(parts) - 1)


def decides(test: TextTest) -> bool:
    """Whether every value that has the pattern passes."""
    return not test.cased and test.kind != "glob"
