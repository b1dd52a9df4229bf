"""Rules of one route over the rows of one batch."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cached_property
from typing import Final

import numpy as np

from vigilia.detect.alternatives import alternatives
from vigilia.detect.columns import BatchView, Column, ElementsOfRows, Mask, NamedColumn, Rows
from vigilia.detect.keywords import KeywordHits
from vigilia.detect.literals import TextHits
from vigilia.detect.logsources import Route
from vigilia.detect.patterns import SearchedTest, patterns_of
from vigilia.detect.plan import PlannedRule, RoutePlan, ScannerName, SourcePlan
from vigilia.detect.spoken import Spoken
from vigilia.detect.texts import Numbers
from vigilia.detect.values import ValueTest, value_holds
from vigilia.model.coded_arrays import texts_matching
from vigilia.sigma.folding import fold
from vigilia.sigma.form import (
    All,
    Any,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    RegexTest,
    Test,
    TextTest,
)

__all__ = ["BatchTables", "RouteScan", "reference_holds"]


def reference_holds(test: FieldReferenceTest, text: str, other: str) -> bool:
    """Compare a value with a value of the field referred to."""
    text, other = fold(text), fold(other)
    match test.starts, test.ends:
        case True, True:
            return other in text
        case True, False:
            return text.startswith(other)
        case False, True:
            return text.endswith(other)
        case _:
            return text == other


_WORTH_AN_ARRAY = 200  # texts
_NO_NUMBERS: Final[Numbers] = np.zeros(0, dtype=np.intp)
_NO_TESTS: Final[frozenset[SearchedTest]] = frozenset()


class BatchTables:
    """For a test and a column: which texts pass. Shared by all routes of a batch.

    Attributes:
        witnessed: for each row whether any rule may match it, as far as witnesses say. Tests that are no witness are
            asked of these rows alone, so it must be complete before any is.
    """

    def __init__(self, view: BatchView, plan: SourcePlan) -> None:
        self.view = view
        self.witnessed: Mask = np.zeros(view.rows, dtype=np.bool_)
        self._plan = plan
        self._hits: dict[ScannerName, TextHits] = {}
        self._keywords: dict[bool, KeywordHits] = {}
        self._tables: dict[tuple[str, TextTest], Mask] = {}

    def passing(self, test: SearchedTest, name: str, column: Column) -> Numbers:
        """Return the numbers of the texts that pass a text test, or have a literal of an expression."""
        return self._hits_for(test, name, column).passing(test)

    def may_pass(self, test: SearchedTest, name: str, column: Column) -> bool:
        """Whether any text of a column that stands for the test's field may pass it."""
        return test in self._hits_for(test, name, column).possible

    def possible(self, columns: Sequence[NamedColumn] | None, *, first: bool) -> frozenset[SearchedTest]:
        """Return the tests that some text may pass, of one field or (None) of keywords.

        Args:
            columns: those that stand for the field.
            first: whether witnesses are meant, or the other tests.
        """
        if columns is None:
            return self._keyword_hits(first=first).possible
        return _NO_TESTS.union(*(self._hits_of(name, one, first=first).possible for name, one in columns))

    def keyword_columns(self, test: SearchedTest) -> Sequence[NamedColumn]:
        """Return the columns of which some text may pass a keyword test."""
        return self._keyword_hits(first=self._plan.is_first(test, None)).columns.get(test, ())

    def _hits_for(self, test: SearchedTest, name: str, column: Column) -> TextHits:
        if test.field is None:
            return self._keyword_hits(first=self._plan.is_first(test, None)).by_column[name]
        return self._hits_of(name, column, first=self._plan.is_first(test, name))

    def _hits_of(self, name: str, column: Column, *, first: bool) -> TextHits:
        hits = self._hits.get((name, first))
        if hits is None:
            scanner = self._plan.scanner(name, first=first)
            if scanner.is_empty:
                numbers = _NO_NUMBERS
            else:
                numbers = column.present if first else column.numbers_in(self._witnessed_rows)
            hits = self._hits[name, first] = TextHits(column, scanner, numbers)
        return hits

    def _keyword_hits(self, *, first: bool) -> KeywordHits:
        hits = self._keywords.get(first)
        if hits is None:
            rows = None if first else self._witnessed_rows
            hits = self._keywords[first] = KeywordHits(self.view, self._plan.scanner(None, first=first), rows)
        return hits

    @cached_property
    def _witnessed_rows(self) -> Rows:
        return np.flatnonzero(self.witnessed)

    def text(self, test: TextTest, name: str, column: Column) -> Mask:
        """Return a text test's table."""
        table = self._tables.get((name, test))
        if table is None:
            table = self._tables[name, test] = column.table(self.passing(test, name, column))
        return table

    def value(self, test: ValueTest, name: str, column: Column, rows: Rows) -> Mask:
        """Return another test's table; it is right for the texts in these rows only, because it costs more."""

        def judge(number: int) -> bool:
            value = column.value(number)
            return value is not None and value_holds(test, value)

        place = column.part.column if column.part else ""
        numbers = column.numbers_in(rows)
        if isinstance(test, RegexTest):
            numbers = self._searched(test, name, column, numbers)
        return column.table(column.facts.verdicts((place, test)).passing(numbers, judge))

    def _searched(self, test: RegexTest, name: str, column: Column, numbers: Numbers) -> Numbers:
        """Return those of some texts in which an expression may be found."""
        if patterns_of(test):
            numbers = np.intersect1d(numbers, self.passing(test, name, column), assume_unique=True)
        if column.part is not None or len(numbers) < _WORTH_AN_ARRAY:
            return numbers

        def judge(unknown: Numbers) -> Mask:
            return texts_matching(column.facts.vocabulary, unknown, test.expression)

        return column.facts.verdicts(("array", test)).passing_together(numbers, judge)


