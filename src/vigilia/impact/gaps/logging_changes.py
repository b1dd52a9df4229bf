"""Gaps that records of configuration tell: recording stopped and started again, records dropped."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from vigilia.impact.gaps.switched_off import PowerRecords
from vigilia.knowledge.logging_changes import LoggingChange, load_logging_changes
from vigilia.model.result import Gap
from vigilia.model.times import format_microseconds
from vigilia.model.wording import counted
from vigilia.store.event_store import EventStore

__all__ = ["logging_change_gaps"]

_MOST = 1000  # records of one kind that are told
_MOST_CITED = 20
_MINUTE = 60_000_000  # microseconds
_DAY = 1440 * _MINUTE
_LOST_SHARE = 0.1  # of the records of a time in which some are said to be lost: how many, nobody knows

_CHANGES = """
SELECT epoch_us("@timestamp") AS moment, coalesce("host.name", '') AS host, "event.id" AS event_id
FROM events
WHERE "vigilia.source" = $source AND "@timestamp" IS NOT NULL AND coalesce("event.outcome", '') <> 'failure'
    AND (len($actions) = 0 OR lower("event.action") IN (SELECT lower(unnest($actions::VARCHAR[]))))
    AND (len($codes) = 0 OR "event.code" IN (SELECT unnest($codes::VARCHAR[])))
    AND (len($providers) = 0 OR lower("event.provider") IN (SELECT lower(unnest($providers::VARCHAR[]))))
    AND (len($words) = 0 OR len(list_filter($words::VARCHAR[], lambda one: contains("vigilia.fields", one))) > 0)
ORDER BY moment, event_id LIMIT $most
"""


@dataclass(frozen=True, slots=True)
class _Change:
    """One such record; `moment` in microseconds since 1970."""

    kind: LoggingChange
    moment: int
    host: str
    event_id: str


def logging_change_gaps(store: EventStore) -> list[Gap]:
    """Return a gap for each time in which recording was off, and for each host on which records were dropped."""
    present = {str(row["source"]) for row in store.rows('SELECT DISTINCT "vigilia.source" AS source FROM events')}
    groups: dict[tuple[str, str, str], list[_Change]] = defaultdict(list)
    for kind in load_logging_changes():
        if (kind.told_in or kind.source) in present:
            for one in _changes(store, kind):
                groups[kind.source, one.host, kind.id].append(one)
    power = PowerRecords(store)
    return [gap for key in sorted(groups) for gap in _gaps(groups[key], power)]


def _changes(store: EventStore, kind: LoggingChange) -> Iterator[_Change]:
    asked = {"actions": kind.actions, "codes": kind.codes, "providers": kind.providers, "words": kind.words}
    for row in store.rows(_CHANGES, {"source": kind.told_in or kind.source, "most": _MOST, **asked}):
        host = str(row["host"]) if kind.source == (kind.told_in or kind.source) else ""
        yield _Change(kind, int(str(row["moment"])), host, str(row["event_id"]))


def _gaps(changes: Sequence[_Change], power: PowerRecords) -> Iterator[Gap]:
    """Give the gaps of one host and kind of recording, in order of time."""
    lost = [one for one in changes if one.kind.effect == "lost"]
    for _, of_day in itertools.groupby(lost, key=lambda one: one.moment // _DAY):
        yield _lost(list(of_day))
    off: _Change | None = None
    for one in sorted(changes, key=lambda one: (one.moment, one.event_id)):
        if one.kind.effect == "off":
            off = off or one
        elif one.kind.effect == "on" and off is not None:
            yield from _stopped(off, one, power)
            off = None
    if off is not None:
        yield from _stopped(off, None, power)


def _stopped(off: _Change, on: _Change | None, power: PowerRecords) -> Iterator[Gap]:
    """Give the gap of one stop; what stops every day is told only if it started again, and not at once."""
    kind = off.kind
    if kind.least_minutes:
        short = on is None or on.moment - off.moment < kind.least_minutes * _MINUTE
        if short or (on is not None and power.explains(kind.source, off.host, off.moment, on.moment)):
            return
    yield Gap(
        id="",
        source=kind.source,
        entity=off.host,
        kind="disabled",
        start=format_microseconds(off.moment),
        end=format_microseconds(on.moment) if on else "",
        basis=f"a record says that {kind.label}" + (f"; later {on.kind.label}" if on else ""),
        consequence="What was done while it was off is not recorded, or not kept. "
        "It may have been done to hide something.",
        event_ids=[one.event_id for one in (off, on) if one is not None],
    )


def _lost(changes: Sequence[_Change]) -> Gap:
    first, last = min(one.moment for one in changes), max(one.moment for one in changes)
    kind = changes[0].kind
    return Gap(
        id="",
        source=kind.source,
        entity=changes[0].host,
        kind="thinned",
        start=format_microseconds(first),
        end=format_microseconds(max(last, first + _MINUTE)),
        basis=f"{counted(len(changes), 'record says', 'records say')} that {kind.label}",
        consequence="How many records were lost, and what they said, is not known.",
        event_ids=[one.event_id for one in changes[:_MOST_CITED]],
        hidden=_LOST_SHARE,
    )
