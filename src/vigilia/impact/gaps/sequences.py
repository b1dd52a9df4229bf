"""What the numbers of records tell, in Windows event logs and the systemd journal: holes, and clocks set back."""

from __future__ import annotations

import bisect
import datetime as dt
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from vigilia.impact.gaps.moments import moment
from vigilia.impact.gaps.numbers import CHANNEL, NUMBERED
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import Gap, GapKind
from vigilia.model.times import format_time
from vigilia.model.wording import counted, plural
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["numbered_clock_gaps", "record_number_gaps"]

_MOST_HOLES = 20  # more holes than this close together are told as one: records were left out one by one
_NEAR = 200  # records between two holes that are close together
_MOST_RUNS = 1000  # runs of holes that are told one by one
_MOST_JUMPS = 100_000  # steps of clocks that are looked at
_OWN_INTERVALS = 6  # mean intervals of a log by which what it shows may reach beyond what a busier one shows
_AROUND = 10  # records on either side of a step that tell how often the log wrote then

# Each hole with its place among the records that are here; close ones are one run of holes.
_STEPS = f"""
WITH placed AS (
    SELECT *, row_number() OVER log AS place, lead(number) OVER log AS next_number,
        lead(moment) OVER log AS next_moment, lead(event_id) OVER log AS next_id
    FROM {NUMBERED}
    WINDOW log AS (PARTITION BY source, host, channel, numbering ORDER BY number, event_id)
), logs AS (
    SELECT source, host, channel, (epoch_us(max(moment)) - epoch_us(min(moment))) / count(*) AS interval
    FROM {NUMBERED} GROUP BY source, host, channel
), holes AS (
    SELECT placed.*, logs.interval, place - lag(place, 1, place) OVER log > $near AS apart
    FROM placed JOIN logs USING (source, host, channel) WHERE next_number > number + 1
    WINDOW log AS (PARTITION BY source, host, channel, numbering ORDER BY number, event_id)
), in_runs AS (
    SELECT *, sum(apart::INTEGER) OVER (PARTITION BY source, host, channel, numbering ORDER BY number, event_id) AS run
    FROM holes
)
"""  # noqa: S608 - our own names

_RUNS = (
    _STEPS
    + """
SELECT source, host, channel, numbering, run, count(*) AS holes, sum(next_number - number - 1) AS lost,
    max(place) - min(place) + 1 AS kept, any_value(interval) AS interval,
    least(min(moment), min(next_moment)) AS first_time, greatest(max(moment), max(next_moment)) AS last_time,
    list([number, next_number] ORDER BY number, event_id)[1:$most] AS numbers,
    list([moment, next_moment] ORDER BY number, event_id)[1:$most] AS times,
    list([event_id, next_id] ORDER BY number, event_id)[1:$most] AS ids
FROM in_runs GROUP BY source, host, channel, numbering, run ORDER BY source, host, channel, numbering, run LIMIT $runs
"""
)

# The numbers of records that were read outside their places, left over or hidden.
_ELSEWHERE = f"""
SELECT coalesce("host.name", '') AS host, {CHANNEL} AS channel, list(DISTINCT number ORDER BY number) AS numbers
FROM (SELECT *, try_cast(json_extract_string("vigilia.fields", '$.EventRecordID') AS BIGINT) AS number FROM events
    WHERE "vigilia.source" = 'windows' AND "vigilia.record" >= {LEFTOVER_RECORDS})
WHERE number IS NOT NULL GROUP BY host, channel
"""  # noqa: S608 - our own names and number

# Steps of more than ten minutes between records whose numbers follow each other: back, if three records later the time
# is still behind; forward, in machines that also step back.
_JUMPS = f"""
WITH timed AS (
    SELECT *, lead(number) OVER file AS next_number, lead(moment) OVER file AS after,
        lead(moment, 3) OVER file AS later, lead(event_id) OVER file AS after_id,
        row_number() OVER file AS place,
        epoch_us(moment) - epoch_us(lag(moment, $around) OVER file) AS until_then,
        epoch_us(lead(moment, $around + 1) OVER file) - epoch_us(lead(moment) OVER file) AS from_then
    FROM {NUMBERED} WHERE moment IS NOT NULL
    WINDOW file AS (PARTITION BY source, host, channel, split_part(event_id, ':', 1) ORDER BY number, event_id)
), logs AS (
    SELECT source, host, channel, (epoch_us(max(moment)) - epoch_us(min(moment))) / count(*) AS interval
    FROM {NUMBERED} GROUP BY source, host, channel
), jumps AS (
    SELECT *, after - moment AS step FROM timed JOIN logs USING (source, host, channel)
    WHERE moment - after > INTERVAL 10 MINUTES AND moment > later
        OR after - moment > INTERVAL 10 MINUTES AND next_number <= number + 1
)
SELECT source, host, channel, place, interval, moment AS before, after, event_id, after_id,
    CASE WHEN until_then > 0 AND from_then > 0 THEN (until_then + from_then) / (2 * $around) ELSE interval END AS around
FROM jumps SEMI JOIN (SELECT source, host, channel FROM jumps WHERE step < INTERVAL 0 SECONDS)
    USING (source, host, channel)
ORDER BY source, host, channel, place, event_id LIMIT $most
"""  # noqa: S608 - our own names


