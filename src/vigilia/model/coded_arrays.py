"""Arrow arrays as coded columns."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from vigilia.model.coded import ABSENT, CodedColumn, Vocabulary

__all__ = ["coded_column"]


def coded_column(array: pa.Array) -> CodedColumn:
    """Encode an array of text, of lists of text, or of anything that can be written as text.

    The vocabulary is the array's own. Nulls, within lists too, are absent.
    """
    parents = None
    if pa.types.is_list(array.type) or pa.types.is_large_list(array.type):
        parents = pc.list_parent_indices(array).to_numpy(zero_copy_only=False).astype(np.int64)
        array = pc.list_flatten(array)
    if pa.types.is_dictionary(array.type):
        array = array.dictionary_decode()
    encoded = pc.dictionary_encode(array.cast(pa.string()))
    codes = encoded.indices.fill_null(ABSENT).to_numpy(zero_copy_only=False).astype(np.int32, copy=False)
    if parents is not None and encoded.indices.null_count:
        parents, codes = parents[codes >= 0], codes[codes >= 0]
    return CodedColumn(_vocabulary(encoded.dictionary), codes, parents)


def _vocabulary(texts: pa.StringArray) -> Vocabulary:
    """Copy the bytes of distinct texts, none of them null."""
    vocabulary = Vocabulary(transient=True)
    _, offsets, content = texts.buffers()
    if not len(texts):
        return vocabulary
    places = np.frombuffer(offsets, dtype=np.int32)[texts.offset : texts.offset + len(texts) + 1].astype(np.int64)
    arena = np.frombuffer(content, dtype=np.uint8) if content is not None else np.empty(0, dtype=np.uint8)
    vocabulary.extend(arena[places[0] : places[-1]], places[1:] - places[0])
    return vocabulary
