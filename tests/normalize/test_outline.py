"""An outline says of each record when and on which host what the normaliser says."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from vigilia.model.coded import CodedBatch
from vigilia.model.coded_arrays import coded_column
from vigilia.model.records import POSITION_SCHEMA, SourceBatch
from vigilia.normalize.clock import Clock, TimeColumn
from vigilia.normalize.mapping import load_mapping
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.outline import Outline, Outliner
from vigilia.normalize.time_kernels import FOREIGN, read_times

MOMENTS = st.datetimes(dt.datetime.fromisoformat("1602-01-02"), dt.datetime.fromisoformat("2990-01-01"))
WRITTEN = st.builds(
    lambda moment, gap, digits, end: f"{moment:%Y-%m-%d}{gap}{moment:%H:%M:%S}{digits}{end}".rjust(
        19 + len(digits + end), "0"
    ),
    MOMENTS,
    st.sampled_from("T "),
    st.from_regex(r"(\.[0-9]{1,9})?", fullmatch=True),
    st.sampled_from(["", "Z", " UTC", "+02:00", " ", "z"]),
)
DAMAGED = st.builds(
    lambda text, at, by: text[: at % len(text)] + by + text[at % len(text) + 1 :],
    WRITTEN,
    st.integers(0, 40),
    st.sampled_from(list("0193:-T .Zé")),
)
TIMES = st.none() | st.sampled_from(["", "-", "soon", "1601-01-01T00:00:00Z"]) | WRITTEN | DAMAGED
ROWS = st.lists(
    st.tuples(TIMES, TIMES, st.sampled_from([None, "-", "WS01", "ws02.lanternfold.example"])), min_size=1, max_size=5
)


@settings(deadline=None)
@given(st.lists(WRITTEN | DAMAGED, min_size=1, max_size=6))
@example(
    [
        "2026-02-29T00:00:00Z",
        "2024-02-29 23:59:59Z",
        "1900-02-29T00:00:00Z",
        "2026-01-01T24:00:00",
        "2026-01-01T00:00:00.",
    ]
)
def test_a_time_that_the_kernel_reads_is_the_one_that_the_clock_reads(texts: list[str]) -> None:
    encoded = [text.encode() for text in texts]
    ends = np.cumsum([len(one) for one in encoded])
    starts = ends - [len(one) for one in encoded]
    in_utc = np.zeros(len(texts), dtype=np.bool_)
    read = read_times(np.frombuffer(bytearray(b"".join(encoded)), dtype=np.uint8), starts, ends, in_utc)
    told = Clock("UTC").read([TimeColumn(pa.array(texts))], len(texts))
    for text, time, stated, expected in zip(
        texts, read, in_utc, told.timestamps.cast(pa.int64()).to_pylist(), strict=True
    ):
        assert time in (FOREIGN, expected), text
        assert not stated or text.endswith(("Z", "UTC"))
        if len(text) == 20 and text.endswith("Z") and "1602" <= text[:4] < "3000" and expected is not None:
            assert time == expected, f"{text} is of the plainest form"


@settings(deadline=None)
@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris"])
@given(rows=ROWS, several=st.booleans())
def test_outline_and_normaliser_agree(
    zone: str, rows: list[tuple[str | None, str | None, str | None]], several: bool
) -> None:
    columns = {
        "TimeCreated": pa.array([row[0] for row in rows], pa.string()),
        "EventTime": pa.array([row[1] for row in rows], pa.string()),
        "Computer": pa.array([row[2] for row in rows], pa.string()),
    }
    if several:
        columns["Computer"] = pa.array([None if row[2] is None else [row[2]] for row in rows], pa.list_(pa.string()))
    places = [pa.array(range(len(rows)), pa.int64())] * 3
    batch = SourceBatch(
        pa.RecordBatch.from_arrays(places, schema=POSITION_SCHEMA),
        pa.RecordBatch.from_arrays(list(columns.values()), names=list(columns)),
    )
    numbers = np.arange(len(rows))
    coded = CodedBatch(
        "windows", numbers, numbers, numbers, {name: coded_column(array) for name, array in columns.items()}
    )
    outliner = Outliner(load_mapping("windows"), zone)
    wanted = numbers[:: 1 + several]
    normalised = Normalizer("windows", zone, "").normalize(batch).events
    expected = Outline.of_events(normalised.take(pa.array(wanted)))
    for found in (outliner.outline(coded, wanted), outliner.outline(coded, wanted)):
        assert found.times.tolist() == expected.times.tolist()
        assert found.assumed.tolist() == expected.assumed.tolist()
        assert [found.hosts[at] for at in found.host_of] == [expected.hosts[at] for at in expected.host_of]
