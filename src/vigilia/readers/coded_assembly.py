"""The codes of paths → the columns of fields, for one batch."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from vigilia.model.coded import ABSENT, CodedColumn, Vocabulary
from vigilia.readers.coded_fields import FieldSource, NamedField, Plan
from vigilia.readers.columns import FieldValue

__all__ = ["Assembly", "Row", "SourceCodes", "Vocabularies"]

Row = tuple[int, Mapping[str, FieldValue]]
"""A row that was read one by one, and its fields."""

_MOST_ELEMENTS: Final = 1 << 40
_SPARSE_BELOW: Final = 4  # a field that less than one in so many records has takes no room for the others


class SourceCodes(NamedTuple):
    """The values of a batch, source by source.

    Attributes:
        places: where the values of each source begin and, in the place behind it, end. A source is twice a path,
            or one more for elements of lists.
        rows: of each value, ascending within a source.
        codes: of each value.
        shapes: of each row; negative for rows that were read one by one.
    """

    places: list[int]
    rows: NDArray[np.int64]
    codes: NDArray[np.int32]
    shapes: NDArray[np.int64]

    def of(self, source: FieldSource) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """Return the rows and codes of one source."""
        number = 2 * source.path + source.is_list
        own = slice(self.places[number], self.places[number + 1])
        return self.rows[own], self.codes[own]

    def has(self, source: FieldSource) -> bool:
        """Whether any row has a value of a source."""
        number = 2 * source.path + source.is_list
        return self.places[number] < self.places[number + 1]


class _Elements(NamedTuple):
    """Texts of a field: of each its row, its rank among those of the row, and its code."""

    rows: NDArray[np.int64]
    ranks: NDArray[np.int64]
    codes: NDArray[np.int32]


class Vocabularies:
    """The vocabularies of paths, and of fields that several paths or single records give texts to."""

    def __init__(self) -> None:
        self._of_paths: dict[int, Vocabulary] = {}
        self._of_fields: dict[str, Vocabulary] = {}
        self._translated: dict[tuple[str, int], NDArray[np.int32]] = {}

    def of_path(self, path: int) -> Vocabulary:
        """Return the vocabulary of a path."""
        found = self._of_paths.get(path)
        if found is None:
            found = self._of_paths[path] = Vocabulary()
        return found

    def renew(self, path: int) -> None:
        """Begin a new vocabulary for a path whose texts hardly repeat; it lasts for one batch."""
        self._of_paths[path] = Vocabulary(transient=True)

    def of_field(self, name: str, paths: Iterable[int]) -> Vocabulary:
        """Return the vocabulary of a field that takes texts from these paths and from single records."""
        if any(self.of_path(path).transient for path in paths):
            # Of paths that this batch lacks, too: what is known of them is about the vocabulary that goes.
            self._translated = {key: known for key, known in self._translated.items() if key[0] != name}
            self._of_fields[name] = Vocabulary(transient=True)
        return self._of_fields.setdefault(name, Vocabulary())

    def translation(self, name: str, path: int) -> NDArray[np.int32]:
        """Return the code in a field's own vocabulary for each code of a path."""
        own, vocabulary = self._of_fields[name], self.of_path(path)
        known = self._translated.get((name, path), np.empty(0, dtype=np.int32))
        if len(known) < len(vocabulary):
            start = int(vocabulary.ends[len(known) - 1]) if len(known) else 0
            first = own.extend(vocabulary.arena[start:], vocabulary.ends[len(known) :] - start)
            added = np.arange(first, len(own), dtype=np.int32)
            known = self._translated[name, path] = np.concatenate([known, added])
        return known


