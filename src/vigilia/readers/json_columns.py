"""JSON records straight to coded columns: whole runs of plain records at a time, the rest one by one."""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from vigilia.readers.byte_kernels import PADDING
from vigilia.readers.coded_builder import CodeBuilder
from vigilia.readers.coded_fields import Member, Names, named_fields
from vigilia.readers.json_kernels import read_objects
from vigilia.readers.json_layout import NOT_PLAIN, PLAIN, SHAPE, Kind, Outcome, Used
from vigilia.readers.json_values import PlainRuns, Taken
from vigilia.readers.reader import ReadLimits

__all__ = ["CodedBuilder"]

_KINDS: Final = tuple(Kind)


class CodedBuilder(CodeBuilder):
    """Gathers records that are JSON. What it learned about keys stays too.

    Args:
        source: the log source id.
        names: names the fields of a record, as the reader itself does when it reads one by one.
        limits: budgets.
    """

    def __init__(self, source: str, names: Names, limits: ReadLimits) -> None:
        self._names = names
        super().__init__(source, limits)

    def _start_over(self) -> None:
        self._keys: dict[int, tuple[int, str]] = {}
        self._last: tuple[bytes, NDArray[np.uint8]] = b"", np.empty(0, dtype=np.uint8)
        super()._start_over()

    # Runs of plain records

    @property
    def plain_runs(self) -> PlainRuns:
        """This builder itself takes them."""
        return self

    def take(self, text: bytes, at: int, *, ended: bool, offset: int, ordinal: int) -> Taken:
        """Take as many plain records as follow one another from `at`, which is the beginning of a line.

        Args:
            text: what is held of the stream.
            at: the place in it.
            ended: whether the stream ends with the text.
            offset: that place in the evidence.
            ordinal: the number of the first record.
        """
        block, end = self._block(text, ended=ended)
        first, start = self.rows, at
        outcome = Outcome.BATCH
        while at < end and not self.full:
            before = self.rows
            reply, at = read_objects(block, at, end, ended, self._budgets.line_bytes, self._tables)
            outcome = Outcome(reply)
            self._look_for_transient()
            self._tables.batch.rows[before : self.rows, 0] += offset - start
            if not self._may_go_on(outcome):
                break
        last = self.rows
        taken = self._tables.batch.rows[first:last]
        self._numbers[first:last] = np.arange(ordinal, ordinal + last - first)
        parsed = int(taken[:, 1].sum())
        self._parsed += parsed
        self._ignored += at - start - parsed
        key_at = int(taken[-1, 0]) - offset + start if len(taken) else at
        return Taken(at - start, len(taken), key_at, more=outcome is Outcome.MORE or at >= end)

    def _block(self, text: bytes, *, ended: bool) -> tuple[NDArray[np.uint8], int]:
        """Return the text with bytes behind its end that may be looked at, and that end."""
        if not ended:
            return np.frombuffer(text, dtype=np.uint8), len(text) - PADDING
        if self._last[0] is not text:
            self._last = text, np.frombuffer(text + b"\n" * PADDING, dtype=np.uint8)
        return self._last[1], len(text)

    def _may_go_on(self, outcome: Outcome) -> bool:
        """Make room, or learn, where that is all that is missing."""
        match outcome:
            case Outcome.SHAPE:
                self._learn_shape(int(self._tables.used[Used.SHAPE]))
            case Outcome.TEXTS:
                self._make_room_for_texts()
            case Outcome.BATCH if self.rows < len(self._numbers):
                return self._has_room_for_values()
            case Outcome.KEYS:
                self._crowded = True
                return False
            case _:
                return False
        return True

    # Shapes

    def _learn_shape(self, shape: int) -> None:
        """Learn what the fields of a shape are called, unless almost every record has a shape of its own.

        Learning costs as much as reading ten records one by one.
        """
        members = self._members(shape)
        fields = named_fields(members, self._names, self._budgets.columns) if self._worth_learning() else None
        self._tables.states.rows[shape, SHAPE] = NOT_PLAIN if fields is None else PLAIN
        if fields is not None:
            self._plan.add(shape, fields, members)

    def _members(self, shape: int) -> list[Member]:
        """Return the members of a record that ended in a state, from the last to the first."""
        members = []
        state = shape
        while state:
            state, path, kind = self._tables.states.rows[state, :3].tolist()
            parent, key = self._key(path)
            members.append(Member(path, parent, key, _KINDS[kind]))
        return members[::-1]

    def _key(self, path: int) -> tuple[int, str]:
        """Return the parent of a path, and its key."""
        known = self._keys.get(path)
        if known is None:
            paths = self._tables.paths
            parent, start, length = paths.rows[path, :3].tolist()
            known = self._keys[path] = parent, paths.keys[start + 1 : start + length - 2].tobytes().decode("ascii")
        return known
