"""How Exchange Server lays out its own logs: comma-separated rows under "#Fields:"."""

from __future__ import annotations

from vigilia.readers.csv_rows import split_cells
from vigilia.readers.directive_lines import Directives, Layout

__all__ = ["exchange_layout"]


def _cells(content: bytes, directives: Directives) -> list[bytes]:  # noqa: ARG001 - a `Layout.split`
    is_cut = content.count(b'"') % 2  # within a quoted cell: where the others end cannot be known
    return [content] if is_cut else split_cells(content, b",")


def exchange_layout(*first_names: bytes) -> Layout:
    """Return the layout; some of these logs begin with column names that have no "#Fields:" before them."""
    return Layout(_cells, header=first_names, nothing=frozenset({b""}))
