"""The impact at a glance: each way to content by kind of content, and the rows of the full table, gravest first."""

from __future__ import annotations

from dataclasses import dataclass

from vigilia.model.result import Impact, ImpactLevel, Result

__all__ = ["Cell", "Glance", "GlanceRow", "glance_at"]

# What left, what was opened and what nobody can tell come before what was not reached.
_GRAVITY: tuple[ImpactLevel, ...] = ("E0", "E1", "E2", "E4", "E3", "E5")
_MOST_CLASSES = 6


@dataclass(frozen=True, slots=True)
class Cell:
    """What can be said of one kind of content and one way to it.

    Attributes:
        level: the gravest of its slices; None where the way does not lead there.
        partly: nobody can tell for part of the time, though something graver or clearer is said of the rest.
    """

    level: ImpactLevel | None
    partly: bool = False


@dataclass(frozen=True, slots=True)
class GlanceRow:
    """One way to content, and a cell for each kind of content."""

    label: str
    cells: list[Cell]


@dataclass(frozen=True, slots=True)
class Glance:
    """A small table, and the long one's order.

    Attributes:
        names: the kinds of content, gravest first; those beyond six are `left_out`.
        rows: the ways, gravest first.
        ordered: (position in the document, row), gravest first.
    """

    names: list[str]
    rows: list[GlanceRow]
    left_out: int
    ordered: list[tuple[int, Impact]]


def glance_at(result: Result) -> Glance:
    """Return both; of the slices of one kind of content and one way the gravest is shown."""
    ordered = sorted(enumerate(result.impact), key=lambda pair: (_GRAVITY.index(pair[1].level), pair[0]))
    labels = {one.data_class: one.label for _, one in ordered}
    classes = list(labels)[:_MOST_CLASSES]
    slices: dict[tuple[str, str], list[ImpactLevel]] = {}
    for _, one in ordered:
        slices.setdefault((one.channel, one.data_class), []).append(one.level)
    ways = {one.channel: one.channel_label or one.channel for _, one in ordered}
    rows = [GlanceRow(label, [_cell(slices.get((way, kind), [])) for kind in classes]) for way, label in ways.items()]
    return Glance([labels[kind] for kind in classes], rows, len(labels) - len(classes), ordered)


def _cell(levels: list[ImpactLevel]) -> Cell:
    """Levels come gravest first."""
    if not levels:
        return Cell(None)
    return Cell(levels[0], partly="E4" in levels and any(level != "E4" for level in levels))
