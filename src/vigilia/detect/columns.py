"""A batch as detection sees it: each column once, as texts of a vocabulary and a number for each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vigilia.detect.derivation import derived_codes
from vigilia.detect.logsources import DERIVED, ECS, Derived, Inferred, LogSourceTable, Route
from vigilia.detect.texts import Numbers, TextFacts
from vigilia.model.coded import ABSENT, CodedBatch, CodedColumn, Vocabulary
from vigilia.model.coded_arrays import coded_column
from vigilia.model.events import EventBatch
from vigilia.sigma.folding import fold

__all__ = ["BatchView", "Column", "ElementsOfRows", "Mask", "NamedColumn", "Rows"]

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


_MOST_DERIVED = 200_000  # texts that are kept of a derived column
_TABLE_PAYS = 16  # sorting a number costs as much as so many places of a table
_LOOKING_UP_PAYS = 16  # finding the element of a row costs as much as passing over so many


class ElementsOfRows(NamedTuple):
    """The elements of a column in some rows.

    Attributes:
        rows: how many rows there are.
        codes: of each element.
        places: of the row of each element among these rows; None where each row has one element.
    """

    rows: int
    codes: Rows
    places: Rows | None

    def where(self, table: Mask) -> Mask:
        """Say for each row whether one of its elements has a value for which the table holds."""
        if self.places is None:
            held: Mask = table[self.codes]
            return held
        of_rows = np.zeros(self.rows, dtype=np.bool_)
        of_rows[self.places[table[self.codes]]] = True
        return of_rows


class Column:
    """One column of a batch.

    Attributes:
        facts: its vocabulary, and what is known of the texts in it.
        parents: for columns of lists, and of fields that few rows have, the row of each element (ascending); None where
            each row has one element.
        single: no row has more than one text.
        part: how the value is taken out of the text where it is a part of it.
    """

    def __init__(
        self,
        facts: TextFacts,
        codes: NDArray[np.int32],
        parents: NDArray[np.int64] | None,
        rows: int,
        part: Derived | None = None,
        *,
        single: bool = False,
    ) -> None:
        self.facts = facts
        self._codes = codes
        self.parents = parents
        self.single = single or parents is None
        self.rows = rows
        self.part = part

    @cached_property
    def codes(self) -> Rows:
        """The number of each element's text, as NumPy looks up with; -1 is the last place of a table."""
        return self._codes.astype(np.intp)

    def value(self, number: int) -> str | None:
        """Return the value that a text stands for; None where it has not the part that is wanted."""
        text = self.facts.vocabulary.text(number)
        return text if self.part is None else self.part.value(text)

    @cached_property
    def present(self) -> Numbers:
        """The numbers of the texts in this batch."""
        return self._texts_of(self.codes)

    def _texts_of(self, codes: Rows) -> Numbers:
        if len(codes) * _TABLE_PAYS < len(self.facts.vocabulary):
            distinct = np.unique(codes)
            return distinct[distinct >= 0]
        table = np.zeros(len(self.facts.vocabulary) + 1, dtype=np.bool_)
        table[codes] = True
        return np.flatnonzero(table[:-1])

    @cached_property
    def every(self) -> Mask:
        """The table that holds for every value but null."""
        numbers = self.present
        if self.part is not None:
            numbers = self.facts.verdicts(self.part.column).passing(numbers, lambda one: self.value(one) is not None)
        return self.table(numbers)

    def table(self, numbers: Numbers) -> Mask:
        """Return a table over numbers of texts (and null, which never holds) that holds for some."""
        table = np.zeros(len(self.facts.vocabulary) + 1, dtype=np.bool_)
        table[numbers] = True
        return table

    def rows_where(self, table: Mask, rows: Rows) -> Mask:
        """Say for each of the rows whether one of its elements has a value for which the table holds."""
        if self.parents is None:
            held: Mask = table[self.codes if len(rows) == self.rows else self.codes[rows]]
            return held
        if self.single and len(rows) * _LOOKING_UP_PAYS < len(self.parents):
            few: Mask = table[self.text_of_each(rows)]
            return few
        whole = np.zeros(self.rows, dtype=np.bool_)
        whole[self.parents[table[self.codes]]] = True
        return whole[rows]

    def within(self, rows: Rows, places: Rows) -> ElementsOfRows:
        """Return the elements of some rows, for whoever has many questions about the same rows.

        Args:
            rows: ascending.
            places: of each row of the batch its place in `rows`, or -1.
        """
        if self.parents is None:
            return ElementsOfRows(len(rows), self.codes if len(rows) == self.rows else self.codes[rows], None)
        if len(rows) == self.rows:
            return ElementsOfRows(len(rows), self.codes, self.parents)
        of_elements = places[self.parents]
        there = of_elements >= 0
        return ElementsOfRows(len(rows), self.codes[there], of_elements[there])

    def numbers_in(self, rows: Rows) -> Numbers:
        """Return the numbers of the texts in some rows."""
        if len(rows) == self.rows:
            return self.present
        return self._texts_of(self.codes[rows if self.parents is None else self._elements_in(rows)])

    def has_any(self, rows: Rows) -> bool:
        """Tell whether one of some rows has a text."""
        if self.parents is None:
            return bool((self._codes[rows] >= 0).any())
        return bool(self._elements_in(rows).any())

    def _elements_in(self, rows: Rows) -> Mask:
        wanted = np.zeros(self.rows, dtype=np.bool_)
        wanted[rows] = True
        held: Mask = wanted[self.parents]
        return held

    def distinct(self, *, of_rows: bool) -> tuple[list[str], NDArray[np.int64]]:
        """Return the values in this batch and, for each element, the place of its own, or len(values) for null.

        Args:
            of_rows: a place for the first value of each row instead.
        """
        values: dict[str, int] = {}
        places = np.full(len(self.facts.vocabulary) + 1, ABSENT, dtype=np.int64)
        for number in self.present.tolist():
            value = self.value(number)
            if value is not None:
                places[number] = values.setdefault(value, len(values))
        codes = places[self.codes]
        codes[codes == ABSENT] = len(values)
        if of_rows and self.parents is not None:
            there = np.flatnonzero(codes < len(values))[::-1]
            codes, elements = np.full(self.rows, len(values), dtype=np.int64), codes
            codes[self.parents[there]] = elements[there]  # backwards: the first of a row is written last
        return list(values), codes

    def text_of_each(self, rows: Rows) -> Rows:
        """Return the number of the text of each of some rows, or -1. No row may have more than one text."""
        if self.parents is None:
            return self.codes[rows]
        if not len(self.parents):
            return np.full(len(rows), ABSENT, dtype=np.intp)
        places = np.minimum(np.searchsorted(self.parents, rows), len(self.parents) - 1)
        return np.where(self.parents[places] == rows, self.codes[places], ABSENT)

    def elements(self, row: int) -> list[int]:
        """Return the numbers of the texts in one row that have a value, in order."""
        if self.parents is None:
            numbers = [int(self.codes[row])]
        else:
            first, last = np.searchsorted(self.parents, [row, row + 1])
            numbers = self.codes[first:last].tolist()
        return [number for number in numbers if number >= 0 and (self.part is None or self.value(number) is not None)]

    def values(self, row: int) -> list[str]:
        """Return the values in one row, in order."""
        found = [self.value(number) for number in self.elements(row)]
        return [one for one in found if one is not None]


