"""What a reader is: it recognises one log source by its content and reads it into Arrow batches."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Protocol, runtime_checkable

from vigilia.model.records import SourceBatch

__all__ = ["HEAD_BYTES", "ReadLimits", "Reader", "SignedReader"]

HEAD_BYTES = 64 * 1024
"""How much of the beginning of an item `Reader.recognise` is shown."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """Budgets that keep a reader's memory flat whatever the evidence holds.

    Attributes:
        line_bytes: longest line, cell or JSON value that is taken; a longer one becomes a reject.
        batch_records: rows in one batch at most.
        depth: nesting of JSON below which values are cut.
        columns: fields of one record at most, and about as many columns of one batch.
        remains: whether to look for records outside their places too: deleted, older, left over. They are marked.
    """

    line_bytes: int = 16 * 1024 * 1024
    batch_records: int = 10_000
    depth: int = 32
    columns: int = 4096
    remains: bool = False


class Reader(Protocol):
    """Reads one form of one log source. A module of this room that has `READER` is found by `readers()`."""

    @property
    def name(self) -> str:
        """The form, lower case with dashes: "windows-evtx"."""
        ...

    @property
    def source(self) -> str:
        """The log source id: "windows"."""
        ...

    @property
    def title(self) -> str:
        """What people call it: "Windows event log (EVTX)"."""
        ...

    def recognise(self, head: bytes) -> float:
        """Return from 0.0 to 1.0 how sure it is, from the first `HEAD_BYTES` alone, never from a name."""
        ...

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        """Yield the records of a stream that stands at its first byte and holds `size` bytes.

        Over all batches `bytes_parsed + bytes_ignored + sum(reject.length) == size`, whatever the bytes are.
        """
        ...


@runtime_checkable
class SignedReader(Reader, Protocol):
    """A reader of a form that is known by its first bytes: what begins with them is of this form and no other."""

    @property
    def signature(self) -> bytes:
        """The bytes."""
        ...
