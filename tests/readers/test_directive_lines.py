from __future__ import annotations

import io
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from support.reading import read_all
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.directive_lines import (
    COLUMNS_ASSUMED,
    DirectiveReader,
    DirectiveRow,
    Directives,
    Layout,
    head_columns,
    read_directive_rows,
    split_at_spaces,
    split_directive,
)
from vigilia.readers.reader import ReadLimits


def _by_space(content: bytes, directives: Directives) -> list[bytes]:
    return content.split(b" ")


SPACES = Layout(_by_space)


def _read(content: bytes, layout: Layout = SPACES) -> tuple[list[DirectiveRow], ColumnBuilder]:
    builder = ColumnBuilder(ReadLimits())
    rows = [row for row in read_directive_rows(io.BytesIO(content), builder, ReadLimits(), layout) if row]
    for row in rows:
        builder.append(row.record, row.offset, row.length, row.fields)
    return rows, builder


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (b"#Fields: date time", ("fields", b"date time")),
        (b"#Time Format: Local", ("time format", b"Local")),
        (b"#Date: 2026-03-02 09:15:00", ("date", b"2026-03-02 09:15:00")),
        (b"#fields\tts\tid.orig_h", ("fields", b"ts\tid.orig_h")),
        (b"#separator \\x09", ("separator", b"\\x09")),
        (b"#close", ("close", b"")),
        (b"2026-03-02", None),
    ],
)
def test_directives_are_told_from_rows(line: bytes, expected: tuple[str, bytes] | None) -> None:
    assert split_directive(line) == expected


def test_each_row_is_read_by_the_column_names_above_it() -> None:
    rows, _ = _read(b"#Fields: a b\n1 2\n#Fields: b c a\n3 - 4\n")
    assert [row.fields for row in rows] == [{"a": "1", "b": "2"}, {"b": "3", "a": "4"}]
    assert [row.record for row in rows] == [1, 3]


def test_a_row_with_another_number_of_cells_is_refused_by_its_line() -> None:
    _, builder = _read(b"1 2\n#Fields: a b\n1 2 3\n1 2\n")
    batch = builder.build()
    assert [(reject.place, reject.reason) for reject in batch.rejects] == [
        ("line 1", "a row before the column names"),
        ("line 3", "another number of cells than column names"),
    ]


def test_a_header_row_without_the_word_fields_names_the_columns() -> None:
    layout = Layout(_by_space, header=(b"first",))
    rows, _ = _read(b"first second\n#Software: x\n1 2\n", layout)
    assert [row.fields for row in rows] == [{"first": "1", "second": "2"}]


def test_a_text_that_may_hold_the_separator_takes_the_cells_that_are_too_many() -> None:
    rows, _ = _read(b"#Fields: a uri c\n1 x y z 3\n1 x 3\n", Layout(split_at_spaces, loose="uri"))
    assert [row.fields for row in rows] == [{"a": "1", "uri": "x y z", "c": "3"}, {"a": "1", "uri": "x", "c": "3"}]


def test_a_row_without_column_names_above_it_may_tell_them_by_its_form() -> None:
    layout = Layout(_by_space, guess=lambda cells: ("a", "b") if cells[0] == b"1" else ())
    rows, builder = _read(b"1 2\n2 3\n#Fields: b a\n1 2\n", layout)
    assert [row.fields for row in rows] == [{"a": "1", "b": "2", COLUMNS_ASSUMED: "true"}, {"b": "1", "a": "2"}]
    assert [reject.reason for reject in builder.build().rejects] == ["a row before the column names"]
    reader = DirectiveReader("x", "x", "x", layout, frozenset({"a"}), lambda: lambda row: row.fields)
    assert reader.recognise(b"1 2\n1 3\n") > 0.9
    assert reader.recognise(b"1 2\n2 3\n2 3\n") < 0.5


def test_a_reader_knows_its_log_by_the_columns_and_begins_anew_with_each_file() -> None:
    def counted() -> Callable[[DirectiveRow], dict[str, FieldValue] | None]:
        seen: list[str] = []

        def parse(row: DirectiveRow) -> dict[str, FieldValue] | None:
            seen.append(str(row.fields["a"]))
            return None if row.fields["a"] == "0" else {"a": "".join(seen)}

        return parse

    reader = DirectiveReader("x", "x", "x", SPACES, frozenset({"a", "b"}), counted)
    assert reader.recognise(b"#Fields: B A c\n") == 0.97
    assert reader.recognise(b"#Fields: a c\n") == 0.0
    for _ in range(2):
        reading = read_all(reader, b"#Fields: a b\n1 1\n0 1\n2 1\n")
        assert [row["a"] for row in reading.rows] == ["1", "102"]
        assert reading.reasons() == ["not a record of this log"]


def test_zeros_that_a_stopped_server_leaves_are_no_row() -> None:
    rows, builder = _read(b"#Fields: a b\n1 2\n" + bytes(512) + b"#Fields: a\n3\n" + bytes(100))
    assert [row.fields for row in rows] == [{"a": "1", "b": "2"}, {"a": "3"}]
    assert builder.build().rejects == ()


def test_a_name_that_stands_twice_keeps_both_values() -> None:
    rows, _ = _read(b"#Fields: a b a a\n1 2 3 4\n")
    assert rows[0].fields == {"a": "1", "b": "2", "a_1": "3", "a_2": "4"}


def test_the_head_tells_columns_and_directives_in_any_encoding() -> None:
    head = "\ufeff#Version: 1.5\r\n#Fields: a b\r\n1 2\r\n1".encode("utf-16-le")
    columns, directives = head_columns(head, SPACES)
    assert columns == {"a", "b"}
    assert directives["version"] == b"1.5"


@given(st.lists(st.sampled_from([b"#Fields: a b", b"#Fields:", b"1 2", b"", b"#x", b"\xff\xfe", b"\0", b"a b c"])))
def test_every_byte_is_accounted_for(lines: list[bytes]) -> None:
    content = b"\n".join(lines)
    _, builder = _read(content)
    batch = builder.build()
    rejected = sum(reject.length for reject in batch.rejects)
    assert batch.bytes_parsed + batch.bytes_ignored + rejected == len(content)
