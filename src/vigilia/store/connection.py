"""How DuckDB is opened: bounded, in UTC, and without any extension that it would fetch or load by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from vigilia.model.errors import CaseError

__all__ = ["case_errors", "connect", "parquet_pattern"]

_WILDCARD = re.compile(r"([\[*?])")


def connect(*, memory_limit: str, threads: int, scratch: Path | None = None) -> duckdb.DuckDBPyConnection:
    """Return a connection to an empty database in memory.

    Args:
        memory_limit: as DuckDB writes it ("700MB").
        threads: the order of rows without ORDER BY stays the same for any number.
        scratch: folder that takes what does not fit in memory; without one nothing is ever spilt.
    """
    connection = duckdb.connect(
        config={
            "memory_limit": memory_limit,
            "threads": threads,
            # Otherwise DuckDB would spill evidence into the folder that Vigilia happens to be run from.
            "temp_directory": str(scratch.absolute()) if scratch else "",
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "preserve_insertion_order": True,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


@contextmanager
def case_errors(place: Path | str) -> Iterator[None]:
    """Say what to do where a query needs more disk or memory than there is, or a file of the case is damaged.

    Raises:
        CaseError: instead of DuckDB's own errors of these kinds; others are ours to mend and pass.
    """
    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise CaseError(
            "a query needs more space than memory and the disk can give",
            where=str(place),
            hint="Free some space or choose another folder with --case, then run the same command again: it resumes.",
        ) from error
    except (duckdb.IOException, duckdb.InvalidInputException) as error:
        full = "No space left" in str(error)
        raise CaseError(
            "the disk is full" if full else "a file of the case cannot be read or written",
            where=str(place),
            hint="Free some space or choose another folder with --case, then run the same command again: it resumes."
            if full
            else "Run the same command again; if that does not help, add --clobber to make the case anew.",
        ) from error


def parquet_pattern(path: Path) -> str:
    """Return a path as DuckDB's pattern for that path alone: in a case called "case*" a star is a letter.

    Read it with `hive_partitioning = false`: folders called "year=2026" must not become columns.
    """
    return _WILDCARD.sub(r"[\1]", str(path.absolute()))