@dataclass(frozen=True, slots=True)
class _Sign:
    """What one channel of a machine shows: a hole in its numbers, many of them, or a clock that was wrong.

    Attributes:
        interval: mean time between two records of the channel.
        slack: what the channel's own rhythm may add to either end, and the step of a clock.
        lost, kept: records; of a clock 1 and 0 if it was set right again, else 0.
    """

    source: str
    host: str
    channel: str
    kind: GapKind
    start: dt.datetime
    end: dt.datetime
    interval: dt.timedelta
    slack: dt.timedelta
    basis: str
    event_ids: tuple[str, ...]
    lost: int = 0
    kept: int = 0


_CONSEQUENCES: Final[dict[GapKind, str]] = {
    "record-numbers": "These records were removed, overwritten, unreadable or left out of the export; "
    "what was not read elsewhere is not known.",
    "thinned": "Only some kinds of events were handed in; that a kind of record is missing "
    "does not mean that it did not happen.",
    "clock": "The clock of this machine was wrong or was set back: times and the order of events are uncertain there. "
    "Setting a clock back is also a way to hide something.",
}


def record_number_gaps(store: EventStore) -> list[Gap]:
    """Return the holes in the numbers of each machine; one that several of its channels show is told once."""
    signs: list[_Sign] = []
    elsewhere = {(row["host"], row["channel"]): list_cell(row["numbers"]) for row in store.rows(_ELSEWHERE)}
    for run in store.rows(_RUNS, {"near": _NEAR, "most": _MOST_HOLES, "runs": _MOST_RUNS}):
        numbers = elsewhere.get((run["host"], run["channel"]), []) if run["source"] == "windows" else []
        signs.extend([_thinned(run)] if int(str(run["holes"])) > _MOST_HOLES else _holes(run, numbers))
    return [_gap(group) for group in _grouped(signs)]


def numbered_clock_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time that a machine's clock went back while the numbers of its records went on."""
    logs: dict[tuple[str, str, str], list[dict[str, object]]] = {}
    for row in store.rows(_JUMPS, {"most": _MOST_JUMPS, "around": _AROUND}):
        logs.setdefault((str(row["source"]), str(row["host"]), str(row["channel"])), []).append(row)
    return [_gap(group) for group in _grouped([sign for rows in logs.values() for sign in _wrong_clocks(rows)])]


def _grouped(signs: Sequence[_Sign]) -> list[list[_Sign]]:
    """Group what several channels of a machine show of one thing: of each group the first is the plainest sign."""
    groups: list[list[_Sign]] = []
    for sign in sorted(signs, key=_plainness):
        same = next((group for group in reversed(groups) if _is_same(sign, group[0])), None)
        if same is None:
            groups.append([sign])
        else:
            same.append(sign)
    return groups


def _plainness(sign: _Sign) -> tuple[str, str, bool, int, dt.timedelta, dt.datetime, str]:
    """Sort by machine, the plainest sign first: thinned channels, most records lost; of clocks the busiest channel."""
    return sign.source, sign.host, sign.kind != "thinned", -sign.lost, sign.interval, sign.start, sign.channel


def _is_same(sign: _Sign, first: _Sign) -> bool:
    """Whether two channels show one thing.

    A channel that writes seldom shows the same with wider ends, by no more than it is silent anyway. Single holes in
    the time of a thinned channel belong to it, and so do steps of one clock in the time in which it was wrong.
    """
    if (sign.source, sign.host) != (first.source, first.host):
        return False
    if first.kind == "thinned":
        return first.start - sign.slack <= sign.start and sign.end <= first.end + sign.slack
    if first.kind == "clock":
        return sign.start < first.end + first.slack and sign.end > first.start - first.slack
    slack = max(sign.slack, first.slack)
    overlap = sign.start < first.end and sign.end > first.start
    return overlap and abs(sign.start - first.start) <= slack and abs(sign.end - first.end) <= slack


def _gap(group: Sequence[_Sign]) -> Gap:
    """Tell a group as one gap; of the ends of a hole the inner ones count."""
    first = group[0]
    alike = group if first.kind == "record-numbers" else [first]
    lost, kept = sum(one.lost for one in group), sum(one.kept for one in group)
    return Gap(
        id="",
        source=first.source,
        entity=first.host,
        kind=first.kind,
        start=format_time(max(one.start for one in alike)),
        end=format_time(min(one.end for one in alike)),
        basis="; ".join(dict.fromkeys(one.basis for one in group[:_MOST_HOLES])),
        consequence=_CONSEQUENCES[first.kind],
        event_ids=[one for sign in group[:_MOST_HOLES] for one in sign.event_ids],
        hidden=round(lost / (lost + kept), 4) if first.kind == "thinned" else 1.0,
    )


