"""Coded records of many small files in one batch, as `engines.pooled_rows` does for others."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vigilia.model.coded import ABSENT, CodedBatch, CodedColumn, Vocabulary

__all__ = ["CodedPool", "PooledCodes"]

# What matching costs for each batch, whatever its size, is half of the time for logs of many kinds at 30,000 rows, and
# still a quarter at 90,000.
_FULL_ROWS: Final = 200_000
_ROWS_ALONE: Final = 90_000  # of one batch: putting such together would cost more than it saves
_FULL_ELEMENTS: Final = 8_000_000  # at twelve bytes or less
_FULL_TEXT_BYTES: Final = 96 * 1024 * 1024  # of texts that hardly repeat, which are copied when they are put together


_Placed = tuple[int, CodedColumn]
"""A column of a part, behind the row with which that part begins."""


@dataclass(frozen=True, slots=True)
class PooledCodes:
    """Records of some files of one log source; `paths` has the file of each row."""

    batch: CodedBatch
    paths: list[str]


@dataclass(slots=True)
class CodedPool:
    """Gathers batches until there are enough rows to be worth a look.

    Their fields have the same vocabularies, or transient ones, which are put together.
    """

    most_columns: int
    _parts: list[CodedBatch] = field(default_factory=list)
    _paths: list[str] = field(default_factory=list)
    _vocabularies: dict[str, Vocabulary] = field(default_factory=dict)
    _rows: int = 0
    _elements: int = 0
    _text_bytes: int = 0

    def fits(self, batch: CodedBatch) -> bool:
        """Tell whether a batch can be added: its codes mean what they mean here, and its fields are not too many."""
        if not self._parts:
            return True
        return (
            batch.source == self._parts[0].source
            and all(self._agrees(name, column.vocabulary) for name, column in batch.columns.items())
            and len(self._vocabularies.keys() | batch.columns.keys()) <= self.most_columns
        )

    def _agrees(self, name: str, vocabulary: Vocabulary) -> bool:
        known = self._vocabularies.get(name, vocabulary)
        return known is vocabulary or (known.transient and vocabulary.transient)

    def add(self, path: str, batch: CodedBatch) -> None:
        """Add records of a file."""
        self._parts.append(batch)
        self._paths += [path] * batch.rows
        self._vocabularies |= {name: one.vocabulary for name, one in batch.columns.items()}
        self._rows += batch.rows
        self._elements += sum(len(one.codes) for one in batch.columns.values())
        vocabularies = (one.vocabulary for one in batch.columns.values())
        self._text_bytes += sum(len(one.arena) for one in vocabularies if one.transient)

    @property
    def full(self) -> bool:
        """Whether it is time to look at the rows."""
        rows = _FULL_ROWS if len(self._parts) > 1 else _ROWS_ALONE
        return self._rows >= rows or self._elements >= _FULL_ELEMENTS or self._text_bytes >= _FULL_TEXT_BYTES

    @property
    def empty(self) -> bool:
        """Whether there is no row."""
        return not self._rows

    def taken(self) -> PooledCodes:
        """Return all rows; the pool is empty then."""
        parts, paths, names = self._parts, self._paths, sorted(self._vocabularies)
        self._parts, self._paths, self._vocabularies = [], [], {}
        self._rows = self._elements = self._text_bytes = 0
        if len(parts) == 1:  # a large one fills the pool alone
            return PooledCodes(parts[0], paths)
        starts = np.cumsum([0, *(part.rows for part in parts)])
        having: dict[str, list[_Placed]] = {name: [] for name in names}
        for start, part in zip(starts.tolist(), parts, strict=False):
            for name, column in part.columns.items():
                having[name].append((start, column))
        columns = {name: _joined(placed, int(starts[-1])) for name, placed in having.items()}
        batch = CodedBatch(
            parts[0].source,
            np.concatenate([part.records for part in parts]),
            np.concatenate([part.offsets for part in parts]),
            np.concatenate([part.lengths for part in parts]),
            columns,
            single=_single_rows(parts, starts),
        )
        return PooledCodes(batch, paths)


def _single_rows(parts: list[CodedBatch], starts: NDArray[np.int64]) -> NDArray[np.int64] | None:
    """Return the rows that were not read in bulk, where all parts tell."""
    told = [part.single + start for part, start in zip(parts, starts.tolist(), strict=False) if part.single is not None]
    return np.concatenate(told) if len(told) == len(parts) else None


def _joined(placed: list[_Placed], rows: int) -> CodedColumn:
    """Return one column of all parts' rows; a part may lack it."""
    columns = [column for _, column in placed]
    vocabulary, shifts = _together([column.vocabulary for column in columns])
    codes = [_shifted(column, by) for column, by in zip(columns, shifts, strict=True)]
    if all(column.parents is None for column in columns):
        whole = np.full(rows, ABSENT, dtype=np.int32)
        for (start, _), its_codes in zip(placed, codes, strict=True):
            whole[start : start + len(its_codes)] = its_codes
        return CodedColumn(vocabulary, whole)
    elements = [_elements(its, column.parents, start) for (start, column), its in zip(placed, codes, strict=True)]
    single = all(column.parents is None or column.single for column in columns)
    if len(elements) == 1:  # many a field of a log of many kinds is in one part alone
        return CodedColumn(vocabulary, *elements[0], single=single)
    parents = np.concatenate([its for _, its in elements])
    return CodedColumn(vocabulary, np.concatenate([its for its, _ in elements]), parents, single=single)


def _shifted(part: CodedColumn, by: int) -> NDArray[np.int32]:
    """Return the codes of a column with a number added to each that is there."""
    if not by:
        return part.codes
    if part.parents is not None:
        return part.codes + np.int32(by)
    return np.where(part.codes == ABSENT, ABSENT, part.codes + np.int32(by))


def _together(vocabularies: list[Vocabulary]) -> tuple[Vocabulary, list[int]]:
    """Return a vocabulary with the texts of all, and for each what is to be added to its codes."""
    first = vocabularies[0]
    if len(vocabularies) == 1 or all(one is first for one in vocabularies):
        return first, [0] * len(vocabularies)
    whole = Vocabulary(transient=True)
    return whole, [whole.extend(one.arena, one.ends) for one in vocabularies]


def _elements(
    codes: NDArray[np.int32], parents: NDArray[np.int64] | None, start: int
) -> tuple[NDArray[np.int32], NDArray[np.int64]]:
    """Return the codes of a column that are there, and the rows that have them, counted from `start`."""
    if parents is not None:
        return codes, parents + start
    there = np.flatnonzero(codes != ABSENT)
    return codes[there], there.astype(np.int64) + start
