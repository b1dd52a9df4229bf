from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.model.records import Reject
from vigilia.readers.csv_rows import CsvRow, LineEnds, iterate_rows, split_cells
from vigilia.readers.text_window import TextWindow


def _items(content: bytes, longest: int = 1 << 20) -> list[CsvRow | Reject | LineEnds]:
    items = list(iterate_rows(TextWindow(io.BytesIO(content)), longest))
    assert sum(item.length for item in items) == len(content)
    return items


def _rows(content: bytes, longest: int = 1 << 20) -> list[list[str]]:
    rows = [item.content for item in _items(content, longest) if isinstance(item, CsvRow)]
    return [[cell.decode() for cell in split_cells(row, b",")] for row in rows]


@given(st.lists(st.lists(st.text(st.sampled_from('ab,"\n\ré')), min_size=2, max_size=3), min_size=1, max_size=5))
def test_what_the_csv_module_writes_is_read_back(rows: list[list[str]]) -> None:
    written = io.StringIO(newline="")
    csv.writer(written, quoting=csv.QUOTE_ALL).writerows(rows)
    assert _rows(written.getvalue().encode()) == rows


def test_offsets_and_lines_are_those_of_the_file() -> None:
    first, second = [item for item in _items(b'"a\nb",c\r\nd,e') if isinstance(item, CsvRow)]
    assert (first.line, first.offset, first.length) == (1, 0, 7)
    assert (second.line, second.offset, second.length) == (3, 9, 3)


def test_a_file_that_ends_inside_a_quoted_cell_says_so_and_keeps_the_rows_before() -> None:
    items = _items(b'a,b\n"c","d\n')
    assert [item.content for item in items if isinstance(item, CsvRow)] == [b"a,b"]
    (reject,) = [item for item in items if isinstance(item, Reject)]
    assert (reject.place, reject.reason) == ("line 2", "the file ends inside a quoted cell")


def test_after_a_torn_row_every_line_is_tried_as_a_row_of_its_own() -> None:
    items = _items(b'a,"b\nc,d\ne,f\n')
    assert [item.content for item in items if isinstance(item, CsvRow)] == [b"c,d", b"e,f"]


def test_a_row_over_the_limit_is_refused_without_the_next() -> None:
    content = b'x,"' + b"y" * 500 + b'"\nc,d\n'
    assert _rows(content, longest=100) == [["c", "d"]]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-be"])
def test_other_encodings_give_the_same_rows(encoding: str) -> None:
    assert _rows('a,"é😀"\nb,c\n'.encode(encoding)) == [["a", "é😀"], ["b", "c"]]


@given(st.lists(st.sampled_from(['"', '""', ",", "\n", "\r\n", "a", "é", "😀"])).map("".join))
def test_any_text_is_accounted_for_to_the_byte(text: str) -> None:
    for content in (text.encode(), text.encode("utf-16"), text.encode("utf-16")[:-1]):
        _items(content, longest=10)
