"""When and on which host coded records happened, without normalising anything else of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from vigilia.model.coded import CodedBatch, CodedColumn, Vocabulary
from vigilia.model.coded_arrays import source_rows
from vigilia.normalize.clock import Clock, TimeColumn
from vigilia.normalize.mapping import Mapping, TimeField
from vigilia.normalize.source_rows import SourceRows, coalesce

__all__ = ["NO_TIME", "Outline", "Outliner"]

NO_TIME: Final = np.iinfo(np.int64).min
_HOST: Final = "host.name"
_RECORDED: Final = "recorded"


@dataclass(frozen=True, slots=True)
class Outline:
    """Of some rows of a batch.

    Attributes:
        times: microseconds since 1970-01-01 UTC, or NO_TIME.
        assumed: where the zone or year had to be assumed.
        hosts: distinct names, the empty one where a record does not say; host_of: for each row its place in `hosts`.
    """

    times: NDArray[np.int64]
    assumed: NDArray[np.bool_]
    hosts: list[str]
    host_of: NDArray[np.int64]

    @classmethod
    def of_events(cls, events: pa.RecordBatch) -> Outline:
        """Return the outline of normalised events."""
        times = events.column("@timestamp").cast(pa.int64()).fill_null(NO_TIME).to_numpy(zero_copy_only=False)
        bases = np.array(events.column("vigilia.time_basis").to_pylist(), dtype=object)
        return cls(times, (bases != _RECORDED) & (times != NO_TIME), *_named(events.column(_HOST)))


class _KnownTimes:
    """The times of the texts of one vocabulary under one entry of a mapping table."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary
        self.times = np.zeros(0, dtype=np.int64)
        self.assumed = np.zeros(0, dtype=np.bool_)


class Outliner:
    """Outlines the batches of one source; each text is read as a time once. For sources whose times have a year.

    Args:
        mapping: of the source.
        zone: IANA name of the zone that local times are taken to be in.
    """

    def __init__(self, mapping: Mapping, zone: str) -> None:
        self._mapping = mapping
        self._zone = zone
        self._clock = Clock(zone)
        self._known: dict[str, _KnownTimes] = {}
        self._hosts_mapping = mapping.narrowed((_HOST,))
        self._host_fields = self._hosts_mapping.fields

    def outline(self, batch: CodedBatch, rows: NDArray[np.intp]) -> Outline:
        """Return the outline of some rows, ascending."""
        times = np.full(len(rows), NO_TIME, dtype=np.int64)
        assumed = np.zeros(len(rows), dtype=np.bool_)
        for entry in self._mapping.time:
            column = batch.columns.get(entry.field)
            if column is not None:
                open_rows = np.flatnonzero(times == NO_TIME)
                codes = _first_codes(column, rows[open_rows])
                known = self._read(entry, column.vocabulary)
                times[open_rows], assumed[open_rows] = known.times[codes], known.assumed[codes]
        return Outline(times, assumed, *self._hosts(batch, rows))

    def _read(self, entry: TimeField, vocabulary: Vocabulary) -> _KnownTimes:
        """Return the times of all texts of a vocabulary, and behind them that of a field that is not there."""
        known = self._known.get(entry.field)
        if known is None or known.vocabulary is not vocabulary:
            known = self._known[entry.field] = _KnownTimes(vocabulary)
        first = max(len(known.times) - 1, 0)
        if len(vocabulary) > first or not len(known.times):
            times, assumed = self._read_texts(entry, vocabulary, first)
            known.times = np.concatenate((known.times[:first], times, [NO_TIME]))
            known.assumed = np.concatenate((known.assumed[:first], assumed, [False]))
        return known

    def _read_texts(
        self, entry: TimeField, vocabulary: Vocabulary, first: int
    ) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        from vigilia.normalize.time_kernels import FOREIGN, read_times  # loading Numba takes half a second

        ends = vocabulary.ends
        starts = np.concatenate((np.zeros(1, dtype=np.int64), ends))[first : len(ends)]
        in_utc = np.zeros(len(starts), dtype=np.bool_)
        times = read_times(vocabulary.arena, starts, ends[first:], in_utc)
        plain = (times != FOREIGN) & (in_utc | (entry.zone == "UTC") | (not entry.zone and self._zone == "UTC"))
        assumed = ~in_utc & (entry.zone == "")
        rest = np.flatnonzero(~plain)
        if len(rest):
            texts = [vocabulary.text(first + number) for number in rest.tolist()]
            texts_or_null = [None if text in self._mapping.nothing else text for text in texts]
            column = TimeColumn(pa.array(texts_or_null, pa.string()), entry.zone, entry.order)
            read = self._clock.read([column], len(rest))
            times[rest] = read.timestamps.cast(pa.int64()).fill_null(NO_TIME).to_numpy(zero_copy_only=False)
            assumed[rest] = np.array(read.bases.to_pylist(), dtype=object) != _RECORDED
        return times, assumed & (times != NO_TIME)

    def _hosts(self, batch: CodedBatch, rows: NDArray[np.intp]) -> tuple[list[str], NDArray[np.int64]]:
        fields = SourceRows(source_rows(batch, rows, self._host_fields).fields, self._hosts_mapping)
        filled = coalesce([fields.fill(one) for one in self._hosts_mapping.column])
        return _named(pa.nulls(len(rows), pa.string()) if filled is None else filled)


def _first_codes(column: CodedColumn, rows: NDArray[np.intp]) -> NDArray[np.int32]:
    """Return for each row the code of its first text, or -1."""
    if column.parents is None:
        return column.codes[rows]
    places = np.searchsorted(column.parents, rows)
    there = (places < len(column.parents)) & (column.parents[np.minimum(places, len(column.parents) - 1)] == rows)
    return np.where(there, column.codes[np.minimum(places, len(column.codes) - 1)], -1).astype(np.int32)


def _named(texts: pa.Array) -> tuple[list[str], NDArray[np.int64]]:
    encoded = texts.fill_null("").dictionary_encode()
    return encoded.dictionary.to_pylist(), encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
