"""Where in a file each part of a document stands: PyYAML's node positions, not guesses."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import yaml

from vigilia.sigma.detection_items import ItemPath
from vigilia.sigma.documents import Document

__all__ = ["Place", "Places", "places_by_line", "read_places"]

_MAX_PLACES = 100_000


@dataclass(frozen=True, slots=True)
class Place:
    """One node: its line, from 1, and how it is written, where it is a scalar without quotes."""

    line: int
    plain: str | None = None


@dataclass(frozen=True, slots=True)
class Places:
    """The nodes of one document by the keys and indices that lead to them; keys as text."""

    line: int
    nodes: dict[ItemPath, Place]

    def line_of(self, path: ItemPath) -> int:
        """Return the line of a node, or of the nearest one around it that the document has."""
        for length in range(len(path), 0, -1):
            if (place := self.nodes.get(path[:length])) is not None:
                return place.line
        return self.line

    def plain(self, path: ItemPath) -> str | None:
        """Return a scalar as it is written, if it has no quotes."""
        place = self.nodes.get(path)
        return place.plain if place else None


def read_places(text: str) -> list[Places]:
    """Return the places of each document that holds something, in order.

    The text must be one that `read_documents` took, which bounds its size, depth and aliases.
    """
    loader = yaml.CSafeLoader(text)
    nodes: list[yaml.Node] = []
    try:
        while loader.check_node():
            node = loader.get_node()
            if isinstance(node, yaml.MappingNode):
                nodes.append(node)
    finally:
        loader.dispose()
    return [Places(_line(node), _nodes(node)) for node in nodes]


def places_by_line(text: str, documents: Iterable[tuple[int, Document]]) -> dict[int, Places]:
    """Return the places of the documents that `read_documents` read from a text, by the lines that it gave them."""
    return {line: places for (line, _), places in zip(documents, read_places(text), strict=True)}


def _nodes(root: yaml.Node) -> dict[ItemPath, Place]:
    found: dict[ItemPath, Place] = {}
    pending: list[tuple[ItemPath, yaml.Node, int]] = [((), root, _line(root))]
    while pending and len(found) < _MAX_PLACES:
        path, node, line = pending.pop()
        found[path] = Place(line, node.value if isinstance(node, yaml.ScalarNode) and not node.style else None)
        if isinstance(node, yaml.MappingNode):
            pending += [
                ((*path, str(key.value)), value, _line(key))
                for key, value in node.value
                if isinstance(key, yaml.ScalarNode)
            ]
        elif isinstance(node, yaml.SequenceNode):
            pending += [((*path, number), item, _line(item)) for number, item in enumerate(node.value)]
    return found


def _line(node: yaml.Node) -> int:
    return int(node.start_mark.line) + 1
