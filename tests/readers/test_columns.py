from __future__ import annotations

import pyarrow as pa

from vigilia.readers.columns import TRUNCATED, ColumnBuilder
from vigilia.readers.reader import ReadLimits


def test_columns_stand_in_name_order_and_a_missing_field_is_null() -> None:
    builder = ColumnBuilder(ReadLimits())
    builder.append(0, 0, 5, {"b": "1", "a": ""})
    builder.append(1, 5, 5, {"c": "2"})
    batch = builder.build()
    assert batch.fields.schema.names == ["a", "b", "c"]
    assert batch.fields.to_pylist() == [{"a": "", "b": "1", "c": None}, {"a": None, "b": None, "c": "2"}]
    assert batch.bytes_parsed == 10


def test_a_field_that_is_a_list_in_one_row_is_a_list_in_all() -> None:
    builder = ColumnBuilder(ReadLimits())
    builder.append(0, 0, 1, {"to": "ada"})
    builder.append(1, 1, 1, {"to": ["ada", "bob"]})
    column = builder.build().fields.column("to")
    assert pa.types.is_list(column.type)
    assert column.to_pylist() == [["ada"], ["ada", "bob"]]


def test_records_without_fields_are_still_rows() -> None:
    builder = ColumnBuilder(ReadLimits())
    builder.append(0, None, None, {})
    batch = builder.build()
    assert (batch.positions.num_rows, batch.fields.num_rows, batch.fields.num_columns) == (1, 1, 0)


def test_a_record_with_too_many_fields_keeps_the_first_in_name_order_and_says_so() -> None:
    builder = ColumnBuilder(ReadLimits(columns=3))
    builder.append(0, 0, 1, dict.fromkeys("dcba", "x"))
    (row,) = builder.build().fields.to_pylist()
    assert row == {"a": "x", "b": "x", TRUNCATED: "more than 3 fields"}


def test_a_batch_is_full_by_rows_columns_and_characters() -> None:
    rows = ColumnBuilder(ReadLimits(batch_records=1))
    rows.append(0, 0, 1, {})
    wide = ColumnBuilder(ReadLimits(columns=2))
    wide.append(0, 0, 1, {"a": "", "b": ""})
    heavy = ColumnBuilder(ReadLimits())
    heavy.append(0, 0, 1, {"a": "x" * (33 << 20)})
    many_rejects = ColumnBuilder(ReadLimits(batch_records=1))
    many_rejects.reject("line 1", "broken", 0, 1)
    assert rows.full
    assert wide.full
    assert heavy.full
    assert many_rejects.full


def test_building_starts_the_next_batch_empty() -> None:
    builder = ColumnBuilder(ReadLimits())
    builder.append(0, 0, 1, {"a": "1"})
    builder.ignore(3)
    builder.reject("line 2", "broken", 4, 2)
    first = builder.build()
    assert (first.bytes_parsed, first.bytes_ignored, first.rejects[0].length) == (1, 3, 2)
    assert builder.empty
    assert builder.build().positions.num_rows == 0
