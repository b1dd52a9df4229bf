"""The source's own fields as one JSON object per row, straight from codes: what `source_fields` makes of columns."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

import numpy as np
import orjson
import pyarrow as pa
from numpy.typing import NDArray

from vigilia.model.coded import CodedBatch, CodedColumn
from vigilia.normalize.json_row_kernels import measure_members, write_members

__all__ = ["JsonRows"]

_BRACES: Final = 2
_OPEN, _CLOSE = ord("{"), ord("}")


class JsonRows:
    """The rows of a batch, measured, to be written in portions.

    Values that repeat take no room in a batch, and names none in evidence: how much there is to write is known only
    when it was measured.

    Attributes:
        lengths: bytes of each row.
    """

    def __init__(self, batch: CodedBatch) -> None:
        self._rows: NDArray[np.int64] = np.arange(batch.rows, dtype=np.int64)
        # Each member ends in a comma; the last one's place is the closing brace's.
        self.lengths: NDArray[np.int64] = np.full(batch.rows, _BRACES - 1, dtype=np.int64)
        self._columns = [(_written_name(name), column) for name, column in sorted(batch.columns.items())]
        for name, column in self._columns:
            measure_members(*_texts(column), column.codes, self._rows_of(column), name, self.lengths)
        np.maximum(self.lengths, _BRACES, out=self.lengths)

    def portions(self, most: int) -> Iterator[tuple[int, int]]:
        """Yield first row, and last row plus one, of portions of at most so many bytes, or of one row; at least one."""
        ends = np.cumsum(self.lengths)
        first = 0
        if not len(ends):
            yield 0, 0
        while first < len(ends):
            before = int(ends[first - 1]) if first else 0
            last = max(first + 1, int(np.searchsorted(ends, before + most, side="right")))
            yield first, last
            first = last

    def texts(self, first: int, last: int) -> pa.Array:
        """Return some rows: keys sorted, without spaces, a list where there are several values of a field."""
        ends = np.cumsum(self.lengths[first:last])
        starts = ends - self.lengths[first:last]
        out = np.empty(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
        out[starts] = _OPEN
        places = starts + 1
        for name, column in self._columns:
            rows = self._rows_of(column)
            own = slice(first, last) if column.parents is None else slice(*np.searchsorted(rows, (first, last)))
            write_members(*_texts(column), column.codes[own], rows[own], name, first, places, out)
        out[ends - 1] = _CLOSE
        offsets = np.concatenate(([0], ends)).astype(np.int32)
        return pa.StringArray.from_buffers(last - first, pa.py_buffer(offsets), pa.py_buffer(out))

    def _rows_of(self, column: CodedColumn) -> NDArray[np.int64]:
        return self._rows if column.parents is None else column.parents


def _texts(column: CodedColumn) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    return column.vocabulary.arena, column.vocabulary.ends


def _written_name(name: str) -> NDArray[np.uint8]:
    return np.frombuffer(bytearray(orjson.dumps(name) + b":"), dtype=np.uint8)