NamedColumn = tuple[str, Column]


class BatchView:
    """The columns of a batch by name, looked at when first asked for.

    Args:
        source: log source id.
        rows: number of rows.
        columns: the source's own columns.
        normalised: returns the events of the same rows under ECS names.
        table: log sources.
        facts: what is known from earlier batches, by column; a batch with vocabularies of its own has nothing to keep.
    """

    def __init__(
        self,
        source: str,
        rows: int,
        columns: dict[str, Callable[[], CodedColumn]],
        normalised: Callable[[], pa.RecordBatch],
        table: LogSourceTable,
        facts: dict[str, TextFacts] | None = None,
    ) -> None:
        self.source = source
        self.rows = rows
        self.names: tuple[str, ...] = tuple(sorted(columns))
        self.all_rows: Rows = np.arange(rows)
        self._columns = columns
        self._normalised_rows = normalised
        self._table = table
        self._facts: dict[str, TextFacts] = {} if facts is None else facts
        self._recorded: dict[str, Column | None] = {}
        self._computed: dict[str, Column | None] = {}
        self._inferred: dict[str, list[tuple[Inferred, Mask]]] = {}
        self._fitting: dict[tuple[str, tuple[str, ...]], Mask] = {}

    @classmethod
    def of(cls, batch: EventBatch, table: LogSourceTable) -> BatchView:
        """Return the view of a batch of Arrow columns."""
        fields = batch.fields
        columns = {name: _thunk(fields.column(at)) for at, name in enumerate(fields.schema.names)}
        return cls(batch.source, fields.num_rows, columns, lambda: batch.events, table)

    @classmethod
    def of_coded(
        cls,
        batch: CodedBatch,
        normalised: Callable[[], pa.RecordBatch],
        table: LogSourceTable,
        facts: dict[str, TextFacts],
    ) -> BatchView:
        """Return the view of a batch of coded columns; what is found out about their texts is kept in `facts`."""
        columns = {name: _constant(column) for name, column in batch.columns.items()}
        return cls(batch.source, len(batch.records), columns, normalised, table, facts)

    def column(self, name: str) -> Column | None:
        """Return a column of the source, a normalised one ("ecs:process.command_line") or a derived one."""
        if not name.startswith((ECS, DERIVED)):
            return self.recorded(name)
        if name not in self._computed:
            self._computed[name] = self._normalised(name) if name.startswith(ECS) else self._derived(name)
        return self._computed[name]

    def recorded(self, name: str) -> Column | None:
        """Return a column of the source, whatever its name looks like."""
        if name not in self._recorded:
            get = self._columns.get(name)
            self._recorded[name] = None if get is None else self._column(name, get())
        return self._recorded[name]

    @cached_property
    def every(self) -> Sequence[NamedColumn]:
        """All columns of the source, by name."""
        found = [(name, self.recorded(name)) for name in self.names]
        return [(name, column) for name, column in found if column is not None]

    def serving(self, route: Route) -> Rows:
        """Return the numbers of the rows that a route takes, ascending."""
        if not (route.where or route.unless):
            return self.all_rows
        left_out = [self._fits(name, values) for name, values in route.unless.items()]
        return np.flatnonzero(np.logical_and.reduce([self._where(route.where), *(~one for one in left_out)]))

    def _column(self, name: str, coded: CodedColumn) -> Column:
        facts = self._facts.get(name)
        if facts is None or facts.vocabulary is not coded.vocabulary:
            facts = self._facts[name] = TextFacts(coded.vocabulary)
        return Column(facts, coded.codes, coded.parents, self.rows, single=coded.single)

    def _where(self, where: dict[str, tuple[str, ...]]) -> Mask:
        mask = np.ones(self.rows, dtype=np.bool_)
        for name, values in where.items():
            mask &= self._fits(name, values)
            if not mask.any():
                break
        return mask

    def _fits(self, name: str, values: tuple[str, ...]) -> Mask:
        """Return where a column has one of some values, or must have it where a record lacks it."""
        known = self._fitting.get((name, values))
        if known is None:
            known = self._fitting[name, values] = self._recorded_as(name, values) | self._inferred_as(name, values)
        return known

    def _recorded_as(self, name: str, values: tuple[str, ...]) -> Mask:
        column = self.column(name)
        numbers = column.facts.equal(values) if column is not None else []
        if column is None or not numbers:
            return np.zeros(self.rows, dtype=np.bool_)
        return column.rows_where(column.table(np.array(numbers)), self.all_rows)

    def _inferred_as(self, name: str, values: tuple[str, ...]) -> Mask:
        mask = np.zeros(self.rows, dtype=np.bool_)
        for inferred, rows in self._inferences(name):
            if fold(inferred.value) in values:
                mask |= rows
        return mask

    def _inferences(self, name: str) -> list[tuple[Inferred, Mask]]:
        """Return what can be inferred about a column, each with the rows that lack it and first fit."""
        if name not in self._inferred:
            left = ~self._present(name) | self._recorded_as(name, self._table.blank(self.source, name))
            self._inferred[name] = []
            for inferred in self._table.inferred(self.source, name):
                if not left.any():
                    break
                fits = left & self._where(inferred.where)
                if inferred.has:
                    fits &= np.logical_or.reduce([self._present(field) for field in inferred.has])
                self._inferred[name].append((inferred, fits))
                left &= ~fits
        return self._inferred[name]

    def _present(self, name: str) -> Mask:
        column = self.column(name)
        if column is None:
            return np.zeros(self.rows, dtype=np.bool_)
        if column.parents is None and column.part is None:
            return column.codes >= 0
        return column.rows_where(column.every, self.all_rows)

    def _normalised(self, name: str) -> Column | None:
        events = self._normalised_rows()
        number = events.schema.get_field_index(name.removeprefix(ECS))
        if number < 0:
            return None
        coded = coded_column(events.column(number))
        return Column(TextFacts(coded.vocabulary), coded.codes, coded.parents, self.rows)

    def _derived(self, name: str) -> Column | None:
        how = self._table.derived(self.source, name)
        origins = [self.column(origin) for origin in how.origins] if how else []
        first = next((origin for origin in origins if origin is not None), None)
        if how is None or first is None:
            return None
        if how.take == "part" and first.part is None:
            return Column(
                first.facts, first.codes.astype(np.int32), first.parents, first.rows, how, single=first.single
            )
        if len(origins) == 1 and first.part is None:
            facts, places = first.facts.derived(name, first.present, how.value)
            return Column(facts, places[first.codes], first.parents, first.rows, single=first.single)
        of_rows = len(origins) > 1
        computed = derived_codes(how, [None if one is None else one.distinct(of_rows=of_rows) for one in origins])
        if computed is None:
            return None
        values, codes = computed
        facts = self._facts_of_derived(name, [one for one in origins if one is not None])
        numbers = np.array([*map(facts.vocabulary.add, values), ABSENT], dtype=np.int32)[codes]
        return Column(facts, numbers, None if of_rows else first.parents, first.rows)

    def _facts_of_derived(self, name: str, origins: Sequence[Column]) -> TextFacts:
        """Return what is known of the texts of a derived column, or a new vocabulary where they hardly repeat."""
        facts = self._facts.get(name)
        if facts is None or len(facts.vocabulary) > _MOST_DERIVED:
            facts = TextFacts(Vocabulary(transient=any(one.facts.vocabulary.transient for one in origins)))
            self._facts[name] = facts
        return facts


def _thunk(array: pa.Array) -> Callable[[], CodedColumn]:
    return lambda: coded_column(array)


def _constant(column: CodedColumn) -> Callable[[], CodedColumn]:
    return lambda: column
