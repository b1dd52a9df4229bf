"""Years are found for times that have none, and follow the turn of the year."""

from __future__ import annotations

import datetime as dt
import io

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.normalize.years import YearHint, YearSpan, YearWalk, scan_year_span, year_hint

NEWEST = dt.datetime(2026, 3, 5, 8, 0, tzinfo=dt.UTC)


def log(*days: str) -> bytes:
    return "".join(f"{day} 10:00:00 ws1 cron[7]: tick\n" for day in days).encode()


def test_the_last_line_is_not_after_the_file_itself() -> None:
    span = scan_year_span(io.BytesIO(log("Nov 30", "Dec 31", "Jan  1", "Mar  4")))
    assert span == YearSpan(month=3, day=4, turns=1)
    assert year_hint(NEWEST, span) == YearHint(first_year=2025)


def test_a_last_line_later_in_the_year_than_the_file_is_of_the_year_before() -> None:
    assert year_hint(NEWEST, YearSpan(month=3, day=6, turns=0)) == YearHint(first_year=2026)
    assert year_hint(NEWEST, YearSpan(month=3, day=7, turns=0)) == YearHint(first_year=2025)


def test_a_file_copied_just_before_midnight_of_new_year_keeps_its_year() -> None:
    newest = dt.datetime(2025, 12, 31, 23, 30, tzinfo=dt.UTC)
    assert year_hint(newest, YearSpan(month=1, day=1, turns=0)) == YearHint(first_year=2026)
    assert year_hint(newest, YearSpan(month=12, day=31, turns=0)) == YearHint(first_year=2025)


def test_a_log_without_such_times_gives_no_hint() -> None:
    assert scan_year_span(io.BytesIO(b"2026-03-01T10:00:00Z ws1 cron: tick\n")) is None
    assert year_hint(NEWEST, None) is None


def test_one_month_back_is_disorder_not_a_year() -> None:
    months = np.array([1, 2, 3, 2, 3, 12, 1, 12, 1, 2])
    assert YearWalk().step(months).tolist() == [0, 0, 0, 0, 0, 0, 1, 0, 1, 1]


@given(st.lists(st.integers(min_value=1, max_value=12), max_size=60), st.integers(min_value=1, max_value=20))
@settings(deadline=None, max_examples=60)
def test_turns_do_not_depend_on_batches(months: list[int], size: int) -> None:
    whole = YearWalk().step(np.array(months, dtype=np.int64)).tolist()
    walk = YearWalk()
    pieces = [
        walk.step(np.array(months[at : at + size], dtype=np.int64)).tolist() for at in range(0, len(months), size)
    ]
    assert [turn for piece in pieces for turn in piece] == whole


def test_a_stamp_at_the_end_of_a_chunk_is_seen() -> None:
    padding = b"x" * ((1 << 20) - 5) + b"\n"
    content = log("Dec 31") + padding + log("Jan  2")
    assert scan_year_span(io.BytesIO(content)) == YearSpan(month=1, day=2, turns=1)


@given(st.binary(max_size=300))
@settings(deadline=None, max_examples=60)
def test_any_bytes_can_be_scanned(content: bytes) -> None:
    span = scan_year_span(io.BytesIO(content))
    assert span is None or 1 <= span.month <= 12


def test_the_first_pass_gives_a_sign_of_life_for_each_mebibyte() -> None:
    beats: list[int] = []
    scan_year_span(io.BytesIO(log("Mar  4") * 100_000), beats.append)
    assert len(beats) >= 3
    assert sum(beats) < 100  # bytes are counted when they are read for good
