"""Records as columns of codes: each distinct text of a field once, and for each record the number of its text.

Detection asks about texts, and logs repeat themselves: what is known about a text holds for every record that has it,
in this batch and in the next. Texts are UTF-8 bytes one after another, so that they can be searched without
making a Python string of any of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from vigilia.model.records import Reject

__all__ = ["ABSENT", "CodedBatch", "CodedColumn", "Vocabulary"]

ABSENT: Final = -1
"""The code of a record that lacks the field."""

Scalar = TypeVar("Scalar", bound=np.generic)
_FIRST_BYTES = 1024
_FIRST_TEXTS = 64


class Vocabulary:
    """The texts of a field, numbered in order of arrival. It only grows, so what was learned about a number stays true.

    Several columns may share one vocabulary, and two numbers may stand for equal texts.

    Attributes:
        transient: it is made for one batch alone, because the field's texts hardly repeat: nothing that is
            learned about it can be used again.
    """

    def __init__(self, *, transient: bool = False) -> None:
        self.transient = transient
        self._arena: NDArray[np.uint8] = np.empty(_FIRST_BYTES, dtype=np.uint8)
        self._ends: NDArray[np.int64] = np.empty(_FIRST_TEXTS, dtype=np.int64)
        self._count = 0
        self._bytes = 0
        self._numbers: dict[str, int] = {}

    def __len__(self) -> int:
        return self._count

    @property
    def arena(self) -> NDArray[np.uint8]:
        """The UTF-8 bytes of all texts, one after another: a view, of what there is now."""
        return self._arena[: self._bytes]

    @property
    def ends(self) -> NDArray[np.int64]:
        """Where each text ends: text i is `arena[ends[i - 1]:ends[i]]`, the first begins at 0. A view as well."""
        return self._ends[: self._count]

    def text(self, number: int) -> str:
        """Return one text.

        Raises:
            IndexError: there is no such number.
        """
        if not 0 <= number < self._count:
            raise IndexError(number)
        start = int(self._ends[number - 1]) if number else 0
        return self._arena[start : self._ends[number]].tobytes().decode()

    def add(self, text: str) -> int:
        """Return the number of a text that was added here before, or a new number for it."""
        number = self._numbers.get(text)
        if number is None:
            content = text.encode()
            number = self.extend(np.frombuffer(content, dtype=np.uint8), np.array([len(content)], dtype=np.int64))
            self._numbers[text] = number
        return number

    def hold(self, arena: NDArray[np.uint8], ends: NDArray[np.int64]) -> None:
        """Take the first texts, as `extend` does, but without a copy: nobody may write into the arrays any more."""
        self._arena, self._ends = arena, ends
        self._bytes, self._count = len(arena), len(ends)

    def extend(self, arena: NDArray[np.uint8], ends: NDArray[np.int64]) -> int:
        """Append texts, equal ones too, and return the number of the first.

        Args:
            arena: their UTF-8 bytes, one after another.
            ends: where each ends in `arena`.
        """
        first = self._count
        self._arena = _with_room(self._arena, self._bytes, len(arena))
        self._ends = _with_room(self._ends, self._count, len(ends))
        self._arena[self._bytes : self._bytes + len(arena)] = arena
        self._ends[first : first + len(ends)] = ends + self._bytes
        self._bytes += len(arena)
        self._count += len(ends)
        return first


def _with_room(array: NDArray[Scalar], used: int, more: int) -> NDArray[Scalar]:
    """Return the array, or a copy at least twice as long; older views keep showing what they showed."""
    if used + more <= len(array):
        return array
    longer = np.empty(max(2 * len(array), used + more), dtype=array.dtype)
    longer[:used] = array[:used]
    return longer


@dataclass(frozen=True, slots=True)
class CodedColumn:
    """One field of a batch.

    Attributes:
        vocabulary: its texts.
        codes: for each element the number of its text, or `ABSENT`.
        parents: where records may hold several values, or few records have the field, the row of each element,
            ascending (no element is `ABSENT` then; a record without elements lacks the field); None where each row
            has exactly one element.
        single: whether the field is a text, and no list, all the same: no row has two elements.
    """

    vocabulary: Vocabulary
    codes: NDArray[np.int32]
    parents: NDArray[np.int64] | None = None
    single: bool = False


@dataclass(frozen=True, slots=True)
class CodedBatch:
    """Some records of one evidence item: what `SourceBatch` holds, as codes.

    Attributes:
        source: the log source id.
        records, offsets, lengths: of each row, as in `POSITION_SCHEMA`; -1 where a format has no byte range.
        columns: by the source's own field names, exactly those that `SourceBatch.fields` has, in name order.
        rejects: what was refused between the previous batch and this one.
        bytes_parsed: bytes of the item that these records took.
        bytes_ignored: bytes that carry no record by the format's own definition.
        shapes: of each row a number that says which fields it has: rows with the same one have the same fields. -1 for
            rows of which that is not known; None where it is known of none.
        read_singly: how many of the records were not read in bulk, by reason, where the coder tells.
        single: the rows of those, ascending; None where the coder does not tell.
    """

    source: str
    records: NDArray[np.int64]
    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    columns: Mapping[str, CodedColumn]
    rejects: tuple[Reject, ...] = ()
    bytes_parsed: int = 0
    bytes_ignored: int = 0
    shapes: NDArray[np.int32] | None = None
    read_singly: Mapping[str, int] = field(default_factory=dict)
    single: NDArray[np.int64] | None = None

    @property
    def rows(self) -> int:
        """How many records there are."""
        return len(self.records)

    def decoders(self, rows: NDArray[np.intp]) -> list[str]:
        """Return for each of some rows which way it was read, "kernels" or "library"; empty where that is not told."""
        if self.single is None:
            return []
        return ["library" if single else "kernels" for single in np.isin(rows, self.single).tolist()]