class Assembly:
    """Puts the columns of one batch together.

    Args:
        found: what the compiled reader left.
        plan: which paths are which fields.
        vocabularies: the texts, those of this batch among them.
        slow: the rows that were read one by one, in order.
    """

    def __init__(self, found: SourceCodes, plan: Plan, vocabularies: Vocabularies, slow: Sequence[Row]) -> None:
        self._found = found
        self._plan = plan
        self._vocabularies = vocabularies
        self._slow: dict[str, list[tuple[int, FieldValue]]] = {}
        for row, fields in slow:
            for name, value in fields.items():
                self._slow.setdefault(name, []).append((row, value))

    def columns(self) -> dict[str, CodedColumn]:
        """Return the columns in name order."""
        slow, has = self._slow, self._found.has
        direct = {name: how for name, how in self._plan.direct.items() if has(how[0]) or name in slow}
        mixed = self._fields_by_name() if self._plan.mixed else {}
        columns: dict[str, CodedColumn] = {}
        for name in sorted(direct.keys() | mixed.keys() | self._slow.keys()):
            how = direct.get(name)
            column = self._direct(name, *how) if how else self._mixed(name, mixed.get(name, []))
            if len(column.codes):
                columns[name] = column
        return columns

    def _fields_by_name(self) -> dict[str, list[tuple[int, NamedField]]]:
        """Return the fields that are not direct, with the shapes of this batch that have them."""
        plan = self._plan
        having: dict[str, list[tuple[int, NamedField]]] = {}
        for shape in self._shapes:
            for field in plan.fields[shape] if plan.names[shape] & plan.mixed else ():
                if field.name in plan.mixed:
                    having.setdefault(field.name, []).append((shape, field))
        return having

    @cached_property
    def _shapes(self) -> list[int]:
        """The shapes of this batch, ascending."""
        return [int(shape) for shape in np.unique(self._found.shapes) if shape >= 0]

    def _direct(self, name: str, source: FieldSource, several: bool) -> CodedColumn:
        vocabulary = self._vocabularies.of_path(source.path)
        slow = self._slow.get(name, [])
        rows, codes = self._found.of(source)
        if not slow and not several and len(rows) == len(self._found.shapes):
            return CodedColumn(vocabulary, codes)
        if not slow and not several:
            return self._scattered(vocabulary, rows, codes)
        parts = [self._elements(source, None, 0), _added(vocabulary, slow)]
        return self._column(vocabulary, parts, several=several or _any_list(slow))

    def _mixed(self, name: str, fields: Sequence[tuple[int, NamedField]]) -> CodedColumn:
        """Gather a field from the rows of the shapes that have it, each with its own sources for it."""
        shapes: dict[tuple[FieldSource, int], list[int]] = {}
        for shape, field in fields:
            for rank, source in enumerate(field.sources):
                shapes.setdefault((source, rank), []).append(shape)
        vocabulary = self._vocabularies.of_field(name, sorted({source.path for source, _ in shapes}))
        parts = []
        for (source, rank), having in shapes.items():
            part = self._elements(source, having, rank)
            parts.append(part._replace(codes=self._vocabularies.translation(name, source.path)[part.codes]))
        slow = self._slow.get(name, [])
        several = any(field.several for _, field in fields) or _any_list(slow)
        return self._column(vocabulary, [*parts, _added(vocabulary, slow)], several=several)

    def _elements(self, source: FieldSource, shapes: list[int] | None, rank: int) -> _Elements:
        """Return the texts of a path, in all rows or in those of some shapes."""
        rows, codes = self._found.of(source)
        if shapes is not None and len(shapes) < len(self._shapes):
            kept = self._has_shape(shapes)[self._numbered_shapes[rows]]
            rows, codes = rows[kept], codes[kept]
        return _Elements(rows, rank * _MOST_ELEMENTS + np.arange(len(rows), dtype=np.int64), codes)

    def _has_shape(self, shapes: list[int]) -> NDArray[np.bool_]:
        table = np.zeros(len(self._shapes), dtype=np.bool_)
        table[np.searchsorted(self._shapes, shapes)] = True
        return table

    @cached_property
    def _numbered_shapes(self) -> NDArray[np.intp]:
        """Of each row the number of its shape among those of the batch; not of rows that were read one by one."""
        return np.searchsorted(self._shapes, self._found.shapes)

    def _column(self, vocabulary: Vocabulary, parts: Sequence[_Elements], *, several: bool) -> CodedColumn:
        rows, ranks, codes = (np.concatenate(part) for part in zip(*parts, strict=True))
        if several or self._is_sparse(rows):
            order = np.lexsort((ranks, rows))
            return CodedColumn(vocabulary, codes[order], rows[order], single=not several)
        return self._scattered(vocabulary, rows, codes)

    def _is_sparse(self, rows: NDArray[np.int64]) -> bool:
        return len(rows) * _SPARSE_BELOW < len(self._found.shapes)

    def _scattered(self, vocabulary: Vocabulary, rows: NDArray[np.int64], codes: NDArray[np.int32]) -> CodedColumn:
        """Return the column of a field that some rows have, one text each."""
        if self._is_sparse(rows):
            return CodedColumn(vocabulary, codes, rows, single=True)
        whole = np.full(len(self._found.shapes), ABSENT, dtype=np.int32)
        whole[rows] = codes
        return CodedColumn(vocabulary, whole)


def _any_list(values: Sequence[tuple[int, FieldValue]]) -> bool:
    return any(isinstance(value, list) for _, value in values)


def _added(vocabulary: Vocabulary, values: Sequence[tuple[int, FieldValue]]) -> _Elements:
    """Add the texts of single records to a vocabulary."""
    texts = [
        (row, rank, vocabulary.add(text))
        for row, value in values
        for rank, text in enumerate([value] if isinstance(value, str) else value)
    ]
    table = np.array(texts, dtype=np.int64).reshape(-1, 3)
    return _Elements(table[:, 0], table[:, 1], table[:, 2].astype(np.int32))
