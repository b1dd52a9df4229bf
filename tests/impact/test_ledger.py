"""The ledger says how far a log speaks for a time, and names the state of every day, without counting a hole twice."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.impact.hidden_times import entity_key
from vigilia.impact.ledger import Ledger, make_ledger
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import LoggedSystem, Profile
from vigilia.model.result import Gap, GapKind
from vigilia.store.event_store import EventStore

_NOON = "T12:00:00.000000Z"


def _day(number: int, hour: int = 0) -> dt.datetime:
    return dt.datetime(2026, 3, number, hour, tzinfo=dt.UTC)


def _gap(number: int, kind: GapKind, start: str, end: str, entity: str = "FS01", hidden: float = 1.0) -> Gap:
    return Gap(
        id=f"gap-{number}",
        source="windows",
        entity=entity,
        kind=kind,
        start=start,
        end=end,
        basis="",
        consequence="",
        hidden=hidden,
    )


def _hourly(host: str = "FS01", days: int = 10) -> list[dict[str, Any]]:
    hours = [_day(1) + dt.timedelta(hours=n) for n in range(days * 24 + 1)]
    return [event(at=one.isoformat(), vigilia__source="windows", host__name=host) for one in hours]


def _ledger(gaps: list[Gap], rows: list[dict[str, Any]] | None = None, **more: Any) -> Ledger:
    with EventStore.from_table(events_table(_hourly() if rows is None else rows)) as store:
        return make_ledger(store, more.get("items", []), gaps, more.get("profile", Profile()))


def _states(ledger: Ledger, row: int = 0) -> list[tuple[str, str, str]]:
    return [(run.state, run.first_day[8:], run.last_day[8:]) for run in ledger.rows[row].states]


def test_a_log_without_gaps_covers_its_span_and_nothing_beyond() -> None:
    ledger = _ledger([])
    assert ledger.covered("windows", "FS01", _day(2), _day(4)).share == 1.0
    assert ledger.covered("windows", "FS01", _day(10), _day(12)).share == 0.5
    assert ledger.covered("windows", "FS01", _day(20), _day(21)).share == 0.0


def test_a_host_without_records_is_not_covered_and_neither_is_an_unknown_log() -> None:
    ledger = _ledger([])
    assert ledger.covered("windows", "DC01", _day(2), _day(3)).share == 0.0
    assert ledger.covered("firewall.fortigate", "", _day(2), _day(3)).share == 0.0


def test_two_gaps_over_the_same_hours_are_counted_once_and_both_named() -> None:
    gaps = [
        _gap(1, "missing", "2026-03-02T06:00:00.000000Z", "2026-03-02T12:00:00.000000Z"),
        _gap(2, "record-numbers", "2026-03-02T06:00:00.000000Z", "2026-03-02T12:00:00.000000Z"),
    ]
    covered = _ledger(gaps).covered("windows", "fs01.office.example", _day(2), _day(3))
    assert covered.share == 0.75
    assert covered.gap_ids == ("gap-1", "gap-2")


def test_hours_missing_on_one_of_two_hosts_take_its_share_of_the_source() -> None:
    gaps = [_gap(1, "missing", f"2026-03-02{_NOON}", f"2026-03-03{_NOON}")]
    ledger = _ledger(gaps, _hourly() + _hourly("DC01"))
    assert ledger.covered("windows", "DC01", _day(2, 12), _day(3, 12)).share == 1.0
    assert ledger.covered("windows", "", _day(2, 12), _day(3, 12)).share == 0.5


def test_a_thinned_time_counts_for_the_share_that_is_left() -> None:
    gaps = [_gap(1, "thinned", "2026-03-02T00:00:00.000000Z", "2026-03-04T00:00:00.000000Z", hidden=0.6)]
    ledger = _ledger(gaps)
    assert ledger.covered("windows", "FS01", _day(2), _day(4)).share == 0.4
    assert ("thinned", "02", "03") in _states(ledger)


def test_doubtful_clocks_hide_nothing_but_name_the_day() -> None:
    ledger = _ledger([_gap(1, "clock", f"2026-03-02{_NOON}", f"2026-03-02{_NOON[:2]}5:00:00.000000Z")])
    assert ledger.covered("windows", "FS01", _day(2), _day(3)).share == 1.0
    assert ("skewed", "02", "02") in _states(ledger)


def test_a_zone_that_was_assumed_for_a_whole_log_names_no_day() -> None:
    gap = _gap(1, "clock", "2026-03-01T00:00:00.000000Z", "2026-03-11T00:00:00.000000Z", entity="")
    assert _states(_ledger([gap])) == [("present", "01", "11")]


def test_days_are_told_in_runs_without_holes_or_overlaps() -> None:
    rows = [one for one in _hourly() if not _day(5) <= one["@timestamp"] < _day(7)]
    gaps = [_gap(1, "missing", "2026-03-04T23:00:00.000000Z", "2026-03-07T00:00:00.000000Z")]
    assert _states(_ledger(gaps, rows)) == [
        ("present", "01", "03"),
        ("absent", "04", "04"),
        ("absent", "05", "06"),
        ("present", "07", "11"),
    ]
    assert _states(_ledger([], rows)) == [("present", "01", "04"), ("quiet", "05", "06"), ("present", "07", "11")]


def test_a_log_that_is_there_for_part_of_the_evidence_is_absent_before_and_after() -> None:
    later = [one for one in _hourly("DC01") if _day(4) <= one["@timestamp"] < _day(6)]
    assert _states(_ledger([], _hourly() + later), row=0) == [
        ("absent", "01", "03"),
        ("present", "04", "05"),
        ("absent", "06", "11"),
    ]


def test_days_before_the_profile_says_that_a_log_was_switched_on_are_never_enabled() -> None:
    profile = Profile(logging=[LoggedSystem(system="windows", enabled_since=dt.date(2026, 3, 3))])
    ledger = _ledger([], profile=profile)
    assert _states(ledger)[0] == ("never-enabled", "01", "02")
    assert ledger.covered("windows", "FS01", _day(2), _day(4)) == ledger.covered("windows", "FS01", _day(2), _day(4))
    assert ledger.covered("windows", "FS01", _day(2), _day(4)).share == 0.5


def test_a_mailbox_is_covered_as_its_workload_is() -> None:
    rows = [event(at=_day(n).isoformat(), event__provider="Exchange") for n in range(1, 12)]
    gap = Gap(
        id="gap-1",
        source="m365.audit",
        entity="Exchange",
        kind="missing",
        start="2026-03-02T00:00:00.000000Z",
        end="2026-03-03T00:00:00.000000Z",
        basis="",
        consequence="",
    )
    ledger = _ledger([gap], rows)
    assert ledger.covered("m365.audit", "ada@example.org", _day(2), _day(3)).share == 0.0
    assert ledger.covered("m365.audit", "SharePoint", _day(2), _day(3)).share == 1.0


def test_an_export_cut_off_at_its_limit_hides_only_what_no_other_file_holds() -> None:
    def item(path: str, first: int, last: int) -> EvidenceItem:
        return EvidenceItem(
            item=path,
            path=path,
            sha256="",
            bytes=1,
            status="read",
            source="windows",
            first_time=f"2026-03-{first:02}T00:00:00.000000Z",
            last_time=f"2026-03-{last:02}T00:00:00.000000Z",
        )

    items = [item("a.csv", 1, 4), item("b.csv", 7, 11)]
    cut = _gap(1, "truncated-export", "", "2026-03-07T00:00:00.000000Z", entity="b.csv")
    ledger = _ledger([cut], items=items)
    assert ledger.covered("windows", "", _day(1), _day(4)).share == 1.0
    assert ledger.covered("windows", "", _day(4), _day(7)).share == 0.0
    assert ("cut-by-export", "04", "06") in _states(ledger)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("FS01.office.example", "fs01"),
        ("192.0.2.1", "192.0.2.1"),
        ("2001:db8::1", "2001:db8::1"),
        ("A@b.example", "a@b.example"),
    ],
)
def test_hosts_are_compared_by_their_first_label_addresses_and_accounts_whole(name: str, key: str) -> None:
    assert entity_key(name) == key


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 239), st.integers(1, 60)), max_size=8))
def test_the_share_is_that_of_the_hours_which_no_gap_hides(holes: list[tuple[int, int]]) -> None:
    """Whatever gaps overlap, the share equals a count of hours one by one, and the runs fill all days."""
    begin = _day(1)
    gaps = [
        _gap(
            n,
            "missing",
            (begin + dt.timedelta(hours=start)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
            (begin + dt.timedelta(hours=start + length)).strftime("%Y-%m-%dT%H:%M:%S.%fZ"),
        )
        for n, (start, length) in enumerate(holes)
    ]
    hidden = {hour for start, length in holes for hour in range(start, start + length) if hour < 240}
    ledger = _ledger(gaps)
    assert ledger.covered("windows", "FS01", begin, _day(11)).share == pytest.approx(1 - len(hidden) / 240, abs=1e-4)
    runs = ledger.rows[0].states
    assert (runs[0].first_day, runs[-1].last_day) == ("2026-03-01", "2026-03-11")
    for one, after in itertools.pairwise(runs):
        assert dt.date.fromisoformat(after.first_day) - dt.date.fromisoformat(one.last_day) == dt.timedelta(days=1)
