"""A coder for readers whose records are JSON objects."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import BinaryIO, Final

from vigilia.model.coded import CodedBatch
from vigilia.readers.coded_fields import Names
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.json_columns import CodedBuilder
from vigilia.readers.reader import ReadLimits

__all__ = ["JsonCoder"]

AddRecords = Callable[[BinaryIO, ColumnBuilder, ReadLimits], Iterator[None]]


class JsonCoder:
    """Lets a reader's own steps fill a builder of codes, which takes what it can by itself.

    Args:
        source: the log source id.
        names: names the fields of one record, exactly as the steps do.
        add_records: the reader's steps, as in `BatchedReader`.
        limits: budgets.
    """

    def __init__(self, source: str, names: Names, add_records: AddRecords, limits: ReadLimits) -> None:
        self._add_records = add_records
        self._limits = limits
        self._builder = CodedBuilder(source, names, limits)

    numbers_in_records: Final = False

    def read(self, stream: BinaryIO, size: int) -> Iterator[CodedBatch]:  # noqa: ARG002 - as in `Coder`
        """Yield the records of a stream that stands at its first byte."""
        builder = self._builder
        builder.discard()
        for _ in self._add_records(stream, builder, self._limits):
            if builder.full:
                yield builder.build_coded()
        if not builder.empty:
            yield builder.build_coded()

    def read_part(self, stream: BinaryIO, size: int, start: int) -> Iterator[CodedBatch]:  # noqa: ARG002 - as above
        """Yield the records of a part."""
        return self.read(stream, size)
