"""A log that begins days after its machine's other logs is a gap at the beginning: no full record of those days."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.gaps.late_channels import late_channel_gaps
from vigilia.impact.ledger import Ledger, make_ledger
from vigilia.impact.machine_logs import machine_logs
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_FIRST = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
_DAYS = 21


def _log(
    channel: str, first: float, *, host: str = "DC1", hours: int = 1, number: int | None = 5000
) -> list[dict[str, Any]]:
    """Return a log's records until the last day; its first one has a number, if the export has any."""
    count = int((_DAYS - first) * 24 / hours)
    return [
        event(
            at=(_FIRST + dt.timedelta(days=first, hours=hours * n)).isoformat(),
            vigilia__source="windows",
            host__name=host,
            event__provider=channel,
            event__code="4624",
            fields={} if number is None else {"EventRecordID": str(number + n)},
        )
        for n in range(count)
    ]


def _case(*logs: list[dict[str, Any]]) -> tuple[list[Gap], Ledger]:
    rows = [row | {"vigilia.record": n, "event.id": f"e:{n}"} for n, row in enumerate(itertools.chain(*logs), 1)]
    with EventStore.from_table(events_table(rows)) as store:
        gaps = find_gaps(store, [], Profile(), None)
        return [gap for gap in gaps if gap.kind == "retention"], make_ledger(store, [], gaps, Profile())


def _span(first: float, last: float) -> tuple[dt.datetime, dt.datetime]:
    return _FIRST + dt.timedelta(days=first), _FIRST + dt.timedelta(days=last)


def test_security_that_rolled_over_while_system_reaches_back_is_told_with_both_ends_and_its_likely_reason() -> None:
    (gap,), ledger = _case(_log("Security", 6), _log("System", 0, hours=4, number=100))
    assert (gap.entity, gap.channels, gap.start[:10], gap.end[:10]) == ("DC1", ["Security"], "2026-05-04", "2026-05-10")
    assert "Security of DC1 begins on 2026-05-10, with record number 5000; System of this machine" in gap.basis
    assert "newer ones have overwritten them" in gap.consequence
    (row,) = ledger.rows
    assert [(run.state, run.last_day) for run in row.states] == [
        ("past-retention", "2026-05-09"),
        ("present", "2026-05-24"),
    ]
    assert row.states[0].recorded == pytest.approx(0.2, abs=0.01)  # System has 6 of 30 records a day
    assert ledger.covered("windows", "DC1", *_span(0, 6), ["Security"]).share == 0.0
    assert ledger.covered("windows", "DC1", *_span(0, 6), ["System"]).share == 1.0


def test_the_reason_is_as_good_as_the_numbers_of_the_records() -> None:
    system = _log("System", 0, number=100)
    (unnumbered,), _ = _case(_log("Security", 6, number=None), system)
    assert "or not yet kept" in unnumbered.consequence
    (anew,), _ = _case(_log("Security", 6, number=1), system)
    assert "switched on then" in anew.consequence


def test_logs_of_one_machine_say_nothing_of_when_those_of_another_begin() -> None:
    found, _ = _case(_log("Security", 6), _log("System", 0, host="FS2"))
    assert not found


def test_a_log_that_the_questions_do_not_need_may_begin_when_it_likes() -> None:
    found, _ = _case(_log("Security", 0), _log("Microsoft-Windows-Wired-AutoConfig/Operational", 9))
    assert not found


def test_a_log_that_was_cleared_is_told_once() -> None:
    cleared = _log("Security", 6)
    cleared[0]["event.code"] = "1102"
    found, ledger = _case(cleared, _log("System", 0, number=100))
    assert not found
    assert ledger.rows[0].states[0].state == "cleared"


def test_a_log_that_writes_on_some_days_only_begins_when_it_begins() -> None:
    seldom = [row for row in _log("System", 4) if row["@timestamp"].day % 4 == 0]
    assert not _case(_log("Security", 0), seldom)[0]


@settings(max_examples=25, deadline=None)
@given(late=st.integers(0, 12), hours=st.sampled_from([1, 2, 6, 12]), other=st.sampled_from([1, 4, 12]))
def test_however_late_a_daily_log_begins_it_is_told_from_three_days_on_and_not_within_the_first(
    late: int, hours: int, other: int
) -> None:
    rows = [*_log("Security", late, hours=hours), *_log("System", 0, hours=other)]
    with EventStore.from_table(events_table(rows)) as store:
        found = late_channel_gaps(machine_logs(store), {}, [])
    assert not found or late >= 1
    assert found or late < 4
