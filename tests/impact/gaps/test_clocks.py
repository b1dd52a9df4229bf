"""A clock that was set wrong and right again by command is one gap, from the first wrong time to the last."""

from __future__ import annotations

import datetime as dt

from support.events import event, events_table
from vigilia.impact.gaps.clocks import clock_gaps, set_clock_gaps
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_BEGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def _at(hour: float) -> str:
    return (_BEGIN + dt.timedelta(hours=hour)).isoformat().replace("+00:00", "Z")


def _set(record: int, before: float, after: float, host: str = "FS01") -> dict[str, object]:
    """4616: the clock was set from one hour since the beginning to another."""
    return event(
        record,
        vigilia__source="windows",
        event__provider="Security",
        event__code="4616",
        host__name=host,
        at=_at(after),
        fields={"EventRecordID": str(record), "PreviousTime": _at(before), "NewTime": _at(after)},
    )


def _told(*rows: dict[str, object]) -> list[Gap]:
    with EventStore.from_table(events_table(list(rows))) as store:
        return set_clock_gaps(store)


def _ends(gap: Gap) -> tuple[float, float]:
    start, end = ((dt.datetime.fromisoformat(one) - _BEGIN) / dt.timedelta(hours=1) for one in (gap.start, gap.end))
    return round(start, 2), round(end, 2)


def test_a_clock_that_was_behind_for_hours_is_one_gap_with_both_records() -> None:
    (gap,) = _told(_set(1, 20, 13), _set(2, 19, 26))
    assert _ends(gap) == (13, 26)
    assert len(gap.event_ids) == 2
    assert "undoes" in gap.basis


def test_a_setting_that_two_logs_recorded_is_told_once_with_the_records_of_both() -> None:
    def by_system(record: int, before: float, after: float) -> dict[str, object]:
        fields = {"EventRecordID": str(record), "OldTime": _at(before), "NewTime": _at(after)}
        said = {"event__provider": "System", "event__code": "1", "host__name": "FS01", "vigilia__source": "windows"}
        return event(100 + record, at=_at(after), fields=fields, **said)

    (gap,) = _told(_set(1, 20, 13), _set(2, 19, 26), by_system(1, 20.001, 13), by_system(2, 19, 26.001))
    assert len(gap.event_ids) == 4
    assert len(_told(_set(1, 20, 13), by_system(2, 40, 33))) == 2, "two settings"


def test_a_clock_that_was_ahead_for_hours_is_one_gap() -> None:
    (gap,) = _told(_set(1, 10, 13), _set(2, 18, 15))
    assert _ends(gap) == (10, 18)


def test_a_clock_that_drifted_meanwhile_is_still_paired() -> None:
    (gap,) = _told(_set(1, 20, 13), _set(2, 19, 26.1))
    assert _ends(gap) == (13, 26.1)


def test_another_machine_or_another_step_undoes_nothing() -> None:
    elsewhere, longer = _told(_set(1, 20, 13), _set(2, 19, 26, "WS07")), _told(_set(1, 20, 13), _set(2, 19, 30))
    assert [_ends(gap) for gap in (*elsewhere, *longer)] == [(13, 20), (13, 20)]


def test_of_several_steps_the_nearest_is_taken() -> None:
    first, second = _told(_set(1, 20, 13), _set(2, 19, 26), _set(3, 50, 43), _set(4, 45, 52))
    assert (_ends(first), _ends(second)) == ((13, 26), (43, 52))


def test_a_clock_that_was_set_far_ahead_and_back_again_is_told_once() -> None:
    (gap,) = _told(_set(1, 10, 82), _set(2, 90, 18))
    assert _ends(gap) == (10, 90)


def test_what_the_records_of_the_log_show_of_the_same_step_is_not_told_beside_it() -> None:
    times = [hour if not 20 <= hour < 26 else hour - 7 for hour in range(1, 60)]
    rows = [
        event(
            2 * number,
            vigilia__source="windows",
            event__provider="Security",
            host__name="FS01",
            at=_at(hour),
            fields={"EventRecordID": str(2 * number)},
        )
        for number, hour in enumerate(times, 1)
    ]
    changes = [_set(39, 20, 13), _set(51, 19, 26)]
    with EventStore.from_table(events_table([*rows, *changes])) as store:
        gaps = [gap for gap in find_gaps(store, [], Profile(), None) if gap.kind == "clock"]
    assert [_ends(gap) for gap in gaps] == [(13, 26)]


def test_a_list_of_what_is_lacks_no_time_and_a_log_without_times_does() -> None:
    """Rules of a mailbox are a state; nobody wrote down when it was."""
    rows = [
        event(number, vigilia__source=source, vigilia__time_basis="missing")
        for number, source in enumerate(["exchange.rules", "linux.syslog", "own.members"])
    ]
    with EventStore.from_table(events_table(rows)) as store:
        assert [gap.source for gap in clock_gaps(store, Profile())] == ["linux.syslog", "own.members"]
    assumed = [event(1, vigilia__source="exchange.rules", vigilia__time_basis="zone-assumed")]
    with EventStore.from_table(events_table(assumed)) as store:
        assert [gap.source for gap in clock_gaps(store, Profile())] == ["exchange.rules"]
