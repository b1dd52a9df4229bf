"""The detection items of a rule as it is written: fields with their modifiers and values, and keywords."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

__all__ = ["DetectionItem", "ItemPath", "detection_items", "selection_names"]

ItemPath = tuple[str | int, ...]

_NO_SELECTIONS = ("condition", "timeframe")


@dataclass(frozen=True, slots=True)
class DetectionItem:
    """One detection item.

    Attributes:
        field: its name; empty for keywords.
        path: the keys and indices that lead to it in the document.
        values: each with its own path.
        listed: whether the values are written as a list.
    """

    field: str
    modifiers: tuple[str, ...]
    path: ItemPath
    values: Sequence[tuple[ItemPath, object]]
    listed: bool

    @property
    def texts(self) -> list[tuple[ItemPath, str]]:
        """Return the values that are texts."""
        return [(path, value) for path, value in self.values if isinstance(value, str)]


def selection_names(detection: Mapping[str, object]) -> list[str]:
    """Return the names of the selections of a detection section, in order."""
    return [str(name) for name in detection if name not in _NO_SELECTIONS]


def detection_items(detection: object) -> Iterator[DetectionItem]:
    """Yield the items of all selections, in order; whatever has another shape is left out."""
    for name, definition in detection.items() if isinstance(detection, Mapping) else ():
        if name not in _NO_SELECTIONS:
            yield from _items(definition, ("detection", str(name)))


def _items(definition: object, path: ItemPath) -> Iterator[DetectionItem]:
    if isinstance(definition, Mapping):
        for key, value in definition.items():
            field, *modifiers = str(key).split("|")
            yield _item(field, tuple(modifiers), (*path, str(key)), value)
    elif isinstance(definition, list) and any(isinstance(one, Mapping | list) for one in definition):
        for number, one in enumerate(definition):
            yield from _items(one, (*path, number))
    else:
        yield _item("", (), path, definition)


def _item(field: str, modifiers: tuple[str, ...], path: ItemPath, value: object) -> DetectionItem:
    if isinstance(value, list):
        values = [((*path, number), one) for number, one in enumerate(value)]
        return DetectionItem(field, modifiers, path, values, listed=True)
    return DetectionItem(field, modifiers, path, [(path, value)], listed=False)
