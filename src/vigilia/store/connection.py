"""How DuckDB is opened: bounded, in UTC, and without any extension that it would fetch or load by itself."""

from __future__ import annotations

import re
from pathlib import Path

import duckdb

__all__ = ["connect", "parquet_pattern"]

_WILDCARD = re.compile(r"([\[*?])")


def connect(*, memory_limit: str, threads: int) -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty database in memory.

    Args:
        memory_limit: as DuckDB writes it ("700MB").
        threads: the order of rows without ORDER BY stays the same for any number.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def parquet_pattern(path: Path) -> str:
    """Return a path as DuckDB's pattern for that path alone: in a case called "case*" a star is a letter.

    Read it with `hive_partitioning = false`: folders called "year=2026" must not become columns.
    """
    return _WILDCARD.sub(r"[\1]", str(path.absolute()))
