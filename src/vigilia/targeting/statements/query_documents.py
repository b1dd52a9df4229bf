"""Queries that are JSON documents (Elasticsearch, OpenSearch, MongoDB commands): which texts they look for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import msgspec

from vigilia.targeting.statements.statement_tables import holds_names, load_statement_table
from vigilia.targeting.terms.found_terms import Found, found_terms

__all__ = ["document_terms"]

_NODES_AT_MOST = 20_000
_DEPTH_AT_MOST = 40
_MEANINGS = ("query", "filter", "q", "pipeline", "post_filter", "find", "aggregate", "command")


@dataclass(frozen=True, slots=True)
class _Node:
    """A value in the document: the keys above it, whether they make it a text that is looked for, its depth."""

    value: object
    column: str
    wanted: bool
    depth: int


def document_terms(text: str) -> Found | None:
    """Return what a JSON query looks for, or None where the text is no JSON query."""
    if text.lstrip()[:1] not in ("{", "["):
        return None
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    if not isinstance(document, dict | list):
        return None
    return found_terms(_texts(document))


def _texts(document: object) -> Iterable[str]:
    """Walk the document in its own order, with a stack instead of recursion."""
    waiting = [_Node(document, "", wanted=False, depth=0)]
    for _ in range(_NODES_AT_MOST):
        if not waiting:
            return
        node = waiting.pop()
        if isinstance(node.value, str):
            if node.wanted:
                yield node.value
        elif node.depth < _DEPTH_AT_MOST:
            waiting += reversed(list(_below(node)))


def _below(node: _Node) -> Iterable[_Node]:
    if isinstance(node.value, list):
        for item in node.value[:_NODES_AT_MOST]:
            yield _Node(item, node.column, node.wanted, node.depth + 1)
    elif isinstance(node.value, dict):
        for key, value in node.value.items():
            yield from _member(node, str(key), value)


def _member(node: _Node, key: str, value: object) -> Iterable[_Node]:
    table = load_statement_table()
    if key in table.document_ignored:
        return
    deeper = node.depth + 1
    if key in table.document_leaves or key == "$text":
        yield _Node(value, "leaf", wanted=True, depth=deeper)
    elif key in table.document_values:
        wanted = node.wanted or key in ("$regex", "$search") or holds_names(node.column)
        yield _Node(value, node.column, wanted and isinstance(value, str | list), deeper)
    elif key in _MEANINGS or key in table.document_equalities or key.startswith("$"):
        yield _Node(value, "", wanted=False, depth=deeper)
    elif isinstance(value, dict) and node.wanted:
        yield _Node({name: inner for name, inner in value.items() if name in table.document_values}, key, True, deeper)
    else:
        yield _Node(value, key, node.wanted or (isinstance(value, str | list) and holds_names(key)), deeper)
