"""The impact at a glance: content by way to it, and the rows of the full table, gravest first."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.model.result import Impact, ImpactLevel, Result
from vigilia.report.html.words import words

__all__ = ["Glance", "glance_at"]

# What left, what was opened and what nobody can tell come before what was not reached.
_GRAVITY: tuple[ImpactLevel, ...] = ("E0", "E1", "E2", "E4", "E3", "E5")
_MOST_CHANNELS = 5


@dataclass(frozen=True, slots=True)
class Glance:
    """A small table, and the long one's order.

    Attributes:
        channels: the ways to content, in the order of the document; empty when there are too many for a small table.
        names: the same in plain words.
        rows: label of the content, and its level for each channel ("" where it was not assessed).
        ordered: (position in the document, row), gravest first.
    """

    channels: list[str]
    names: list[str]
    rows: list[tuple[str, list[str]]]
    ordered: list[tuple[int, Impact]]


def glance_at(result: Result) -> Glance:
    """Return both; levels of one class and channel that occur twice show the gravest."""
    ordered = sorted(enumerate(result.impact), key=lambda pair: (_GRAVITY.index(pair[1].level), pair[0]))
    channels = list(dict.fromkeys(one.channel for one in result.impact))
    if len(channels) > _MOST_CHANNELS:
        channels = []
    levels: dict[tuple[str, str], str] = {}
    for _, one in ordered:
        levels.setdefault((one.data_class, one.channel), one.level)
    labels = {one.data_class: one.label for one in result.impact}
    rows = [(label, [levels.get((kind, channel), "") for channel in channels]) for kind, label in labels.items()]
    return Glance(channels, [words()["channels"].get(one, one) for one in channels], rows, ordered)
