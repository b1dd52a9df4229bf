"""What readers that go from record to record have in common: what they add to a builder comes out in batches."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterator
from typing import BinaryIO

from vigilia.model.records import SourceBatch
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.reader import ReadLimits

__all__ = ["BatchedReader"]


class BatchedReader(ABC):
    """The reading half of a `Reader`, made of steps that add to a builder."""

    __slots__ = ()

    def read(
        self,
        stream: BinaryIO,
        size: int,  # noqa: ARG002 - the door of every reader; a stream tells its own length
        limits: ReadLimits,
    ) -> Iterator[SourceBatch]:
        """Yield what the steps added: whenever the builder is full after one of them, and the rest at the end."""
        builder = ColumnBuilder(limits)
        for _ in self.add_records(stream, builder, limits):
            if builder.full:
                yield builder.build()
        if not builder.empty:
            yield builder.build()

    @abstractmethod
    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        """Put all of a stream to the builder's account; yield after each step, so that it can be emptied."""
