"""From occurrences of listed values to sightings, each with its age and worth, and to findings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from vigilia.indicators.occurrences import rule_id_of
from vigilia.indicators.worth import age_days, level_of, load_worth, worth_of
from vigilia.model.indicators import (
    Indicator,
    IndicatorClaim,
    IndicatorKind,
    IndicatorList,
    IndicatorSearch,
    IndicatorSighting,
)
from vigilia.model.matches import Finding
from vigilia.model.wording import listed as listing
from vigilia.store.match_store import RuleMatches

__all__ = ["finding_of", "gather_sightings", "values_of"]

_MOST_NAMES = 3


def values_of(listed: IndicatorList) -> list[tuple[IndicatorKind, str]]:
    """Return the distinct values to look for, sorted."""
    return sorted({(one.kind, one.value) for one in listed.indicators})


def gather_sightings(listed: IndicatorList, matched: Iterable[RuleMatches]) -> IndicatorSearch:
    """Tell what was looked for and what of it was found; matches of rules are passed over."""
    by_rule: dict[str, list[Indicator]] = defaultdict(list)
    for one in listed.indicators:
        by_rule[rule_id_of(one.kind, one.value)].append(one)
    sightings = [_sighting(by_rule[one.rule_id], one) for one in matched if one.rule_id in by_rule]
    sightings.sort(key=lambda one: (-one.worth, one.kind, one.value))
    return IndicatorSearch(looked_for=len(by_rule), sightings=sightings, unused=list(listed.unused))


def finding_of(sighting: IndicatorSighting) -> Finding:
    """Return a sighting as a finding: like a match of a rule, it is a reason to look."""
    kind = load_worth().kinds[sighting.kind]
    return Finding(
        rule_id=sighting.rule_id,
        title=_title(sighting),
        level=level_of(sighting.worth),
        description=f"A list of indicators names this value. {kind.why}",
        technique_ids=[],
        tactics=[],
        software_ids=_software_ids(sighting),
        false_positives=list(kind.innocent),
        count=sighting.count,
        first_time=sighting.first_time,
        last_time=sighting.last_time,
        event_ids=list(sighting.event_ids),
    )


def _software_ids(sighting: IndicatorSighting) -> list[str]:
    """Return ATT&CK ids of software: what is worth too little to accuse does not tell of tools either."""
    weighty = [one for one in sighting.claims if level_of(one.worth) not in ("informational", "low")]
    return sorted({name for one in weighty for name in one.attack_ids if name.startswith("S")})


def _title(sighting: IndicatorSighting) -> str:
    names = list(dict.fromkeys(name for claim in sighting.claims for name in claim.names))
    said = f" ({listing(names[:_MOST_NAMES])}, as listed)" if names else ""
    return f"Listed {load_worth().kinds[sighting.kind].label}: {sighting.value}{said}"


def _sighting(indicators: Sequence[Indicator], matches: RuleMatches) -> IndicatorSighting:
    claims = [_claim(one, matches) for one in indicators]
    claims.sort(key=lambda one: (-one.worth, one.source, one.reference))
    return IndicatorSighting(
        kind=indicators[0].kind,
        value=indicators[0].value,
        rule_id=matches.rule_id,
        claims=claims,
        count=matches.count,
        first_time=matches.first_time,
        last_time=matches.last_time,
        event_ids=list(matches.event_ids),
    )


def _claim(indicator: Indicator, matches: RuleMatches) -> IndicatorClaim:
    age = age_days(indicator, matches.first_time, matches.last_time)
    return IndicatorClaim(
        source=indicator.source,
        grade=indicator.grade,
        names=list(indicator.names),
        attack_ids=list(indicator.attack_ids),
        first_known=indicator.first_known,
        last_known=indicator.last_known,
        age_days=age,
        worth=worth_of(indicator, age),
        reference=indicator.reference,
    )
