"""The stored events of a case, file by file: for what must look at every record once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from vigilia.model.errors import CaseError

__all__ = ["stored_events"]

_ROWS_AT_ONCE = 20_000


def stored_events(folder: Path, columns: Sequence[str]) -> Iterator[pa.RecordBatch]:
    """Yield the rows of all files in a folder of events, in the order of file names and records.

    Raises:
        CaseError: a file of the case is damaged.
    """
    for path in sorted(folder.glob("*.parquet")):
        try:
            with pq.ParquetFile(path) as file:
                yield from file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=list(columns))
        except (OSError, pa.ArrowInvalid) as error:
            raise CaseError(
                "a file of stored events is damaged", where=str(path), hint="Make the case anew with --clobber."
            ) from error