def _holes(run: dict[str, object], elsewhere: Sequence[int]) -> Iterator[_Sign]:
    """Give the holes of a run one by one; those without a time cannot be placed.

    Args:
        run: a row of `_RUNS`.
        elsewhere: the numbers of records of this log that were read outside their places, ascending.
    """
    for numbers, times, ids in zip(_pairs(run["numbers"]), _pairs(run["times"]), _pairs(run["ids"]), strict=True):
        moments = sorted(one for one in times if isinstance(one, dt.datetime))
        lost = int(str(numbers[1])) - int(str(numbers[0])) - 1
        basis = (
            f"record numbers of {run['channel']} jump from {numbers[0]} to {numbers[1]}: "
            f"{counted(lost, 'record is', 'records are')} not here"
        )
        basis += _read_elsewhere(elsewhere, int(str(numbers[0])) + 1, int(str(numbers[1])) - 1)
        if moments:
            ids_here = (str(ids[0]), str(ids[1]))
            yield _sign(run, "record-numbers", (moments[0], moments[-1]), basis, ids_here, (lost, 0))


def _read_elsewhere(elsewhere: Sequence[int], first: int, last: int) -> str:
    """Say how many records of a hole were read all the same, where they had been left over or hidden."""
    found = bisect.bisect_right(elsewhere, last) - bisect.bisect_left(elsewhere, first)
    if not found:
        return ""
    lost = last - first + 1
    which = "it" if lost == 1 else "all of them" if found == lost else f"{found} of them"
    place, was = plural(lost, "its place", "their places"), plural(found, "was", "were")
    return f" in {place}; {which} {was} read elsewhere"


def _thinned(run: dict[str, object]) -> _Sign:
    lost, kept = int(str(run["lost"])), int(str(run["kept"]))
    basis = (
        f"{lost} record numbers of {run['channel']} are missing in {run['holes']} places, "
        f"{kept} between them are here: it looks like an export with a filter"
    )
    ends = (moment(run["first_time"]), moment(run["last_time"]))
    return _sign(run, "thinned", ends, basis, (), (lost, kept))


def _wrong_clocks(rows: Sequence[dict[str, object]]) -> Iterator[_Sign]:
    """Give the times in which the clock of one channel was wrong: from a step back to the step forward that undoes it.

    What of the two came first tells whether the clock was behind or ahead. Without such a step forward, all between
    the times before and after the step back is uncertain.
    """
    backs = [row for row in rows if moment(row["after"]) < moment(row["before"])]
    for back in backs[:_MOST_HOLES]:
        other = max((row for row in rows if _undoes(row, back)), key=lambda row: _credit(row, back), default=None)
        first, last = sorted((back, other or back), key=lambda row: int(str(row["place"])))
        ends = sorted((moment(first["before"]), moment(last["after"])))
        before, after = (format_time(moment(back[name]))[:19] for name in ("before", "after"))
        more = f", {counted(len(backs), 'time')} in all" if len(backs) > _MOST_HOLES else ""
        yield _sign(
            back,
            "clock",
            (ends[0], ends[1]),
            f"the times of {back['channel']} go back from {before}Z to {after}Z while its record numbers go on{more}",
            (str(back["event_id"]), str(back["after_id"])),
            (int(other is not None), 0),
            slack=_step_back(back),
        )


def _undoes(row: dict[str, object], back: dict[str, object]) -> bool:
    """Whether a step forward may undo a step back.

    The records next to both steps are some time apart, so the one forward is always the longer of the two. It must
    be less likely than not that the log is silent for so long by itself anywhere as near.
    """
    return moment(row["after"]) - moment(row["before"]) >= _step_back(back) and _credit(row, back) > 0


def _credit(row: dict[str, object], back: dict[str, object]) -> float:
    """Return the log-odds of a step forward against a mere silence of that length so few records away.

    Records that come by chance, one in `around` at that time, are absent for as long as the step back is with
    probability exp(-step / around); the expected number of such silences grows with the records in between.
    """
    apart = abs(int(str(row["place"])) - int(str(back["place"])))
    around = dt.timedelta(microseconds=max(float(str(row["around"])), 1.0))
    return _step_back(back) / around - math.log(1 + apart)


def _step_back(back: dict[str, object]) -> dt.timedelta:
    return moment(back["before"]) - moment(back["after"])


def _sign(
    row: dict[str, object],
    kind: GapKind,
    ends: tuple[dt.datetime, dt.datetime],
    basis: str,
    event_ids: tuple[str, ...],
    records: tuple[int, int] = (0, 0),
    slack: dt.timedelta = dt.timedelta(0),
) -> _Sign:
    return _Sign(
        source=str(row["source"]),
        host=str(row["host"]),
        channel=str(row["channel"]),
        kind=kind,
        start=ends[0],
        end=ends[1],
        interval=_interval(row),
        slack=slack + _OWN_INTERVALS * _interval(row),
        basis=basis,
        event_ids=event_ids,
        lost=records[0],
        kept=records[1],
    )


def _interval(run: dict[str, object]) -> dt.timedelta:
    return dt.timedelta(microseconds=float(str(run["interval"] or 0)))


def _pairs(values: object) -> list[list[object]]:
    if not isinstance(values, list):
        raise TypeError(f"no list: {values!r}")
    return values
