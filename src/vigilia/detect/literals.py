"""Tests that look for literals, over distinct values: all patterns of a column in one pass."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.columns import Column
from vigilia.detect.literal_search import LiteralSearch
from vigilia.detect.patterns import Pattern, SearchedTest, decides, patterns_of
from vigilia.detect.texts import Numbers
from vigilia.detect.values import glob_expression
from vigilia.sigma.folding import fold
from vigilia.sigma.form import MANY, RegexTest, TextTest

__all__ = ["LiteralScanner", "TextHits"]

_NONE: Numbers = np.zeros(0, dtype=np.intp)


class LiteralScanner:
    """The tests for literals that meet one column, and their patterns.

    Args:
        tests: may repeat.
        place: what is known of a text is kept under it.
        within: the values are parts of the column's texts, so that no pattern is bound to the ends of a text.
    """

    def __init__(self, tests: Iterable[SearchedTest], *, within: bool = False, place: Hashable = "") -> None:
        self.place = place
        self.without_pattern: list[SearchedTest] = []
        speaking: dict[Pattern, list[SearchedTest]] = defaultdict(list)
        patterns_by_test: dict[SearchedTest, tuple[Pattern, ...]] = {}
        for test in dict.fromkeys(tests):
            patterns = _within(patterns_of(test)) if within else patterns_of(test)
            if not patterns:
                self.without_pattern.append(test)
                continue
            patterns_by_test[test] = patterns
            for pattern in patterns[:1] if isinstance(test, TextTest) else patterns:
                speaking[pattern].append(test)
        every = list(dict.fromkeys(pattern for patterns in patterns_by_test.values() for pattern in patterns))
        numbers = {pattern: number for number, pattern in enumerate(every)}
        self.search = LiteralSearch(every)
        self.tests = [speaking.get(one, []) for one in every]
        self.patterns_of = {test: [numbers[one] for one in patterns] for test, patterns in patterns_by_test.items()}
        self.is_empty = not every and not self.without_pattern
        self.decided = {test for test in self.patterns_of if decides(test)} if not within else set()


def _within(patterns: tuple[Pattern, ...]) -> tuple[Pattern, ...]:
    """Return what a text has if a part of it has some patterns."""
    return tuple(Pattern(one.literal, at_start=False, at_end=False) for one in patterns if one.literal)


class TextHits:
    """Which texts of a column pass which tests, or, for expressions, may pass them.

    Args:
        column: of a batch.
        scanner: has the tests.
        numbers: those of its texts that are asked about.
    """

    def __init__(self, column: Column, scanner: LiteralScanner, numbers: Numbers) -> None:
        self._column = column
        self._scanner = scanner
        self._asked = numbers
        self._passing: dict[SearchedTest, Numbers] = {}
        self._numbers, self._bounds = _by_pattern(column, scanner, numbers)
        self.possible: frozenset[SearchedTest] = frozenset(self._possible())
        """The tests that some value may pass."""

    def _possible(self) -> Iterator[SearchedTest]:
        found = self._bounds[1:] > self._bounds[:-1]
        for pattern in np.flatnonzero(found).tolist():
            for test in self._scanner.tests[pattern]:
                patterns = self._scanner.patterns_of[test]
                if len(patterns) == 1 or isinstance(test, RegexTest) or found[patterns].all():
                    yield test
        if len(self._asked):
            yield from self._scanner.without_pattern

    def passing(self, test: SearchedTest) -> Numbers:
        """Return the numbers of the texts that pass a test of the scanner, ascending; more for an expression's."""
        known = self._passing.get(test)
        if known is None:
            known = self._passing[test] = self._find(test)
        return known

    def _with_any(self, patterns: Sequence[int] | None) -> Numbers:
        if patterns is None:
            return self._asked
        return np.unique(np.concatenate([self._texts_with(one) for one in patterns]))

    def _texts_with(self, pattern: int) -> Numbers:
        return self._numbers[self._bounds[pattern] : self._bounds[pattern + 1]]

    def _find(self, test: SearchedTest) -> Numbers:
        column = self._column
        if isinstance(test, RegexTest):
            return self._with_any(self._scanner.patterns_of.get(test))
        patterns = self._scanner.patterns_of.get(test)
        if patterns is None:
            candidates = self._asked
            if test.parts == (MANY,) and column.part is None:
                return candidates
        else:
            candidates = functools.reduce(_both, map(self._texts_with, patterns))
            if test in self._scanner.decided:
                return candidates
        if not len(candidates):
            return _NONE
        place = column.part.column if column.part else ""
        return column.facts.verdicts((place, test)).passing(candidates, lambda one: text_holds(test, column.value(one)))


def _both(one: Numbers, other: Numbers) -> Numbers:
    return np.intersect1d(one, other, assume_unique=True)


def _by_pattern(column: Column, scanner: LiteralScanner, numbers: Numbers) -> tuple[Numbers, NDArray[np.int64]]:
    """Return those of some texts that have each pattern, pattern after pattern, and where those of each begin."""
    patterns = len(scanner.tests)
    known = column.facts.patterns(scanner.place, scanner.search, numbers)
    starts = known.starts[numbers]
    counts = known.ends[numbers] - starts
    total = int(counts.sum())
    if not total:
        return _NONE, np.zeros(patterns + 1, dtype=np.int64)
    places = np.arange(total) + np.repeat(starts - (np.cumsum(counts) - counts), counts)
    hits = known.found[places]
    order = np.argsort(hits.astype(np.uint16) if patterns <= 1 << 16 else hits, kind="stable")
    bounds = np.zeros(patterns + 1, dtype=np.int64)
    np.cumsum(np.bincount(hits, minlength=patterns), out=bounds[1:])
    return np.repeat(numbers, counts)[order], bounds


def text_holds(test: TextTest, value: str | None) -> bool:
    """Compare one value with the whole of a test's pattern."""
    if value is None:
        return False
    text = value if test.cased else fold(value)
    literal = test.literal
    match test.kind:
        case "exact":
            return text == literal
        case "contains":
            return literal in text
        case "startswith":
            return text.startswith(literal)
        case "endswith":
            return text.endswith(literal)
        case "glob":
            return glob_expression(test).fullmatch(text) is not None
