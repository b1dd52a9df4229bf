"""Of a silence it is said what other logs show: that the machine ran, and that the intruder was at work."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa
import pytest

from support.events import event, events_table
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.gaps.meanwhile import IntruderTimes, Meanwhile, intruder_times
from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm, Silence, days_since_1970
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, Intrusion
from vigilia.store.event_store import EventStore

_FIRST = days_since_1970(dt.date(2026, 2, 2))
_DAY = DAY * QUARTER
_SILENT = Silence((_FIRST + 16) * _DAY, (_FIRST + 17) * _DAY)
_INTRUSION = Intrusion(
    verdict="intrusion", probability=0.95, first_seen="2026-02-16T00:00:00Z", last_seen="2026-02-20T00:00:00Z",
    dwell_days=4.0, accounts=[], addresses=[], hosts=[], sessions=[],
)  # fmt: skip


def _rhythm(source: str, entity: str, *, silent: bool = False, part: str = "", days: int = 28) -> Rhythm:
    """A log with a record every quarter of an hour, perhaps without the seventeenth day."""
    quarters = np.arange(_FIRST * DAY, (_FIRST + days) * DAY)
    begin, after = _SILENT.quarters
    quarters = quarters[(quarters < begin) | (quarters >= after)] if silent else quarters
    at = quarters * QUARTER
    return Rhythm(source, entity, quarters, np.ones(quarters.size, np.int64), at, at, (), part)


def _words(rhythm: Rhythm, *others: Rhythm, intruder: IntruderTimes | None = None) -> str:
    return Meanwhile((rhythm, *others), intruder or IntruderTimes()).consequence(rhythm, _SILENT)


def test_a_machine_whose_other_log_goes_on_was_running() -> None:
    words = _words(_rhythm("windows", "FS01.example", silent=True), _rhythm("microsoft.defender", "fs01"))
    assert "The machine was running, its log microsoft.defender has" in words
    assert "switched off" not in words


@pytest.mark.parametrize(
    "other",
    [
        _rhythm("microsoft.defender", "fs01", silent=True),
        _rhythm("microsoft.defender", "ws07"),
        _rhythm("windows", "fs01"),
        _rhythm("zeek", ""),
    ],
    ids=["silent too", "another machine", "the same log", "of no machine"],
)
def test_without_such_a_log_it_may_have_been_switched_off(other: Rhythm) -> None:
    assert "A machine that was switched off would explain it" in _words(_rhythm("windows", "FS01", silent=True), other)


def test_a_sensor_one_of_whose_logs_goes_on_was_running() -> None:
    silent = _rhythm("zeek", "", silent=True, part="dns")
    words = _words(silent, _rhythm("zeek", "", part="conn"), _rhythm("zeek", ""))
    assert "The sensor was running, its conn log has" in words


@pytest.mark.parametrize(
    "other",
    [
        _rhythm("zeek", "sensor2", part="conn"),
        _rhythm("zeek", "sensor1", part="dns"),
        _rhythm("zeek", "sensor1"),
        _rhythm("suricata.eve", "sensor1", part="flow"),
    ],
    ids=["another sensor", "the same log", "all its logs together", "another program"],
)
def test_only_another_log_of_the_same_sensor_shows_that_it_was_running(other: Rhythm) -> None:
    assert "was running" not in _words(_rhythm("zeek", "sensor1", silent=True, part="dns"), other)


def test_a_service_is_not_switched_off() -> None:
    words = _words(_rhythm("google.workspace", "", silent=True))
    assert "switched off" not in words
    assert "Records were removed or lost" in words


def test_an_intruder_at_work_in_the_silence_is_told_and_cited() -> None:
    inside, outside = _SILENT.start + QUARTER, _SILENT.start - QUARTER
    at_work = IntruderTimes([outside, inside, inside + 1], ["a:1", "b:1", "b:2"])
    rhythm = _rhythm("windows", "FS01", silent=True)
    meanwhile = Meanwhile([rhythm], at_work)
    assert "The intruder was at work in that time: 2 records of other logs show it." in meanwhile.consequence(
        rhythm, _SILENT
    )
    assert meanwhile.event_ids(_SILENT) == ["b:1", "b:2"]
    assert "intruder" not in _words(rhythm, intruder=IntruderTimes([outside], ["a:1"]))


def _missing(*, scoped: bool) -> Gap:
    """A file server that is silent for a day, and the intruder in the mail meanwhile."""
    hours = [hour for hour in range(28 * 24 * 4) if not 16 * 96 <= hour < 17 * 96]
    begin = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    rows = [
        event(
            number,
            vigilia__source="linux.syslog",
            host__name="fs01",
            at=(begin + dt.timedelta(minutes=15 * hour)).isoformat(),
        )
        for number, hour in enumerate(hours, 1)
    ]
    rows.append(event(9000, vigilia__source="m365.audit", at="2026-02-18T12:00:00Z"))
    with EventStore.from_table(events_table(rows)) as store:
        assert intruder_times(store) == IntruderTimes()
        chosen = {"event.id": [str(rows[-1]["event.id"])], "probability": [0.9], "reason": ["a rule"]}
        store.register("intruder_events", pa.table(chosen))
        gaps = find_gaps(store, [], Profile(), _INTRUSION if scoped else None)
    (gap,) = [one for one in gaps if one.kind == "missing" and one.source == "linux.syslog"]
    return gap


def test_a_case_with_an_intruder_says_so_in_the_gap() -> None:
    gap = _missing(scoped=True)
    assert "The intruder was at work in that time: 1 record of other logs shows it." in gap.consequence
    assert len(gap.event_ids) == 1
    assert "intruder" not in _missing(scoped=False).consequence


def _office(source: str, entity: str, *, rests: tuple[int, ...] = (), floor: int = 1, deleted: bool = False) -> Rhythm:
    """A log with records of machines at all hours, and of people on working days from eight to six."""
    quarters = np.arange(_FIRST * DAY, (_FIRST + 28) * DAY)
    day, quarter = quarters // DAY - _FIRST, quarters % DAY
    works = (day % 7 < 5) & (quarter >= 32) & (quarter < 72) & ~np.isin(day, rests)
    events = floor * (quarter % 4 == 0) + 3 * works
    events[(day == 16) & deleted] = 0
    kept = events > 0
    at = quarters[kept] * QUARTER
    return Rhythm(source, entity, quarters[kept], events[kept].astype(np.int64), at, at, ())


_OFFICE_HOURS = Silence(_SILENT.start + 32 * QUARTER, _SILENT.start + 72 * QUARTER)
_QUIET = "as quiet as on days of rest: it was a holiday, or records were removed from all of them."


def _said_of_holiday(*others: Rhythm) -> str:
    mine = _office("firewall.fortigate", "fw", rests=(16,), floor=0)
    return Meanwhile((mine, *others)).consequence(mine, _OFFICE_HOURS)


def test_a_day_on_which_all_rest_is_told_as_a_holiday_or_removed_records() -> None:
    """Without any calendar; nothing is excused by it, for who empties every log leaves the same."""
    resting = (_office("windows", "fs01", rests=(16,)), _office("m365.audit", "", rests=(16,), floor=0))
    assert f"2 other logs, in which working days show, were {_QUIET}" in _said_of_holiday(*resting)
    assert f"1 other log, in which working days show, was {_QUIET}" in _said_of_holiday(
        _office("windows", "fs01", deleted=True), _office("zeek", "", rests=tuple(range(28)), floor=2)
    )


@pytest.mark.parametrize(
    "others",
    [
        (_office("windows", "fs01", rests=(16,)), _office("windows", "ws07")),
        (_office("windows", "ws07"),),
        (_rhythm("zeek", ""),),
        (_office("firewall.fortigate", "", rests=(16,)),),
        (),
    ],
    ids=["one at work", "at work", "no working days", "the same log as a whole", "alone"],
)
def test_where_somebody_worked_or_nobody_would_show_it_nothing_is_said_of_days_of_rest(
    others: tuple[Rhythm, ...],
) -> None:
    assert "days of rest" not in _said_of_holiday(*others)
