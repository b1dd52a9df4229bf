"""From the case to evidence items: what was observed that bears on who it was."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import pyarrow as pa

from vigilia.attribution.likelihoods import ObservationRow, load_likelihoods
from vigilia.model.matches import Finding
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, Impact, Intrusion, SearchAct, Targeting, Technique, TopicCount
from vigilia.model.wording import counted, listed
from vigilia.store.event_store import EventStore

__all__ = ["AttributionEvidence", "Observation", "observations", "significant_topics"]

_MOST_EVENT_IDS = 50
_MOST_TOPICS = 6
_OURS = 0.5  # from here an entity or event counts as the intruder's

_FINDING_EVENTS = """
SELECT named.technique, named."event.id" AS id, events."@timestamp" AS moment
FROM finding_events AS named
JOIN intruder_events AS chosen ON chosen."event.id" = named."event.id"
JOIN events ON events."event.id" = named."event.id"
WHERE chosen.probability >= 0.5
GROUP BY ALL ORDER BY named.technique, moment, id
"""

_SOURCES = """SELECT DISTINCT "vigilia.source" AS source FROM events ORDER BY source"""


@dataclass(frozen=True, slots=True)
class AttributionEvidence:
    """Everything that attribution looks at; the store must hold the table `intruder_events`.

    Without `gaps` nothing is concluded from a short stay, because a short log makes every stay short.
    """

    store: EventStore
    findings: Sequence[Finding]
    techniques: Sequence[Technique]
    searches: Sequence[SearchAct]
    targeting: Targeting
    impact: Sequence[Impact]
    intrusion: Intrusion
    profile: Profile
    gaps: Sequence[Gap] | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """One evidence item: a row of the table that was observed, in what words, on which events."""

    row: ObservationRow
    text: str
    event_ids: tuple[str, ...]


def observations(evidence: AttributionEvidence) -> list[Observation]:
    """Return what was observed, in the order of the table."""
    techniques = _intruder_techniques(evidence)
    found: list[Observation] = []
    for row in load_likelihoods().observation:
        seen = _by_techniques(row, techniques) if row.techniques else _CHECKS[row.id](evidence, techniques)
        if seen is not None:
            text, event_ids = seen
            found.append(Observation(row, f"{row.text} {text}".strip(), tuple(event_ids[:_MOST_EVENT_IDS])))
    return found


def significant_topics(counts: Sequence[TopicCount]) -> list[TopicCount]:
    """Return the topics that the intruder searched for more than everyone else, beyond chance.

    What staff look for every day is the baseline: a topic counts only where the whole interval lies above zero.
    """
    least = load_likelihoods().bars.least_topic_count
    return [one for one in counts if one.intruder_count >= least and one.interval[0] > 0]


_Seen = tuple[str, list[str]] | None
_Techniques = dict[str, list[str]]

# The logs that record mail or programs, in which an attempt at money would show.
_LOGS = {
    "m365.audit": "the Microsoft 365 audit log",
    "windows": "the Windows event logs",
    "linux.auditd": "the Linux audit log",
}


def _intruder_techniques(evidence: AttributionEvidence) -> _Techniques:
    """Techniques of rules that fired on the intruder's own events, with these events."""
    pairs = [
        {"technique": technique, "event.id": event_id}
        for finding in evidence.findings
        for technique in finding.technique_ids
        for event_id in finding.event_ids
    ]
    schema = pa.schema([pa.field("technique", pa.string()), pa.field("event.id", pa.string())])
    evidence.store.register("finding_events", pa.Table.from_pylist(pairs, schema=schema))
    found: _Techniques = {}
    for row in evidence.store.rows(_FINDING_EVENTS):
        found.setdefault(str(row["technique"]), []).append(str(row["id"]))
    return found


def _by_techniques(row: ObservationRow, techniques: _Techniques) -> _Seen:
    wanted = {one: ids for one, ids in sorted(techniques.items()) if one.partition(".")[0] in row.techniques}
    if not wanted:
        return None
    return f"ATT&CK {', '.join(wanted)}.", list(dict.fromkeys(one for ids in wanted.values() for one in ids))


