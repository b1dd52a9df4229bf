"""A silence is told where a log's own rhythm makes it hardly credible, and not where its habits explain it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from support.events import event, events_table
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.impact.gaps.rhythm import DAY, QUARTER, Rhythm, Silence, chance_of_silence, days_since_1970
from vigilia.impact.gaps.silence import silences_of
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import KnownActivity, Profile
from vigilia.model.result import Gap
from vigilia.model.times import format_microseconds
from vigilia.store.event_store import EventStore

_MONDAY = dt.date(2026, 2, 2)
_ALWAYS = range(96)
_WORKING = range(32, 68)  # 8 to 17 o'clock


def _rhythm(
    rate: Any, quarters: range = _ALWAYS, days: int = 42, source: str = "windows", first: dt.date = _MONDAY
) -> Rhythm:
    """A log with `rate(day, quarter)` records in each quarter of an hour."""
    begin = days_since_1970(first)
    cells = [((begin + d) * DAY + q, rate(d, q)) for d in range(days) for q in quarters if rate(d, q)]
    at = np.array([cell for cell, _ in cells], dtype=np.int64)
    counts = np.array([count for _, count in cells], dtype=np.int64)
    return Rhythm(source, "FS01", at, counts, at * QUARTER, at * QUARTER + QUARTER - 1)


def _written(moment: int) -> str:
    return format_microseconds(moment)[5:16].replace("T", " ")


def _days(silences: list[Silence]) -> list[tuple[str, str]]:
    return [(_written(one.start), _written(one.end)) for one in silences]


def test_silent_days_of_a_server_are_told_from_record_to_record() -> None:
    rhythm = _rhythm(lambda d, _: 0 if d in (16, 17) else 3)
    assert _days(silences_of(rhythm)) == [("02-17 23:59", "02-20 00:00")]


def test_two_hours_taken_out_of_a_busy_log_are_told() -> None:
    rhythm = _rhythm(lambda d, q: 0 if d == 16 and 40 <= q < 48 else 5 + (d + q) % 3)
    assert _days(silences_of(rhythm)) == [("02-18 09:59", "02-18 12:00")]


def test_nights_and_weekends_are_no_gap() -> None:
    assert not silences_of(_rhythm(lambda d, _: 9 if d % 7 < 5 else 0, _WORKING))


def test_a_silent_workday_is_found_where_weekends_are_quiet() -> None:
    rhythm = _rhythm(lambda d, _: 9 if d % 7 < 5 and d != 16 else 0, _WORKING)
    assert _days(silences_of(rhythm)) == [("02-17 16:59", "02-19 08:00")]


def test_friday_is_no_gap_where_it_is_the_day_of_rest() -> None:
    assert not silences_of(_rhythm(lambda d, _: 9 if d % 7 != 4 else 0, _WORKING, days=10))


def test_rare_records_give_no_gap() -> None:
    assert not silences_of(_rhythm(lambda d, q: int(q == 40 and d % 3 > 0), days=60))


def test_summer_time_makes_no_morning_silent() -> None:
    before, after = range(36, 64), range(32, 60)  # work begins an hour earlier in UTC from the 21st day on
    moved = _rhythm(lambda d, q: 9 if q in (before if d < 21 else after) else 0, days=42)
    shifted = Rhythm(
        moved.source,
        moved.entity,
        moved.quarters,
        moved.events,
        moved.first,
        moved.last,
        (int(moved.quarters[0] // DAY) + 21,),
    )
    assert not silences_of(shifted)


def test_of_two_hundred_clean_bursty_logs_one_at_most_shows_a_gap() -> None:
    """Bursts around a weekly rhythm, nothing taken out, two months each: chance gives about one gap in a thousand."""
    draw = np.random.default_rng(20261122)
    told = 0
    for _ in range(200):
        busy = draw.gamma(4, 1 / 4, 60)
        rate, weekend, burst = draw.integers(1, 41), draw.uniform(0, 1), draw.integers(1, 13)
        days = [busy[d] * rate * (weekend if d % 7 > 4 else 1) / 10 for d in range(60)]
        counts = [draw.poisson(day, 96) * draw.integers(1, burst + 1, 96) for day in days]
        told += bool(silences_of(_rhythm(lambda d, q, counts=counts: int(counts[d][q]), _WORKING, days=60)))
    assert told <= 1


def _table(*rows: list[int]) -> Any:
    return np.array(rows, dtype=np.int64)


def test_silence_is_more_credible_where_logs_are_quieter() -> None:
    busy, quiet = (chance_of_silence(_table(*[[rate]] * 6)) for rate in (100, 10))
    assert busy < quiet < 1.0
    assert chance_of_silence(_table([1], [0], [1], [0])) == 1.0, "hardly anything is usual"
    assert chance_of_silence(_table([100], [100])) == 1.0, "two days say nothing"


def test_records_in_bursts_make_silence_more_credible_than_the_same_records_one_by_one() -> None:
    single = _table(*[[4, 5, 6, 5, 4, 6]] * 8)
    bursts = _table(*[[30, 0, 0, 0, 0, 0], [0, 0, 0, 30, 0, 0]] * 4)
    assert chance_of_silence(bursts) > 100 * chance_of_silence(single)


def _office(source: str, silent: tuple[dt.date, dt.date]) -> Rhythm:
    first = dt.date(2025, 10, 6)
    off = range((silent[0] - first).days, (silent[1] - first).days + 1)
    return _rhythm(lambda d, _: 3 if d % 7 < 5 and d not in off else 0, _WORKING, 200, source, first)


def test_an_office_closed_over_new_year_is_no_gap_but_a_silent_server_is() -> None:
    holidays = (dt.date(2025, 12, 24), dt.date(2026, 1, 4))
    assert not silences_of(_office("m365.audit", holidays))
    assert silences_of(_office("windows", holidays))
    assert silences_of(_office("m365.audit", (dt.date(2025, 12, 15), dt.date(2026, 1, 4))))


def test_hours_missing_on_a_closed_day_with_work_before_and_after_are_told_but_not_an_early_end() -> None:
    first = dt.date(2026, 2, 16)
    day = (dt.date(2026, 4, 6) - first).days  # Easter Monday

    def office(silent: range) -> Rhythm:
        rate = lambda d, q: 0 if d % 7 > 4 or (d == day and q in silent) else 20 + (d + q) % 5  # noqa: E731
        return _rhythm(rate, _WORKING, 70, "m365.audit", first)

    assert _days(silences_of(office(range(40, 52)))) == [("04-06 09:59", "04-06 13:00")]
    assert not silences_of(office(range(52, 68))), "they went home at one o'clock"


def test_hours_missing_in_a_log_that_never_rests_are_told_though_its_weekends_are_quieter() -> None:
    draw = np.random.default_rng(11)
    counts = draw.poisson(np.where(np.arange(35) % 7 > 4, 5, 14)[:, None] * draw.gamma(9, 1 / 9, 35)[:, None], (35, 96))
    rhythm = _rhythm(lambda d, q: 0 if d == 20 and 60 <= q < 76 else int(counts[d, q]) + 1, days=35)
    assert _days(silences_of(rhythm)) == [("02-22 14:59", "02-22 19:00")]


def test_a_closure_in_the_profile_excuses_silence() -> None:
    days = (dt.date(2026, 2, 16), dt.date(2026, 2, 20))
    closed = KnownActivity(what="Office closed for Lunar New Year", from_=days[0], to=days[1])
    assert silences_of(_office("m365.audit", days))
    assert not silences_of(_office("m365.audit", days), [closed])


def _records(
    source: str, at: list[dt.datetime], host: str = "FS01", item: str = "0" * 16, first: int = 1, provider: str = ""
) -> list[dict[str, Any]]:
    """Records with numbers of their own, of which only Windows event logs make something."""
    return [
        event(
            first + n,
            at=one.isoformat(),
            vigilia__source=source,
            vigilia__item=item,
            host__name=host,
            event__provider=provider or None,
            fields={"EventRecordID": str(first + n)},
        )
        for n, one in enumerate(at)
    ]


def _times(days: int, minutes: range, step: int = 5, skip: tuple[int, ...] = ()) -> list[dt.datetime]:
    begin = dt.datetime.combine(_MONDAY, dt.time(), dt.UTC)
    return [
        begin + dt.timedelta(days=d, minutes=m)
        for d in range(days)
        if d not in skip
        for m in range(minutes.start, minutes.stop, step)
    ]


def _missing(rows: list[dict[str, Any]]) -> list[Gap]:
    with EventStore.from_table(events_table(rows)) as store:
        return [gap for gap in find_gaps(store, [], Profile(), None) if gap.kind == "missing"]


_WORK = range(480, 1020)


def test_the_main_log_of_a_machine_gives_the_bounds_of_its_silence() -> None:
    """A service that starts now and then cuts the silence of the machine, not that of its Security log."""
    times = [one for one in _times(28, range(1440), 10) if not (one.day == 18 and 8 <= one.hour < 14)]
    started = dt.datetime(2026, 2, 18, 9, 40, tzinfo=dt.UTC)
    others = _records("windows", [started], provider="System", first=90_000)
    (gap,) = _missing([*_records("windows", times, provider="Security"), *others])
    assert (gap.start[11:16], gap.end[11:16]) == ("07:50", "14:00")
    assert "Windows event logs (Security) of FS01" in gap.basis


def test_a_machine_whose_record_numbers_go_on_was_off_and_nothing_is_missing() -> None:
    times = [one for one in _times(28, _WORK, skip=(15,)) if one.weekday() < 5]
    assert not _missing(_records("windows", times, provider="Security"))


def test_a_server_that_never_sleeps_is_missing_though_its_record_numbers_go_on() -> None:
    """Whoever stops the event log service leaves no hole in the numbers."""
    times = [one for one in _times(28, range(1440), 10) if not (one.day == 18 and 6 <= one.hour < 14)]
    (gap,) = _missing(_records("windows", times, provider="Security"))
    assert (gap.start[:16], gap.end[:16]) == ("2026-02-18T05:50", "2026-02-18T14:00")


@pytest.mark.parametrize(("worked", "told"), [(False, 0), (True, 1)])
def test_one_silent_working_day_may_be_a_holiday_unless_other_logs_show_people_at_work(worked: bool, told: int) -> None:
    times = [one for one in _times(42, _WORK, skip=(16,)) if one.weekday() < 5]
    others = [one for one in _times(42, _WORK, skip=() if worked else (16,)) if one.weekday() < 5]
    rows = _records("m365.audit", times, host="", provider="Exchange")
    rows += _records("proxy.squid", others, host="proxy", item="1" * 16)
    assert len([gap for gap in _missing(rows) if gap.source == "m365.audit"]) == told


def test_a_machine_that_was_shut_down_and_started_again_is_not_missing() -> None:
    times = [one for one in _times(28, range(1440), 10) if not (one.day == 18 and 6 <= one.hour < 14)]
    rows = _records("linux.syslog", times, "web01")
    (gap,) = _missing(rows)
    assert (gap.start[:16], gap.end[:16]) == ("2026-02-18T05:50", "2026-02-18T14:00")
    stop = event(
        90_000,
        at="2026-02-18T05:51:00Z",
        vigilia__source="linux.syslog",
        host__name="web01",
        fields={"message": "systemd[1]: Reached target Power-Off."},
    )
    assert not _missing([*rows, stop])


def test_a_host_that_falls_silent_while_others_in_its_file_go_on_is_told_to_the_end() -> None:
    web = _records("linux.syslog", _times(14, range(1440), 10), "web01")
    mail = _records("linux.syslog", _times(11, range(1440), 10), "mail01", first=50_000)
    (gap,) = _missing(web + mail)
    assert (gap.entity, gap.start[:10], gap.end[:10]) == ("mail01", "2026-02-12", "2026-02-15")


def test_hours_missing_in_all_workloads_are_told_once() -> None:
    times = [one for one in _times(42, range(1440), 6) if not (one.day == 18 and one.hour < 12)]
    rows = [
        row
        for n, provider in enumerate(("Exchange", "SharePoint"))
        for row in _records("m365.audit", times, host="", provider=provider, first=n * 50_000)
    ]
    assert [(gap.entity, gap.start[:13], gap.end[:13]) for gap in _missing(rows)] == [
        ("", "2026-02-17T23", "2026-02-18T12")
    ]


def test_one_of_several_logs_of_a_sensor_may_fail_while_the_others_go_on() -> None:
    """One connection an hour, and none for a day: the names that are looked up all the time must not hide it."""
    minutes = np.random.default_rng(3).uniform(0, 28 * 1440, 28 * 24).tolist()
    begin = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    conn = [one for one in minutes if not 14_000 < one < 15_440]
    rows = [
        event(n, vigilia__source="zeek", event__provider=log, at=(begin + dt.timedelta(minutes=one)).isoformat())
        for n, (log, one) in enumerate([*(("conn", one) for one in conn), *(("dns", 20.0 * n) for n in range(2016))], 1)
    ]
    (gap,) = _missing(rows)
    before, after = max(one for one in conn if one < 14_000), min(one for one in conn if one > 15_440)
    assert gap.start[:16] == (begin + dt.timedelta(minutes=before)).isoformat()[:16]
    assert gap.end[:16] == (begin + dt.timedelta(minutes=after)).isoformat()[:16]
    assert gap.basis.startswith("no record in Zeek network logs (conn) for")
    whole = [row for row in rows if not dt.timedelta(14_000 / 1440) < row["@timestamp"] - begin < dt.timedelta(11)]
    assert ["(" in gap.basis.split(" for ")[0] for gap in _missing(whole)] == [False], "all of it is told once"


def _unread(path: str) -> EvidenceItem:
    return EvidenceItem(item="b" * 16, path=path, sha256="b" * 64, bytes=900, status="unrecognised")


def _donor_system(items: list[EvidenceItem], gone: range) -> list[Gap]:
    """Three records on each working day of six weeks, without some days."""
    begin = dt.datetime(2026, 2, 2, tzinfo=dt.UTC)
    hours = [24 * day + hour for day in range(42) if day % 7 < 5 and day not in gone for hour in (9, 12, 15)]
    rows = [
        event(number, vigilia__source="crm.salesforce", at=(begin + dt.timedelta(hours=hour)).isoformat())
        for number, hour in enumerate(hours, 1)
    ]
    read = EvidenceItem(
        item="a" * 16, path="donors/crm.csv", sha256="a" * 64, bytes=900, status="read", source="crm.salesforce"
    )
    with EventStore.from_table(events_table(rows)) as store:
        return [gap for gap in find_gaps(store, [read, *items], Profile(), None) if gap.kind == "missing"]


@pytest.mark.parametrize("path", ["donors/part-2-crm.csv", "donors/crm (2).csv", "donors/CRM-2026-02.csv"])
def test_a_file_of_a_log_that_was_not_read_makes_its_least_credible_silence_a_gap(path: str) -> None:
    """That records are missing is known then; only when is open."""
    gone = range(16, 20)
    (gap,) = _donor_system([_unread(path)], gone)
    assert (gap.start[:13], gap.end[:13]) == ("2026-02-17T15", "2026-02-23T09")
    assert "a file of this log is here that could not be read" in gap.basis
    assert not _donor_system([], gone)


@pytest.mark.parametrize("path", ["donors/notes.csv", "other/crm-2.csv", "donors/crm-2.zip"])
def test_any_other_file_says_nothing_of_the_log(path: str) -> None:
    assert not _donor_system([_unread(path)], range(16, 20))


def test_where_every_silence_is_everyday_nothing_is_told_of_a_file_that_was_not_read() -> None:
    assert not _donor_system([_unread("donors/part-2-crm.csv")], range(0))
