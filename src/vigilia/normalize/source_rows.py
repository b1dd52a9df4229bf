"""The rows of a batch as the mapping tables see them: texts, lists, conditions, templates, in bulk."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.normalize.mapping import Column, Mapping, parse_template
from vigilia.normalize.transforms import TRANSFORMS

__all__ = ["SourceRows", "coalesce"]

_TEXT: Final = pa.string()
# A value that is made anew for each call costs ten times what the call does: Arrow looks for libraries of times first.
_NULL: Final = pa.scalar(None, type=_TEXT)
_EMPTY: Final = pa.scalar("", type=_TEXT)


class SourceRows:
    """Rows × source fields. Values that mean "nothing" are null, and each distinct text is transformed once."""

    def __init__(self, fields: pa.RecordBatch, mapping: Mapping) -> None:
        self._fields = fields
        self._names = frozenset(fields.schema.names)
        self._nothing = pa.array(mapping.nothing, type=_TEXT)
        self._texts: dict[tuple[str, str], pa.Array] = {}
        self._transformed: dict[tuple[str, str, tuple[str, ...]], pa.Array] = {}
        self._masks: dict[tuple[str, tuple[str, ...]], pa.Array] = {}
        for default in mapping.default:
            assumed = self._constant(default.value, self._mask(default.when, {}))
            known = coalesce([self.text(default.field), assumed])
            self._texts[default.field, "first"] = known
            self._names |= {default.field}

    def fill(self, column: Column) -> pa.Array | None:
        """Return the values that one table entry yields, or None where it concerns no row of this batch."""
        if not self._is_fed(column):
            return None
        mask = self._mask(column.when, column.unless)
        if mask is not None and not mask.true_count:
            return None
        found = self._values(column)
        if found is None:
            return None
        if column.values:
            found = _each_distinct(found, column.values.get)
        return found if mask is None else pc.if_else(mask, found, _NULL)

    def _is_fed(self, column: Column) -> bool:
        """Tell from the fields' names alone whether an entry can yield a value in this batch; most entries cannot."""
        if not self._names.issuperset(column.when):
            return False
        return (
            bool(column.constant)
            or not self._names.isdisjoint(column.from_)
            or any(map(self._names.issuperset, map(_needed, column.templates)))
        )

    def text(self, field: str) -> pa.Array | None:
        """Return a field as one text per row, or None where no row has it."""
        return self._text(field, "first")

    def _values(self, column: Column) -> pa.Array | None:
        if column.constant:
            return self._constant(column.constant, None)
        found = [self._transform(field, column.several, tuple(column.transform)) for field in column.from_]
        for template in column.templates:
            filled = self._template(template)
            if filled is not None and column.transform:
                filled = _each_distinct(filled, _chain(tuple(column.transform)))
            found.append(filled)
        return coalesce(found)

    def _constant(self, text: str, mask: pa.Array | None) -> pa.Array:
        everywhere = pa.repeat(pa.scalar(text, type=_TEXT), len(self._fields))
        return everywhere if mask is None else pc.if_else(mask, everywhere, _NULL)

    def _mask(self, when: dict[str, list[str]], unless: dict[str, list[str]]) -> pa.Array | None:
        """Return which rows an entry concerns; None means all."""
        masks = [self._is_one_of(field, values) for field, values in when.items()]
        masks += [pc.invert(self._is_one_of(field, values)) for field, values in unless.items()]
        whole = None
        for mask in masks:
            whole = mask if whole is None else pc.and_(whole, mask)
        return whole

    def _is_one_of(self, field: str, values: Sequence[str]) -> pa.Array:
        key = (field, tuple(values))
        if key not in self._masks:
            texts = self.text(field)
            if texts is None:
                self._masks[key] = pa.repeat(pa.scalar(value=False), len(self._fields))
            else:
                self._masks[key] = pc.is_in(texts, value_set=pa.array(values, type=_TEXT))
        return self._masks[key]

    def _template(self, template: str) -> pa.Array | None:
        pieces: list[pa.Array | pa.Scalar] = []
        for part in parse_template(template):
            if part.literal:
                pieces.append(pa.scalar(part.literal, type=_TEXT))
                continue
            texts = self._transform(part.field, "first", part.transforms)
            if texts is None and not part.optional:
                return None
            if texts is not None:
                pieces.append(pc.fill_null(texts, _EMPTY) if part.optional else texts)
        return pc.binary_join_element_wise(*pieces, _EMPTY)

    def _transform(self, field: str, several: str, transforms: tuple[str, ...]) -> pa.Array | None:
        if field not in self._names:
            return None
        key = (field, several, transforms)
        if key not in self._transformed:
            self._transformed[key] = self._compute(field, several, transforms)
        return self._transformed[key]

    def _compute(self, field: str, several: str, transforms: tuple[str, ...]) -> pa.Array:
        whole = self._fields.column(field) if (field, several) not in self._texts else None
        if whole is not None and pa.types.is_list(whole.type) and several == "first" and transforms:
            return _first_surviving(whole, lambda flat: self._nulled(_each_distinct(flat, _chain(transforms))))
        texts = self._text(field, several)
        return texts if not transforms else self._nulled(_each_distinct(texts, _chain(transforms)))

    def _text(self, field: str, several: str) -> pa.Array | None:
        if field not in self._names:
            return None
        key = (field, several if field in self._fields.schema.names else "first")
        if key not in self._texts:
            whole = self._fields.column(field)
            if pa.types.is_list(whole.type):
                whole = pc.binary_join(whole, " ") if several == "join" else _first_surviving(whole, self._nulled)
            self._texts[key] = self._nulled(whole)
        return self._texts[key]

    def _nulled(self, texts: pa.Array) -> pa.Array:
        empty = pc.is_in(texts, value_set=self._nothing)
        return pc.if_else(empty, _NULL, texts) if empty.true_count else texts


def coalesce(arrays: Sequence[pa.Array | None]) -> pa.Array | None:
    """Return row by row the first value, or None where there is no array at all."""
    present = [array for array in arrays if array is not None]
    if len(present) < 2:
        return present[0] if present else None
    return pc.coalesce(*present)


@functools.lru_cache(maxsize=1024)
def _needed(template: str) -> frozenset[str]:
    """Return the fields without which a template yields nothing."""
    return frozenset(part.field for part in parse_template(template) if part.field and not part.optional)


def _chain(transforms: tuple[str, ...]) -> Callable[[str], str | None]:
    steps = [TRANSFORMS[name] for name in transforms]

    def run(text: str) -> str | None:
        value: str | None = text
        for step in steps:
            value = None if value is None else step(value)
        return value

    return run


def _each_distinct(texts: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    encoded = texts.dictionary_encode()
    changed = [change(text) for text in encoded.dictionary.to_pylist()]
    return pa.array(changed, type=_TEXT).take(encoded.indices)


def _first_surviving(lists: pa.Array, change: Callable[[pa.Array], pa.Array]) -> pa.Array:
    """Return for each list its first value that is not null after `change`."""
    parents = pc.list_parent_indices(lists).to_numpy()
    flat = change(pc.list_flatten(lists))
    valid = np.flatnonzero(pc.is_valid(flat).to_numpy(zero_copy_only=False))
    rows, first = np.unique(parents[valid], return_index=True)
    place = np.zeros(len(lists), dtype=np.int64)
    place[rows] = valid[first]
    missing = np.ones(len(lists), dtype=np.bool_)
    missing[rows] = False
    return flat.take(pa.array(place, mask=missing))
