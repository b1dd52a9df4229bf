"""Text tests over distinct values: all literals of a column in one Aho-Corasick pass."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from ahocorasick_rs import AhoCorasick

from vigilia.detect.columns import Column
from vigilia.detect.values import glob_expression
from vigilia.sigma.folding import fold
from vigilia.sigma.form import TextTest

__all__ = ["LiteralScanner", "TextHits"]

# A slice of a value that one search looks at: bounds the list of hits that a long hostile value can cause.
_SLICE = 16_384


class LiteralScanner:
    """Finds, for many text tests at once, the values that may pass: those that hold the test's longest literal."""

    def __init__(self, tests: Iterable[TextTest]) -> None:
        exact: dict[str, list[TextTest]] = defaultdict(list)
        self._without_literal: list[TextTest] = []
        by_literal: dict[str, list[TextTest]] = defaultdict(list)
        for test in dict.fromkeys(tests):
            literal = fold(test.literal)
            if test.kind == "exact":
                exact[literal].append(test)
            elif literal:
                by_literal[literal].append(test)
            else:
                self._without_literal.append(test)
        self._exact = dict(exact)
        self._tests = [by_literal[literal] for literal in sorted(by_literal)]
        self._overlap = max(map(len, by_literal), default=1) - 1
        self._automaton = AhoCorasick(sorted(by_literal)) if by_literal else None

    def candidates(self, column: Column) -> dict[TextTest, list[int]]:
        """Return test → numbers of the values that may pass it, ascending; tests that none may pass are absent."""
        found: dict[TextTest, list[int]] = {}
        if self._exact:
            self._add_exact(column, found)
        if self._automaton is not None:
            self._add_holding(self._automaton, column, found)
        if self._without_literal:
            every = list(range(len(column.values)))
            found.update((test, every) for test in self._without_literal)
        return found

    def _add_exact(self, column: Column, found: dict[TextTest, list[int]]) -> None:
        for number, value in enumerate(column.folded):
            if value in self._exact:
                for test in self._exact[value]:
                    found.setdefault(test, []).append(number)

    def _add_holding(self, automaton: AhoCorasick, column: Column, found: dict[TextTest, list[int]]) -> None:
        holding: dict[int, list[int]] = defaultdict(list)
        for number, value in enumerate(column.folded):
            for literal_number in _hits(automaton, value, self._overlap):
                holding[literal_number].append(number)
        for literal_number, numbers in holding.items():
            found.update((test, numbers) for test in self._tests[literal_number])


def _hits(automaton: AhoCorasick, value: str, overlap: int) -> set[int]:
    """Return the numbers of the literals in a value."""
    if len(value) <= _SLICE:
        return {hit[0] for hit in automaton.find_matches_as_indexes(value, overlapping=True)}
    hits: set[int] = set()
    for start in range(0, len(value), _SLICE):
        piece = value[start : start + _SLICE + overlap]
        hits.update(hit[0] for hit in automaton.find_matches_as_indexes(piece, overlapping=True))
    return hits


class TextHits:
    """Which distinct values of one column pass which text tests."""

    def __init__(self, column: Column, scanner: LiteralScanner) -> None:
        self._column = column
        self._candidates: Mapping[TextTest, list[int]] = scanner.candidates(column)
        self._passing: dict[TextTest, list[int]] = {}

    def __iter__(self) -> Iterator[TextTest]:
        """Return the tests that some value may pass."""
        return iter(self._candidates)

    def passing(self, test: TextTest) -> list[int]:
        """Return the numbers of the values that pass a test of the scanner."""
        candidates = self._candidates.get(test)
        if candidates is None:
            return []
        numbers = self._passing.get(test)
        if numbers is None:
            values = self._column.values if test.cased else self._column.folded
            numbers = self._passing[test] = _verified(test, candidates, values)
        return numbers


def _verified(test: TextTest, candidates: list[int], values: list[str]) -> list[int]:
    literal = test.literal
    match test.kind:
        case "exact":
            return [number for number in candidates if values[number] == literal]
        case "contains":
            return [number for number in candidates if literal in values[number]]
        case "startswith":
            return [number for number in candidates if values[number].startswith(literal)]
        case "endswith":
            return [number for number in candidates if values[number].endswith(literal)]
        case "glob":
            expression = glob_expression(test)
            return [number for number in candidates if expression.fullmatch(values[number]) is not None]
