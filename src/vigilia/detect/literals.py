"""Text tests over distinct values: all literals of a column in one Aho-Corasick pass."""

from __future__ import annotations

from collections.abc import Iterable

from ahocorasick_rs import AhoCorasick

from vigilia.detect.columns import Column
from vigilia.detect.values import glob_expression
from vigilia.sigma.folding import fold
from vigilia.sigma.form import TextTest

__all__ = ["LiteralScanner", "TextHits"]

# A slice of a value that one search looks at: bounds the list of hits that a long hostile value can cause.
_SLICE = 16_384


class LiteralScanner:
    """Finds, in folded text, the longest literal of each of many text tests."""

    def __init__(self, tests: Iterable[TextTest]) -> None:
        wanted = (fold(test.literal) for test in tests if test.kind != "exact")
        literals = sorted({literal for literal in wanted if literal})
        self._numbers = {literal: number for number, literal in enumerate(literals)}
        self._overlap = max(map(len, literals), default=1) - 1
        self._automaton = AhoCorasick(literals) if literals else None

    def scan(self, values: Iterable[str]) -> dict[str, list[int]]:
        """Return literal → numbers of the values that contain it, ascending."""
        found: list[list[int]] = [[] for _ in self._numbers]
        if self._automaton is not None:
            for number, value in enumerate(values):
                for literal in self._in(self._automaton, value):
                    found[literal].append(number)
        return {literal: found[number] for literal, number in self._numbers.items()}

    def _in(self, automaton: AhoCorasick, value: str) -> set[int]:
        if len(value) <= _SLICE:
            return {hit[0] for hit in automaton.find_matches_as_indexes(value, overlapping=True)}
        hits: set[int] = set()
        for start in range(0, len(value), _SLICE):
            piece = value[start : start + _SLICE + self._overlap]
            hits.update(hit[0] for hit in automaton.find_matches_as_indexes(piece, overlapping=True))
        return hits


class TextHits:
    """Which distinct values of one column pass which text tests; the column is scanned when first asked."""

    def __init__(self, column: Column, scanner: LiteralScanner) -> None:
        self._column = column
        self._scanner = scanner
        self._scanned: dict[str, list[int]] | None = None
        self._passing: dict[TextTest, list[int]] = {}

    def passing(self, test: TextTest) -> list[int]:
        """Return the numbers of the values that pass a test."""
        numbers = self._passing.get(test)
        if numbers is None:
            numbers = self._passing[test] = self._find(test)
        return numbers

    def _find(self, test: TextTest) -> list[int]:
        values = self._column.values if test.cased else self._column.folded
        candidates = self._candidates(test)
        if test.kind == "exact":
            return [number for number in candidates if values[number] == test.literal] if test.cased else candidates
        if test.kind == "glob" or not test.literal:
            expression = glob_expression(test)
            return [number for number in candidates if expression.fullmatch(values[number])]
        return _verified(test, candidates, values)

    def _candidates(self, test: TextTest) -> list[int]:
        literal = fold(test.literal)
        if test.kind == "exact":
            return self._column.numbers_by_folded.get(literal, [])
        if not literal:
            return list(range(len(self._column.values)))
        if self._scanned is None:
            self._scanned = self._scanner.scan(self._column.folded)
        return self._scanned[literal]


def _verified(test: TextTest, candidates: list[int], values: list[str]) -> list[int]:
    literal = test.literal
    match test.kind:
        case "startswith":
            return [number for number in candidates if values[number].startswith(literal)]
        case "endswith":
            return [number for number in candidates if values[number].endswith(literal)]
        case _:
            return [number for number in candidates if literal in values[number]] if test.cased else candidates
