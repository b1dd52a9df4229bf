"""Assesses small tables of events: everyday work, and the intruder's records, which the test names."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from support.events import event, events_table
from vigilia.impact.assessment import ImpactResult, assess_impact
from vigilia.impact.gaps.found_gaps import find_gaps
from vigilia.model.profile import DataClass, Profile
from vigilia.model.result import Impact, Intrusion, Phase, ScopedEntity
from vigilia.store.event_store import EventStore

__all__ = ["DAY", "assessed", "at", "gravest", "intrusion", "on_host"]

DAY = dt.date(2026, 1, 1)
_GRAVITY = ("E0", "E1", "E2", "E4", "E3", "E5")


def at(day: int, hour: int = 10, minute: int = 0) -> str:
    """Return a moment of the tests' calendar: day 0 is 1 January 2026."""
    return f"{DAY + dt.timedelta(days=day)}T{hour:02}:{minute:02}:00+00:00"


def intrusion(*, hosts: Sequence[str] = (), addresses: Sequence[str] = (), phases: Sequence[Phase] = ()) -> Intrusion:
    """Return an intrusion from day 20, 8 o'clock, to day 30, 18 o'clock."""
    return Intrusion(
        verdict="intrusion",
        probability=0.95,
        first_seen=f"{DAY + dt.timedelta(days=20)}T08:00:00.000000Z",
        last_seen=f"{DAY + dt.timedelta(days=30)}T18:00:00.000000Z",
        dwell_days=10.4,
        accounts=[],
        addresses=[_entity(one) for one in addresses],
        hosts=[_entity(one) for one in hosts],
        sessions=[],
        phases=list(phases),
    )


def assessed(
    background: Sequence[dict[str, Any]],
    intruder: Sequence[dict[str, Any]],
    classes: Sequence[DataClass],
    seen: Intrusion | None = None,
    chance: float = 0.95,
) -> ImpactResult:
    """Assess a table whose `intruder` rows are the intruder's with this probability."""
    table = events_table([event(10_000, at=at(0)), *background, *intruder])
    ids = table["event.id"].to_pylist()[1 + len(background) :]
    marked = pa.table(
        {
            "event.id": pa.array(ids, pa.string()),
            "probability": pa.array([chance] * len(ids), pa.float64()),
            "reason": pa.array(["test"] * len(ids), pa.string()),
        }
    )
    profile, during = Profile(data=list(classes)), seen or intrusion()
    with EventStore.from_table(table) as store:
        store.register("intruder_events", marked)
        return assess_impact(store, [], find_gaps(store, [], profile, during), during, profile)


def gravest(result: ImpactResult, data_class: str, channel: str) -> Impact:
    """Return the slice of a class and channel of which the gravest is said."""
    rows = [row for row in result.impact if (row.data_class, row.channel) == (data_class, channel)]
    return min(rows, key=lambda row: _GRAVITY.index(row.level))


def on_host(day: int, line: str, host: str = "WS07", hour: int = 10) -> dict[str, Any]:
    """Return a program's start with its command line."""
    return event(
        0,
        at=at(day, hour),
        vigilia__source="windows",
        event__code="1",
        event__action="1",
        event__provider="Microsoft-Windows-Sysmon/Operational",
        host__name=host,
        process__command_line=line,
    )


def _entity(value: str) -> ScopedEntity:
    return ScopedEntity(value=value, probability=0.95, first_seen="", last_seen="", events=1, reasons=[], event_ids=[])
