"""Writes the events of one evidence item as one Parquet file, the same bytes whatever the batch size."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.parquet as pq

from vigilia.model.events import EVENT_SCHEMA

__all__ = ["TableWriter", "event_writer", "is_whole"]

# Rows are regrouped to this size so that the file does not depend on how a reader cut its batches.
_ROW_GROUP: Final = 32_768
_MAGIC: Final = b"PAR1"
# A case may have thousands of files with some ten rows each: to prepare the better packing for each of the columns then
# takes twice as long as all the rest of the writing, and makes the file no smaller.
_FEW_ROWS: Final = 512
_PACKING: Final[Mapping[str, Any]] = {"compression": "zstd", "use_dictionary": True}
_PACKING_OF_FEW: Final[Mapping[str, Any]] = {"compression": "snappy", "use_dictionary": False}


class TableWriter:
    """Collects batches and writes row groups of a fixed size; use as a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self._writer: pq.ParquetWriter | None = None
        self._waiting: list[pa.RecordBatch] = []
        self._rows_waiting = 0

    def write(self, batch: pa.RecordBatch) -> None:
        """Add rows with the writer's schema, in order."""
        self._waiting.append(batch)
        self._rows_waiting += batch.num_rows
        while self._rows_waiting >= _ROW_GROUP:
            self._flush(_ROW_GROUP)

    def _flush(self, rows: int) -> None:
        table = pa.Table.from_batches(self._waiting, schema=self._schema)
        self._opened(rows).write_table(table.slice(0, rows).combine_chunks(), row_group_size=_ROW_GROUP)
        rest = table.slice(rows)
        self._waiting = rest.to_batches()
        self._rows_waiting = rest.num_rows

    def _opened(self, rows: int) -> pq.ParquetWriter:
        """Return the writer; how it packs depends on how many rows its first group has, so these are awaited."""
        if self._writer is None:
            packing = _PACKING if rows > _FEW_ROWS else _PACKING_OF_FEW
            self._writer = pq.ParquetWriter(self._path, self._schema, **packing)
        return self._writer

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._rows_waiting:
            self._flush(self._rows_waiting)
        self._opened(0).close()


def event_writer(path: Path) -> TableWriter:
    """Return a writer of rows with EVENT_SCHEMA."""
    return TableWriter(path, EVENT_SCHEMA)


def is_whole(path: Path) -> bool:
    """Tell whether a Parquet file is there and ends as one does; what changed inside, `vigilia verify` tells."""
    try:
        with path.open("rb") as stream:
            stream.seek(-len(_MAGIC), os.SEEK_END)
            return stream.read() == _MAGIC
    except OSError:
        return False
