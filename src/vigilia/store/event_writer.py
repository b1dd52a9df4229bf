"""Writes the events of one evidence item as one Parquet file, the same bytes whatever the batch size."""

from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from vigilia.model.events import EVENT_SCHEMA

__all__ = ["TableWriter", "event_writer", "is_whole"]

# Rows are regrouped to this size so that the file does not depend on how a reader cut its batches.
_ROW_GROUP = 32_768
_MAGIC = b"PAR1"


class TableWriter:
    """Collects batches and writes row groups of a fixed size; use as a context manager."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._writer = pq.ParquetWriter(path, schema, compression="zstd", write_statistics=True)
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
        self._writer.write_table(table.slice(0, rows).combine_chunks(), row_group_size=_ROW_GROUP)
        rest = table.slice(rows)
        self._waiting = rest.to_batches()
        self._rows_waiting = rest.num_rows

    def __enter__(self) -> TableWriter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._rows_waiting:
            self._flush(self._rows_waiting)
        self._writer.close()


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
