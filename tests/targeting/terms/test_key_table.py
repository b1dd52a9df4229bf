from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from vigilia.targeting.terms.key_table import KeyTable, all_runs

_KEYS = st.lists(st.integers(0, 2**64 - 1) | st.integers(0, 9), max_size=50)


@given(_KEYS, _KEYS)
def test_a_table_finds_what_looking_through_its_rows_finds(held: list[int], asked: list[int]) -> None:
    table = KeyTable(np.array(held, dtype=np.uint64), np.arange(len(held)))
    places, numbers = table.find(np.array(asked, dtype=np.uint64))
    expected = [(place, number) for place, one in enumerate(asked) for number, key in enumerate(held) if key == one]
    assert sorted(zip(places.tolist(), numbers.tolist(), strict=True)) == expected
    assert len(table) == len(held)


def test_runs_are_all_neighbours_up_to_a_length() -> None:
    first, last = all_runs(3, 2)
    assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2)]
