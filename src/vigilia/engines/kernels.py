"""Loads the compiled kernels that detection uses: by running each on next to nothing.

Numba reads kept machine code when a function is first called with arguments of some types, not when it is imported.
"""

from __future__ import annotations

from typing import Final

import numpy as np

import vigilia.detect.literal_kernels  # noqa: F401 - a search uses them, however little there is, once they are here
from vigilia.detect.literal_search import LiteralSearch
from vigilia.detect.patterns import Pattern
from vigilia.model.coded import Vocabulary
from vigilia.normalize.json_rows import JsonRows
from vigilia.normalize.time_kernels import read_times
from vigilia.readers.json_columns import CodedBuilder
from vigilia.readers.json_tables import new_tables
from vigilia.readers.json_text_kernels import find_again
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx_coder import load_evtx_kernels

__all__ = ["load_kernels"]

_NOT_ASCII: Final = "é"
_RECORD: Final = b'{"time":"2026-03-01T12:00:00Z"}'


def load_kernels() -> None:
    """Load all of them; where none are kept yet, they are compiled, which takes a quarter of a minute."""
    builder = CodedBuilder("", lambda record: {name: str(value) for name, value in record.items()}, ReadLimits())
    builder.take(_RECORD, 0, ended=True, offset=0, ordinal=0)
    batch = builder.build_coded()
    JsonRows(batch).texts(0, batch.rows)
    vocabulary: Vocabulary = batch.columns["time"].vocabulary
    load_evtx_kernels()
    tables = new_tables(1)
    find_again(tables.texts, 0, tables.seed)
    vocabulary.add(_NOT_ASCII)
    LiteralSearch([Pattern("2026", at_start=True, at_end=False)]).find(vocabulary, np.arange(len(vocabulary)))
    starts = np.zeros(1, dtype=np.int64)
    read_times(vocabulary.arena, starts, vocabulary.ends[:1], np.zeros(1, dtype=np.bool_))
