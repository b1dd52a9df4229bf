"""Reading into coded batches, with what was learned kept from one item to the next."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Protocol, runtime_checkable

from vigilia.model.coded import CodedBatch
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["CodedReader", "Coder"]


class Coder(Protocol):
    """Reads items of one form one after another. A worker keeps it, so that vocabularies go on from item to item."""

    @property
    def numbers_in_records(self) -> bool:
        """Whether records bring their numbers with them; else they are counted."""
        ...

    def read(self, stream: BinaryIO, size: int) -> Iterator[CodedBatch]:
        """Yield the records of a stream that stands at its first byte and holds `size` bytes.

        They are those that the reader's own `read` gives: the same positions, fields, rejects and byte account.
        """
        ...

    def read_part(self, stream: BinaryIO, size: int, start: int) -> Iterator[CodedBatch]:
        """Yield the records of a part of an item, as `read` does for a whole one.

        Args:
            stream: it stands at the first byte of the part.
            size: of the part.
            start: where it begins in the item; offsets are counted from there.
        """
        ...


@runtime_checkable
class CodedReader(Reader, Protocol):
    """A reader that can read large items straight into codes."""

    def coder(self, limits: ReadLimits) -> Coder:
        """Return a coder that has not learned anything yet. It costs half a second: only for large items."""
        ...
