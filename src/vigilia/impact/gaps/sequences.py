"""What the numbers of records tell, in Windows event logs and the systemd journal: holes, and clocks set back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vigilia.impact.gaps.numbers import NUMBERED
from vigilia.model.result import Gap
from vigilia.model.times import format_time, written_time
from vigilia.model.wording import counted, listed
from vigilia.store.event_store import EventStore

__all__ = ["numbered_clock_gaps", "record_number_gaps"]

_MOST_HOLES = 20  # more holes than this close together are told as one: records were left out one by one
_NEAR = 200  # records between two holes that are close together
_MOST_RUNS = 1000  # runs of holes that are told one by one
_OWN_INTERVALS = 3  # mean intervals of a log by which its hole may reach beyond that of a busier one and mean the same

# Each hole with its place among the records that are here; close ones are one run of holes.
_STEPS = f"""
WITH placed AS (
    SELECT *, row_number() OVER log AS place, lead(number) OVER log AS next_number,
        lead(moment) OVER log AS next_moment, lead(event_id) OVER log AS next_id
    FROM {NUMBERED}
    WINDOW log AS (PARTITION BY source, host, channel ORDER BY number, event_id)
), logs AS (
    SELECT source, host, channel, (epoch_us(max(moment)) - epoch_us(min(moment))) / count(*) AS interval
    FROM {NUMBERED} GROUP BY source, host, channel
), holes AS (
    SELECT placed.*, logs.interval, place - lag(place, 1, place) OVER log > $near AS apart
    FROM placed JOIN logs USING (source, host, channel) WHERE next_number > number + 1
    WINDOW log AS (PARTITION BY source, host, channel ORDER BY number, event_id)
), in_runs AS (
    SELECT *, sum(apart::INTEGER) OVER (PARTITION BY source, host, channel ORDER BY number, event_id) AS run
    FROM holes
)
"""  # noqa: S608 - our own names

_RUNS = (
    _STEPS
    + """
SELECT source, host, channel, run, count(*) AS holes, sum(next_number - number - 1) AS lost,
    max(place) - min(place) + 1 AS kept, any_value(interval) AS interval,
    least(min(moment), min(next_moment)) AS first_time, greatest(max(moment), max(next_moment)) AS last_time,
    list([number, next_number] ORDER BY number, event_id)[1:$most] AS numbers,
    list([moment, next_moment] ORDER BY number, event_id)[1:$most] AS times,
    list([event_id, next_id] ORDER BY number, event_id)[1:$most] AS ids
FROM in_runs GROUP BY source, host, channel, run ORDER BY source, host, channel, run LIMIT $runs
"""
)

# Times that go back from one number to the next, in one file, and are still behind three records later.
_BACK = f"""
WITH timed AS (
    SELECT *, lead(moment) OVER file AS after, lead(moment, 3) OVER file AS later, lead(event_id) OVER file AS after_id
    FROM {NUMBERED} WHERE moment IS NOT NULL
    WINDOW file AS (PARTITION BY source, host, channel, split_part(event_id, ':', 1) ORDER BY number, event_id)
)
SELECT source, host, channel, moment AS before, after, event_id, after_id
FROM timed WHERE moment - after > INTERVAL 10 MINUTES AND moment - later > INTERVAL 10 MINUTES
ORDER BY source, host, channel, number, event_id LIMIT $most
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class _Hole:
    """A hole in the numbers of one channel; `slack` is what its own rhythm adds to either end."""

    source: str
    host: str
    start: dt.datetime
    end: dt.datetime
    slack: dt.timedelta
    basis: str
    event_ids: tuple[str, ...]


def record_number_gaps(store: EventStore) -> list[Gap]:
    """Return the holes in the numbers of each host; one that several of its logs show is told once."""
    holes: list[_Hole] = []
    found: list[Gap] = []
    for run in store.rows(_RUNS, {"near": _NEAR, "most": _MOST_HOLES, "runs": _MOST_RUNS}):
        if int(str(run["holes"])) > _MOST_HOLES:
            found.append(_thinned(run))
        else:
            holes.extend(_holes(run))
    return found + [_hole(group) for group in _same_holes(holes)]


def _holes(run: dict[str, object]) -> Iterator[_Hole]:
    """Give the holes of a run one by one; those without a time cannot be placed and are told with open ends."""
    for numbers, times, ids in zip(_pairs(run["numbers"]), _pairs(run["times"]), _pairs(run["ids"]), strict=True):
        moments = sorted(one for one in times if isinstance(one, dt.datetime))
        if moments:
            lost = int(str(numbers[1])) - int(str(numbers[0])) - 1
            yield _Hole(
                source=str(run["source"]),
                host=str(run["host"]),
                start=moments[0],
                end=moments[-1],
                slack=_OWN_INTERVALS * _interval(run),
                basis=f"record numbers of {run['channel']} jump from {numbers[0]} to {numbers[1]}: "
                f"{counted(lost, 'record is', 'records are')} not here",
                event_ids=(str(ids[0]), str(ids[1])),
            )


