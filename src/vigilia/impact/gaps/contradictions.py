"""Contradictions between logs: a thing that one of them records, and the other, which usually does too, does not.

Of the records on the left, the share that have a twin on the right is learnt. A run of records without one, so long
that it is hardly credible at that share, is a gap of the log on the right, from its last record before it to its first
one after it.
"""

from __future__ import annotations

import math
from collections.abc import Iterator

from vigilia.knowledge.telemetry import several_logs
from vigilia.knowledge.twin_records import TwinRecords, TwinSide, load_twin_records
from vigilia.model.result import Gap
from vigilia.model.times import format_microseconds
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore
from vigilia.store.list_cells import list_cell

__all__ = ["contradiction_gaps"]

_LEAST_PAIRS = 30  # twins that must be here before their absence says anything
_LEAST_SHARE = 0.6  # of the records on the left that have a twin; below that the two logs record different things
_LEAST_RUN = 8
_CREDIBLE = 1e-6
_MOST_CITED = 20
_SECOND = 1_000_000  # microseconds

# Every left record of the time that the right log reaches, and whether it has a right record of the same key nearby.
_PAIRED = """
WITH left_side AS (
    SELECT {key} AS key, epoch_us("@timestamp") AS moment, "event.id" AS event_id FROM events WHERE {left}
), right_side AS (
    SELECT {key} AS key, epoch_us("@timestamp") AS moment FROM events WHERE {right}
)
SELECT left_side.moment, left_side.event_id, right_side.moment <= left_side.moment + $within AS paired
FROM left_side ASOF LEFT JOIN right_side
    ON left_side.key = right_side.key AND left_side.moment - $within <= right_side.moment
WHERE left_side.key IS NOT NULL
    AND left_side.moment BETWEEN (SELECT min(moment) FROM right_side) AND (SELECT max(moment) FROM right_side)
"""
_PAIRS = "twin_pairs"
_COUNTS = f"SELECT count(*) AS records, count(*) FILTER (WHERE paired IS TRUE) AS pairs FROM {_PAIRS}"  # noqa: S608

# Runs of left records without a twin: between two that have one, all have seen as many of those before them.
_RUNS = f"""
SELECT min(moment) AS first, max(moment) AS last, count(*) AS records,
    list(event_id ORDER BY moment, event_id)[1:{_MOST_CITED}] AS event_ids
FROM (
    SELECT *, count(*) FILTER (WHERE paired IS TRUE) OVER (ORDER BY moment, event_id) AS run FROM {_PAIRS}
)
WHERE paired IS NOT TRUE GROUP BY run HAVING count(*) >= $least ORDER BY first
"""  # noqa: S608 - our own names

_RIGHT_ENDS = """
SELECT max(epoch_us("@timestamp")) FILTER (WHERE epoch_us("@timestamp") < $first) AS before,
    min(epoch_us("@timestamp")) FILTER (WHERE epoch_us("@timestamp") > $last) AS after
FROM events WHERE {right}
"""

# Text of our own: the names of columns; everything else is a parameter.
_SIDE = """
    "@timestamp" IS NOT NULL AND ("vigilia.source" = ${side}_source
        OR (ends_with(${side}_source, '.') AND starts_with("vigilia.source", ${side}_source)))
    AND (len(${side}_actions) = 0 OR "event.action" IN (SELECT unnest(${side}_actions::VARCHAR[])))
    AND (len(${side}_codes) = 0 OR "event.code" IN (SELECT unnest(${side}_codes::VARCHAR[])))
    AND (len(${side}_providers) = 0 OR "event.provider" IN (SELECT unnest(${side}_providers::VARCHAR[])))
    AND (len(${side}_ports) = 0 OR "destination.port" IN (SELECT unnest(${side}_ports::BIGINT[])))
    AND (len(${side}_words) = 0
        OR len(list_filter(${side}_words::VARCHAR[], lambda one: contains("vigilia.fields", one))) > 0)
"""


def contradiction_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time in which a log lacks what another one shows that it should have."""
    present = {str(row["source"]) for row in store.rows('SELECT DISTINCT "vigilia.source" AS source FROM events')}
    asked = [one for one in load_twin_records() if _is_here(one.left, present) and _is_here(one.right, present)]
    return [gap for one in asked for gap in _of(store, one)]


def _is_here(side: TwinSide, present: set[str]) -> bool:
    return any(one == side.source or (side.source.endswith(".") and one.startswith(side.source)) for one in present)


def _of(store: EventStore, twin: TwinRecords) -> list[Gap]:
    right = _SIDE.replace("{side}", "right")
    paired = _PAIRED.format(key=_key(twin), left=_SIDE.replace("{side}", "left"), right=right)
    asked = _parameters(twin.left, "left") | _parameters(twin.right, "right")
    store.materialize(_PAIRS, paired, asked | {"within": twin.within_seconds * _SECOND})
    try:
        return list(_runs(store, twin, _RIGHT_ENDS.format(right=right)))
    finally:
        store.drop(_PAIRS)


def _runs(store: EventStore, twin: TwinRecords, ends: str) -> Iterator[Gap]:
    (counts,) = store.rows(_COUNTS)
    records, pairs = int(str(counts["records"])), int(str(counts["pairs"]))
    if pairs < _LEAST_PAIRS or pairs < _LEAST_SHARE * records:
        return
    share = pairs / records
    least = max(_LEAST_RUN, math.ceil(math.log(_CREDIBLE) / math.log(max(1 - share, 1e-9))))
    for run in store.rows(_RUNS, {"least": least}):
        asked = _parameters(twin.right, "right") | {"first": run["first"], "last": run["last"]}
        yield _gap(twin, run, share, store.rows(ends, asked)[0])


def _key(twin: TwinRecords) -> str:
    """Return SQL for the value by which both sides name the same thing: names of columns, joined; NULL if one lacks."""
    return " || ' ' || ".join(f'lower("{column}")' for column in twin.left.key)


def _parameters(side: TwinSide, name: str) -> dict[str, object]:
    return {
        f"{name}_source": side.source,
        f"{name}_actions": side.actions,
        f"{name}_codes": side.codes,
        f"{name}_providers": side.providers,
        f"{name}_ports": side.ports,
        f"{name}_words": side.words,
    }


def _gap(twin: TwinRecords, run: dict[str, object], share: float, ends: dict[str, object]) -> Gap:
    before, after = (
        format_microseconds(int(str(ends[name]))) if ends[name] is not None else "" for name in ("before", "after")
    )
    logs = several_logs().get(twin.right.source, frozenset())
    part = next((one for one in twin.right.providers if one in logs), "")
    return Gap(
        id="",
        source=twin.right.source,
        entity=part,
        kind="missing",
        start=before,
        end=after,
        basis=f"{twin.left.source.rstrip('.')} records {twin.label} of which {part or twin.right.source} has none, "
        f"though it has {share:.0%} of them as a rule ({counted(int(str(run['records'])), 'record')} in a row)",
        consequence="Records of this log are missing in that time: what else it would have said is not known.",
        event_ids=list_cell(run["event_ids"]),
    )
