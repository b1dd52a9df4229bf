"""The values that speak for a match: for each positive test that holds, the first value that passed."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from vigilia.detect.columns import Column, Mask, Rows

__all__ = ["RowValues", "Spoken"]

_Made = TypeVar("_Made")

_NONE: Final = -1


class RowValues:
    """Of some rows, the values under one name: each row has one of one column, or none."""

    def __init__(self, rows: int) -> None:
        self._missing: Mask = np.ones(rows, dtype=np.bool_)
        self._parts: list[tuple[Column, NDArray[np.intp]]] = []
        self._texts: dict[int, str] = {}

    def fill(self, column: Column, table: Mask, rows: Rows) -> None:
        """Take the first passing value of a column in those rows that have none yet."""
        if not self._missing.any():
            return
        numbers = np.full(len(rows), _NONE, dtype=np.intp)
        wanted = np.flatnonzero(self._missing)
        numbers[wanted] = _first_passing(column, table, rows[wanted])
        self._missing &= numbers == _NONE
        self._parts.append((column, numbers))

    def fill_texts(self, texts: Sequence[str | None]) -> None:
        """Take texts, one for each row, for those rows that have none yet."""
        for at in np.flatnonzero(self._missing).tolist():
            text = texts[at]
            if text is not None:
                self._texts[at] = text
                self._missing[at] = False

    def each(self, make: Callable[[str], _Made], missing: _Made) -> list[_Made]:
        """Return what is made of the value of each row, once for each distinct text; `missing` where there is none."""
        found = [missing] * len(self._missing)
        for row, text in self._texts.items():
            found[row] = make(text)
        for column, numbers in self._parts:
            at = np.flatnonzero(numbers != _NONE)
            distinct, places = np.unique(numbers[at], return_inverse=True)
            values = [missing if text is None else make(text) for text in map(column.value, distinct.tolist())]
            if len(at) == len(found):  # mostly one column has a value for each row
                return [values[place] for place in places.tolist()]
            for row, place in zip(at.tolist(), places.tolist(), strict=True):
                found[row] = values[place]
        return found


def _first_passing(column: Column, table: Mask, rows: Rows) -> NDArray[np.intp]:
    """Return for each row the number of its first text for which a table holds, or -1."""
    if column.single:
        codes = column.text_of_each(rows)
        return np.where(table[codes], codes, _NONE)
    first = [next((one for one in column.elements(row) if table[one]), _NONE) for row in rows.tolist()]
    return np.array(first, dtype=np.intp)


class Spoken:
    """Of the rows that a rule matched, the values by name, in the order in which the tests name them."""

    def __init__(self, rows: Rows) -> None:
        self.rows = rows
        self.by_name: dict[str, RowValues] = {}

    def of(self, name: str) -> RowValues:
        """Return the values under a name."""
        return self.by_name.setdefault(name, RowValues(len(self.rows)))

    def fields(self) -> list[dict[str, str]]:
        """Return for each row its values by name."""
        fields: list[dict[str, str]] = [{} for _ in self.rows]
        for name, values in self.by_name.items():
            for found, text in zip(fields, values.each(_itself, None), strict=True):
                if text is not None:
                    found[name] = text
        return fields

    def told(self, tell: Callable[[str, str], bytes]) -> list[bytes]:
        """Return for each row what is told of its values, commas between them, in order of names.

        Args:
            tell: what to say of a name and a value; asked once for each distinct value.
        """
        if not self.by_name:
            return [b""] * len(self.rows)
        by_name = [values.each(functools.partial(tell, name), b"") for name, values in sorted(self.by_name.items())]
        return [b",".join(filter(None, parts)) for parts in zip(*by_name, strict=True)]


def _itself(text: str) -> str | None:
    return text
