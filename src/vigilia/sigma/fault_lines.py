"""On which line the fault of a refused rule stands: its parts are compiled one by one until one fails like it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator

from vigilia.model.errors import RuleError
from vigilia.sigma.detection_items import DetectionItem, ItemPath, detection_items
from vigilia.sigma.documents import Document
from vigilia.sigma.places import Places

__all__ = ["fault_line"]

_MOST_ITEMS = 50  # that are tried

Compiles = Callable[[Document], object]


def fault_line(document: Document, places: Places, error: RuleError, compiles: Compiles) -> int:
    """Return the line of what was refused, or of the nearest thing around it that is known.

    Args:
        document: the rule.
        places: of this document.
        error: why it was refused.
        compiles: compiles a document, or raises a `RuleError`.
    """
    for path, part in _parts(document):
        try:
            compiles(part)
        except RuleError as other:
            if other.what == error.what:
                return places.line_of(path)
    if "condition" in error.what:
        return places.line_of(("detection", "condition"))
    return places.line


def _parts(document: Document) -> Iterator[tuple[ItemPath, Document]]:
    """Yield rules that have one part of a document each, and nothing wrong beside it."""
    sound = {"title": "part", "logsource": {"product": "any"}, "detection": {"part": {"a": "b"}, "condition": "part"}}
    if "logsource" in document:
        yield ("logsource",), {**sound, "logsource": document["logsource"]}
    for item in itertools.islice(detection_items(document.get("detection")), _MOST_ITEMS):
        yield item.path, {**sound, "detection": {"part": _alone(item), "condition": "part"}}


def _alone(item: DetectionItem) -> object:
    values = [value for _, value in item.values]
    written = values if item.listed else values[0]
    key = "|".join((item.field, *item.modifiers))
    return {key: written} if key else written
