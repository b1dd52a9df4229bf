"""Text tests over distinct values: all patterns of a column in one pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.automaton import Automaton
from vigilia.detect.columns import Column
from vigilia.detect.patterns import Pattern, decides, pattern_of
from vigilia.detect.texts import Numbers
from vigilia.detect.values import glob_expression
from vigilia.sigma.folding import fold
from vigilia.sigma.form import MANY, TextTest

__all__ = ["LiteralScanner", "TextHits"]

_NONE: Numbers = np.zeros(0, dtype=np.intp)


class LiteralScanner:
    """The text tests that meet one column, and their patterns.

    Args:
        tests: may repeat.
        place: column or "" for keywords: what is known of a text is kept under it.
        within: the values are parts of the column's texts, so that no pattern is bound to the ends of a text.
    """

    def __init__(self, tests: Iterable[TextTest], *, within: bool = False, place: str = "") -> None:
        self.place = place
        by_pattern: dict[Pattern, list[TextTest]] = defaultdict(list)
        self.without_pattern: list[TextTest] = []
        for test in dict.fromkeys(tests):
            pattern = pattern_of(test)
            if pattern is None or (within and not pattern.literal):
                self.without_pattern.append(test)
            else:
                by_pattern[Pattern(pattern.literal, False, False) if within else pattern].append(test)
        patterns = sorted(by_pattern)
        self.automaton = Automaton(patterns)
        self.tests = [by_pattern[one] for one in patterns]
        self.pattern_of = {test: number for number, tests in enumerate(self.tests) for test in tests}
        self.decided = {test for test in self.pattern_of if decides(test)} if not within else set()


class TextHits:
    """Which texts of a batch pass which tests of one column."""

    def __init__(self, column: Column, scanner: LiteralScanner) -> None:
        self._column = column
        self._scanner = scanner
        self._passing: dict[TextTest, Numbers] = {}
        self._numbers, self._bounds = _by_pattern(column, scanner)
        self.possible: frozenset[TextTest] = frozenset(self._possible())
        """The tests that some value may pass."""

    def _possible(self) -> Iterator[TextTest]:
        for pattern in np.flatnonzero(self._bounds[1:] > self._bounds[:-1]).tolist():
            yield from self._scanner.tests[pattern]
        if len(self._column.present):
            yield from self._scanner.without_pattern

    def passing(self, test: TextTest) -> Numbers:
        """Return the numbers of the texts that pass a test of the scanner, ascending."""
        known = self._passing.get(test)
        if known is None:
            known = self._passing[test] = self._find(test)
        return known

    def _find(self, test: TextTest) -> Numbers:
        column = self._column
        pattern = self._scanner.pattern_of.get(test)
        if pattern is None:
            candidates = column.present
            if test.parts == (MANY,) and column.part is None:
                return candidates
        else:
            candidates = self._numbers[self._bounds[pattern] : self._bounds[pattern + 1]]
            if test in self._scanner.decided:
                return candidates
        if not len(candidates):
            return _NONE
        place = column.part.column if column.part else ""
        return column.facts.verdicts((place, test)).passing(candidates, lambda one: text_holds(test, column.value(one)))


def _by_pattern(column: Column, scanner: LiteralScanner) -> tuple[Numbers, NDArray[np.int64]]:
    """Return the texts of a batch that have each pattern, pattern after pattern, and where those of each begin."""
    patterns = len(scanner.tests)
    ends, found = column.facts.patterns(scanner.place, scanner.automaton)
    present = column.present
    if not len(found):
        return _NONE, np.zeros(patterns + 1, dtype=np.int64)
    starts = np.where(present, ends[present - 1], 0)
    counts = ends[present] - starts
    before = np.cumsum(counts) - counts
    places = np.arange(int(counts.sum())) + np.repeat(starts - before, counts)
    hits = found[places]
    order = np.argsort(hits.astype(np.uint16) if patterns <= 1 << 16 else hits, kind="stable")
    bounds = np.zeros(patterns + 1, dtype=np.int64)
    np.cumsum(np.bincount(hits, minlength=patterns), out=bounds[1:])
    return np.repeat(present, counts)[order], bounds


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
