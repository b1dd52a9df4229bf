"""Rules of one route over the rows of one batch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.columns import BatchView, Column, Mask, Rows
from vigilia.detect.literals import TextHits
from vigilia.detect.logsources import Route
from vigilia.detect.plan import PlannedRule, RoutePlan, SourcePlan
from vigilia.detect.values import ValueTest, value_holds
from vigilia.sigma.folding import fold
from vigilia.sigma.form import (
    All,
    Any,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    Test,
    TextTest,
    leaves,
)

__all__ = ["BatchTables", "RouteScan", "reference_holds"]

_UNKNOWN, _FAILS, _HOLDS = 0, 1, 2


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


class BatchTables:
    """For a test and a column: which distinct values pass. Shared by all routes of a batch."""

    def __init__(self, view: BatchView, plan: SourcePlan) -> None:
        self.view = view
        self._plan = plan
        self._hits: dict[tuple[str, bool], TextHits] = {}
        self._tables: dict[tuple[str, TextTest], Mask] = {}
        self._known: dict[tuple[str, ValueTest], NDArray[np.int8]] = {}

    def passing(self, test: TextTest, name: str, column: Column) -> list[int]:
        """Return the numbers of the values that pass a text test."""
        return self.hits(name, column, keyword=test.field is None).passing(test)

    def hits(self, name: str, column: Column, *, keyword: bool) -> TextHits:
        """Return a column's hits, for keywords or for the tests of fields that it stands for."""
        hits = self._hits.get((name, keyword))
        if hits is None:
            scanner = self._plan.keyword_scanner() if keyword else self._plan.scanner(name)
            hits = self._hits[name, keyword] = TextHits(column, scanner)
        return hits

    def text(self, test: TextTest, name: str, column: Column) -> Mask:
        """Return a text test's table."""
        table = self._tables.get((name, test))
        if table is None:
            table = self._tables[name, test] = column.table(self.passing(test, name, column))
        return table

    def value(self, test: ValueTest, name: str, column: Column, rows: Rows) -> Mask:
        """Return another test's table; it is filled in for the values in these rows only, because it costs more."""
        known = self._known.get((name, test))
        if known is None:
            known = self._known[name, test] = np.zeros(len(column.values) + 1, dtype=np.int8)
        for number in column.numbers_in(rows):
            if known[number] == _UNKNOWN:
                known[number] = _HOLDS if value_holds(test, column.values[number]) else _FAILS
        table: Mask = known == _HOLDS
        return table


class RouteScan:
    """Runs rules with a route's field names."""

    def __init__(self, tables: BatchTables, route: Route) -> None:
        self._tables = tables
        self._view = tables.view
        self._route = route

    def live(self, plan: RoutePlan) -> list[PlannedRule]:
        """Return the rules of which some value in the batch may pass a necessary test, in order of id."""
        numbers = set(plan.unwitnessed)
        for name, rules_by_test in plan.witnessed.items():
            for hits in self._hits_of(name):
                for test in hits:
                    numbers.update(rules_by_test.get(test, ()))
        return [plan.rules[number] for number in sorted(numbers)]

    def _hits_of(self, name: str | None) -> Iterator[TextHits]:
        if name is None:
            for keyword_name, column in self._columns(None):
                yield self._tables.hits(keyword_name, column, keyword=True)
        elif (named := self._view.column(name)) is not None:
            yield self._tables.hits(name, named, keyword=False)

    def matches(self, planned: PlannedRule, rows: Rows) -> Iterator[tuple[int, dict[str, str]]]:
        """Yield the rows that a rule matches, ascending, each with the values that speak for it."""
        matched = np.zeros(len(rows), dtype=np.bool_)
        for condition in planned.conditions:
            if self._possible(condition):
                matched |= self._holds(condition, rows)
        if matched.any():
            yield from self._explained(planned, rows[matched])

    def _columns(self, field: str | None) -> list[tuple[str, Column]]:
        view = self._view
        if field is None:
            return [(name, column) for name in view.names if (column := view.recorded(name)) is not None]
        names = self._route.columns(field)
        return [(name, column) for name in names if (column := view.column(name)) is not None]

    # Can it hold for any row at all?

    def _possible(self, form: Form) -> bool:
        match form:
            case All(items=items):
                return all(self._possible(item) for item in items)
            case Any(items=items):
                return any(self._possible(item) for item in items)
            case TextTest():
                return any(self._tables.passing(form, name, column) for name, column in self._columns(form.field))
            case Negation() | NullTest() | ExistsTest(exists=False):
                return True
            case _:
                return bool(self._columns(form.field))

    # For which of these rows does it hold?

    def _holds(self, form: Form, rows: Rows) -> Mask:
        match form:
            case All(items=items):
                return self._all(items, rows)
            case Any(items=items):
                return self._any(items, rows)
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

    def _any(self, items: Sequence[Form], rows: Rows) -> Mask:
        held = np.zeros(len(rows), dtype=np.bool_)
        for item in items:
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
                for name, column in self._columns(test.field):
                    held |= column.rows_where(self._table(test, name, column, rows), rows)
                return held

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
        if any(len(columns) != 1 or columns[0][1].parents is not None for columns in (texts, others)):
            return np.array([self._referring(test, int(row)) is not None for row in rows], dtype=np.bool_)
        text, other = texts[0][1], others[0][1]
        width = len(other.values) + 1
        pairs, places = np.unique(text.codes[rows] * width + other.codes[rows], return_inverse=True)
        held = [
            one < len(text.values)
            and two < len(other.values)
            and reference_holds(test, text.values[one], other.values[two])
            for one, two in (divmod(int(pair), width) for pair in pairs)
        ]
        return np.array(held, dtype=np.bool_)[places]

    def _referring(self, test: FieldReferenceTest, row: int) -> str | None:
        """Return the first value in a row that stands in the wanted relation to one of the other field."""
        others = self._values(test.other, row)
        texts = self._values(test.field, row)
        return next((text for text in texts if any(reference_holds(test, text, other) for other in others)), None)

    def _values(self, field: str, row: int) -> list[str]:
        return [column.values[number] for _, column in self._columns(field) for number in column.elements(row)]

    # Which values made it match?

    def _explained(self, planned: PlannedRule, rows: Rows) -> Iterator[tuple[int, dict[str, str]]]:
        fields: list[dict[str, str]] = [{} for _ in rows]
        for condition in planned.rule.conditions:
            for test, positive in leaves(condition):
                if positive:
                    self._explain(test, rows, fields)
        for row, found in zip(rows, fields, strict=True):
            yield int(row), found

    def _explain(self, test: Test, rows: Rows, fields: list[dict[str, str]]) -> None:
        match test:
            case NullTest() | ExistsTest(exists=False):
                return
            case FieldReferenceTest():
                for row, found in zip(rows, fields, strict=True):
                    value = self._referring(test, int(row))
                    if value is not None:
                        found.setdefault(test.field, value)
            case _:
                for name, column in self._columns(test.field):
                    table = column.every if isinstance(test, ExistsTest) else self._table(test, name, column, rows)
                    for at in np.flatnonzero(column.rows_where(table, rows)):
                        number = next(one for one in column.elements(int(rows[at])) if table[one])
                        fields[at].setdefault(test.field or name, column.values[number])
