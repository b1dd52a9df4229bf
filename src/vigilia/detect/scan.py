"""Rules of one route over the rows of one batch."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow.compute as pc

from vigilia.detect.columns import BatchView, Column, Mask, Rows
from vigilia.detect.literals import TextHits
from vigilia.detect.logsources import Route
from vigilia.detect.plan import PlannedRule, RoutePlan, SourcePlan
from vigilia.detect.spoken import Spoken
from vigilia.detect.texts import Numbers
from vigilia.detect.values import ValueTest, value_holds
from vigilia.model.coded_arrays import texts_of
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
    leaves,
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


_WORTH_A_UNION = 200  # texts


class BatchTables:
    """For a test and a column: which texts pass. Shared by all routes of a batch."""

    def __init__(self, view: BatchView, plan: SourcePlan) -> None:
        self.view = view
        self._plan = plan
        self._hits: dict[tuple[str, bool], TextHits] = {}
        self._tables: dict[tuple[str, TextTest], Mask] = {}

    def passing(self, test: TextTest, name: str, column: Column) -> Numbers:
        """Return the numbers of the texts that pass a text test."""
        return self.hits(name, column, keyword=test.field is None).passing(test)

    def hits(self, name: str, column: Column, *, keyword: bool) -> TextHits:
        """Return a column's hits, for keywords or for the tests of fields that it stands for."""
        hits = self._hits.get((name, keyword))
        if hits is None:
            scanner = self._plan.scanner(None if keyword else name)
            hits = self._hits[name, keyword] = TextHits(column, scanner)
        return hits

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
        if isinstance(test, RegexTest) and column.part is None and len(numbers) >= _WORTH_A_UNION:
            numbers = self._in_union(test, name, column, numbers)
        return column.table(column.facts.verdicts((place, test)).passing(numbers, judge))

    def _in_union(self, test: RegexTest, name: str, column: Column, numbers: Numbers) -> Numbers:
        """Return those of some texts in which any expression of the column is found, or all where that is not known."""
        union = self._plan.union(None if test.field is None else name, test)
        if union is None:
            return numbers

        def judge(unknown: Numbers) -> Mask:
            found = pc.match_substring_regex(texts_of(column.facts.vocabulary, unknown), union)
            holds: Mask = found.to_numpy(zero_copy_only=False)
            return holds

        return column.facts.verdicts(("union", union)).passing_together(numbers, judge)


class RouteScan:
    """Runs rules with a route's field names."""

    def __init__(self, tables: BatchTables, route: Route) -> None:
        self._tables = tables
        self._view = tables.view
        self._route = route
        self._hits: dict[str | None, list[TextHits]] = {}
        self._witnessing: dict[tuple[TextTest, ...], Rows] = {}

    def live(self, plan: RoutePlan) -> list[PlannedRule]:
        """Return the rules of which some value in the batch may pass a necessary test, in order of id."""
        numbers = set(plan.witnessed.rest)
        for field, rules_by_test in plan.witnessed.by_field.items():
            for hits in self._hits_of(field):
                for test in hits.possible & rules_by_test.keys():
                    numbers.update(rules_by_test[test])
        return [plan.rules[number] for number in sorted(numbers)]

    def _hits_of(self, field: str | None) -> Sequence[TextHits]:
        """Return the hits of the columns that stand for a field, or (None) of all columns for keywords."""
        hits = self._hits.get(field)
        if hits is None:
            keyword = field is None
            columns = self._columns(field)
            hits = self._hits[field] = [self._tables.hits(name, one, keyword=keyword) for name, one in columns]
        return hits

    def matching(self, planned: PlannedRule, rows: Rows) -> Rows:
        """Return those of the route's rows that a rule matches, ascending."""
        if not any(map(self._possible, planned.conditions)):
            return rows[:0]
        if planned.witnesses:
            rows = self._witnessed(planned.witnesses, rows)
        matched = np.zeros(len(rows), dtype=np.bool_)
        for condition in planned.conditions:
            matched |= self._holds(condition, rows)
        return rows[matched]

    def _witnessed(self, tests: tuple[TextTest, ...], rows: Rows) -> Rows:
        """Return those of a route's rows in which one of some tests passes."""
        known = self._witnessing.get(tests)
        if known is None:
            held = np.zeros(len(rows), dtype=np.bool_)
            for field in sorted({test.field for test in tests}, key=str):
                for name, column in self._columns(field):
                    possible = self._tables.hits(name, column, keyword=field is None).possible
                    passing = [self._tables.passing(test, name, column) for test in tests if test in possible]
                    if passing:
                        held |= column.rows_where(column.table(np.concatenate(passing)), rows)
            known = self._witnessing[tests] = rows[held]
        return known

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
                return any(form in hits.possible for hits in self._hits_of(form.field))
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
        if any(len(columns) != 1 or not _is_plain(columns[0][1]) for columns in (texts, others)):
            return np.array([self._referring(test, int(row)) is not None for row in rows], dtype=np.bool_)
        text, other = texts[0][1], others[0][1]
        width = len(other.facts.vocabulary) + 1
        pairs, places = np.unique((text.codes[rows] + 1) * width + other.codes[rows] + 1, return_inverse=True)
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
        for condition in planned.rule.conditions:
            for test, positive in leaves(condition):
                if positive:
                    self._hear(test, rows, found)
        return found

    def _hear(self, test: Test, rows: Rows, found: Spoken) -> None:
        match test:
            case NullTest() | ExistsTest(exists=False):
                return
            case FieldReferenceTest():
                found.of(test.field).fill_texts([self._referring(test, row) for row in rows.tolist()])
            case _:
                for name, column in self._columns(test.field):
                    table = column.every if isinstance(test, ExistsTest) else self._table(test, name, column, rows)
                    if table[column.present].any():
                        found.of(test.field or name).fill(column, table, rows)


def _is_plain(column: Column) -> bool:
    """Whether each row has one text at most, which is its value."""
    return column.parents is None and column.part is None
