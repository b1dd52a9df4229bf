"""Records of many small files in one batch: what a batch costs is paid once, not file by file."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vigilia.model.records import POSITION_SCHEMA, SourceBatch

__all__ = ["Pool", "PooledRows"]

_FULL_ROWS: Final = 10_000
_FULL_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class PooledRows:
    """Records of some files of one log source.

    Attributes:
        batch: their fields; the record number is the row, because those of two files may be the same.
        paths: of the files.
        files: for each row its place in `paths`.
        positions: rows × POSITION_SCHEMA, as the reader gave them.
    """

    batch: SourceBatch
    paths: list[str]
    files: NDArray[np.int64]
    positions: pa.RecordBatch


@dataclass(slots=True)
class Pool:
    """Gathers batches until there are enough rows to be worth a look."""

    most_columns: int
    _parts: list[SourceBatch] = field(default_factory=list)
    _paths: list[str] = field(default_factory=list)
    _types: dict[str, pa.DataType] = field(default_factory=dict)
    _rows: int = 0
    _bytes: int = 0

    def fits(self, batch: SourceBatch) -> bool:
        """Tell whether a batch can be added: its fields are of the types that they have here, and not too many."""
        types = {one.name: one.type for one in batch.fields.schema}
        return all(self._types.get(name, kind) == kind for name, kind in types.items()) and (
            not self._parts or len(self._types.keys() | types.keys()) <= self.most_columns
        )

    def add(self, path: str, batch: SourceBatch) -> None:
        """Add records of a file."""
        self._parts.append(batch)
        self._paths.append(path)
        self._types |= {one.name: one.type for one in batch.fields.schema}
        self._rows += batch.positions.num_rows
        self._bytes += batch.fields.nbytes

    @property
    def full(self) -> bool:
        """Whether it is time to look at the rows."""
        return self._rows >= _FULL_ROWS or self._bytes >= _FULL_BYTES

    @property
    def empty(self) -> bool:
        """Whether there is no row."""
        return not self._rows

    def taken(self) -> PooledRows:
        """Return all rows; the pool is empty then."""
        parts, paths = self._parts, self._paths
        counts = [part.positions.num_rows for part in parts]
        files = np.repeat(np.arange(len(parts)), counts)
        positions = pa.Table.from_batches([part.positions for part in parts]).combine_chunks().to_batches()[0]
        fields = parts[0].fields if len(parts) == 1 else _joined([part.fields for part in parts])
        numbered = [pa.array(np.arange(self._rows)), positions.column("offset"), positions.column("length")]
        batch = replace(parts[0], fields=fields, positions=pa.RecordBatch.from_arrays(numbered, schema=POSITION_SCHEMA))
        self._parts, self._paths, self._types, self._rows, self._bytes = [], [], {}, 0, 0
        return PooledRows(batch, paths, files, positions)


def _joined(batches: list[pa.RecordBatch]) -> pa.RecordBatch:
    tables = [pa.Table.from_batches([one]) for one in batches]
    return pa.concat_tables(tables, promote_options="default").combine_chunks().to_batches()[0]
