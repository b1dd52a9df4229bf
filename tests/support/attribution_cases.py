"""Small cases for attribution: topics, intrusions and stores of which a test names only what it is about."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pyarrow as pa

from support.events import event, events_table
from vigilia.attribution.attribution import AttributionEvidence, AttributionResult
from vigilia.model.matches import Finding
from vigilia.model.profile import Organisation, Profile
from vigilia.model.result import Intrusion, ScopedEntity, Targeting, TopicCount, Verdict
from vigilia.store.event_store import EventStore

__all__ = [
    "HONG_KONG",
    "START",
    "case_of",
    "case_store",
    "finding_of",
    "intrusion_of",
    "store_of",
    "targeting_of",
    "texts_of",
    "topic_of",
]

START = dt.datetime(2026, 1, 5, tzinfo=dt.UTC)  # a Monday


def topic_of(identifier: str, intruder: int, label: str = "", low: float = 1.0) -> TopicCount:
    """Return a topic that the intruder searched for; `low`: lower end of the interval of its log odds."""
    return TopicCount(
        id=identifier,
        label=label or identifier,
        intruder_count=intruder,
        baseline_count=1,
        log_odds=2.0,
        interval=(low, 3.0),
        first_time="",
        last_time="",
        languages=[],
        event_ids=[],
    )


HONG_KONG = [topic_of("place:HK", 15, "Hong Kong")]


def targeting_of(topics: list[TopicCount], persons: list[TopicCount] | None = None, **more: Any) -> Targeting:
    """Return what was searched for, as the stage before hands it on."""
    total = sum(one.intruder_count for one in topics) or 1
    return Targeting(
        topics=topics, persons=persons or [], statement="", intruder_searches=total, other_searches=50, **more
    )


def intrusion_of(verdict: Verdict = "intrusion", dwell: float = 200.0, *addresses: str) -> Intrusion:
    """Return an intrusion of so many days from these addresses (one of a documentation network by default)."""
    entities = [
        ScopedEntity(value=one, probability=0.9, first_seen="", last_seen="", events=5, reasons=[], event_ids=[])
        for one in addresses or ("203.0.113.9",)
    ]
    return Intrusion(
        verdict=verdict,
        probability=0.95,
        first_seen="2026-01-05T00:00:00.000000Z",
        last_seen="2026-07-24T00:00:00.000000Z",
        dwell_days=dwell,
        accounts=[],
        addresses=entities,
        hosts=[],
        sessions=[],
    )


def finding_of(*techniques: str, events: list[str]) -> Finding:
    """Return a finding of a rule with these techniques on these events."""
    return Finding(
        rule_id="r",
        title="r",
        level="high",
        description="",
        technique_ids=list(techniques),
        tactics=[],
        false_positives=[],
        count=len(events),
        first_time="",
        last_time="",
        event_ids=events,
    )


def case_of(
    store: EventStore,
    topics: list[TopicCount] | None = None,
    persons: list[TopicCount] | None = None,
    findings: list[Finding] | None = None,
    **more: Any,
) -> AttributionEvidence:
    """Return a case: an intruder for months, with nothing but what the test names."""
    return AttributionEvidence(
        store=store,
        findings=findings or [],
        techniques=[],
        searches=[],
        targeting=more.get("targeting", targeting_of(topics or [], persons)),
        impact=more.get("impact", []),
        gaps=more.get("gaps", []),
        intrusion=more.get("intrusion", intrusion_of()),
        profile=more.get("profile", Profile(organisation=Organisation(egress=["192.0.2.0/28"]))),
    )


def case_store(hours: tuple[int, ...] = (), days: int = 40, source: str = "m365.audit", **columns: Any) -> EventStore:
    """Return a store with events of the intruder on working days at these UTC hours; at least one event."""
    moments = [START + dt.timedelta(days=day, hours=hour) for day in range(days) for hour in hours]
    moments = [one for one in moments if one.isoweekday() < 6] or [START]
    return store_of(moments, source, **columns)


def store_of(moments: list[dt.datetime], source: str = "m365.audit", **columns: Any) -> EventStore:
    """Return a store in which all events, at these moments, are the intruder's."""
    rows = [event(n, at=one.isoformat(), vigilia__source=source, **columns) for n, one in enumerate(moments, 1)]
    store = EventStore.from_table(events_table(rows))
    ids = [row["event.id"] for row in rows]
    table = pa.table({"event.id": ids, "probability": [0.95] * len(ids), "reason": ["test"] * len(ids)})
    store.register("intruder_events", table)
    return store


def texts_of(result: AttributionResult) -> list[str]:
    """Return every text that attribution lets out, keys of the distribution over countries included."""
    attribution = result.attribution
    judgements = attribution.judgements
    found = [one.text for one in result.statements] + [one.statement for one in judgements]
    for one in judgements:
        found += [*one.alternatives, *one.linchpins, *one.would_change, one.claim, *one.rivals, one.base_rate]
        found += [reason.text for reason in (*one.for_, *one.against)]
    found += [one.text for one in attribution.observations]
    found += [name for one in attribution.observations for row in one.likelihoods.values() for name in row]
    found += [name for one in attribution.matrices for name in one.hypotheses]
    found += [one.answer for one in attribution.questions]
    return found + list(attribution.sponsor.nexus)
