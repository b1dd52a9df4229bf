"""A torn, cut or damaged file is held against the machine and the log that it holds, and against nobody else."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from support.events import event, events_table
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.gaps.placed_files import placed_gaps
from vigilia.impact.gaps.signs import sign_gaps
from vigilia.impact.ledger import Ledger, make_ledger
from vigilia.impact.machine_logs import machine_logs
from vigilia.model.evidence import EvidenceItem, ItemStatus, RejectCount, Sign
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_FIRST = dt.datetime(2026, 5, 4, tzinfo=dt.UTC)
_TORN = Sign(kind="torn", basis="the file ends in the middle of a chunk")
_SECURITY, _SYSTEM = "Security", "System"


def _moment(day: float) -> dt.datetime:
    return _FIRST + dt.timedelta(days=day)


def _log(item: str, host: str, channel: str, first: float, last: float, hours: int = 2) -> list[dict[str, Any]]:
    """Return records every some hours from one day to another, whose numbers are those of the log's hours."""
    count = int((last - first) * 24 / hours) + 1
    moments = [_moment(first) + dt.timedelta(hours=hours * n) for n in range(count)]
    return [
        event(
            int((one - _FIRST).total_seconds()) // 3600 // hours + 1000,
            at=one.isoformat(),
            vigilia__item=item,
            vigilia__source="windows",
            host__name=host,
            event__provider=channel,
        )
        for one in moments
    ]


def _file(path: str, rows: Sequence[dict[str, Any]], **more: Any) -> EvidenceItem:
    times = sorted(row["@timestamp"] for row in rows)
    values: dict[str, Any] = {
        "item": path,
        "path": path,
        "sha256": "",
        "bytes": 100_000,
        "status": "read",
        "source": "windows",
        "records": len(rows),
        "first_time": times[0].strftime("%Y-%m-%dT%H:%M:%S.%fZ") if times else "",
        "last_time": times[-1].strftime("%Y-%m-%dT%H:%M:%S.%fZ") if times else "",
    }
    return EvidenceItem(**(values | more))


def _case(files: dict[str, list[dict[str, Any]]], **signs: Any) -> tuple[list[Gap], Ledger]:
    """Return gaps and ledger of files by path, the first of which is damaged as `signs` say."""
    paths = list(files)
    items = [_file(path, files[path], **(signs if path == paths[0] else {})) for path in paths]
    rows = [row | {"event.id": f"{path}:{n}"} for path in paths for n, row in enumerate(files[path])]
    with EventStore.from_table(events_table(rows)) as store:
        gaps = find_gaps(store, items, Profile(), None)
        return gaps, make_ledger(store, items, gaps, Profile())


def _states(ledger: Ledger, host: str) -> dict[str, float]:
    """Return the day's state → its least recorded share."""
    (row,) = (one for one in ledger.rows if one.entity == host)
    return {
        state: min(run.recorded for run in row.states if run.state == state) for state in {r.state for r in row.states}
    }


def _office(torn_at: float = 7) -> dict[str, list[dict[str, Any]]]:
    return {
        "ev/DC1/Security.evtx": _log("ev/DC1/Security.evtx", "DC1", _SECURITY, 0, torn_at),
        "ev/DC1/System.evtx": _log("ev/DC1/System.evtx", "DC1", _SYSTEM, 0, 20, hours=6),
        # Begins after DC1's file was torn: the end of what that hides, if machines were not kept apart.
        "ev/FS2/Security.evtx": _log("ev/FS2/Security.evtx", "FS2", _SECURITY, 9, 20),
        "ev/WS7/Security.evtx": _log("ev/WS7/Security.evtx", "WS7", _SECURITY, 0, 20),
    }


def test_a_torn_log_is_missing_on_its_machine_until_the_end_and_no_other_machine_lost_anything() -> None:
    gaps, ledger = _case(_office(), signs=[_TORN])
    (torn,) = (gap for gap in gaps if gap.kind == "torn")
    assert (torn.hosts, torn.channels, torn.end) == (["DC1"], [_SECURITY], "")
    assert torn.basis.endswith("it holds Security of DC1")
    assert _states(ledger, "WS7") == {"present": 1.0}
    assert _states(ledger, "FS2")["present"] == 1.0
    states = _states(ledger, "DC1")
    assert set(states) == {"present", "cut-by-export"}
    assert states["cut-by-export"] == pytest.approx(0.25, abs=0.02)  # System has 4 of 16 records a day
    (row,) = (one for one in ledger.rows if one.entity == "DC1")
    assert row.states[-1].state == "cut-by-export"


def test_of_the_log_that_is_asked_for_a_torn_file_takes_all_and_of_its_neighbours_nothing() -> None:
    _, ledger = _case(_office(), signs=[_TORN])
    start, end = _moment(10), _moment(12)
    assert ledger.covered("windows", "DC1", start, end, [_SECURITY]).share == 0.0
    assert ledger.covered("windows", "DC1", start, end, [_SYSTEM]).share == 1.0
    assert ledger.covered("windows", "WS7", start, end, [_SECURITY]).share == 1.0


def test_what_another_file_of_the_same_log_holds_is_not_lost() -> None:
    """A copy that goes on, and a later file of the log: only the days between the two are hidden."""
    files = _office() | {
        "ev/vss/Security.evtx": _log("ev/vss/Security.evtx", "DC1", _SECURITY, 5, 11),
        "ev/new/Security.evtx": _log("ev/new/Security.evtx", "DC1", _SECURITY, 14, 20),
    }
    gaps, ledger = _case(files, signs=[_TORN])
    (torn,) = (gap for gap in gaps if gap.kind == "torn")
    assert (torn.start[:10], torn.end[:10]) == ("2026-05-15", "2026-05-18")
    assert ledger.covered("windows", "DC1", _moment(7), _moment(11), [_SECURITY]).share == 1.0
    assert ledger.covered("windows", "DC1", _moment(12), _moment(14), [_SECURITY]).share == 0.0


