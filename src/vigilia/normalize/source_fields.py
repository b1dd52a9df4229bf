"""The source's own fields as one JSON object per row, built column by column."""

from __future__ import annotations

from typing import Final

import orjson
import pyarrow as pa
import pyarrow.compute as pc

__all__ = ["fields_as_json"]

_TEXT: Final = pa.string()
# What JSON must escape (RFC 8259, section 7): the quote, the backslash and the control characters below space.
_ESCAPED: Final = '["\\\\\\x00-\\x1f]'


def fields_as_json(fields: pa.RecordBatch) -> pa.Array:
    """Return for each row the JSON object of its non-null fields, keys sorted, without spaces.

    The text is what `orjson.dumps(row, option=OPT_SORT_KEYS)` gives.
    """
    pieces = [_members(name, fields.column(name)) for name in sorted(fields.schema.names)]
    # The empty text in front keeps Arrow from dropping rows in which every piece is null; its comma becomes the brace.
    front = pc.fill_null(pa.nulls(fields.num_rows, type=_TEXT), "")
    body = pc.binary_join_element_wise(front, *pieces, ",", null_handling="skip")
    return pc.binary_join_element_wise(pc.binary_replace_slice(body, 0, 1, "{"), "}", "")


def _members(name: str, values: pa.Array) -> pa.Array:
    """Return `"name":value` for each row, null where the row lacks the field."""
    key = orjson.dumps(name).decode() + ":"
    if pa.types.is_list(values.type):
        return pc.binary_join_element_wise(key, _lists(values), "")
    if values.null_count == len(values):
        return values
    if _needs_escape(values):
        return pc.binary_join_element_wise(key, _escaped(values), "")
    return pc.binary_join_element_wise(key + '"', values, '"', "")


def _needs_escape(values: pa.Array) -> bool:
    return bool(pc.any(pc.match_substring_regex(values, _ESCAPED)).as_py())


def _escaped(values: pa.Array) -> pa.Array:
    encoded = values.dictionary_encode()
    written = [orjson.dumps(text).decode() for text in encoded.dictionary.to_pylist()]
    return pa.array(written, type=_TEXT).take(encoded.indices)


def _lists(values: pa.Array) -> pa.Array:
    written = [None if row is None else orjson.dumps(row).decode() for row in values.to_pylist()]
    return pa.array(written, type=_TEXT)
