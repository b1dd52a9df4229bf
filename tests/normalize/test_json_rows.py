"""JSON objects straight from codes: the text that columns give, to the last byte."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.model.coded import CodedBatch
from vigilia.model.coded_arrays import coded_column
from vigilia.normalize.json_rows import JsonRows
from vigilia.normalize.source_fields import fields_as_json
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.reader import ReadLimits

_TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('\0\x1f\x7f"\\\n\t/é😀'), max_size=12)
_ROWS = st.lists(
    st.dictionaries(
        st.sampled_from(["a", "b.c", 'quoted " \\ name', "ünï"]), _TEXTS | st.lists(_TEXTS, min_size=1, max_size=3)
    ),
    max_size=8,
)


def _fields(rows: list[dict[str, FieldValue]]) -> pa.RecordBatch:
    builder = ColumnBuilder(ReadLimits())
    for record, row in enumerate(rows):
        builder.append(record, None, None, row)
    return builder.build().fields


def _coded(fields: pa.RecordBatch) -> CodedBatch:
    places = np.arange(fields.num_rows)
    columns = {name: coded_column(fields.column(name)) for name in fields.schema.names}
    return CodedBatch("windows", places, places, places, columns)


@given(_ROWS, st.integers(1, 60))
@settings(deadline=None, max_examples=150)
def test_any_rows_are_written_as_their_columns_are_in_portions_of_any_size(
    rows: list[dict[str, FieldValue]], most: int
) -> None:
    fields = _fields(rows)
    written = JsonRows(_coded(fields))
    portions = list(written.portions(most))
    texts = [text for first, last in portions for text in written.texts(first, last).to_pylist()]
    assert texts == fields_as_json(fields).to_pylist()
    assert [len(text.encode()) for text in texts] == written.lengths.tolist()
    assert all(last - first == 1 or written.lengths[first:last].sum() <= most for first, last in portions)


def test_a_value_is_written_alike_whatever_other_records_have() -> None:
    alone = fields_as_json(_fields([{"LogonType": "3"}])).to_pylist()
    beside = fields_as_json(_fields([{"LogonType": "3"}, {"LogonType": ["3", "10"]}])).to_pylist()
    assert alone == beside[:1] == ['{"LogonType":"3"}']
