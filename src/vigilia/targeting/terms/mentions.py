"""Mentions: terms and names found in a text, with their places and how they were written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

__all__ = ["How", "Mention", "longest_mentions", "surest"]

# From the surest to the least sure. "exact": letter for letter, but for case. "folded": with other accents, width,
# look-alike letters, spaces or order of words. "transliterated": in another script or romanisation. "initials": a
# surname with the first letters of the other names, or with a title. "typo": with one slip.
How = Literal["exact", "folded", "transliterated", "initials", "typo"]
_SUREST_FIRST: tuple[How, ...] = ("exact", "folded", "transliterated", "initials", "typo")


@dataclass(frozen=True, slots=True)
class Mention:
    """One term found: what it stands for, its span in the original text, and how it was written there."""

    target: str
    start: int
    end: int
    ambiguous: bool = False
    how: How = "exact"


def longest_mentions(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions sorted by place, each target once a span, without those that lie within a longer one."""
    kept: list[Mention] = []
    furthest = (-1, -1)
    for one in sorted(mentions, key=_by_place):
        # Mentions of one span stand side by side in the order of their targets.
        if one.end > furthest[1] or ((one.start, one.end) == furthest and one.target != kept[-1].target):
            kept.append(one)
            furthest = (one.start, one.end)
    return kept


def surest(*ways: How) -> How:
    """Return the surest of some ways in which a text names somebody."""
    return min(ways, key=_SUREST_FIRST.index)


def _by_place(one: Mention) -> tuple[int, int, str, int, bool]:
    return one.start, -one.end, one.target, _SUREST_FIRST.index(one.how), one.ambiguous
