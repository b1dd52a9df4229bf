"""Sources in which searches leave no record, judged from the records themselves by `search_logging.toml`."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.times import OptionalTime
from vigilia.store.event_store import EventStore
from vigilia.store.sql_text import in_list, quoted
from vigilia.targeting.unlogged.unlogged_searches import Unlogged

__all__ = ["Logging", "SearchLogging", "load_search_logging", "unlogged_in_sources"]

_PLACES_AT_MOST = 5000  # hosts × days that are looked at


class Logging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of search_logging.toml; the file explains the columns."""

    id: str
    source: str
    basis: str
    source_url: str
    checked: str
    per: str = ""
    providers: list[str] = []
    actions: list[str] = []
    codes: list[str] = []
    recorded_actions: list[str] = []
    recorded_codes: list[str] = []
    recorded_column: str = ""
    recorded_pattern: str = ""
    each: bool = False
    least: int = 1


class SearchLogging(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of search_logging.toml."""

    date: str
    logging: list[Logging]


class _Day(msgspec.Struct, frozen=True):
    """What one source, in one place, recorded on one day: records in use, and of those that hold searches."""

    id: str
    source: str
    entity: str
    day: str
    used: int
    recorded: int
    first: OptionalTime
    last: OptionalTime


@functools.lru_cache(maxsize=1)
def load_search_logging() -> SearchLogging:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.knowledge", "search_logging.toml", SearchLogging)


def unlogged_in_sources(store: EventStore) -> list[Unlogged]:
    """Return where sources recorded no searches, or only from some day on, sorted by source, place and start."""
    rows = {one.id: one for one in load_search_logging().logging}
    days = msgspec.convert(store.rows(_days_query(rows.values()), [_PLACES_AT_MOST]), list[_Day])
    found: list[Unlogged] = []
    for (identity, source, entity), group in itertools.groupby(days, lambda one: (one.id, one.source, one.entity)):
        row = rows[identity]
        for run in _silent_runs(row, list(group)):
            found.append(
                Unlogged(id=row.id, source=source, entity=entity, start=run[0].first, end=run[-1].last, basis=row.basis)
            )
    return sorted(found, key=lambda one: (one.source, one.entity, one.start, one.id))


def _silent_runs(row: Logging, days: Sequence[_Day]) -> Iterator[Sequence[_Day]]:
    """Yield the spans of days without what the row asks for; all of them, or none, where single days say nothing."""
    if sum(one.used for one in days) < row.least:
        return
    if not row.each:
        if not any(one.recorded for one in days):
            yield days
        return
    for silent, run in itertools.groupby(days, lambda one: one.recorded == 0):
        if silent:
            yield list(run)


def _used(row: Logging) -> str:
    """Return SQL for the records that show that the source was in use."""
    same = (
        f"starts_with(source, {quoted(row.source)})" if row.source.endswith(".") else f"source = {quoted(row.source)}"
    )
    conditions = [same]
    if row.providers:
        conditions.append(f"provider IN ({in_list(row.providers)})")
    if row.actions:
        conditions.append(f"action IN ({in_list(row.actions)})")
    if row.codes:
        conditions.append(f"code IN ({in_list(row.codes)})")
    return " AND ".join(conditions)


def _recorded(row: Logging) -> str:
    """Return SQL for the records that hold searches, or would if there were any."""
    ways = [
        f"action IN ({in_list(row.recorded_actions)})",
        # Many providers have an event 1; only Sysmon's is a program start.
        f"code IN ({in_list(row.recorded_codes)}) AND (code <> '1' OR contains(provider, 'sysmon'))",
    ]
    if row.recorded_column:
        column = f'"{row.recorded_column}"'
        held = (
            f"regexp_matches({column}, {quoted(row.recorded_pattern)})" if row.recorded_pattern else f"{column} <> ''"
        )
        ways.append(f"coalesce({held}, false)")
    return " OR ".join(f"({way})" for way in ways)


def _days_query(rows: Iterable[Logging]) -> str:
    """Return SQL for one row per row of the table, place and day. A record that counts as recorded counts as in use."""
    marks = ", ".join(
        f"CASE WHEN ({_used(row)}) OR source = {quoted(row.source)} AND ({_recorded(row)}) "
        f"THEN {{'id': {quoted(row.id)}, 'entity': {_place(row)}, 'recorded': {_recorded(row)}}} END"
        for row in rows
    )
    return f"""SELECT id, source, entity, strftime(ts, '%Y-%m-%d') AS day, count(*) AS used,
      count(*) FILTER (recorded) AS recorded, strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ') AS first,
      strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ') AS last
    FROM (SELECT ts, source, unnest([{marks}], recursive := true) FROM (
      SELECT *, "@timestamp" AS ts, "vigilia.source" AS source, coalesce("event.action", '') AS action,
        coalesce("event.code", '') AS code, lower(coalesce("event.provider", '')) AS provider
      FROM events WHERE "@timestamp" IS NOT NULL))
    WHERE id IS NOT NULL GROUP BY ALL ORDER BY id, source, entity, day LIMIT ?"""  # noqa: S608 - our own table


def _place(row: Logging) -> str:
    return f"coalesce(lower(\"{row.per}\"), '')" if row.per else "''"
