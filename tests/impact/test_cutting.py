"""Where records are missing the intrusion is cut, and what nobody knows the place of takes comfort from all of it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa

from support.assessed import at, intrusion
from support.events import event, events_table
from vigilia.impact.assessment import assess_impact
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Gap, GapKind
from vigilia.store.event_store import EventStore

_CASES = DataClass(id="cases", label="Case files", where=["sharepoint:https://x.example/sites/Cases"])
_NOBODY = pa.table({"event.id": pa.array([], pa.string()), "probability": pa.array([], pa.float64())})


def _levels(kind: GapKind, source: str, start: str = "", end: str = "", mine: Sequence[int] = ()) -> list[str]:
    """Levels of a way with one gap; `mine` are days on which the intruder signed in."""
    where = "sharepoint:https://x.example/sites/All/a"
    rows = [
        event(0, at=at(day), event__action="FileAccessed", event__provider="SharePoint", vigilia__objects=[where])
        for day in range(60)
    ]
    visits = events_table([event(100 + day, at=at(day), event__action="UserLoggedIn") for day in mine])
    known = {"event.id": visits["event.id"], "probability": pa.array([0.95] * len(mine), pa.float64())}
    gap = Gap(
        id="gap-1", source=source, entity="", kind=kind, start=start, end=end, basis="test", consequence="", hidden=1.0
    )
    with EventStore.from_table(pa.concat_tables([events_table(rows), visits])) as store:
        store.register("intruder_events", pa.table(known))
        found = assess_impact(store, [], [gap], intrusion(), Profile(data=[_CASES]))
    return [row.level for row in found.impact if row.channel == "sharepoint-download"]


def test_a_hole_is_a_slice_of_its_own() -> None:
    hole = ("2026-01-24T03:00:00.000000Z", "2026-01-24T05:00:00.000000Z")
    assert _levels("missing", "m365.audit", *hole) == ["E3", "E4", "E3"]
    assert _levels("missing", "windows", *hole) == ["E3"]


def test_a_hole_that_begins_where_the_intruder_was_last_seen_may_hide_more_of_them() -> None:
    near, far = ("2026-02-01T03:00:00.000000Z", "2026-02-04T05:00:00.000000Z"), ("2026-02-20T03:00:00.000000Z", "")
    assert _levels("missing", "m365.audit", *near) == ["E3", "E4"]
    assert _levels("missing", "m365.audit", *far) == ["E3"]


def test_a_hole_may_hide_more_of_those_who_stayed_away_for_as_long_before() -> None:
    later = ("2026-02-09T03:00:00.000000Z", "2026-02-11T05:00:00.000000Z")
    assert _levels("missing", "m365.audit", *later, mine=(20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30)) == ["E3"]
    assert _levels("missing", "m365.audit", *later, mine=(18, 29, 30)) == ["E3", "E4"]


def test_a_part_of_an_export_that_may_be_of_any_log_takes_comfort_from_all() -> None:
    assert _levels("missing-part", "") == ["E4"]
    assert _levels("missing-part", "windows") == ["E3"]


def _of_days(days: list[int]) -> list[str]:
    where = "sharepoint:https://x.example/sites/All/a"
    rows = [
        event(0, at=at(day, hour), event__action="FileAccessed", event__provider="SharePoint", vigilia__objects=[where])
        for day in days
        for hour in (9, 15)
    ]
    table = events_table([*rows, *(event(0, at=at(day), event__action="UserLoggedIn") for day in range(60))])
    with EventStore.from_table(table) as store:
        store.register("intruder_events", _NOBODY)
        found = assess_impact(store, [], [], intrusion(), Profile(data=[_CASES]))
    return [row.level for row in found.impact if row.channel == "sharepoint-download"]


def test_a_silence_that_the_rhythm_of_these_records_does_not_explain_takes_comfort_though_no_gap_is_told() -> None:
    assert _of_days([*range(60)]) == ["E3"]
    assert _of_days([day for day in range(60) if day not in (24, 25, 26)]) == ["E3", "E4", "E3"]


def test_weekends_without_records_are_the_rhythm_of_an_office() -> None:
    weekdays = [day for day in range(60) if day % 7 not in (2, 3)]
    assert _of_days(weekdays) == ["E3"]
    assert "E4" in _of_days([day for day in weekdays if day not in (25, 26)])


def test_a_log_that_is_not_heard_for_days_vouches_for_the_days_alone_on_which_it_is() -> None:
    assert _of_days([*range(0, 60, 7)]) == ["E4", "E3", "E4", "E3", "E4"]


def test_records_that_come_all_day_vouch_for_nothing_before_the_first_of_them() -> None:
    where = "sharepoint:https://x.example/sites/All/a"
    rows = [
        event(0, at=at(day, hour), event__action="FileAccessed", event__provider="SharePoint", vigilia__objects=[where])
        for day in range(22, 60)
        for hour in range(0 if day > 22 else 16, 24, 2)
    ]
    table = events_table([*rows, *(event(0, at=at(day), event__action="UserLoggedIn") for day in range(60))])
    with EventStore.from_table(table) as store:
        store.register("intruder_events", _NOBODY)
        found = assess_impact(store, [], [], intrusion(), Profile(data=[_CASES]))
    ends = [(row.level, row.end) for row in found.impact if row.channel == "sharepoint-download"]
    assert ends[0] == ("E4", "2026-01-23T15:00:00.000000Z")
    assert ends[1][0] == "E3"


def _quiet_night(hours: list[int], at_work: int | None) -> list[str]:
    """Queries all day and night but for some hours of one night; the intruder is at work on another machine."""
    names = [
        event(0, at=at(day, hour), vigilia__source="dns.bind", event__action="query", dns__question__name="a.example")
        for day in range(60)
        for hour in range(24)
        if (day, hour) not in [(24, one) for one in hours] and (hour * 7 + day) % 5
    ]
    act = event(1, at=at(24, at_work or 0), vigilia__source="linux.auditd", event__action="EXECVE", host__name="web1")
    table = events_table([act, *names])
    ids = [table["event.id"][0].as_py()] if at_work is not None else []
    marked = pa.table({"event.id": pa.array(ids, pa.string()), "probability": pa.array([0.9] * len(ids), pa.float64())})
    files = DataClass(id="files", label="Files", where=["path:/srv/files"])
    with EventStore.from_table(table) as store:
        store.register("intruder_events", marked)
        found = assess_impact(store, [], [], intrusion(), Profile(data=[files]))
    return [row.level for row in found.impact if row.channel == "dns"]


def test_a_log_that_is_silent_just_while_the_intruder_is_at_work_takes_comfort_at_a_lower_bar() -> None:
    night = [1, 2, 3, 4]
    assert _quiet_night(night, at_work=None) == ["E3"], "four hours alone are no hole in such a log"
    assert _quiet_night(night, at_work=14) == ["E3"], "nor are they while the intruder is away"
    assert _quiet_night(night, at_work=3) == ["E3", "E4", "E3"]
    assert _quiet_night([], at_work=3) == ["E3"]
