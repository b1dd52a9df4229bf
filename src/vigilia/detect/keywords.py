"""Tests for keywords, which may stand in any column.

A log may have a thousand columns, and keywords are hardly ever met: a column without them must cost next to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np

from vigilia.detect.columns import BatchView, Column, NamedColumn, Rows
from vigilia.detect.literals import LiteralScanner, TextHits
from vigilia.detect.patterns import SearchedTest
from vigilia.detect.texts import Numbers

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
        texts = partial(_texts, scanner) if rows is None else partial(_texts_in, rows)
        for name in view.names:
            column = view.recorded(name)
            if column is not None:
                self._look(name, column, scanner, texts)

    def _look(self, name: str, column: Column, scanner: LiteralScanner, texts: Callable[[Column], Numbers]) -> None:
        numbers = texts(column)
        if not len(numbers):
            return
        hits = self.by_column[name] = TextHits(column, scanner, numbers)
        for test in hits.possible:
            self.columns.setdefault(test, []).append((name, column))


def _texts(scanner: LiteralScanner, column: Column) -> Numbers:
    """Return the texts of a column of which some may pass a test: mostly none."""
    if scanner.without_pattern:
        return column.present
    having = column.facts.having_patterns(scanner.place, scanner.search)
    return np.intersect1d(having, column.present, assume_unique=True) if len(having) else having


def _texts_in(rows: Rows, column: Column) -> Numbers:
    return column.numbers_in(rows) if column.has_any(rows) else rows[:0]
