"""Searches as events, and targeting over them without the stages before."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from support.events import event, events_table
from vigilia.model.profile import Organisation, Profile, WatchList
from vigilia.model.result import Intrusion
from vigilia.scope.activity import load_hits
from vigilia.scope.scope import Scope
from vigilia.store.event_store import EventStore
from vigilia.targeting.targeting import TargetingResult, determine_targeting

__all__ = ["Row", "determine", "determine_in", "search"]

Row = dict[str, Any]

_INTRUSION = Intrusion(
    verdict="intrusion",
    probability=0.95,
    first_seen="",
    last_seen="",
    dwell_days=0.0,
    accounts=[],
    addresses=[],
    hosts=[],
    sessions=[],
)


def search(record: int, text: str, actor: str = "ada@example.org", minute: int = 0, **columns: Any) -> Row:
    """Return a mailbox search on 1 March 2026, so many minutes after midnight UTC."""
    return event(
        record,
        at=f"2026-03-01T{minute // 60:02d}:{minute % 60:02d}:00+00:00",
        event__action="SearchQueryInitiatedExchange",
        user__name=actor,
        vigilia__search=text,
        **columns,
    )


def determine(
    rows: list[Row], intruder: dict[int, float], watch: WatchList | None = None, staff: Sequence[str] = ()
) -> TargetingResult:
    """Determine targeting where the records of these numbers are the intruder's with these probabilities."""
    store = EventStore.from_table(events_table(rows))
    probabilities = {f"00000000deadbeef:{record}": probability for record, probability in intruder.items()}
    return determine_in(store, probabilities, watch or WatchList(), communities=["topic:tibet"], staff=staff)


def determine_in(
    store: EventStore,
    intruder: dict[str, float],
    watch: WatchList,
    communities: Sequence[str] = (),
    staff: Sequence[str] = (),
) -> TargetingResult:
    """Determine targeting over a store where these events are the intruder's with these probabilities."""
    store.register(
        "intruder_events",
        pa.table(
            {
                "event.id": pa.array(list(intruder), pa.string()),
                "probability": pa.array(list(intruder.values()), pa.float64()),
                "reason": pa.array(["test"] * len(intruder), pa.string()),
            }
        ),
    )
    profile = Profile(organisation=Organisation(communities=list(communities), staff=list(staff)))
    load_hits(store, [], profile)  # leaves the table of actors behind, as the stage before does
    return determine_targeting(store, Scope(_INTRUSION, [], [], []), profile, watch)
