"""Reading a whole column at once and reading one text at a time say the same."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.normalize.clock import Clock, TimeColumn

PLAIN = ["2026-03-01T10:00:00Z", "2026-03-01 10:00:00.123456Z", "2026-03-01T10:00:00.1234567Z", "2024-02-29T23:59:59Z"]
ODD = ["1601-01-01T00:00:00.000000Z", "1601-01-01T00:00:00Z", "2026-02-31T00:00:00Z", "not a time", ""]


def _read(texts: list[str]) -> list[tuple[object, str]]:
    times = Clock("UTC", None).read([TimeColumn(pa.array(texts), "UTC")], len(texts))
    return list(zip(times.timestamps.cast(pa.int64()).to_pylist(), times.bases.to_pylist(), strict=True))


@given(st.lists(st.sampled_from(PLAIN + ODD), min_size=1, max_size=8))
def test_a_time_does_not_depend_on_its_neighbours(texts: list[str]) -> None:
    assert _read(texts) == [_read([text])[0] for text in texts]


@pytest.mark.parametrize("text", ODD)
def test_what_is_no_time_is_missing(text: str) -> None:
    assert _read([text]) == [(None, "missing")]