class RouteScan:
    """Runs rules with a route's field names.

    First all routes of a batch must say which rules are live (`live`), then each may be asked what they match.

    Args:
        tables: of the batch.
        route: the route.
        rows: that it serves, ascending.
    """

    def __init__(self, tables: BatchTables, route: Route, rows: Rows) -> None:
        self._tables = tables
        self._view = tables.view
        self._rows = rows
        self.route = route
        self._columns_of: dict[str, Sequence[NamedColumn]] = {}
        self._promising_for: dict[SearchedTest, Sequence[NamedColumn]] = {}
        self._possible_in: dict[tuple[str | None, bool], frozenset[SearchedTest]] = {}
        self._witnessing: dict[tuple[SearchedTest, ...], Rows] = {}
        self._elements: dict[Column, ElementsOfRows] = {}

    def live(self, plan: RoutePlan) -> list[tuple[PlannedRule, Rows]]:
        """Return the rules that may match, in order of id, each with those of the route's rows that it may match."""
        numbers = set(plan.witnessed.rest)
        for field, rules_by_test in plan.witnessed.by_field.items():
            for test in self._possible_tests(field, first=True) & rules_by_test.keys():
                numbers.update(rules_by_test[test])
        live = []
        for number in sorted(numbers):
            planned = plan.rules[number]
            left = self._witnessed(planned.witnesses) if planned.witnesses else self._rows
            if len(left):
                live.append((planned, left))
                if planned.witnesses:
                    self._tables.witnessed[left] = True
        self._elements.clear()  # nothing is asked of all rows any more
        return live

    def matching(self, planned: PlannedRule, rows: Rows) -> Rows:
        """Return those of some rows that a live rule matches, ascending."""
        if not any(map(self._possible, planned.conditions)):
            return rows[:0]
        matched = np.zeros(len(rows), dtype=np.bool_)
        for condition in planned.conditions:
            matched |= self._holds(condition, rows)
        return rows[matched]

    def _witnessed(self, tests: tuple[SearchedTest, ...]) -> Rows:
        """Return those of the route's rows in which one of some tests passes."""
        known = self._witnessing.get(tests)
        if known is None:
            fields = {test.field for test in tests}
            possible = _NO_TESTS.union(*(self._possible_tests(field, first=True) for field in fields))
            held = np.zeros(len(self._rows), dtype=np.bool_)
            for column, table in self._passing_any(possible & set(tests)):
                held |= self._elements_of(column).where(table)
            known = self._witnessing[tests] = self._rows[held]
        return known

    def _elements_of(self, column: Column) -> ElementsOfRows:
        known = self._elements.get(column)
        if known is None:
            known = self._elements[column] = column.within(self._rows, self._places)
        return known

    @cached_property
    def _places(self) -> Rows:
        """Of each row of the batch its place among those of the route, or -1."""
        places = np.full(self._view.rows, -1, dtype=np.intp)
        places[self._rows] = np.arange(len(self._rows))
        return places

    def _with_any(self, tests: Collection[SearchedTest], rows: Rows) -> Mask:
        """Say which of some rows have a text that passes one of some tests, or has a literal of an expression."""
        held = np.zeros(len(rows), dtype=np.bool_)
        for column, table in self._passing_any(tests):
            held |= column.rows_where(table, rows)
        return held

    def _passing_any(self, tests: Collection[SearchedTest]) -> Iterator[tuple[Column, Mask]]:
        """Yield columns, each with a table of the texts that pass one of some tests, or may pass an expression's."""
        passing: dict[Column, list[Numbers]] = {}
        for test in tests:
            for name, column in self._promising(test):
                passing.setdefault(column, []).append(self._tables.passing(test, name, column))
        for column, numbers in passing.items():
            yield column, column.table(numbers[0] if len(numbers) == 1 else np.concatenate(numbers))

    def _columns(self, field: str) -> Sequence[NamedColumn]:
        """Return the columns that stand for a field."""
        known = self._columns_of.get(field)
        if known is None:
            found = [(name, self._view.column(name)) for name in self.route.columns(field)]
            known = self._columns_of[field] = [(name, one) for name, one in found if one is not None]
        return known

    def _promising(self, test: SearchedTest) -> Sequence[NamedColumn]:
        """Return the columns of which some text may pass a test."""
        known = self._promising_for.get(test)
        if known is None:
            tables = self._tables
            if test.field is None:
                known = tables.keyword_columns(test)
            else:
                known = [(name, one) for name, one in self._columns(test.field) if tables.may_pass(test, name, one)]
            self._promising_for[test] = known
        return known

    def _possible_tests(self, field: str | None, *, first: bool = False) -> frozenset[SearchedTest]:
        """Return the tests of a field, or (None) for keywords, that some text may pass: of the witnesses, or of all."""
        known = self._possible_in.get((field, first))
        if known is None:
            known = self._tables.possible(None if field is None else self._columns(field), first=True)
            if not first:
                known |= self._tables.possible(None if field is None else self._columns(field), first=False)
            self._possible_in[field, first] = known
        return known

    # Can it hold for any row at all?

    def _possible(self, form: Form) -> bool:
        match form:
            case All(items=items):
                return all(self._possible(item) for item in items)
            case Any():
                texts, others = alternatives(form)
                some = any(not self._possible_tests(field).isdisjoint(tests) for field, tests in texts)
                return some or any(self._possible(item) for item in others)
            case TextTest() | RegexTest():
                return form in self._possible_tests(form.field)
            case Negation() | NullTest() | ExistsTest(exists=False):
                return True
            case _:
                return bool(self._columns(form.field))

    # For which of these rows does it hold?

    def _holds(self, form: Form, rows: Rows) -> Mask:
        match form:
            case All(items=items):
                return self._all(items, rows)
            case Any():
                return self._any(form, rows)
            case Negation(item=item):
                return ~self._holds(item, rows)
            case _:
                return self._test(form, rows)

    def _all(self, items: Sequence[Form], rows: Rows) -> Mask:
        left = np.arange(len(rows))
        for item in items:
            left = left[self._holds(item, rows[left])]
            if not len(left):
                break
        held = np.zeros(len(rows), dtype=np.bool_)
        held[left] = True
        return held

    def _any(self, form: Any, rows: Rows) -> Mask:
        texts, others = alternatives(form)
        held = np.zeros(len(rows), dtype=np.bool_)
        for field, tests in texts:
            if possible := self._possible_tests(field) & tests:
                held |= self._with_any(possible, rows)
        for item in others:
            if self._possible(item):
                left = np.flatnonzero(~held)
                held[left] = self._holds(item, rows[left])
        return held

    def _test(self, test: Test, rows: Rows) -> Mask:
        match test:
            case NullTest():
                return ~self._present(test.field, rows)
            case ExistsTest():
                present = self._present(test.field, rows)
                return present if test.exists else ~present
            case FieldReferenceTest():
                return self._refers(test, rows)
            case _:
                held = np.zeros(len(rows), dtype=np.bool_)
                for name, column in self._tested(test):
                    held |= column.rows_where(self._table(test, name, column, rows), rows)
                return held

    def _tested(self, test: TextTest | ValueTest | ExistsTest) -> Sequence[NamedColumn]:
        return self._promising(test) if isinstance(test, TextTest | RegexTest) else self._columns(test.field)

    def _table(self, test: TextTest | ValueTest, name: str, column: Column, rows: Rows) -> Mask:
        if isinstance(test, TextTest):
            return self._tables.text(test, name, column)
        return self._tables.value(test, name, column, rows)

    def _present(self, field: str, rows: Rows) -> Mask:
        held = np.zeros(len(rows), dtype=np.bool_)
        for _, column in self._columns(field):
            held |= column.rows_where(column.every, rows)
        return held

    def _refers(self, test: FieldReferenceTest, rows: Rows) -> Mask:
        """Compare two fields, once for each distinct pair of values where each is one column of single values."""
        texts, others = self._columns(test.field), self._columns(test.other)
        if any(len(columns) != 1 or not _is_plain(columns[0][1]) for columns in (texts, others)):
            return np.array([self._referring(test, int(row)) is not None for row in rows], dtype=np.bool_)
        text, other = texts[0][1], others[0][1]
        width = len(other.facts.vocabulary) + 1
        pairs, places = np.unique(
            (text.text_of_each(rows) + 1) * width + other.text_of_each(rows) + 1, return_inverse=True
        )
        held = [
            one > 0
            and two > 0
            and reference_holds(test, text.facts.vocabulary.text(one - 1), other.facts.vocabulary.text(two - 1))
            for one, two in (divmod(int(pair), width) for pair in pairs)
        ]
        return np.array(held, dtype=np.bool_)[places]

    def _referring(self, test: FieldReferenceTest, row: int) -> str | None:
        """Return the first value in a row that stands in the wanted relation to one of the other field."""
        others = self._values(test.other, row)
        texts = self._values(test.field, row)
        return next((text for text in texts if any(reference_holds(test, text, other) for other in others)), None)

    def _values(self, field: str, row: int) -> list[str]:
        return [value for _, column in self._columns(field) for value in column.values(row)]

    # Which values made it match?

    def spoken(self, planned: PlannedRule, rows: Rows) -> Spoken:
        """Return the values that speak for a rule in rows that it matches."""
        found = Spoken(rows)
        for test in planned.speaking:
            if not isinstance(test, TextTest | RegexTest) or test in self._possible_tests(test.field):
                self._hear(test, rows, found)
        return found

    def _hear(self, test: Test, rows: Rows, found: Spoken) -> None:
        match test:
            case NullTest() | ExistsTest(exists=False):
                return
            case FieldReferenceTest():
                found.of(test.field).fill_texts([self._referring(test, row) for row in rows.tolist()])
            case _:
                for name, column in self._tested(test):
                    table = column.every if isinstance(test, ExistsTest) else self._table(test, name, column, rows)
                    if table[column.present].any():
                        found.of(test.field or name).fill(column, table, rows)


def _is_plain(column: Column) -> bool:
    """Whether each row has one text at most, which is its value."""
    return column.single and column.part is None
