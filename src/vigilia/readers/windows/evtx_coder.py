"""Windows event logs straight to coded columns: what the decoder writes goes through the compiled JSON reader."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import BinaryIO

import numpy as np

from vigilia.model.coded import CodedBatch
from vigilia.readers.columns import FieldValue
from vigilia.readers.json_columns import CodedBuilder
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.event_fields import event_fields
from vigilia.readers.windows.evtx import RECORD_ID, RecordText, file_texts, record_fields
from vigilia.readers.windows.record_numbers import RecordNumbers

__all__ = ["EvtxCoder"]


class EvtxCoder:
    """Reads EVTX files one after another.

    Args:
        source: the log source id.
        limits: budgets.
    """

    def __init__(self, source: str, limits: ReadLimits) -> None:
        self._depth = limits.depth
        self._builder = CodedBuilder(source, self._names, limits)

    def _names(self, record: dict[str, object]) -> dict[str, FieldValue] | None:
        """Return the fields of a record that has its number itself, and nothing beside its event."""
        event = record.get("Event")
        fields = event_fields(event, self._depth) if isinstance(event, dict) else {}
        return fields if RECORD_ID in fields else None

    def _fields(self, texts: list[RecordText], at: int) -> dict[str, FieldValue]:
        return record_fields(texts[at], self._depth)

    def read(self, stream: BinaryIO, size: int) -> Iterator[CodedBatch]:
        """Yield the records of a stream that stands at its first byte and holds `size` bytes."""
        builder = self._builder
        builder.discard()
        numbers = RecordNumbers()
        for texts in file_texts(stream, size, builder):
            places = [(numbers.claim(text.number), text.offset, text.length) for text in texts]
            contents = [text.content.encode() for text in texts]
            table = np.array(places, dtype=np.int64).reshape(-1, 3)
            for _ in builder.add_framed(contents, table, functools.partial(self._fields, texts)):
                yield builder.build_coded()
            if builder.full:
                yield builder.build_coded()
        if not builder.empty:
            yield builder.build_coded()
