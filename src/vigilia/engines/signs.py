"""What one item shows of itself while it is read: whether it is whole, and whether its times can be trusted."""

from __future__ import annotations

from typing import Final

import pyarrow as pa

from vigilia.engines.cell_signs import CellSigns
from vigilia.engines.file_signs import FileEnds, is_table
from vigilia.engines.time_order import TimeOrder
from vigilia.model.evidence import Sign
from vigilia.model.records import Reject, SourceBatch
from vigilia.normalize.mapping import Mapping

__all__ = ["ItemSigns"]

_MOST_REJECTS: Final = 100


class ItemSigns:
    """Looks at the ends of an item and at each batch of it; what it finds goes into the item's account."""

    def __init__(self, ends: FileEnds, mapping: Mapping) -> None:
        self._ends = ends
        self._cells = CellSigns(list(mapping.time), is_table=is_table(ends.reader, ends.head))
        self._order = TimeOrder() if ends.is_appended_to() else None
        self._last_record: tuple[int, int] | None = None
        self._at_end: list[Reject] = []

    def add(self, batch: SourceBatch, events: pa.RecordBatch) -> None:
        """Look at the next batch and at the events that it became."""
        self._cells.add(batch)
        if self._order is not None:
            self._order.add(events)
        self._at_end = [*self._at_end, *filter(self._ends.reaches_end, batch.rejects)][-_MOST_REJECTS:]
        if batch.positions.num_rows:
            last = batch.positions.slice(batch.positions.num_rows - 1).to_pylist()[0]
            known = last["offset"] is not None and last["length"] is not None
            self._last_record = (last["offset"], last["length"]) if known else None

    def found(self) -> list[Sign]:
        """Return all signs, the gravest first."""
        order = self._order.signs() if self._order is not None else ()
        return [
            *self._ends.torn(self._at_end, self._last_record),
            *self._cells.signs(),
            *order,
            *self._ends.form(),
        ]
