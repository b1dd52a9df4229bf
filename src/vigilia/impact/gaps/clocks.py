"""Gaps of the clock: times that had to be assumed, and Windows clocks that were set to another time."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec

from vigilia.impact.gaps.moments import moment
from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.model.times import format_time, parse_time, written_time
from vigilia.model.wording import counted
from vigilia.normalize.mapping import load_mapping, mapping_sources
from vigilia.store.event_store import EventStore

__all__ = ["clock_gaps", "set_clock_gaps", "unexplained_steps"]

_CLOCKS = """
SELECT "vigilia.source" AS source, "vigilia.time_basis" AS basis, count(*) AS events,
    min("@timestamp") AS first_time, max("@timestamp") AS last_time
FROM events WHERE "vigilia.time_basis" <> 'recorded'
GROUP BY source, basis ORDER BY source, basis
"""

_CLOCK_WORDS = {
    "zone-assumed": (
        "says no time zone: {zone}",
        "say no time zone: {zone}",
        "Times may be hours off; give --time-zone.",
    ),
    "year-assumed": (
        "says no year, and as a rule no time zone either: the year was concluded from the file, {zone}",
        "say no year, and as a rule no time zone either: the year was concluded from the file, {zone}",
        "Dates may be a year off and times hours off; give --time-zone.",
    ),
    "missing": (
        "has no time that can be read",
        "have no time that can be read",
        "What has no time stands in no timeline and on no day of the coverage picture.",
    ),
}

# Security 4616 and System 1 of Kernel-General say from when to when the clock was set. Forward by hours is what a
# machine does that slept; so only large steps forward count, and any step back that is more than a correction.
_LEAST_BACK = dt.timedelta(minutes=5)
_LEAST_FORWARD = dt.timedelta(days=2)
_MOST_TOLD = 100

_ONE_SETTING = dt.timedelta(seconds=10)  # within which two logs of a machine record one setting
_SAME_STEP = dt.timedelta(minutes=10)  # by which a step and the one that undoes it may differ: clocks drift

# With each step back the one forward that undoes it, and is nearest by what clocks showed: later where the clock was
# behind in between, earlier where it was ahead.
_SET = """
WITH said AS (
    SELECT "event.id" AS event_id, coalesce("host.name", '') AS host, "@timestamp" AS moment,
        try_cast(coalesce(json_extract_string("vigilia.fields", '$.PreviousTime'),
            json_extract_string("vigilia.fields", '$.OldTime')) AS TIMESTAMPTZ) AS before,
        try_cast(json_extract_string("vigilia.fields", '$.NewTime') AS TIMESTAMPTZ) AS after
    FROM events WHERE "vigilia.source" = 'windows' AND (
        ("event.code" = '4616' AND lower("event.provider") = 'security') OR
        ("event.code" = '1' AND lower("event.provider") = 'system'))
), told AS (
    SELECT *, count(*) OVER () AS of_all FROM said
    WHERE before - after >= to_microseconds($back) OR after - before >= to_microseconds($forward)
    ORDER BY moment, event_id LIMIT $most
), undone AS (
    SELECT told.event_id, min_by({'id': other.event_id, 'before': other.before, 'after': other.after},
        {'apart': abs(epoch_us(other.before) - epoch_us(told.after)), 'id': other.event_id}) AS other
    FROM told JOIN said AS other ON told.host = other.host AND told.before > told.after AND other.after > other.before
        AND abs(epoch_us(told.before) - epoch_us(told.after) + epoch_us(other.before) - epoch_us(other.after)) <= $same
    GROUP BY told.event_id
)
SELECT told.*, undone.other FROM told LEFT JOIN undone USING (event_id) ORDER BY moment, event_id
"""


def clock_gaps(store: EventStore, profile: Profile, zone: str = "") -> list[Gap]:
    """Return a gap for each source with times that had to be assumed or are missing.

    Args:
        store: the events.
        profile: its time zone was taken where none was given.
        zone: the zone that was taken; empty where the caller does not know what was given with --time-zone.
    """
    own = profile.organisation.time_zone
    taken = (
        f"the zone was taken to be {zone}"
        if zone
        else f"the zone was taken to be {own} unless --time-zone named another"
    )
    return [_assumed(row, taken) for row in store.rows(_CLOCKS) if not _is_listing(row)]


def _is_listing(row: dict[str, object]) -> bool:
    """Whether it is a source whose records are a state and have no time by their nature."""
    source = str(row["source"])
    return row["basis"] == "missing" and source in mapping_sources() and load_mapping(source).timeless


def set_clock_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time that a Windows clock was set back, or far ahead.

    Where it was set right again, the gap holds all times that it showed while it was wrong, and those that it showed
    twice.
    """
    microsecond = dt.timedelta(microseconds=1)
    bounds: dict[str, object] = {"back": _LEAST_BACK // microsecond, "forward": _LEAST_FORWARD // microsecond}
    rows = store.rows(_SET, bounds | {"same": _SAME_STEP // microsecond, "most": _MOST_TOLD})
    more = int(str(rows[0]["of_all"])) - len(rows) if rows else 0
    undoing = {str(row["other"]["id"]) for row in rows if isinstance(row["other"], dict)}
    return _each_once([_set(row, more) for row in rows if row["event_id"] not in undoing])


def _each_once(gaps: Sequence[Gap]) -> list[Gap]:
    """Tell once what Security and System both recorded of one setting, with the records of both."""
    told: list[Gap] = []
    for gap in gaps:
        at = next((at for at, one in enumerate(told) if _is_same_setting(one, gap)), None)
        if at is None:
            told.append(gap)
        else:
            told[at] = msgspec.structs.replace(told[at], event_ids=[*told[at].event_ids, *gap.event_ids])
    return told


def _is_same_setting(one: Gap, other: Gap) -> bool:
    return one.entity == other.entity and all(
        abs(parse_time(mine) - parse_time(theirs)) <= _ONE_SETTING
        for mine, theirs in ((one.start, other.start), (one.end, other.end))
    )


def unexplained_steps(steps: Sequence[Gap], told: Sequence[Gap]) -> list[Gap]:
    """Return the gaps of clocks that went back which no records of setting them explain.

    Args:
        steps: as `sequences.numbered_clock_gaps` gives them: from what the records show, less exact.
        told: as `set_clock_gaps` gives them; those with a second record, which undoes the first, explain.
    """
    undone = [gap for gap in told if len(gap.event_ids) > 1]
    return [
        step
        for step in steps
        if not any(one.entity == step.entity and step.start <= one.end and one.start <= step.end for one in undone)
    ]


def _assumed(row: dict[str, object], zone: str) -> Gap:
    one, several, consequence = (words.format(zone=zone) for words in _CLOCK_WORDS[str(row["basis"])])
    return Gap(
        id="",
        source=str(row["source"]),
        entity="",
        kind="clock",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=counted(int(str(row["events"])), f"record {one}", f"records {several}"),
        consequence=consequence,
    )


def _set(row: dict[str, object], more: int) -> Gap:
    before, after = moment(row["before"]), moment(row["after"])
    moments, event_ids = [before, after], [str(row["event_id"])]
    again = ""
    other = row["other"]
    if isinstance(other, dict):
        moments += [moment(other["before"]), moment(other["after"])]
        event_ids.append(str(other["id"]))
        again = f", and another that it was set from {_short(moments[2])} to {_short(moments[3])}, which undoes it"
    others = f" ({more} more such records are not told one by one)" if more > 0 else ""
    return Gap(
        id="",
        source="windows",
        entity=str(row["host"]),
        kind="clock",
        start=format_time(min(moments)),
        end=format_time(max(moments)),
        basis=f"a record says that the clock of this machine was set from {_short(before)} to {_short(after)}"
        f"{again}{others}",
        consequence="Times before and after do not fit each other, and the order of events is uncertain there. "
        "Setting a clock back is also a way to hide something.",
        event_ids=event_ids,
    )


def _short(moment: dt.datetime) -> str:
    return f"{format_time(moment)[:19]}Z"
