"""The events file does not depend on how a reader cut its batches."""

from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.model.events import EVENT_SCHEMA
from vigilia.store import event_writer as module
from vigilia.store.event_writer import event_writer

EVENTS = events_table([event(user__name=f"user{number}@example.org") for number in range(50)])


def _written(path: Path, cuts: list[int]) -> bytes:
    with event_writer(path) as writer:
        for start, end in zip([0, *cuts], [*cuts, EVENTS.num_rows], strict=True):
            for batch in EVENTS.slice(start, end - start).to_batches():
                writer.write(batch)
    return path.read_bytes()


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(0, EVENTS.num_rows), max_size=6).map(sorted), few=st.sampled_from([0, 20, 50, 512]))
def test_batch_borders_leave_no_trace(tmp_path: Path, cuts: list[int], few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_ROW_GROUP", 16)
        patch.setattr(module, "_FEW_ROWS", few)
        assert _written(tmp_path / "cut.parquet", cuts) == _written(tmp_path / "whole.parquet", [])


def test_no_event_is_still_a_file_with_the_schema(tmp_path: Path) -> None:
    with event_writer(tmp_path / "none.parquet"):
        pass
    table = pq.read_table(tmp_path / "none.parquet")
    assert table.num_rows == 0
    assert pa.schema(table.schema).equals(EVENT_SCHEMA)


@pytest.mark.parametrize("few", [49, 50])
def test_few_rows_are_packed_otherwise_and_are_the_same_rows(tmp_path: Path, few: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_FEW_ROWS", few)
        _written(tmp_path / "one.parquet", [])
    column = pq.ParquetFile(tmp_path / "one.parquet").metadata.row_group(0).column(0)
    assert column.compression == ("SNAPPY" if few == 50 else "ZSTD")
    assert pq.read_table(tmp_path / "one.parquet", schema=EVENT_SCHEMA).equals(EVENTS)
