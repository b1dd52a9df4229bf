"""EVTX records straight to coded columns, chunk by chunk."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import chain
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vigilia.model.coded import CodedBatch
from vigilia.readers.byte_kernels import Bytes
from vigilia.readers.coded_builder import CodeBuilder
from vigilia.readers.coded_fields import FieldSource
from vigilia.readers.json_layout import RAW_AT, RAW_LENGTH, Outcome, Used
from vigilia.readers.json_tables import MOST_PATHS
from vigilia.readers.reader import ReadLimits
from vigilia.readers.windows.evtx_kernels import read_records
from vigilia.readers.windows.evtx_layout import (
    END_OF_TEXT,
    KNOWN_ODD,
    KNOWN_PLAIN,
    NO_PATH,
    PART_OF_TEXT,
    SPAN_LENGTH,
    SPAN_NUMBER,
    Count,
    Interned,
    Refusal,
    new_walk,
)
from vigilia.readers.windows.evtx_plans import Names, Planned, PlannedField, Planner

__all__ = ["EvtxBuilder"]

_NO_CELL: Final = -1

Claim = Callable[[NDArray[np.int64]], NDArray[np.int64]]
"""Returns the numbers that records get, for those in their headers."""


class EvtxBuilder(CodeBuilder):
    """Gathers records of EVTX chunks. What it learned about definitions and shapes stays too.

    Args:
        source: the log source id.
        names: names the fields of a record that the `evtx` library has decoded.
        limits: budgets.

    Attributes:
        refusals: how many records were not for the fast path, by reason.
    """

    def __init__(self, source: str, names: Names, limits: ReadLimits) -> None:
        self._names = names
        self._blocks = 0
        self.refusals: Counter[Refusal] = Counter()
        self._read_singly: Counter[str] = Counter()
        super().__init__(source, limits)

    def _start_over(self) -> None:
        super()._start_over()
        self._walk = new_walk()
        self._planner = Planner(self._structure, self._names, self._budgets.columns)
        self._paths: dict[str, int] = {}
        self._steps_of: dict[PlannedField, tuple[int, ...]] = {}
        self._steps = 0
        self._constant_bytes = 0

    def begin_block(self) -> None:
        """Forget the places of definitions: the next records stand in other chunks."""
        self._blocks += 1

    def take(self, block: Bytes, spans: NDArray[np.int64], first: int, origin: int, claim: Claim) -> int:
        """Take records up to the first that must be read by itself, or until the batch is full.

        Args:
            block: whole chunks one after another, and `PADDING` bytes.
            spans: number, place in the block and length of each record.
            first: the first one to take.
            origin: where the block begins in the evidence.
            claim: numbers the records.

        Returns:
            The first record that was not taken.
        """
        rows, at, last = self.rows, first, len(spans)
        while at < last and not self.full:
            self._walk.counts[Count.BLOCK] = self._blocks
            reply, at = read_records(block, spans, at, last, origin, self._tables, self._walk)
            self._look_for_transient()
            if not self._may_go_on(Outcome(reply)):
                break
        if at > first:
            self._numbers[rows : self.rows] = claim(spans[first:at, SPAN_NUMBER])
            self._parsed += int(spans[first:at, SPAN_LENGTH].sum())
        return at

    def annotate(self, row: int, name: str, text: str) -> None:
        """Add a field to a record of the batch that was taken."""
        self._slow.append((row, {name: text}))
        self._slow_texts += 1

    def _may_go_on(self, outcome: Outcome) -> bool:
        """Make room, or learn, where that is all that is missing."""
        match outcome:
            case Outcome.SHAPE:
                self._learn_shape(int(self._walk.counts[Count.SHAPE]))
                return True
            case Outcome.TEXTS:
                self._make_room_for_texts()
                return True
            case Outcome.BATCH if self.rows < len(self._numbers):
                return self._has_room_for_values()
            case Outcome.KEYS:
                self._crowded = True
                self._count_refusal(Refusal.MANY)
            case Outcome.REFUSED:
                self._count_refusal(Refusal(int(self._walk.counts[Count.REASON])))
        return False

    def _count_refusal(self, reason: Refusal) -> None:
        self.refusals[reason] += 1
        self._read_singly[reason.name.lower()] += 1

    def build_coded(self) -> CodedBatch:
        """Return the batch, with what was not read in bulk, and start the next one."""
        singly = dict(sorted(self._read_singly.items()))
        self._read_singly.clear()
        shapes = self._tables.batch.rows[: self.rows, 2]
        single = np.flatnonzero(shapes < 0).astype(np.int64)
        return replace(super().build_coded(), read_singly=singly, single=single)

    def _learn_shape(self, shape: int) -> None:
        """Plan the fields of a shape, unless almost every record has a shape of its own."""
        symbols = _entry(self._walk.shapes, shape)
        planned = self._planner.planned(symbols) if self._worth_learning() else None
        written = planned is not None and self._write_plan(shape, planned)
        self._walk.plans[shape, 0] = KNOWN_PLAIN if written else KNOWN_ODD

    def _structure(self, number: int) -> bytes:
        return _entry(self._walk.structures, number)

    def _write_plan(self, shape: int, planned: Planned) -> bool:
        """Write the steps of a shape; false where there is no room."""
        new = [field for field in planned.fields if field not in self._steps_of]
        constants = self._constant_bytes + _constant_bytes(new)
        paths = int(self._tables.used[Used.PATHS]) + len(new)
        self._crowded |= constants > len(self._walk.constants) or paths > MOST_PATHS
        if self._crowded:
            return False
        for field in new:
            self._steps_of[field] = tuple(self._new_steps(field))
            self._note(field)
        rows = [self._steps_of[field] for field in planned.fields]
        rows += [(cell, NO_PATH, 0, 0, END_OF_TEXT) for cell in planned.unheard]
        return self._write_steps(shape, np.array([*chain.from_iterable(rows)], dtype=np.int64).reshape(-1, 5))

    def _write_steps(self, shape: int, steps: NDArray[np.int64]) -> bool:
        first, last = self._steps, self._steps + len(steps)
        if last > len(self._walk.steps):
            self._crowded = True
            return False
        self._walk.steps[first:last] = steps
        self._walk.plans[shape, 1:] = first, last
        self._steps = last
        return True

    def _new_steps(self, field: PlannedField) -> Iterator[int]:
        """Yield what `Walk.steps` says of each part of a field's texts, number by number."""
        path = self._path(field.name)
        for source in field.sources:
            for at, part in enumerate(source, 1):
                joins = PART_OF_TEXT if at < len(source) else END_OF_TEXT
                if isinstance(part, str):
                    yield from (_NO_CELL, path, *self._constant(part), joins)
                else:
                    yield from (part, path, 0, 0, joins if len(source) > 1 else 0)

    def _path(self, name: str) -> int:
        used = self._tables.used
        if name not in self._paths and used[Used.PATHS] < MOST_PATHS:
            self._paths[name] = int(used[Used.PATHS])
            used[Used.PATHS] += 1
        return self._paths.get(name, 0)

    def _constant(self, text: str) -> tuple[int, int]:
        """Keep a fixed text; return its place and length."""
        if not text:
            return 0, 0
        content, at = text.encode(), self._constant_bytes
        self._walk.constants[at : at + len(content)] = np.frombuffer(content, dtype=np.uint8)
        self._constant_bytes = at + len(content)
        return at, len(content)

    def _note(self, field: PlannedField) -> None:
        """Note a field, which has a path of its own in all shapes."""
        known = self._plan.direct.get(field.name)
        if known is None or field.several > known[1]:
            self._plan.direct[field.name] = FieldSource(self._paths[field.name], is_list=False), field.several


def _constant_bytes(fields: Sequence[PlannedField]) -> int:
    """Return how many bytes the fixed texts of fields take."""
    parts = (part for field in fields for source in field.sources for part in source)
    return sum(len(part.encode()) for part in parts if isinstance(part, str))


def _entry(known: Interned, number: int) -> bytes:
    at, length = known.entries[number, [RAW_AT, RAW_LENGTH]].tolist()
    return known.raw[at : at + length].tobytes()
