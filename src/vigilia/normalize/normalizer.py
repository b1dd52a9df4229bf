"""`SourceBatch` → `EventBatch`: the source's fields become ECS columns by the source's mapping table."""

from __future__ import annotations

from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.events import EVENT_SCHEMA, EventBatch
from vigilia.model.evidence import RejectCount
from vigilia.model.records import SourceBatch
from vigilia.normalize.catalogue import Catalogue
from vigilia.normalize.clock import NO_TIME, NO_YEAR, UNREADABLE, Clock, ReadTimes, TimeColumn
from vigilia.normalize.mapping import Column, is_integer
from vigilia.normalize.source_fields import fields_as_json
from vigilia.normalize.source_rows import SourceRows, coalesce
from vigilia.normalize.transforms import TRANSFORMS
from vigilia.normalize.years import YearHint

__all__ = ["Normalizer"]

_TEXT: Final = pa.string()
_COLON: Final = pa.scalar(":", type=_TEXT)
_OBJECTS: Final = "vigilia.objects"
_FIELDS: Final = "vigilia.fields"


class Normalizer:
    """Normalises the batches of one evidence item, in the item's own order.

    Args:
        source: log source id; its mapping table says how.
        zone: IANA name of the zone that times without an offset are taken to be in ("UTC", "Europe/Paris").
        item: evidence item id.
        year_hint: for logs whose times have no year; without it such times are missing.
        catalogue: where the source's mapping table is; by default only those that ship with the package.
        columns: fill only these, beside the time and the record's place; the others are null, `vigilia.fields` empty.

    Raises:
        KnowledgeError: the source has no mapping table.
        UsageError: there is no such zone.
    """

    def __init__(
        self,
        source: str,
        zone: str,
        item: str,
        year_hint: YearHint | None = None,
        catalogue: Catalogue | None = None,
        columns: frozenset[str] | None = None,
    ) -> None:
        self._source = source
        self._item = pa.scalar(item, type=_TEXT)
        mapping = (catalogue or Catalogue()).mapping(source)
        self._mapping = mapping if columns is None else mapping.narrowed(columns)
        self._gives_fields = columns is None or _FIELDS in columns
        self._clock = Clock(zone, year_hint)
        self._untimed: dict[str, tuple[int, str]] = {}

    @property
    def fields(self) -> frozenset[str]:
        """The source's fields that what is filled depends on; the others are looked at for `vigilia.fields` alone."""
        return self._mapping.fields

    @property
    def rejects(self) -> list[RejectCount]:
        """Rows so far whose time is not known, by reason. They are events all the same; their bytes count as parsed."""
        reasons = (reason for reason in (NO_TIME, UNREADABLE, NO_YEAR) if reason in self._untimed)
        counted = [(reason, *self._untimed[reason]) for reason in reasons]
        return [RejectCount(reason=reason, count=n, bytes=0, first_place=place) for reason, n, place in counted]

    def normalize(self, batch: SourceBatch, written: pa.Array | None = None) -> EventBatch:
        """Return the rows of a batch as events, in the same order and number.

        Args:
            batch: from a reader; it may lack fields that the table does not look at where `written` is given.
            written: `vigilia.fields` of each row, where somebody has made that already.
        """
        rows = SourceRows(batch.fields, self._mapping)
        records = batch.positions.column("record")
        times = self._times(rows, batch.fields.num_rows)
        self._count_untimed(times, records)
        known: dict[str, pa.Array] = {
            "event.id": pc.binary_join_element_wise(self._item, records.cast(_TEXT), _COLON),
            "@timestamp": times.timestamps,
            "vigilia.time_basis": times.bases,
            "vigilia.source": _repeat(self._source, len(records)),
            "vigilia.item": pa.repeat(self._item, len(records)),
            "vigilia.record": records,
            "vigilia.offset": batch.positions.column("offset"),
            "vigilia.length": batch.positions.column("length"),
            _FIELDS: self._written_fields(batch) if written is None else written,
        } | self._mapped(rows, len(records))
        arrays = [known.get(field.name, pa.nulls(len(records), type=field.type)) for field in EVENT_SCHEMA]
        events = pa.RecordBatch.from_arrays(arrays, schema=EVENT_SCHEMA)
        return EventBatch(source=self._source, events=events, fields=batch.fields)

    def _written_fields(self, batch: SourceBatch) -> pa.Array:
        return fields_as_json(batch.fields) if self._gives_fields else _repeat("{}", batch.positions.num_rows)

    def _times(self, rows: SourceRows, count: int) -> ReadTimes:
        found = [(rows.text(one.field), one) for one in self._mapping.time]
        columns = [TimeColumn(texts, one.zone, one.order) for texts, one in found if texts is not None]
        return self._clock.read(columns, count)

    def _count_untimed(self, times: ReadTimes, records: pa.Array) -> None:
        if times.timestamps.null_count == 0 or self._mapping.timeless:
            return
        for entry in pc.value_counts(times.reasons.drop_null()).to_pylist():
            reason = entry["values"]
            first = records[pc.index(times.reasons, reason).as_py()].as_py()
            count, place = self._untimed.get(reason, (0, f"record {first}"))
            self._untimed[reason] = (count + entry["counts"], place)

    def _mapped(self, rows: SourceRows, count: int) -> dict[str, pa.Array]:
        ways: dict[str, list[Column]] = {}
        for column in self._mapping.column:
            ways.setdefault(column.to, []).append(column)
        mapped: dict[str, pa.Array] = {}
        for name, entries in ways.items():
            filled = [array for array in map(rows.fill, entries) if array is not None]
            if name == _OBJECTS:
                mapped[name] = _gather(filled, count)
            elif filled:
                whole = coalesce(filled)
                mapped[name] = _integers(whole) if is_integer(name) else whole
        return mapped


def _repeat(text: str, count: int) -> pa.Array:
    return pa.repeat(pa.scalar(text, type=_TEXT), count)


def _integers(texts: pa.Array) -> pa.Array:
    """Return decimal numbers as integers; anything else is null (the text is still among the source's fields)."""
    encoded = texts.dictionary_encode()
    numbers = [TRANSFORMS["number"](text) for text in encoded.dictionary.to_pylist()]
    return pa.array([None if number is None else int(number) for number in numbers], type=pa.int64()).take(
        encoded.indices
    )


def _gather(arrays: list[pa.Array], count: int) -> pa.Array:
    """Return row by row the list of what the arrays hold, without repetition; null where they hold nothing."""
    list_type = EVENT_SCHEMA.field(_OBJECTS).type
    if not arrays:
        return pa.nulls(count, type=list_type)
    present = np.stack([_is_new(arrays, at) for at in range(len(arrays))])
    rows, columns = np.nonzero(present.T)
    values = pa.concat_arrays(arrays).take(pa.array(columns * count + rows))
    counts = present.sum(axis=0)
    offsets = np.concatenate(([0], np.cumsum(counts))).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, type=list_type, mask=pa.array(counts == 0))


def _is_new(arrays: list[pa.Array], at: int) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
    mine = arrays[at]
    new: np.ndarray[tuple[int, ...], np.dtype[np.bool_]] = pc.is_valid(mine).to_numpy(zero_copy_only=False)
    for earlier in arrays[:at]:
        same = pc.fill_null(pc.equal(mine, earlier), fill_value=False)
        new = new & ~same.to_numpy(zero_copy_only=False)
    return new
