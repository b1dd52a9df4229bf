"""The timeline: the intruder's events, like ones of the same hour folded into one entry in plain words."""

from __future__ import annotations

import functools
from collections.abc import Sequence
from importlib import resources

import msgspec

from vigilia.model.matches import Finding
from vigilia.model.result import TimelineEntry
from vigilia.model.times import TimeBasis
from vigilia.scope.acted import HITS
from vigilia.store.event_store import EventStore

__all__ = ["ENTRIES_AT_MOST", "Folded", "fold_timeline"]

ENTRIES_AT_MOST = 500

# Try these foldings in turn until the entries fit; the last is cut if it must be.
_GRAINS = ("hour", "day", "week", "month")


class Folded(msgspec.Struct, frozen=True):
    """The timeline, how coarsely it was folded, and how many entries did not fit even so."""

    entries: list[TimelineEntry]
    grain: str
    cut: int


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    actions: dict[str, str]


class _Row(msgspec.Struct):
    time: str
    end: str
    basis: TimeBasis
    source: str
    action: str
    account: str
    address: str
    machine: str
    rules: list[int]
    events: int
    event_ids: list[str]


def fold_timeline(store: EventStore, findings: Sequence[Finding], at_least: float) -> Folded:
    """Fold the events of at least this probability; sorted by time, at most 500 entries, at most 20 ids each.

    Needs `scope_intruder` and `scope_hits` in the store.
    """
    for grain in _GRAINS:
        rows = _folded_rows(store, grain, at_least)
        if len(rows) <= ENTRIES_AT_MOST:
            break
    entries = [_entry(row, findings) for row in rows[:ENTRIES_AT_MOST]]
    return Folded(entries, grain, max(0, len(rows) - ENTRIES_AT_MOST))


def _folded_rows(store: EventStore, grain: str, at_least: float) -> list[_Row]:
    sql = f"""
    WITH mine AS (
      SELECT scope_intruder.*, "vigilia.time_basis" AS basis FROM scope_intruder
      JOIN events ON id = "event.id" WHERE probability >= ?
    ), matched AS (
      SELECT hit_event, list_sort(list(DISTINCT hit_rule)) AS rules FROM {HITS} GROUP BY hit_event
    )
    SELECT coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS time,
      coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS end, max(basis) AS basis, source,
      coalesce(action, '') AS action, account, address, machine,
      list_sort(list_distinct(flatten(list(coalesce(rules, []))))) AS rules, count(*) AS events,
      list_slice(list(id ORDER BY ts NULLS LAST, id), 1, 20) AS event_ids
    FROM mine LEFT JOIN matched ON id = hit_event
    GROUP BY date_trunc('{grain}', ts), source, coalesce(action, ''), account, address, machine
    ORDER BY time, source, action, account, address, machine"""  # noqa: S608 - `grain` is one of four constants
    return msgspec.convert(store.rows(sql, [at_least]), list[_Row])


def _entry(row: _Row, findings: Sequence[Finding]) -> TimelineEntry:
    hit = [findings[number] for number in row.rules]
    tactics = sorted({tactic for finding in hit for tactic in finding.tactics})
    return TimelineEntry(
        time=row.time,
        time_basis=row.basis,
        end=row.end,
        tactic=tactics[0] if tactics else "",
        text=_sentence(row, [finding.title for finding in hit]),
        events=row.events,
        event_ids=row.event_ids,
    )


def _sentence(row: _Row, titles: Sequence[str]) -> str:
    who = row.account or row.address or "Somebody"
    did = _words().get(row.action, f"did “{row.action or 'something without a name'}”")
    where = f" on {row.machine}" if row.machine else ""
    origin = f" from {row.address}" if row.address and row.account else ""
    times = f" ({row.events} records)" if row.events > 1 else ""
    named = f": {'; '.join(sorted(set(titles))[:3])}" if titles else ""
    return f"{who} {did}{where}{origin}{times}{named}."


@functools.lru_cache(maxsize=1)
def _words() -> dict[str, str]:
    text = resources.files("vigilia.scope").joinpath("words.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=_Words).actions
