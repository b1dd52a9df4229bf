"""Promise 1: every byte of an item is parsed, refused or ignored, and every record is an event or a reject."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.engines.account import Account
from vigilia.model.records import POSITION_SCHEMA, Reject, SourceBatch
from vigilia.readers.registry import reader_named

_READER = reader_named("m365-audit-json")


def _events(*times: str) -> pa.RecordBatch:
    table = events_table([event(number, at=at) if at else event(number) for number, at in enumerate(times, 1)])
    return table.combine_chunks().to_batches()[0]


def _batch(parsed: int, ignored: int = 0, rejects: tuple[Reject, ...] = ()) -> SourceBatch:
    return SourceBatch(
        positions=pa.RecordBatch.from_pylist([], schema=POSITION_SCHEMA),
        fields=pa.RecordBatch.from_pylist([]),
        rejects=rejects,
        bytes_parsed=parsed,
        bytes_ignored=ignored,
    )


def _reject(length: int, reason: str = "invalid JSON", place: str = "line 1") -> Reject:
    return Reject(place=place, reason=reason, offset=0, length=length)


@settings(max_examples=50, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 999), st.integers(0, 999), st.integers(0, 999)), max_size=5), st.integers(0, 9)
)
def test_bytes_in_are_bytes_parsed_quarantined_and_ignored(parts: list[tuple[int, int, int]], lost: int) -> None:
    """Bytes that a reader forgets are quarantined, not passed over, and the account says so."""
    account = Account("0" * 16, "a.json", "0" * 64, sum(map(sum, parts)) + lost)
    for parsed, ignored, refused in parts:
        took = account.add(_batch(parsed, ignored, (_reject(refused),)), _events("2026-03-01T00:00:00Z"))
        assert took == parsed + ignored + refused
    done = account.finish(_READER)
    assert done.bytes == done.bytes_parsed + done.bytes_quarantined + done.bytes_ignored
    assert any("unaccounted" in one for one in done.warnings) == (lost > 0)
    assert (done.records, done.rejected) == (len(parts), len(parts))


def test_rejects_are_counted_by_reason_with_their_first_place() -> None:
    account = Account("0" * 16, "a.json", "0" * 64, 60)
    rejects = (
        _reject(10, place="line 7"),
        _reject(20, "line longer than 16 bytes", "line 8"),
        _reject(30, place="line 9"),
    )
    account.add(_batch(0, rejects=rejects), _events("2026-03-01T00:00:00Z"))
    counted = [(one.reason, one.count, one.bytes, one.first_place) for one in account.finish(_READER).rejects]
    assert counted == [("invalid JSON", 2, 40, "line 7"), ("line longer than 16 bytes", 1, 20, "line 8")]


def test_first_and_last_time_are_of_all_batches_in_any_order() -> None:
    account = Account("0" * 16, "a.json", "0" * 64, 0)
    account.add(_batch(0), _events("2026-03-02T00:00:00Z", ""))
    account.add(_batch(0), _events("2026-03-01T00:00:00Z"))
    done = account.finish(_READER)
    assert (done.first_time, done.last_time) == ("2026-03-01T00:00:00.000000Z", "2026-03-02T00:00:00.000000Z")


def test_what_no_reader_knows_is_said_not_to_have_been_examined() -> None:
    done = Account("0" * 16, "a.bin", "0" * 64, 5).finish(None)
    assert (done.status, done.bytes_ignored) == ("unrecognised", 5)
    assert "was not examined" in done.warnings[0]
