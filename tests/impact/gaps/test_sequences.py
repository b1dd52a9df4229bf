"""A clock that was wrong for some time: from the step away to the step back, whatever silences lie near."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from support.events import event, events_table
from vigilia.impact.gaps.numbers import Numbers
from vigilia.impact.gaps.sequences import numbered_clock_gaps
from vigilia.model.result import Gap
from vigilia.store.event_store import EventStore

_BEGIN = dt.datetime(2026, 3, 2, tzinfo=dt.UTC)


def _told(hours: Sequence[float]) -> list[Gap]:
    """Clock gaps of a machine whose records, in the order of their numbers, say these hours since the beginning."""
    rows = [
        event(
            number,
            vigilia__source="windows",
            event__provider="Security",
            host__name="FS01",
            at=(_BEGIN + dt.timedelta(hours=hour)).isoformat(),
            fields={"EventRecordID": str(number)},
        )
        for number, hour in enumerate(hours, 1)
    ]
    with EventStore.from_table(events_table(rows)) as store, Numbers(store, []):
        return numbered_clock_gaps(store)


def _ends(gap: Gap) -> tuple[float, float]:
    start, end = ((dt.datetime.fromisoformat(one) - _BEGIN) / dt.timedelta(hours=1) for one in (gap.start, gap.end))
    return round(start, 2), round(end, 2)


def _every(minutes: int, hours: int, pause: tuple[float, float] = (0, 0)) -> list[float]:
    times = [n * minutes / 60 for n in range(hours * 60 // minutes)]
    return [one for one in times if not pause[0] < one < pause[1]]


def test_the_step_that_undoes_a_step_is_found_in_spite_of_a_silence_of_its_length() -> None:
    true = _every(5, 72, pause=(10, 13.2))
    ahead = [one + 3 if 34 <= one < 40 else one for one in true]
    behind = [one - 3 if 34 <= one < 40 else one for one in true]
    assert [_ends(gap) for gap in _told(ahead)] == [(33.92, 40.0)]
    assert [_ends(gap) for gap in _told(behind)] == [(33.92, 40.0)]


def test_a_machine_that_writes_seldom_is_still_told_with_its_ends() -> None:
    """The records next to both steps are up to an hour apart: the step forward is much longer than the one back."""
    behind = [one - 5 if 34 <= one < 44 else one for one in _every(25, 96)]
    ((start, end),) = [_ends(gap) for gap in _told(behind)]
    assert 33 <= start < 34
    assert 44 <= end < 45


def test_a_clock_that_was_put_right_once_is_not_paired_with_an_everyday_silence() -> None:
    """It had been ahead from the beginning: all that is known is the step."""
    once = [one + 1.5 if one < 40 else one for one in _every(20, 96, pause=(80, 82))]
    ((start, end),) = [_ends(gap) for gap in _told(once)]
    assert end - start < 1.5
