"""A batch as detection sees it: each column once, as distinct values and a code for each row."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from vigilia.detect.derivation import derived_codes
from vigilia.detect.logsources import DERIVED, ECS, Inferred, LogSourceTable, Route
from vigilia.model.events import EventBatch
from vigilia.sigma.folding import fold

__all__ = ["BatchView", "Column", "Mask", "Rows"]

Mask = NDArray[np.bool_]
Rows = NDArray[np.intp]


class Column:
    """One column of a batch.

    Attributes:
        values: its distinct values as recorded, without null.
        codes: for each element the number of its value, or len(values) for null.
        parents: for columns of lists, the row of each element (ascending); None where each row has one element.
    """

    def __init__(
        self, values: list[str], codes: NDArray[np.int64], parents: NDArray[np.int64] | None, rows: int
    ) -> None:
        self.values = values
        self.codes = codes
        self.parents = parents
        self.rows = rows

    @classmethod
    def of(cls, array: pa.Array) -> Column:
        """Encode an Arrow array of text, of lists of text, or of anything that can be written as text."""
        rows = len(array)
        parents = None
        if _is_list(array.type):
            parents = pc.list_parent_indices(array).to_numpy(zero_copy_only=False).astype(np.int64)
            array = pc.list_flatten(array)
        if pa.types.is_dictionary(array.type):
            array = array.dictionary_decode()
        encoded = pc.dictionary_encode(array.cast(pa.string()))
        values: list[str] = encoded.dictionary.to_pylist()
        codes = encoded.indices.fill_null(len(values)).to_numpy(zero_copy_only=False).astype(np.int64)
        return cls(values, codes, parents, rows)

    @cached_property
    def folded(self) -> list[str]:
        """The distinct values, cases folded."""
        return [fold(value) for value in self.values]

    @cached_property
    def numbers_by_folded(self) -> dict[str, list[int]]:
        """Folded value → the numbers of the values that fold to it."""
        numbers: dict[str, list[int]] = {}
        for number, value in enumerate(self.folded):
            numbers.setdefault(value, []).append(number)
        return numbers

    @cached_property
    def every(self) -> Mask:
        """The table that holds for every value but null."""
        table = np.ones(len(self.values) + 1, dtype=np.bool_)
        table[-1] = False
        return table

    def table(self, numbers: list[int]) -> Mask:
        """Return a table over value numbers (and null, which never holds) that holds for some."""
        table = np.zeros(len(self.values) + 1, dtype=np.bool_)
        table[numbers] = True
        return table

    def rows_where(self, table: Mask, rows: Rows) -> Mask:
        """Say for each of the rows whether one of its elements has a value for which the table holds."""
        if self.parents is None:
            held: Mask = table[self.codes[rows]]
            return held
        whole = np.zeros(self.rows, dtype=np.bool_)
        whole[self.parents[table[self.codes]]] = True
        return whole[rows]

    def numbers_in(self, rows: Rows) -> NDArray[np.int64]:
        """Return the distinct value numbers in some rows, null left out."""
        numbers = np.unique(self.codes if self.parents is not None else self.codes[rows])
        return numbers[numbers < len(self.values)]

    def firsts(self) -> Column:
        """Return the first value of each row."""
        if self.parents is None:
            return self
        present = np.flatnonzero(self.codes < len(self.values))
        rows, places = np.unique(self.parents[present], return_index=True)
        codes = np.full(self.rows, len(self.values), dtype=np.int64)
        codes[rows] = self.codes[present[places]]
        return Column(self.values, codes, None, self.rows)

    def elements(self, row: int) -> list[int]:
        """Return the value numbers in one row, in order, null left out."""
        if self.parents is None:
            numbers = [int(self.codes[row])]
        else:
            first, last = np.searchsorted(self.parents, [row, row + 1])
            numbers = [int(code) for code in self.codes[first:last]]
        return [number for number in numbers if number < len(self.values)]


class BatchView:
    """The columns of a batch by name, encoded when first asked for."""

    def __init__(self, batch: EventBatch, table: LogSourceTable) -> None:
        self._batch = batch
        self._table = table
        self._recorded: dict[str, Column | None] = {}
        self._computed: dict[str, Column | None] = {}
        self._inferred: dict[str, list[tuple[Inferred, Mask]]] = {}
        self.rows = batch.fields.num_rows
        self.names: tuple[str, ...] = tuple(sorted(batch.fields.schema.names))

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
            number = self._batch.fields.schema.get_field_index(name)
            self._recorded[name] = None if number < 0 else Column.of(self._batch.fields.column(number))
        return self._recorded[name]

    def serving(self, route: Route) -> Rows:
        """Return the numbers of the rows that a route takes, ascending."""
        return np.flatnonzero(self._where(route.where))

    def _where(self, where: dict[str, tuple[str, ...]]) -> Mask:
        mask = np.ones(self.rows, dtype=np.bool_)
        for name, values in where.items():
            mask &= self._recorded_as(name, values) | self._inferred_as(name, values)
        return mask

    def _recorded_as(self, name: str, values: tuple[str, ...]) -> Mask:
        column = self.column(name)
        if column is None:
            return np.zeros(self.rows, dtype=np.bool_)
        numbers = [number for value in values for number in column.numbers_by_folded.get(value, ())]
        return column.rows_where(column.table(numbers), np.arange(self.rows))

    def _inferred_as(self, name: str, values: tuple[str, ...]) -> Mask:
        mask = np.zeros(self.rows, dtype=np.bool_)
        for inferred, rows in self._inferences(name):
            if fold(inferred.value) in values:
                mask |= rows
        return mask

    def _inferences(self, name: str) -> list[tuple[Inferred, Mask]]:
        """Return what can be inferred about a column, each with the rows that lack it and first fit."""
        if name not in self._inferred:
            left = ~self._present(name)
            self._inferred[name] = []
            for inferred in self._table.inferred(self._batch.source, name):
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
        return column.rows_where(column.every, np.arange(self.rows))

    def _normalised(self, name: str) -> Column | None:
        number = self._batch.events.schema.get_field_index(name.removeprefix(ECS))
        return None if number < 0 else Column.of(self._batch.events.column(number))

    def _derived(self, name: str) -> Column | None:
        how = self._table.derived(self._batch.source, name)
        if how is None:
            return None
        origins = [self.column(origin) for origin in how.origins]
        if len(origins) > 1:
            origins = [origin and origin.firsts() for origin in origins]
        computed = derived_codes(how, [None if one is None else (one.values, one.codes) for one in origins])
        if computed is None:
            return None
        first = next(origin for origin in origins if origin is not None)
        return Column(*computed, first.parents, first.rows)


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind))
