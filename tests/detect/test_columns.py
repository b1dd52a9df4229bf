"""Whichever way rows are asked about, a column gives the same answer for them."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigilia.detect.columns import Column, Rows
from vigilia.detect.texts import TextFacts
from vigilia.model.coded import ABSENT, Vocabulary

_ROWS = 200
_TEXTS = 5
_rows = st.sets(st.integers(0, _ROWS - 1), max_size=_ROWS).map(lambda one: np.array(sorted(one), dtype=np.intp))


def _facts() -> TextFacts:
    vocabulary = Vocabulary()
    for number in range(_TEXTS):
        vocabulary.add(f"text {number}")
    return TextFacts(vocabulary)


@st.composite
def _columns(draw: st.DrawFn) -> tuple[Column, list[set[int]]]:
    """Draw a column and, for each row, the numbers of its texts."""
    kind = draw(st.sampled_from(["dense", "sparse", "list"]))
    if kind == "dense":
        codes = draw(st.lists(st.integers(ABSENT, _TEXTS - 1), min_size=_ROWS, max_size=_ROWS))
        column = Column(_facts(), np.array(codes, dtype=np.int32), None, _ROWS)
        return column, [{code} - {ABSENT} for code in codes]
    most = 1 if kind == "sparse" else 3
    of_rows = draw(st.lists(st.lists(st.integers(0, _TEXTS - 1), max_size=most), min_size=_ROWS, max_size=_ROWS))
    codes = [code for row in of_rows for code in row]
    parents = np.repeat(np.arange(_ROWS), [len(row) for row in of_rows])
    column = Column(_facts(), np.array(codes, dtype=np.int32), parents, _ROWS, single=kind == "sparse")
    return column, [set(row) for row in of_rows]


def _places(rows: Rows) -> Rows:
    places = np.full(_ROWS, -1, dtype=np.intp)
    places[rows] = np.arange(len(rows))
    return places


@given(_columns(), _rows, st.sets(st.integers(0, _TEXTS - 1)))
def test_rows_with_one_of_some_texts_are_found_among_few_rows_and_among_many(
    drawn: tuple[Column, list[set[int]]], rows: Rows, wanted: set[int]
) -> None:
    column, of_rows = drawn
    table = column.table(np.array(sorted(wanted), dtype=np.intp))
    for some in (rows, rows[:3], np.arange(_ROWS)):
        expected = [bool(of_rows[row] & wanted) for row in some.tolist()]
        assert column.rows_where(table, some).tolist() == expected
        assert column.within(some, _places(some)).where(table).tolist() == expected
