"""Attempts at money, and their absence where they would have shown."""

from __future__ import annotations

from vigilia.attribution.observing.case import ObservedCase, Seen, significant_topics
from vigilia.attribution.observing.procedures import seen_by_techniques
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.wording import listed

__all__ = ["money_searches", "no_money", "ransom_notes"]

_SOURCES = """SELECT DISTINCT "vigilia.source" AS source FROM events ORDER BY source"""
_NOTES = """
SELECT events."event.id" AS id
FROM intruder_events AS chosen JOIN events ON events."event.id" = chosen."event.id"
WHERE chosen.probability >= 0.5 AND regexp_matches(lower(events."file.path"), $pattern)
ORDER BY events."@timestamp" NULLS LAST, id LIMIT 50
"""
# The logs that record mail or programs, in which an attempt at money would show.
_LOGS = {
    "m365.audit": "the Microsoft 365 audit log",
    "windows": "the Windows event logs",
    "linux.auditd": "the Linux audit log",
}


def money_searches(case: ObservedCase) -> Seen | None:
    """Searches for payments, beyond those of everyone else or where nobody else makes any."""
    table, counts = load_likelihoods(), case.evidence.targeting.topics
    beyond = {one.id for one in significant_topics(counts)}
    alone = {one.id for one in counts if one.intruder_count >= table.bars.least_topic_count and not one.baseline_count}
    topics = [one for one in counts if one.id in table.topics.money and one.id in beyond | alone]
    return Seen(event_ids=[one for topic in topics for one in topic.event_ids]) if topics else None


def ransom_notes(case: ObservedCase) -> Seen | None:
    """Files named as ransom notes are."""
    ids = [
        str(row["id"]) for row in case.evidence.store.rows(_NOTES, {"pattern": load_likelihoods().ransom_notes.pattern})
    ]
    return Seen(event_ids=ids) if ids else None


def no_money(case: ObservedCase) -> Seen | None:
    """Counts only where money would have shown: long enough in, with records of mail or of programs."""
    table, intrusion = load_likelihoods(), case.evidence.intrusion
    actions = (seen_by_techniques(row, case) for row in table.observation if row.id == "money-actions")
    tried = any([money_searches(case), ransom_notes(case), *actions])
    sources = [str(row["source"]) for row in case.evidence.store.rows(_SOURCES)]
    recorded = [one for one in _LOGS if one in sources]
    if tried or not recorded or intrusion.dwell_days < table.bars.money_dwell_days:
        return None
    return Seen(f"Looked for over {intrusion.dwell_days:.0f} days in {listed([_LOGS[one] for one in recorded])}.")