def test_records_that_could_not_be_read_are_held_against_their_log_alone() -> None:
    damaged = {
        "rejected": 9,
        "rejects": [RejectCount(reason="damaged record header", count=9, bytes=900, first_place="0")],
    }
    gaps, ledger = _case(_office(torn_at=20), **damaged)
    (unread,) = (gap for gap in gaps if gap.kind == "unreadable")
    assert (unread.hosts, unread.channels) == (["DC1"], [_SECURITY])
    assert _states(ledger, "WS7") == {"present": 1.0}
    assert 0.9 < ledger.covered("windows", "DC1", _moment(2), _moment(4), [_SECURITY]).share < 1.0
    assert ledger.covered("windows", "DC1", _moment(2), _moment(4), [_SYSTEM]).share == 1.0


def test_a_file_without_records_is_of_the_machine_that_its_collector_or_its_folder_tells() -> None:
    def hosts(path: str, files: dict[str, list[dict[str, Any]]], **more: Any) -> tuple[list[str], str]:
        gaps, _ = _case({path: []} | files, status=_lost(), **more)
        (gap,) = (one for one in gaps if one.kind == "unreadable")
        return gap.hosts, gap.basis

    office = _office()
    assert hosts("ev/DC1/Setup.evtx", office)[0] == ["DC1"]
    assert hosts("ev/Setup.evtx", office, host="WS7")[0] == ["WS7"]
    named, basis = hosts("ev/Setup.evtx", office)
    assert (named, basis.rpartition("; ")[2]) == ([], "which machine it is of cannot be told")


def _lost() -> ItemStatus:
    return "quarantined"


def test_a_file_with_logs_of_several_machines_is_held_against_all_of_them_and_no_more() -> None:
    path = "ev/forwarded.evtx"
    files = {
        path: _log(path, "DC1", _SECURITY, 0, 7) + _log(path, "FS2", _SECURITY, 0, 7),
        "ev/WS7/Security.evtx": _log("ev/WS7/Security.evtx", "WS7", _SECURITY, 0, 20),
        "ev/DC1/System.evtx": _log("ev/DC1/System.evtx", "DC1", _SYSTEM, 0, 20),
        "ev/FS2/System.evtx": _log("ev/FS2/System.evtx", "FS2", _SYSTEM, 0, 20),
    }
    gaps, ledger = _case(files, signs=[_TORN])
    (torn,) = (gap for gap in gaps if gap.kind == "torn")
    assert (torn.hosts, torn.channels) == (["DC1", "FS2"], [_SECURITY])
    for host, share in (("DC1", 0.0), ("FS2", 0.0), ("WS7", 1.0)):
        assert ledger.covered("windows", host, _moment(9), _moment(12), [_SECURITY]).share == share


def test_a_file_whose_records_all_stand_in_another_one_is_of_the_same_machine() -> None:
    """Repeated records are left out of the events; the file that holds nothing else is still known by them."""
    office = _office(torn_at=20)
    path = "ev/DC1/Security.evtx"
    items = [_file(name, rows) for name, rows in office.items()]
    items.append(_file("ev/copy.evtx", office[path][:40], signs=[_TORN]))
    rows = [row | {"event.id": f"{name}:{n}"} for name, several in office.items() for n, row in enumerate(several)]
    with EventStore.from_table(events_table(rows)) as store:
        copied = (
            "SELECT 'x' event_id, 'ev/copy.evtx' item, 1::BIGINT record, 'ev/DC1/Security.evtx' of_item, NULL moment"
        )
        store.materialize("repeated", copied)
        gaps = find_gaps(store, items, Profile(), None)
        ledger = make_ledger(store, items, gaps, Profile())
    (torn,) = (gap for gap in gaps if gap.kind == "torn")
    assert torn.hosts == ["DC1"]
    assert ledger.covered("windows", "DC1", _moment(5), _moment(19), [_SECURITY]).share == 1.0


@settings(max_examples=25, deadline=None)
@given(torn=st.integers(0, 3), at=st.integers(5, 15), begins=st.lists(st.integers(0, 12), min_size=4, max_size=4))
def test_whichever_machine_s_file_is_torn_and_whenever_the_others_begin_only_that_machine_lost_days(
    torn: int, at: int, begins: list[int]
) -> None:
    hosts = ["DC1", "FS2", "TS1", "WS7"]
    order = [hosts[torn], *(host for host in hosts if host != hosts[torn])]
    begin = [0, *begins[1:]]
    files = {
        f"{host}.evtx": _log(f"{host}.evtx", host, _SECURITY, begin[n], at if n == 0 else 20, hours=6)
        for n, host in enumerate(order)
    }
    items = [_file(path, rows, signs=[_TORN] if n == 0 else []) for n, (path, rows) in enumerate(files.items())]
    rows = [row | {"event.id": f"{path}:{n}"} for path, several in files.items() for n, row in enumerate(several)]
    with EventStore.from_table(events_table(rows)) as store:
        gaps = placed_gaps(sign_gaps(items), items, machine_logs(store))
        ledger = make_ledger(store, items, gaps, Profile())
    assert ledger.covered("windows", order[0], _moment(at + 1), _moment(20)).share == 0.0
    for n, host in enumerate(order[1:], 1):
        assert ledger.covered("windows", host, _moment(begin[n]), _moment(20)).share == 1.0
        assert "cut-by-export" not in _states(ledger, host)