def _selective(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    bars, kinds = load_likelihoods().bars, load_likelihoods().topics.everyday_kinds
    topics = [one for one in significant_topics(evidence.targeting.topics) if not one.id.startswith(kinds)]
    total = evidence.targeting.intruder_searches
    share = sum(one.intruder_count for one in topics) / total if total else 0.0
    if total < bars.least_searches or share < bars.least_topic_share:
        return None
    named = [f"{one.label} ({one.intruder_count})" for one in topics[:_MOST_TOPICS]]
    if len(topics) > _MOST_TOPICS:
        named.append(f"and {len(topics) - _MOST_TOPICS} more")
    return f"Of {total} searches: {', '.join(named)}.", [one for topic in topics for one in topic.event_ids]


def _persons(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    persons = significant_topics(evidence.targeting.persons)
    if not persons:
        return None
    count = sum(one.intruder_count for one in persons)
    return f"{counted(count, 'search', 'searches')} for {counted(len(persons), 'person')}.", [
        one for person in persons for one in person.event_ids
    ]


def _money_searches(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    money = load_likelihoods().topics.money
    topics = [one for one in significant_topics(evidence.targeting.topics) if one.id in money]
    return ("", [one for topic in topics for one in topic.event_ids]) if topics else None


def _no_money(evidence: AttributionEvidence, techniques: _Techniques) -> _Seen:
    """Counts only where money would have shown: long enough in, with records of mail or of programs."""
    table = load_likelihoods()
    tried = _money_searches(evidence, techniques) is not None or any(
        _by_techniques(row, techniques) for row in table.observation if row.id == "money-actions"
    )
    sources = [str(row["source"]) for row in evidence.store.rows(_SOURCES)]
    recorded = [one for one in _LOGS if one in sources]
    if tried or not recorded or evidence.intrusion.dwell_days < table.bars.money_dwell_days:
        return None
    logs = listed([_LOGS[one] for one in recorded])
    return f"Looked for over {evidence.intrusion.dwell_days:.0f} days in {logs}.", []


def _long_dwell(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    days = evidence.intrusion.dwell_days
    return (f"At least {days:.0f} days.", []) if days >= load_likelihoods().bars.long_dwell_days else None


def _short_dwell(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    """Not where the intruder may have been in before the logs begin: then the stay is not known to be short."""
    cut = evidence.gaps is None or any(gap.kind == "retention" for gap in evidence.gaps)
    days = evidence.intrusion.dwell_days
    return None if cut or days >= load_likelihoods().bars.short_dwell_days else (f"{days:.1f} days.", [])


def _inside(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    sides = _sides(evidence)
    ids = [one for address in evidence.intrusion.addresses for one in address.event_ids[:5]]
    return ("", ids) if sides and all(sides) else None


def _outside(evidence: AttributionEvidence, _techniques: _Techniques) -> _Seen:
    sides = _sides(evidence)
    ids = [one for address in evidence.intrusion.addresses for one in address.event_ids[:5]]
    return ("", ids) if sides and not any(sides) else None


def _sides(evidence: AttributionEvidence) -> list[bool]:
    """For each address of the intruder: is it the organisation's? Empty where the organisation's aren't known."""
    organisation = evidence.profile.organisation
    own = [ipaddress.ip_network(one, strict=False) for one in organisation.egress + organisation.internal_networks]
    if not own:
        return []
    found: list[bool] = []
    for entity in evidence.intrusion.addresses:
        try:
            address = ipaddress.ip_address(entity.value)
        except ValueError:
            continue
        if entity.probability >= _OURS:
            found.append(any(address in network for network in own))
    return found


_CHECKS: dict[str, Callable[[AttributionEvidence, _Techniques], _Seen]] = {
    "selective-topics": _selective,
    "person-searches": _persons,
    "money-searches": _money_searches,
    "no-money": _no_money,
    "long-dwell": _long_dwell,
    "short-dwell": _short_dwell,
    "inside-addresses": _inside,
    "outside-addresses": _outside,
}