def _same_holes(holes: Sequence[_Hole]) -> Iterator[list[_Hole]]:
    """Group the holes of one machine that are one: the first of a group is the narrowest, the others lie around it.

    A log that writes seldom shows the same removal with wider edges. So a wider hole is the same as a narrower one
    inside it if what it has more is no longer than that log is silent anyway.
    """
    groups: list[list[_Hole]] = []
    for hole in sorted(holes, key=lambda one: (one.source, one.host, one.end - one.start, one.start, one.basis)):
        same = next((group for group in reversed(groups) if _is_around(hole, group[0])), None)
        if same is None:
            groups.append([hole])
        else:
            same.append(hole)
    yield from groups


def _is_around(hole: _Hole, inner: _Hole) -> bool:
    return (
        (hole.source, hole.host) == (inner.source, inner.host)
        and inner.start - hole.slack <= hole.start <= inner.start
        and inner.end <= hole.end <= inner.end + hole.slack
    )


def _hole(group: Sequence[_Hole]) -> Gap:
    inner = group[0]
    return Gap(
        id="",
        source=inner.source,
        entity=inner.host,
        kind="record-numbers",
        start=format_time(inner.start),
        end=format_time(inner.end),
        basis="; ".join(one.basis for one in group),
        consequence="These records were removed, overwritten, unreadable or left out of the export; "
        "what they said is not known.",
        event_ids=[one for hole in group for one in hole.event_ids],
    )


def _thinned(run: dict[str, object]) -> Gap:
    lost, kept = int(str(run["lost"])), int(str(run["kept"]))
    return Gap(
        id="",
        source=str(run["source"]),
        entity=str(run["host"]),
        kind="thinned",
        start=written_time(run["first_time"]),
        end=written_time(run["last_time"]),
        basis=f"{lost} record numbers of {run['channel']} are missing in {run['holes']} places, "
        f"{kept} between them are here: it looks like an export with a filter",
        consequence="Only some kinds of events were handed in; that a kind of record is missing "
        "does not mean that it did not happen.",
        hidden=round(lost / (lost + kept), 4),
    )


def numbered_clock_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time that a machine's clock went back while the numbers of its records went on."""
    found: dict[tuple[str, str], list[dict[str, object]]] = {}
    for row in store.rows(_BACK, {"most": _MOST_RUNS}):
        found.setdefault((str(row["source"]), str(row["host"])), []).append(row)
    return [gap for rows in found.values() for gap in _backs(rows)]


def _backs(rows: Sequence[dict[str, object]]) -> Iterator[Gap]:
    """Tell the jumps of one machine; those that lie in the time of another are told with it."""
    told: list[list[dict[str, object]]] = []
    for row in sorted(rows, key=lambda one: (_moment(one["after"]), _moment(one["before"]), str(one["event_id"]))):
        if told and _moment(row["after"]) <= max(_moment(one["before"]) for one in told[-1]):
            told[-1].append(row)
        else:
            told.append([row])
    return (_back(group) for group in told)


def _back(group: Sequence[dict[str, object]]) -> Gap:
    first = group[0]
    channels = sorted({str(one["channel"]) for one in group})
    often = f", {counted(len(group), 'time')} in all" if len(group) > len(channels) else ""
    before, after = (format_time(_moment(first[name])) for name in ("before", "after"))
    return Gap(
        id="",
        source=str(first["source"]),
        entity=str(first["host"]),
        kind="clock",
        start=format_time(min(_moment(one["after"]) for one in group)),
        end=format_time(max(_moment(one["before"]) for one in group)),
        basis=f"the times of {listed(channels)} go back from {before[:19]}Z to {after[:19]}Z "
        f"while record numbers go on{often}",
        consequence="The clock of this machine was set back, or wrong before: times and the order of events are "
        "uncertain there. Setting a clock back is also a way to hide something.",
        event_ids=[str(one[name]) for one in group[:_MOST_HOLES] for name in ("event_id", "after_id")],
    )


def _interval(run: dict[str, object]) -> dt.timedelta:
    return dt.timedelta(microseconds=float(str(run["interval"] or 0)))


def _pairs(values: object) -> list[list[object]]:
    if not isinstance(values, list):
        raise TypeError(f"no list: {values!r}")
    return values


def _moment(value: object) -> dt.datetime:
    if not isinstance(value, dt.datetime):
        raise TypeError(f"not a time: {value!r}")
    return value
