"""Tests for keywords, which may stand in any column.

A log may have a thousand columns, and keywords are hardly ever met: a column without them must cost next to nothing.
"""

from __future__ import annotations

import numpy as np

from vigilia.detect.columns import BatchView, Column, NamedColumn, Rows
from vigilia.detect.literals import LiteralScanner, TextHits
from vigilia.detect.patterns import SearchedTest
from vigilia.detect.texts import Numbers, search_together

__all__ = ["KeywordHits"]


class KeywordHits:
    """Which texts of a batch pass, or for expressions may pass, which tests for keywords.

    Args:
        view: the batch.
        scanner: has the tests.
        rows: those that are asked about; None for all.

    Attributes:
        by_column: the hits of the columns that have any, by name.
        columns: the tests that some text may pass, each with the columns of these texts.
    """

    def __init__(self, view: BatchView, scanner: LiteralScanner, rows: Rows | None) -> None:
        self.by_column: dict[str, TextHits] = {}
        self.columns: dict[SearchedTest, list[NamedColumn]] = {}
        if scanner.is_empty:
            return
        if not scanner.without_pattern:
            remembered = (column.facts for _, column in view.every if not _is_narrow(column, rows))
            search_together(remembered, scanner.place, scanner.search)
        for name, column in view.every:
            numbers = _texts(scanner, column, rows)
            if len(numbers):
                hits = self.by_column[name] = TextHits(column, scanner, numbers)
                for test in hits.possible:
                    self.columns.setdefault(test, []).append((name, column))

    @property
    def possible(self) -> frozenset[SearchedTest]:
        """The tests that some text may pass."""
        return frozenset(self.columns)


def _texts(scanner: LiteralScanner, column: Column, rows: Rows | None) -> Numbers:
    """Return the texts of a column in some rows of which some may pass a test: mostly none."""
    if scanner.without_pattern or _is_narrow(column, rows):
        return _texts_in(rows, column)
    having = column.facts.having_patterns(scanner.place, scanner.search)
    return np.intersect1d(having, _texts_in(rows, column), assume_unique=True) if len(having) else having


def _is_narrow(column: Column, rows: Rows | None) -> bool:
    """Whether what is learned of texts in other rows would be of no use."""
    return rows is not None and column.facts.vocabulary.transient


def _texts_in(rows: Rows | None, column: Column) -> Numbers:
    if rows is None:
        return column.present
    return column.numbers_in(rows) if column.has_any(rows) else rows[:0]
