"""JSON records that name their own Sigma log source: `{"product": "windows", "category": "process_creation", …}`.

Pipelines and generators that write for Sigma put the parts of the log source at the top of each record or in an
object `logsource`. One file may then hold records of many products. What one product's own reader takes is left to
that reader.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, head_objects, read_objects
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER", "labels"]

_PARTS: Final = ("product", "category", "service")
_OBJECT: Final = "logsource"
# Below every reader of one product, above nothing: whoever knows the records better reads them.
_UNIFORM: Final = 0.55


class _Known(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names that tell a label from any other field called "product" or "category".

    Attributes:
        wrapped: products whose records, where nothing but the product is named, are lines that a shipper wrapped.
    """

    source: str
    date: dt.date
    products: frozenset[str]
    categories: frozenset[str]
    wrapped: frozenset[str]


_KNOWN: Final = read_table("vigilia.readers.applications", "labels.toml", _Known)


@dataclass(frozen=True, slots=True)
class _LabelledEvents(BatchedReader):
    name: str = "sigma-labelled-json"
    source: str = "sigma.labelled"
    title: str = "JSON records that name their Sigma log source"

    def recognise(self, head: bytes) -> float:
        found = [(record, labels(record)) for record in head_objects(head)]
        if not found or not all(_is_label(named) for _, named in found):
            return 0.0
        if len({named.get("product") for _, named in found}) > 1:
            return 1.0  # no other reader is for records of several products
        return 0.0 if all(_is_wrapped(record, named) for record, named in found) else _UNIFORM

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for found in read_objects(stream, builder, limits):
            if found is not None:
                fields = _fields(found.value, limits.depth)
                if found.duplicates:
                    fields[DUPLICATE_KEYS] = found.duplicates
                builder.append(found.ordinal, found.offset, found.length, fields)
            yield


def labels(record: Mapping[str, object]) -> dict[str, str]:
    """Return the parts of the log source that a record names; an object `logsource` comes before bare names."""
    nested = record.get(_OBJECT)
    named: dict[str, str] = {}
    for part in _PARTS:
        value = nested.get(part) if isinstance(nested, dict) else record.get(f"{_OBJECT}.{part}", record.get(part))
        if isinstance(value, str) and value:
            named[part] = value
    return named


def _is_label(named: Mapping[str, str]) -> bool:
    return named.get("product", "").lower() in _KNOWN.products or named.get("category", "").lower() in _KNOWN.categories


def _is_wrapped(record: Mapping[str, object], named: Mapping[str, str]) -> bool:
    return (
        isinstance(record.get("message"), str)
        and named.keys() == {"product"}
        and named["product"].lower() in _KNOWN.wrapped
    )


def _fields(record: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    fields = flatten(record, depth)
    fields.update((f"{_OBJECT}.{part}", value) for part, value in labels(record).items())
    return fields


READER: Final[Reader] = _LabelledEvents()
