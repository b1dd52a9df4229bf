"""Readers made from forms: one for tables, one for JSON objects."""

from __future__ import annotations

import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO

import msgspec

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_table import head_cells, head_header, read_table
from vigilia.readers.field_details import FieldDetails
from vigilia.readers.form_fields import FieldNames, at_path, form_fields, unpaged, value_text
from vigilia.readers.forms import Form, Signs
from vigilia.readers.json_records import DUPLICATE_KEYS, JsonObject, head_keys, head_objects, read_objects
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["form_reader"]

_LOOKED_AT = 5


def form_reader(form: Form) -> Reader:
    """Return the reader that a form describes."""
    reader = _TableReader if form.shape == "csv" else _JsonReader
    return reader(form, FieldNames(form.take), FieldDetails(form.detail, form.name))


@dataclass(frozen=True)
class _FormReader(BatchedReader):
    form: Form
    names: FieldNames
    details: FieldDetails

    @property
    def name(self) -> str:
        return self.form.name

    @property
    def source(self) -> str:
        return self.form.source

    @property
    def title(self) -> str:
        return self.form.title


@dataclass(frozen=True)
class _TableReader(_FormReader):
    _signs: tuple[Signs, ...] = field(init=False)

    def __post_init__(self) -> None:
        signs = tuple(map(_folded_signs, self.form.signs))
        object.__setattr__(self, "_signs", tuple(one for one in signs if not one.values))

    def recognise(self, head: bytes) -> float:
        cells = head_cells(head)
        if not any(cells.issuperset(one.all) for one in self._signs):
            return 0.0
        columns = head_header(head, self._is_header)
        return 0.0 if columns is None else max(one.sureness for one in self._signs if _has_columns(columns, one))

    def _is_header(self, columns: tuple[str, ...]) -> bool:
        return any(_has_columns(columns, one) for one in self._signs)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        record = 0
        for row in read_table(stream, builder, limits, self._is_header, self.form.take.end):
            if row is not None:
                fields = form_fields(row.cells, self.form.take, self.names, limits.depth)
                self.details.add_to(fields)
                if not row.sound:
                    fields[INVALID_TEXT] = "true"
                builder.append(record, row.offset, row.length, fields)
                record += 1
            yield


def _folded_signs(signs: Signs) -> Signs:
    return msgspec.structs.replace(signs, all=_folded(signs.all), any=_folded(signs.any), none=_folded(signs.none))


def _folded(names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.casefold() for name in names)


@functools.lru_cache(maxsize=64)
def _casefolded(columns: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_folded(columns))


def _has_columns(columns: tuple[str, ...], signs: Signs) -> bool:
    names = _casefolded(columns)
    return (
        names.issuperset(signs.all)
        and (not signs.any or not names.isdisjoint(signs.any))
        and names.isdisjoint(signs.none)
    )


@dataclass(frozen=True)
class _JsonReader(_FormReader):
    _ends: tuple[tuple[frozenset[str], ...], ...] = field(init=False)
    """For each of the form's signs, for each path that must be there, the keys of which one ends it (`at_path`)."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ends", tuple(tuple(map(_last_keys, one.all)) for one in self.form.signs))

    def recognise(self, head: bytes) -> float:
        keys = head_keys(head)
        if all(any(map(keys.isdisjoint, ends)) for ends in self._ends):
            return 0.0
        take = self.form.take
        records = [record for one in head_objects(head) for record in unpaged(one, take)[:_LOOKED_AT]]
        fitting = (signs.sureness for signs in self.form.signs for record in records if _has_fields(record, signs))
        return max(fitting, default=0.0)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        record = 0
        for found in read_objects(stream, builder, limits, self.form.take.pages):
            for place in self._records(found, builder, limits.depth):
                builder.append(record, *place)
                record += 1
                yield
            yield

    def _records(
        self, found: JsonObject | None, builder: ColumnBuilder, depth: int
    ) -> Iterator[tuple[int, int, dict[str, FieldValue]]]:
        """Yield place and fields of the records of one object.

        The bytes of an object that holds several are accounted for once, by its first record.
        """
        if found is None:
            return
        records = unpaged(found.value, self.form.take, paged=found.paged)
        if not records:
            builder.ignore(found.length)
        for at, one in enumerate(records):
            fields = form_fields(one, self.form.take, self.names, depth)
            self.details.add_to(fields)
            if found.duplicates:
                fields[DUPLICATE_KEYS] = found.duplicates
            builder.parsed(-found.length if at else 0)
            yield found.offset, found.length, fields


def _last_keys(path: str) -> frozenset[str]:
    """Return the keys of which an object has one where something lies at a path: a key itself may have dots."""
    parts = path.split(".")
    return frozenset(".".join(parts[at:]) for at in range(len(parts)))


def _has_fields(record: Mapping[str, object], signs: Signs) -> bool:
    return (
        all(at_path(record, path) is not None for path in signs.all)
        and (not signs.any or any(at_path(record, path) is not None for path in signs.any))
        and not any(at_path(record, path) is not None for path in signs.none)
        and all(value_text(at_path(record, path)) in texts for path, texts in signs.values.items())
    )
