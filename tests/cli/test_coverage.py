"""`vigilia coverage` counts the days of each state of every log, and names those that are not as they should be."""

from __future__ import annotations

from vigilia.cli.coverage import days_of_logs
from vigilia.model.result import CoverageRow, DayRun


def _row(*runs: tuple[str, str, str]) -> CoverageRow:
    states = [DayRun(state=state, first_day=first, last_day=last, recorded=1.0) for state, first, last in runs]  # type: ignore[arg-type]
    return CoverageRow(source="windows", entity="FS01", first_time="", last_time="", events=1, days={}, states=states)


def test_ordinary_days_are_counted_and_others_named() -> None:
    row = _row(
        ("present", "2026-03-01", "2026-03-04"),
        ("absent", "2026-03-05", "2026-03-06"),
        ("present", "2026-03-07", "2026-03-07"),
        ("cleared", "2026-03-08", "2026-03-08"),
    )
    assert list(days_of_logs([row])) == [
        "windows, FS01: present 5 days; absent 2 days (from 5 March to 6 March 2026); cleared 1 day (on 8 March 2026)"
    ]


def test_what_is_too_much_to_read_is_counted() -> None:
    row = _row(*[("absent", f"2026-03-{day:02}", f"2026-03-{day:02}") for day in range(1, 20, 2)])
    lines = list(days_of_logs([row] * 50))
    assert lines[0].endswith("on 5 March 2026 and 7 more times)")
    assert lines[-1] == "10 more logs: with --json"


def test_days_of_which_a_part_is_there_are_told_apart_and_neighbours_together() -> None:
    runs = [("2026-06-15", "2026-06-15", 0.6), ("2026-06-16", "2026-06-17", 0.0), ("2026-06-18", "2026-06-18", 0.9)]
    states = [DayRun(state="absent", first_day=first, last_day=last, recorded=share) for first, last, share in runs]
    states.append(DayRun(state="absent", first_day="2026-06-19", last_day="2026-06-20", recorded=0.5))
    row = CoverageRow(source="m365.audit", entity="", first_time="", last_time="", events=1, days={}, states=states)
    assert list(days_of_logs([row])) == [
        "m365.audit: absent in part 4 days (on 15 June 2026, from 18 June to 20 June 2026); "
        "absent 2 days (from 16 June to 17 June 2026)"
    ]
