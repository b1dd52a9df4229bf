"""However little memory there is, lines come out as sorting them all at once would give them."""

from __future__ import annotations

import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from vigilia.store import sorted_runs
from vigilia.store.sorted_runs import SortedRuns, merged, rewritten

LINES = st.lists(st.binary(max_size=12).map(lambda line: line.replace(b"\n", b"")), max_size=60)


@given(LINES, st.integers(0, 400))
def test_runs_and_memory_together_are_one_sorted_list(lines: list[bytes], most: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        runs = SortedRuns(Path(folder), most)
        for line in lines:
            runs.add(line)
        assert list(merged(runs.runs, runs.held(), Path(folder))) == sorted(lines)


def test_more_runs_than_may_be_open_are_merged_in_steps(tmp_path: Path) -> None:
    runs = SortedRuns(tmp_path, 0)
    count = sorted_runs._MERGED_AT_ONCE * 3
    for number in reversed(range(count)):
        runs.add(b"%04d" % number)
    assert len(runs.runs) == count
    assert list(merged(runs.runs, (), tmp_path)) == [b"%04d" % number for number in range(count)]


def test_a_rewritten_run_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    runs = SortedRuns(tmp_path, 0)
    runs.add(b"a")
    changed = rewritten(runs.runs[0], lambda line: line + b"!")
    assert changed.read_bytes() == b"a!\n"
    assert list(tmp_path.iterdir()) == [changed]
