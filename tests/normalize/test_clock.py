"""Reading a whole column at once and reading one text at a time say the same."""

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vigilia.normalize.clock import Clock, TimeColumn
from vigilia.normalize.years import YearHint

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


def test_a_surer_time_of_some_rows_does_not_hide_where_the_year_turns() -> None:
    """Audit records within a syslog tell their own time; the line of the turn may be one of them."""
    surer = pa.array(["1798761599.000", None, None], type=pa.string())
    yearless = pa.array(["Dec 31 23:59:59", "Jan  1 00:00:01", "Jan  2 00:00:00"])
    columns = [TimeColumn(surer), TimeColumn(yearless)]
    times = Clock("UTC", YearHint(first_year=2026)).read(columns, 3)
    assert [str(stamp)[:19] for stamp in times.timestamps.to_pylist()] == [
        "2026-12-31 23:59:59",
        "2027-01-01 00:00:01",
        "2027-01-02 00:00:00",
    ]
    assert times.bases.to_pylist() == ["recorded", "year-assumed", "year-assumed"]
