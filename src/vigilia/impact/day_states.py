"""The state of a log day by day, written as runs of days that are alike."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterator, Sequence

import msgspec

from vigilia.impact.hidden_times import HiddenTime, hidden_share
from vigilia.model.result import CoverageRow, DayRun, DayState

__all__ = ["day_runs"]

_LEAST_HIDDEN = 0.01  # share of a day (a quarter of an hour) below which a hole does not name the day's state
_DAY = dt.timedelta(days=1)


def day_runs(
    row: CoverageRow,
    span: tuple[dt.datetime, dt.datetime] | None,
    days: tuple[str, str],
    hidden: Sequence[HiddenTime],
) -> list[DayRun]:
    """Return the states of a log's days in order.

    Args:
        row: the days that have records.
        span: first and last time that the log reaches.
        days: the first and last day to speak of.
        hidden: what hides some of this log.
    """
    first, last = (dt.date.fromisoformat(day) for day in days)
    edges = _edges(row, span, hidden, first, last)
    runs: list[DayRun] = []
    for start, end in itertools.pairwise(edges):
        run = _run(row, span, hidden, start, end)
        if runs and (runs[-1].state, runs[-1].recorded, runs[-1].gap_ids) == (run.state, run.recorded, run.gap_ids):
            runs[-1] = msgspec.structs.replace(runs[-1], last_day=run.last_day)
        else:
            runs.append(run)
    return runs


def _edges(
    row: CoverageRow,
    span: tuple[dt.datetime, dt.datetime] | None,
    hidden: Sequence[HiddenTime],
    first: dt.date,
    last: dt.date,
) -> list[dt.date]:
    """Return days between which nothing changes, the first and the one after the last included."""
    times = [edge for one in hidden for edge in (one.start, one.end)] + list(span or ())
    changes = {first, *_next(last)}
    changes.update(day for time in times for day in (time.date(), *_next(time.date())))
    for text in row.days:
        day = dt.date.fromisoformat(text)
        changes.update(one for one in (day, *_next(day)))
    end = next(_next(last), last)
    return sorted(day for day in changes if first <= day <= end)


def _next(day: dt.date) -> Iterator[dt.date]:
    if day < dt.date.max:
        yield day + _DAY


def _run(
    row: CoverageRow,
    span: tuple[dt.datetime, dt.datetime] | None,
    hidden: Sequence[HiddenTime],
    first: dt.date,
    after: dt.date,
) -> DayRun:
    start, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (first, after))
    lost, _ = hidden_share(hidden, start, end, {})
    touching = [one for one in hidden if one.meets(start, end)]
    telling = sorted((one for one in touching if _tells(one, start, end)), key=lambda one: one.kind.rank)
    state: DayState = telling[0].kind.state if telling else _plain_state(row, span, first)
    return DayRun(
        state=state,
        first_day=first.isoformat(),
        last_day=(after - _DAY).isoformat(),
        recorded=0.0 if state == "absent" and not telling else round(1 - lost, 4),
        gap_ids=list(dict.fromkeys(one.gap_id for one in touching if one.gap_id)),
    )


def _tells(hidden: HiddenTime, start: dt.datetime, end: dt.datetime) -> bool:
    """Whether a gap takes enough of a day, or makes its times doubtful, so that the day is named after it."""
    overlap = min(hidden.end, end) - max(hidden.start, start)
    return not hidden.share or hidden.share * (overlap / (end - start)) >= _LEAST_HIDDEN


def _plain_state(row: CoverageRow, span: tuple[dt.datetime, dt.datetime] | None, day: dt.date) -> DayState:
    if day.isoformat() in row.days:
        return "present"
    return "quiet" if span and span[0].date() <= day <= span[1].date() else "absent"
