"""Windows event records that no log holds any more, and logs whose numbers begin anew: emptied or replaced ones.

Clearing a log leaves record 1102 or 104 (`windows`) and lets its numbers go on; they begin at 1 only in a new file.
"""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.impact.gaps.moments import moment
from vigilia.impact.gaps.numbers import FIRST_NUMBERS, LEAST_BEFORE, NUMBERED
from vigilia.impact.hidden_times import entity_key
from vigilia.model.evidence import EvidenceItem
from vigilia.model.records import LEFTOVER_RECORDS
from vigilia.model.result import Gap
from vigilia.model.times import written_time
from vigilia.model.wording import counted, listed, plural
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["left_over_hosts", "leftover_gaps", "restarted_gaps"]

_MOST_NAMED = 20  # events, and logs that began anew
_MOST_CHANNELS = 5

_LEFT = f"""
SELECT "vigilia.item" AS item, json_extract_string("vigilia.fields", '$._recovered') = 'hidden' AS hidden,
    count(*) AS records, min("@timestamp") AS first_time, max("@timestamp") AS last_time,
    list(DISTINCT "event.provider" ORDER BY "event.provider") FILTER (WHERE "event.provider" IS NOT NULL) AS channels,
    list("event.id" ORDER BY "@timestamp", "event.id")[1:{_MOST_NAMED}] AS event_ids
FROM events WHERE "vigilia.source" = 'windows' AND "vigilia.record" >= {LEFTOVER_RECORDS}
GROUP BY item, hidden ORDER BY item, hidden
"""  # noqa: S608 - our own numbers

_LEFT_HOSTS = f"""
SELECT "host.name" AS host, count(*) AS records FROM events
WHERE "vigilia.source" = 'windows' AND "vigilia.record" >= {LEFTOVER_RECORDS} AND "host.name" IS NOT NULL
GROUP BY host ORDER BY host
"""  # noqa: S608 - our own number

_RESTARTED = f"""
WITH reached AS (
    SELECT *, max(number) OVER before AS highest, arg_max(moment, number) OVER before AS highest_moment,
        arg_max(event_id, number) OVER before AS highest_id
    FROM {NUMBERED} WHERE source = 'windows' AND moment IS NOT NULL AND channel <> ''
    WINDOW before AS (
        PARTITION BY host, channel ORDER BY moment, number, event_id ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
    )
)
SELECT host, channel, min(moment) AS moment, arg_min(number, moment) AS number, arg_min(event_id, moment) AS event_id,
    arg_min(highest, moment) AS highest, arg_min(highest_moment, moment) AS highest_moment,
    arg_min(highest_id, moment) AS highest_id
FROM reached WHERE number <= {FIRST_NUMBERS} AND highest >= number + {LEAST_BEFORE}
GROUP BY host, channel ORDER BY host, channel LIMIT {_MOST_NAMED}
"""  # noqa: S608 - our own numbers


def leftover_gaps(store: EventStore, items: Sequence[EvidenceItem]) -> list[Gap]:
    """Return a gap for each file in which records were found that its logs do not hold any more."""
    paths = {item.item: item.path for item in items}
    return [_left(row, paths[str(row["item"])]) for row in store.rows(_LEFT) if row["item"] in paths]


def left_over_hosts(store: EventStore) -> dict[str, int]:
    """Return how many records that no log holds any more were read of each machine, by its key."""
    found: dict[str, int] = {}
    for row in store.rows(_LEFT_HOSTS):
        key = entity_key(str(row["host"]))
        found[key] = found.get(key, 0) + int(str(row["records"]))
    return found


def restarted_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for the logs of a machine whose record numbers begin anew at one time; `Numbers` must be open."""
    groups: list[list[dict[str, object]]] = []
    for row in store.rows(_RESTARTED):
        same = next((group for group in groups if group[0]["host"] == row["host"] and _meet(group[0], row)), None)
        if same is None:
            groups.append([row])
        else:
            same.append(row)
    return [_restarted(group) for group in groups]


def _meet(one: dict[str, object], other: dict[str, object]) -> bool:
    """Whether two logs may have begun anew at the same moment."""
    latest_end = max(moment(one["highest_moment"]), moment(other["highest_moment"]))
    return latest_end <= min(moment(one["moment"]), moment(other["moment"]))


def _left(row: dict[str, object], path: str) -> Gap:
    records = int(str(row["records"]))
    found = list_cell(row["channels"])
    more = [f"{len(found) - _MOST_CHANNELS} more"] if len(found) > _MOST_CHANNELS else []
    of = f" of {listed([*found[:_MOST_CHANNELS], *more])}" if found else ""
    what, them = counted(records, "record"), plural(records, "it", "them")
    where = (
        f"within other records of this file, which were made to reach over {them}"
        if row["hidden"]
        else f"where no log holds {them} any more: in unused space, or outside all logs"
    )
    return Gap(
        id="",
        source="windows",
        entity=path,
        kind="left-over",
        start=written_time(row["first_time"]),
        end=written_time(row["last_time"]),
        basis=f"{what}{of} {plural(records, 'stands', 'stand')} {where}",
        consequence=_HIDDEN if row["hidden"] else _UNUSED,
        event_ids=list_cell(row["event_ids"]),
    )


_HIDDEN = (
    "This does not happen by itself: tools that delete single records from an event log work in this way. What was "
    "hidden was read; what else such a tool may have removed is not known."
)
_UNUSED = (
    "They were overwritten in part, deleted, or left out of an export. They are read and marked, and show only some of "
    "what was recorded then: no day counts as covered because of them."
)


def _restarted(group: Sequence[dict[str, object]]) -> Gap:
    """Tell the logs of a machine that begin anew together as one gap, within the narrowest time that all allow."""
    before = max(written_time(row["highest_moment"]) for row in group)
    after = min(written_time(row["moment"]) for row in group)
    told = (
        f"record numbers of {row['channel']} begin anew: {row['highest']} "
        f"on {written_time(row['highest_moment'])[:10]}, then {row['number']} on {written_time(row['moment'])[:10]}"
        for row in group
    )
    return Gap(
        id="",
        source="windows",
        entity=str(group[0]["host"]),
        kind="cleared",
        start=before,
        end=after,
        basis="; ".join(told),
        consequence=_ANEW_TOGETHER if len(group) > 1 else _ANEW_ALONE,
        event_ids=[str(row[name]) for row in group for name in ("highest_id", "event_id")],
    )


_KEPT_ELSEWHERE = " What stood in the old files is known only as far as it was kept elsewhere."
_ANEW_ALONE = (
    "The file of this log was deleted or replaced, or the machine was set up anew: clearing a log lets its numbers "
    "go on." + _KEPT_ELSEWHERE
)
_ANEW_TOGETHER = (
    "Several logs of this machine begin anew together. As a rule it was set up anew; somebody who deletes the files of "
    "all logs leaves the same." + _KEPT_ELSEWHERE
)
