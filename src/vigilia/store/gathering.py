"""Many small Parquet files gathered into one, so that a query does not open each of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb

from vigilia.store.connection import parquet_pattern

__all__ = ["gathered", "reading"]

# A query opens every file anew, which takes longer than its rows where there are thousands (cloud logs come in files of
# five minutes). Gathering costs about as much as three queries.
_MANY_FILES = 48
_SMALL_BYTES = 1_000_000


def gathered(connection: duckdb.DuckDBPyConnection, files: Sequence[Path], into: Path) -> list[Path]:
    """Return files with the same rows in the same order of files, the small ones as one where there are many.

    Args:
        connection: runs the copy; what the copy holds is spilt, not kept in memory.
        files: Parquet files with one schema, sorted by name.
        into: where to write what is gathered; it may be thrown away with the scratch folder that it is in.

    Raises:
        duckdb.Error: a file cannot be read, or the disk is full.
    """
    small = [path for path in files if path.stat().st_size <= _SMALL_BYTES]
    if len(small) < _MANY_FILES:
        return list(files)
    target = str(into.absolute()).replace("'", "''")
    copied = f"SELECT * FROM {reading(small)}"  # noqa: S608 - our own files
    connection.execute(f"COPY ({copied}) TO '{target}' (FORMAT parquet, COMPRESSION zstd)")
    few = set(small)
    return [into, *(path for path in files if path not in few)]


def reading(files: Sequence[Path]) -> str:
    """Return SQL for the rows of some Parquet files."""
    names = ", ".join("'{}'".format(parquet_pattern(path).replace("'", "''")) for path in files)
    return f"read_parquet([{names}], hive_partitioning = false)"
