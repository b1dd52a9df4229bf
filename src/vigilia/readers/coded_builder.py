"""Records as codes: rows, values and texts that compiled readers leave in tables, made into batches."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from vigilia.model.coded import CodedBatch
from vigilia.model.records import SourceBatch
from vigilia.readers.coded_assembly import Assembly, Row, SourceCodes, Vocabularies
from vigilia.readers.coded_fields import Plan
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.json_kernels import sort_by_source
from vigilia.readers.json_layout import Used
from vigilia.readers.json_tables import new_batch, new_tables, with_room_for_texts
from vigilia.readers.json_text_kernels import share_out
from vigilia.readers.reader import ReadLimits

__all__ = ["CodeBuilder"]

_BATCH_TEXT_BYTES: Final = 32 * 1024 * 1024
_BATCH_TEXTS: Final = 4_000_000
_BATCH_VALUES: Final = 4_000_000
_MOST_TEXTS: Final = 1_000_000
_MOST_TEXT_BYTES: Final = 96 * 1024 * 1024
_MOST_SLOW_TEXTS: Final = 300_000
_MOST_SHAPES: Final = 500  # learned in one batch, and one more for so many records
_ROWS_FOR_EACH_SHAPE: Final = 10
_TELLING_ROWS: Final = 4096  # after so many rows, and after twice as many …, paths that hardly repeat are looked for
_TELLING: Final = 1000  # so many new texts must have come in a batch before a path counts as one of these
_HARDLY_REPEATS: Final = 0.5
_READ_ONE_BY_ONE: Final = -1


class CodeBuilder(ColumnBuilder):
    """Gathers records as codes. What was learned about shapes and texts stays, from batch to batch and item to item.

    Args:
        source: the log source id.
        limits: budgets.
    """

    def __init__(self, source: str, limits: ReadLimits) -> None:
        self._source = source
        self._budgets = limits
        super().__init__(limits)
        self._start_over()

    def _start_over(self) -> None:
        """Forget everything that was learned."""
        self._rows_of_batch = max(1, self._budgets.batch_records)
        self._values_of_batch = _BATCH_VALUES
        self._tables = new_tables(self._rows_of_batch, self._values_of_batch)
        self._numbers: NDArray[np.int64] = np.empty(self._rows_of_batch, dtype=np.int64)
        self._plan = Plan()
        self._vocabularies = Vocabularies()
        self._crowded = False
        self._slow_texts = 0
        self._begin_batch()

    def _begin_batch(self) -> None:
        used, paths = self._tables.used, self._tables.paths
        used[[Used.ROWS, Used.VALUES, Used.FRESH, Used.FRESH_BYTES]] = 0
        self._slow: list[Row] = []
        self._learned = 0
        self._cut = False
        for path in np.flatnonzero(paths.transient):
            paths.texts[path] = 0
            self._vocabularies.renew(int(path))
        paths.values[:] = 0
        self._texts_before = paths.texts.copy()
        self._next_look = _TELLING_ROWS

    @property
    def rows(self) -> int:
        """How many records the batch has."""
        return int(self._tables.used[Used.ROWS])

    def _has_room_for_values(self) -> bool:
        """Whether the record fits now. A batch that has begun is ended first; a record that fills one has more room."""
        self._cut = self.rows > 0
        if not self._cut:
            self._values_of_batch *= 2
            self._tables = self._tables._replace(batch=new_batch(self._rows_of_batch, self._values_of_batch))
        return not self._cut

    def _look_for_transient(self) -> None:
        """Mark the paths whose texts hardly repeat, as soon as there are enough rows to tell by."""
        if self.rows >= self._next_look:
            self._next_look = 2 * self.rows
            self._mark_transient()

    def _mark_transient(self) -> None:
        paths = self._tables.paths
        new = paths.texts - self._texts_before
        paths.transient[(new >= _TELLING) & (new > _HARDLY_REPEATS * paths.values)] = True

    def _worth_learning(self) -> bool:
        """Whether another shape may be learned, which costs as much as reading ten records one by one."""
        self._learned += 1
        return self._learned <= _MOST_SHAPES + self.rows // _ROWS_FOR_EACH_SHAPE

    def _make_room_for_texts(self) -> None:
        self._tables = with_room_for_texts(self._tables)

    # Single records, and the batch

    def append(self, record: int, offset: int | None, length: int | None, fields: Mapping[str, FieldValue]) -> None:
        """Add one record that was read by itself."""
        row = self.rows
        self._numbers[row] = record
        place = -1 if offset is None else offset, -1 if length is None else length
        self._tables.batch.rows[row] = (*place, _READ_ONE_BY_ONE)
        self._tables.used[Used.ROWS] = row + 1
        self._parsed += length or 0
        kept = self._within_budget(fields)
        self._slow.append((row, kept))
        self._slow_texts += sum(1 if isinstance(value, str) else len(value) for value in kept.values())
        self._characters += sum(
            len(value) if isinstance(value, str) else sum(map(len, value)) for value in kept.values()
        )

    @property
    def full(self) -> bool:
        """Whether the batch must be built before the next record."""
        used = self._tables.used
        return (
            self._cut
            or self.rows >= len(self._numbers)
            or len(self._rejects) >= self._budgets.batch_records
            or used[Used.FRESH_BYTES] + self._characters >= _BATCH_TEXT_BYTES
            or used[Used.FRESH] >= _BATCH_TEXTS
        )

    @property
    def empty(self) -> bool:
        """Whether nothing at all has been added, not even ignored bytes."""
        return not (self.rows or self._rejects or self._parsed or self._ignored)

    def discard(self) -> None:
        """Forget rows that were not built, as where an item was given up; what was learned stays."""
        if not self.empty:
            self.build_coded()

    def build(self) -> SourceBatch:
        """Refuse: what is gathered here are codes."""
        raise NotImplementedError

    def build_coded(self) -> CodedBatch:
        """Return the batch, columns in name order, and start the next one."""
        rows, batch = self.rows, self._tables.batch
        self._share_out_texts()
        found = self._sorted_values(batch.rows[:rows, 2])
        built = CodedBatch(
            source=self._source,
            records=self._numbers[:rows].copy(),
            offsets=batch.rows[:rows, 0].copy(),
            lengths=batch.rows[:rows, 1].copy(),
            columns=Assembly(found, self._plan, self._vocabularies, self._slow).columns(),
            rejects=tuple(self._rejects),
            bytes_parsed=self._parsed,
            bytes_ignored=self._ignored,
            shapes=self._told_shapes(),
        )
        self._clear()
        self._mark_transient()
        self._go_on()
        return built

    def _told_shapes(self) -> NDArray[np.int32]:
        shapes = self._tables.batch.rows[: self.rows, 2].astype(np.int32)
        shapes[[row for row, _ in self._slow]] = _READ_ONE_BY_ONE  # some of them are plain rows with a field more
        return shapes

    def _sorted_values(self, shapes: NDArray[np.int64]) -> SourceCodes:
        used = self._tables.used
        count = int(used[Used.VALUES])
        places = np.zeros(2 * int(used[Used.PATHS]) + 2, dtype=np.int64)
        rows, codes = np.empty(count, dtype=np.int64), np.empty(count, dtype=np.int32)
        sort_by_source(self._tables.batch.values, count, places, rows, codes)
        return SourceCodes(places.tolist(), rows, codes, shapes)

    def _share_out_texts(self) -> None:
        """Give the new texts to the vocabularies of their paths."""
        texts, used = self._tables.texts, self._tables.used
        count, paths = int(used[Used.FRESH]), int(used[Used.PATHS])
        fresh_paths = texts.fresh_paths[:count]
        lengths = np.diff(texts.fresh_ends[:count], prepend=0)
        numbers = np.bincount(fresh_paths, minlength=paths)
        last_texts = np.cumsum(numbers)
        last_bytes = np.cumsum(np.bincount(fresh_paths, weights=lengths, minlength=paths)).astype(np.int64)
        arena = np.empty(int(used[Used.FRESH_BYTES]), dtype=np.uint8)
        ends = np.empty(count, dtype=np.int64)
        bytes_at, texts_at = np.concatenate([[0], last_bytes]), np.concatenate([[0], last_texts])
        share_out(texts, count, arena, ends, bytes_at[:-1].copy(), texts_at[:-1].copy())
        for path in np.flatnonzero(numbers).tolist():
            start = bytes_at[path]
            own = slice(texts_at[path], texts_at[path + 1])
            vocabulary = self._vocabularies.of_path(path)
            take = vocabulary.hold if vocabulary.transient else vocabulary.extend
            take(arena[start : bytes_at[path + 1]], ends[own] - start)

    def _go_on(self) -> None:
        """Begin the next batch, with what was learned as long as it is not too much."""
        tables = self._tables
        used = tables.used
        crowded = self._crowded or self._slow_texts > _MOST_SLOW_TEXTS
        if crowded or used[Used.ENTRIES] > _MOST_TEXTS or used[Used.RAW] > _MOST_TEXT_BYTES:
            self._start_over()
            return
        if self._slow:  # their texts were added to vocabularies of paths too
            for path in range(1, int(used[Used.PATHS])):
                tables.paths.texts[path] = len(self._vocabularies.of_path(path))
        self._begin_batch()
