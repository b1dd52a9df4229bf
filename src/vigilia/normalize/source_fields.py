"""The source's own fields as one JSON object per row, built column by column.

Columns are sparse: a batch may have hundreds, a row some thirty. So only cells that hold something are written, and the
cells are brought into the order of the rows once, at the end.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
import orjson
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["fields_as_json"]

_TEXT: Final = pa.string()
_NOTHING: Final = pa.scalar("", type=_TEXT)
_COMMA: Final = pa.scalar(",", type=_TEXT)
_QUOTE: Final = pa.scalar('"', type=_TEXT)
_OPEN: Final = pa.scalar("{", type=_TEXT)
_CLOSE: Final = pa.scalar("}", type=_TEXT)
_NONE: Final = pa.scalar(0, type=pa.int32())


def fields_as_json(fields: pa.RecordBatch) -> pa.Array:
    """Return for each row the JSON object of its fields, keys sorted, without spaces.

    The text is what `orjson.dumps(row, option=OPT_SORT_KEYS)` gives, where a field with one value has a text, one with
    several a list, and one without any is left out: a column is one of lists as soon as one record of the batch has
    several values, and what is kept of a record must not depend on its neighbours.
    """
    rows: list[npt.NDArray[np.int64]] = [np.zeros(0, dtype=np.int64)]
    members: list[pa.Array] = [pa.nulls(0, type=_TEXT)]
    for name in sorted(fields.schema.names):
        values = fields.column(name)
        there = _has_value(values)
        rows.append(np.flatnonzero(there.to_numpy(zero_copy_only=False)).astype(np.int64))
        members.append(_members(name, values.filter(there)))
    row_of = np.concatenate(rows)
    in_order = pa.concat_arrays(members).take(pa.array(np.argsort(row_of, kind="stable")))
    ends = np.cumsum(np.bincount(row_of, minlength=fields.num_rows))
    offsets = pa.array(np.concatenate(([0], ends)).astype(np.int32))
    body = pc.binary_join(pa.ListArray.from_arrays(offsets, in_order), _COMMA)
    return pc.binary_join_element_wise(_OPEN, body, _CLOSE, _NOTHING)


def _has_value(values: pa.Array) -> pa.Array:
    """Say where a column has a text, or a list of at least one."""
    if not pa.types.is_list(values.type):
        return values.is_valid()
    return pc.fill_null(pc.greater(pc.list_value_length(values), _NONE), fill_value=False)


def _members(name: str, values: pa.Array) -> pa.Array:
    """Return `"name":value` for each value; none of them is null, and no list is empty."""
    key = orjson.dumps(name).decode() + ":"
    if pa.types.is_list(values.type):
        written = pa.array([_written(several) for several in values.to_pylist()], type=_TEXT)
    elif _needs_escape(values):
        written = _escaped(values)
    else:
        return pc.binary_join_element_wise(pa.scalar(key + '"', type=_TEXT), values, _QUOTE, _NOTHING)
    return pc.binary_join_element_wise(pa.scalar(key, type=_TEXT), written, _NOTHING)


def _written(several: list[str]) -> str:
    return orjson.dumps(several if len(several) > 1 else several[0]).decode()


def _needs_escape(values: pa.Array) -> bool:
    """Say whether any text holds what JSON escapes: quote, backslash, control characters (RFC 8259, section 7)."""
    _, offsets, content = values.buffers()
    if content is None or offsets is None or not len(values):
        return False
    bounds = np.frombuffer(offsets, dtype=np.int32)
    start, end = bounds[values.offset], bounds[values.offset + len(values)]
    octets = np.frombuffer(content, dtype=np.uint8)[start:end]
    return bool(((octets < 0x20) | (octets == 0x22) | (octets == 0x5C)).any())


def _escaped(values: pa.Array) -> pa.Array:
    encoded = values.dictionary_encode()
    written = [orjson.dumps(text).decode() for text in encoded.dictionary.to_pylist()]
    return pa.array(written, type=_TEXT).take(encoded.indices)
