"""Reading into coded batches, with what was learned kept from one item to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol, runtime_checkable

from vigilia.model.coded import CodedBatch
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["CodedReader", "Coder"]


class Coder(Protocol):
    """Reads items of one form one after another. A worker keeps it, so that vocabularies go on from item to item."""

    def read(self, stream: BinaryIO, size: int) -> Iterator[CodedBatch]:
        """Yield the records of a stream that stands at its first byte and holds `size` bytes.

        They are those that the reader's own `read` gives: the same positions, fields, rejects and byte account.
        """
        ...


@runtime_checkable
class CodedReader(Reader, Protocol):
    """A reader that can read large items straight into codes."""

    def coder(self, limits: ReadLimits) -> Coder:
        """Return a coder that has not learned anything yet. It costs half a second: only for large items."""
        ...
