"""Gaps of the clock: times that had to be assumed, and Windows clocks that were set to another time."""

from __future__ import annotations

import datetime as dt

from vigilia.model.profile import Profile
from vigilia.model.result import Gap
from vigilia.model.times import format_time, written_time
from vigilia.model.wording import counted
from vigilia.normalize.mapping import load_mapping, mapping_sources
from vigilia.store.event_store import EventStore

__all__ = ["clock_gaps", "set_clock_gaps"]

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

_SET = """
WITH said AS (
    SELECT "event.id" AS event_id, coalesce("host.name", '') AS host, "@timestamp" AS moment,
        try_cast(coalesce(json_extract_string("vigilia.fields", '$.PreviousTime'),
            json_extract_string("vigilia.fields", '$.OldTime')) AS TIMESTAMPTZ) AS before,
        try_cast(json_extract_string("vigilia.fields", '$.NewTime') AS TIMESTAMPTZ) AS after
    FROM events WHERE "vigilia.source" = 'windows' AND (
        ("event.code" = '4616' AND lower("event.provider") = 'security') OR
        ("event.code" = '1' AND lower("event.provider") = 'system'))
)
SELECT *, count(*) OVER () AS of_all FROM said
WHERE before - after >= to_microseconds(?) OR after - before >= to_microseconds(?)
ORDER BY moment, event_id LIMIT ?
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
    """Return a gap for each time that a Windows clock was set back, or far ahead."""
    bounds = [_LEAST_BACK // dt.timedelta(microseconds=1), _LEAST_FORWARD // dt.timedelta(microseconds=1), _MOST_TOLD]
    rows = store.rows(_SET, bounds)
    more = int(str(rows[0]["of_all"])) - len(rows) if rows else 0
    return [_set(row, more) for row in rows]


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
    before, after = row["before"], row["after"]
    if not isinstance(before, dt.datetime) or not isinstance(after, dt.datetime):
        raise TypeError(f"not times: {before!r}, {after!r}")
    start, end = sorted((before, after))
    others = f" ({more} more such records are not told one by one)" if more > 0 else ""
    return Gap(
        id="",
        source="windows",
        entity=str(row["host"]),
        kind="clock",
        start=format_time(start),
        end=format_time(end),
        basis=f"a record says that the clock of this machine was set from {_short(before)} to {_short(after)}{others}",
        consequence="Times before and after do not fit each other, and the order of events is uncertain there. "
        "Setting a clock back is also a way to hide something.",
        event_ids=[str(row["event_id"])],
    )


def _short(moment: dt.datetime) -> str:
    return f"{format_time(moment)[:19]}Z"
