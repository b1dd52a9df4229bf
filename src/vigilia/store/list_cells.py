"""Cells of an answer that hold a list, as the ids of cited events."""

from __future__ import annotations

from typing import Any

__all__ = ["list_cell"]


def list_cell(cell: object) -> list[Any]:
    """Return the list in a cell of `EventStore.rows`; an empty one where the query found none (NULL)."""
    return cell if isinstance(cell, list) else []
