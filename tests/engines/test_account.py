"""Every byte of an item is parsed, refused or ignored; what a reader forgets is said aloud."""

from __future__ import annotations

import pyarrow as pa

from support.events import event, events_table
from vigilia.engines.account import Account
from vigilia.model.records import LEFTOVER_RECORDS, POSITION_SCHEMA, Reject, SourceBatch
from vigilia.readers.registry import reader_named

READER = reader_named("web-access")


def _batch(parsed: int, rejects: tuple[Reject, ...] = (), ignored: int = 0) -> SourceBatch:
    nothing = pa.RecordBatch.from_pylist([], schema=POSITION_SCHEMA)
    return SourceBatch(nothing, nothing, rejects, bytes_parsed=parsed, bytes_ignored=ignored)


def _events(*times: str) -> pa.RecordBatch:
    return events_table([event(at=time) for time in times]).combine_chunks().to_batches()[0]


def test_bytes_and_times_add_up_over_batches() -> None:
    account = Account("i", "p", "s", 100)
    took = account.add(_batch(60, ignored=10), _events("2026-03-02T00:00:00Z", "2026-03-01T00:00:00Z"))
    refused = Reject(place="line 9", reason="not a line", offset=70, length=30)
    assert (took, account.add(_batch(0, (refused,)), _events("2026-03-03T00:00:00Z"))) == (70, 30)
    item = account.finish(READER)
    assert (item.bytes_parsed, item.bytes_ignored, item.bytes_quarantined) == (60, 10, 30)
    assert (item.first_time[:10], item.last_time[:10]) == ("2026-03-01", "2026-03-03")
    assert item.warnings == []


def test_rejects_are_counted_by_reason_with_their_first_place() -> None:
    account = Account("i", "p", "s", 30)
    rejects = tuple(Reject(place=f"line {n}", reason="cut" if n == 2 else "not a line", length=10) for n in (1, 2, 3))
    account.add(_batch(0, rejects), _events("2026-03-01T00:00:00Z"))
    assert [(one.reason, one.count, one.bytes, one.first_place) for one in account.finish(READER).rejects] == [
        ("not a line", 2, 20, "line 1"),
        ("cut", 1, 10, "line 2"),
    ]


def test_what_comes_after_a_budget_is_refused_and_counted() -> None:
    account = Account("i", "p", "s", 100)
    account.add(_batch(60), _events("2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"))
    account.refuse_rest("the budget of 2 records was reached")
    account.refuse_rest("nothing is left")
    item = account.finish(READER)
    assert (account.records, item.rejected, item.bytes_parsed, item.bytes_quarantined) == (2, 1, 60, 40)
    assert [(one.reason, one.first_place) for one in item.rejects] == [
        ("the budget of 2 records was reached", "after record 2")
    ]
    assert item.warnings == []


def test_bytes_that_a_reader_forgot_are_quarantined_and_said() -> None:
    account = Account("i", "p", "s", 100)
    account.add(_batch(90), _events("2026-03-01T00:00:00Z"))
    item = account.finish(READER)
    assert item.bytes_quarantined == 10
    assert "10 bytes are unaccounted for" in item.warnings[0]


def test_records_left_over_from_an_older_log_do_not_widen_the_time_that_an_item_covers() -> None:
    account = Account("i", "p", "s", 100)
    left = event(LEFTOVER_RECORDS, at="2019-03-01T00:00:00Z")
    kept = event(at="2026-03-01T00:00:00Z")
    account.add(_batch(100), events_table([left, kept]).combine_chunks().to_batches()[0])
    item = account.finish(READER)
    assert (item.first_time[:4], item.last_time[:4], item.records) == ("2026", "2026", 2)
