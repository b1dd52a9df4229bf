"""Whose interest the targeted information serves: a distribution over countries, and when one may be named."""

from __future__ import annotations

import functools
import ipaddress
import zoneinfo
from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.attribution.likelihoods import NexusTable, load_likelihoods, load_nexus
from vigilia.attribution.observations import AttributionEvidence, significant_topics
from vigilia.attribution.working_hours import WorkingHours, countries_sharing
from vigilia.knowledge.gazetteer import load_gazetteer
from vigilia.model.profile import Network
from vigilia.model.result import TopicCount
from vigilia.model.times import parse_time

__all__ = ["UNKNOWN", "Nexus", "determine_nexus", "interest_of"]

UNKNOWN = "unknown"
_WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Nexus:
    """Whose interest it serves.

    Attributes:
        posterior: country code or "unknown" → probability, by falling probability; for us, not for print.
        leading: the likeliest country, or empty. named: may it be printed?
        families: independent families of evidence that point at the leading country.
    """

    posterior: dict[str, float]
    leading: str
    named: bool
    families: tuple[str, ...]
    topics: tuple[TopicCount, ...]

    @property
    def probability(self) -> float:
        """Of the leading country; 0 where there is none."""
        return self.posterior.get(self.leading, 0.0)

    def printable(self) -> dict[str, float]:
        """The distribution as it may leave this stage: below the bar no country is in it."""
        unknown = round(self.posterior[UNKNOWN], 4)
        if not self.named:
            return {_WITHHELD: round(1 - unknown, 4), UNKNOWN: unknown}
        shown = round(self.probability, 4)
        return {self.leading: shown, "other": round(1 - unknown - shown, 4), UNKNOWN: unknown}


def determine_nexus(evidence: AttributionEvidence, hours: WorkingHours) -> Nexus:
    """Weigh topics and networks as a Dirichlet posterior; hours only corroborate."""
    table = load_nexus()
    kinds = load_likelihoods().topics.everyday_kinds
    topics = [one for one in significant_topics(evidence.targeting.topics) if not one.id.startswith(kinds)]
    weights = {code: share * table.prior_strength for code, share in table.prior.items()}
    for code, weight in (*_topic_weights(topics, table), *_network_weights(evidence, table)):
        weights[code] = weights.get(code, 0.0) + weight
    total = sum(weights.values())
    ordered = sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))
    shares = {code: weight / total for code, weight in ordered}
    leading = next((code for code in shares if code != UNKNOWN), "") if topics else ""
    families = _families(evidence, topics, leading, hours, table)
    bars = load_likelihoods().bars
    named = bool(leading) and shares[leading] >= bars.nexus and len(families) >= bars.nexus_families
    return Nexus(shares, leading, named, tuple(families), tuple(topics))


def interest_of(topic: str) -> dict[str, float]:
    """Return country code → share for a topic id, "unknown" included, summing to 1.

    A topic without a row of its own is of interest to whom the nearest topic above it is.
    """
    known = next((shares for one in _with_those_above(topic) if (shares := _own_interest(one))), {})
    return {**known, UNKNOWN: 1 - sum(known.values())}


def _own_interest(topic: str) -> dict[str, float]:
    table = load_nexus()
    if topic in table.interests:
        return table.interests[topic]
    kind, _, code = topic.partition(":")
    return {code: table.default_own} if kind == "place" and len(code) == 2 and code.isalpha() else {}


def _with_those_above(topic: str) -> list[str]:
    """Return a topic, the one within which the gazetteer says that it lies, and so on."""
    parents = _parents()
    found: list[str] = []
    while topic and topic not in found:
        found.append(topic)
        topic = parents.get(topic, "")
    return found


@functools.lru_cache(maxsize=1)
def _parents() -> dict[str, str]:
    return {entry.id: entry.parent for entry in load_gazetteer()}


def _topic_weights(topics: Sequence[TopicCount], table: NexusTable) -> list[tuple[str, float]]:
    count = sum(one.intruder_count for one in topics)
    scale = min(count, table.most_searches) / count if count else 0.0
    return [(code, share * one.intruder_count * scale) for one in topics for code, share in interest_of(one.id).items()]


def _network_weights(evidence: AttributionEvidence, table: NexusTable) -> list[tuple[str, float]]:
    """One weight for each country and kind, however many addresses lie in it."""
    seen = {(one.country.upper(), one.kind in table.masked_kinds) for one in _networks(evidence) if one.country}
    return [(code, table.masked_weight if masked else table.network_weight) for code, masked in sorted(seen)]


def _networks(evidence: AttributionEvidence) -> list[Network]:
    found: list[Network] = []
    for entity in evidence.intrusion.addresses:
        try:
            address = ipaddress.ip_address(entity.value)
        except ValueError:
            continue
        if entity.probability >= 0.5:
            found += [
                one for one in evidence.profile.network if address in ipaddress.ip_network(one.cidr, strict=False)
            ]
    return found


def _families(
    evidence: AttributionEvidence, topics: Sequence[TopicCount], leading: str, hours: WorkingHours, table: NexusTable
) -> list[str]:
    if not leading:
        return []
    found: list[str] = []
    if any(interest_of(one.id).get(leading, 0.0) >= 0.5 for one in topics):
        found.append("targeted-information")
    if any(one.country.upper() == leading and one.kind not in table.masked_kinds for one in _networks(evidence)):
        found.append("infrastructure")
    sharing = countries_sharing(hours.likely)
    if leading in sharing and len(sharing) <= table.hours_most_countries and not _own_hours(evidence, hours):
        found.append("working-hours")
    return found


def _own_hours(evidence: AttributionEvidence, hours: WorkingHours) -> bool:
    """Are these the organisation's own hours? Then they show who was imitated, or nothing."""
    zone = zoneinfo.ZoneInfo(evidence.profile.organisation.time_zone)
    if not evidence.intrusion.first_seen:
        return False
    offset = parse_time(evidence.intrusion.first_seen).astimezone(zone).utcoffset()
    return offset is not None and round(offset.total_seconds() / 3600) in hours.likely
