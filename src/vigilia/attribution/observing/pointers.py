"""What points to some country: subjects, whom the organisation serves, networks, hours, keyboards.

None of the texts names a country: these are printed whether or not one may be named.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from vigilia.attribution.observing.case import AttributionEvidence, ObservedCase, topics_of_places
from vigilia.attribution.observing.networks import networks_of_intruder
from vigilia.attribution.tables.interests import UNKNOWN, Interests, Writing, interest_of, load_interests
from vigilia.attribution.weighing.posterior import observation_weight
from vigilia.model.profile import Network
from vigilia.model.result import Aspect, Observation, ObservationKind, OperatorHint, TopicCount, Vertex
from vigilia.model.wording import counted

__all__ = ["NEXUS", "SUBJECT", "Pointers", "find_pointers"]

NEXUS = "nexus"
SUBJECT = "subject-searched"
_MOST_EVENT_IDS = 50
_CLEAR_INTEREST = 0.5
_VERTICES: Mapping[ObservationKind, tuple[Vertex, Aspect]] = {
    "targeted-information": ("victim", "cui-bono"),
    "victimology": ("victim", "cui-bono"),
    "infrastructure": ("infrastructure", "infrastructure"),
    "working-hours": ("adversary", "telemetry"),
    "language-and-keyboard": ("adversary", "telemetry"),
}


@dataclass(frozen=True, slots=True)
class Pointers:
    """Evidence on whose interest is served.

    Attributes:
        prior: country code or "unknown" → share, summing to 1, for every country that anything points to.
        pointing: kinds of evidence that may carry a name → the countries that each of them points to.
        topics: significant topics that are about somewhere or something.
    """

    prior: dict[str, float]
    observations: list[Observation]
    pointing: dict[ObservationKind, set[str]]
    topics: list[TopicCount]


def find_pointers(case: ObservedCase) -> Pointers:
    """Return all that points to a country, each as an evidence item with likelihoods for every country in question."""
    table = load_interests()
    topics = topics_of_places(case.evidence)
    networks = _networks(case.evidence)
    writings = _writings(case.evidence.targeting.operator_hints, table)
    prior = _prior(_countries(case, topics, networks, writings), table)
    found = [
        _community(case, prior, table),
        _subject(case, topics, prior, table),
        _addresses(networks, prior, table),
        _hours(case, prior),
        _keyboard(writings, prior),
    ]
    return Pointers(
        prior=prior,
        observations=[one for one in found if one is not None],
        pointing=_pointing(case, topics, networks, writings),
        topics=topics,
    )


def _countries(
    case: ObservedCase,
    topics: Sequence[TopicCount],
    networks: Sequence[tuple[list[str], Network]],
    writings: Sequence[tuple[OperatorHint, Writing]],
) -> set[str]:
    table = load_interests()
    communities = case.evidence.profile.organisation.communities
    found = {code for topic in [*(one.id for one in topics), *communities] for code in interest_of(topic)}
    found |= {network.country.upper() for _, network in networks}
    found |= {one.value for one in case.evidence.profile.corroboration if one.question == NEXUS}
    found |= {code for _, writing in writings for code in writing.countries}
    return found | set(table.prior)


def _prior(countries: Iterable[str], table: Interests) -> dict[str, float]:
    shares = {code: table.prior.get(code, table.small_prior) for code in sorted(countries)}
    total = sum(shares.values())
    return {code: share / total for code, share in shares.items()}


def _community(case: ObservedCase, prior: Mapping[str, float], table: Interests) -> Observation | None:
    """Whom the organisation serves, which nobody can fake: it shifts the prior towards those who pursue them."""
    communities = [one for one in case.evidence.profile.organisation.communities if interest_of(one) != {UNKNOWN: 1}]
    if not communities:
        return None
    shares = _ratios([(one, 1) for one in communities], prior, table)
    shift = table.community_weight
    return _item(
        "community-served",
        "victimology",
        "The organisation serves people whom states are known to pursue.",
        {code: (1 - shift) + shift * ratio for code, ratio in shares.items()},
    )


def _subject(
    case: ObservedCase, topics: Sequence[TopicCount], prior: Mapping[str, float], table: Interests
) -> Observation | None:
    if not topics:
        return None
    community = _community(case, prior, table)
    expected = dict(prior)
    if community is not None:  # who is served by the organisation is counted once: searches are weighed beside it
        weights = {code: share * community.likelihoods[NEXUS][code] for code, share in prior.items()}
        expected = {code: weight / sum(weights.values()) for code, weight in weights.items()}
    count = sum(one.intruder_count for one in topics)
    enough = min(count, table.most_searches)
    return _item(
        SUBJECT,
        "targeted-information",
        f"{counted(count, 'search of the intruder concerns', 'searches of the intruder concern')} "
        f"{counted(len(topics), 'subject')} that everyone else looks for less.",
        _ratios([(one.id, one.intruder_count) for one in topics], expected, table),
        [event_id for one in topics for event_id in one.event_ids],
        enough / (enough + table.searches_for_half),
    )


def _ratios(topics: Sequence[tuple[str, int]], prior: Mapping[str, float], table: Interests) -> dict[str, float]:
    """Return P(these topics | country) up to a factor: the mean over searches of interest in the topic over prior.

    A topic of which nobody's interest is known says nothing and counts with 1 for everybody.
    """
    total = sum(count for _, count in topics)
    ratios = dict.fromkeys(prior, 0.0)
    for topic, count in topics:
        shares = interest_of(topic)
        for code, chance in prior.items():
            known = shares.get(code, table.floor * chance) / chance
            ratios[code] += count / total * (1.0 if shares == {UNKNOWN: 1} else max(known, table.floor))
    return ratios


def _networks(evidence: AttributionEvidence) -> list[tuple[list[str], Network]]:
    """Return networks with a country in which the intruder had addresses, each once, with events."""
    found: dict[str, tuple[list[str], Network]] = {}
    for entity, network in networks_of_intruder(evidence):
        if network.country and not _is_own(network, evidence):
            found.setdefault(network.cidr, ([], network))[0].extend(entity.event_ids[:5])
    return [found[cidr] for cidr in sorted(found)]


def _is_own(network: Network, evidence: AttributionEvidence) -> bool:
    return network.kind == "office" and network.country.upper() in evidence.profile.organisation.countries


def _addresses(
    networks: Sequence[tuple[list[str], Network]], prior: Mapping[str, float], table: Interests
) -> Observation | None:
    if not networks:
        return None
    likelihood = dict.fromkeys(prior, 1.0)
    seen = {(one.country.upper(), one.kind in table.masked_kinds) for _, one in networks}
    for country, masked in seen:
        for code in likelihood:
            there = table.masked_network if masked else table.own_network
            likelihood[code] *= there if code == country else table.other_network
    masked = all(hidden for _, hidden in seen)
    text = (
        "Of rented servers or relays the country is known, which says next to nothing."
        if masked
        else "An address lies in a network of homes or offices of which the country is known."
    )
    return _item("addresses-somewhere", "infrastructure", text, likelihood, [one for ids, _ in networks for one in ids])


def _hours(case: ObservedCase, prior: Mapping[str, float]) -> Observation | None:
    """Hours that are the organisation's own show who was imitated, or nothing."""
    hours = case.hours
    if not hours.likely or hours.own:
        return None
    anywhere = hours.chance_anywhere()
    likelihood = {
        code: (anywhere if code == UNKNOWN else hours.chance_in(code)) * 10 ** (hours.fit.holidays.get(code, 0.0) / 10)
        for code in prior
    }
    shared = counted(len(hours.countries), "country or territory", "countries and territories")
    text = f"The hours would be a working week in {shared}."
    return _item("hours-of-a-clock", "working-hours", text, likelihood, hours.event_ids)


def _writings(hints: Sequence[OperatorHint], table: Interests) -> list[tuple[OperatorHint, Writing]]:
    """Return hints at the operator that do not merely follow from what was searched for."""
    return [
        (hint, one)
        for hint in hints
        for one in table.writing
        if hint.kind == one.kind and one.contains in hint.what and hint.searches > hint.baseline_count
    ]


def _keyboard(writings: Sequence[tuple[OperatorHint, Writing]], prior: Mapping[str, float]) -> Observation | None:
    if not writings:
        return None
    likelihood = dict.fromkeys(prior, 1.0)
    for _, writing in writings:
        for code in likelihood:
            likelihood[code] *= writing.usual if code in writing.countries else writing.elsewhere
    return _item(
        "keyboard-slips",
        "language-and-keyboard",
        " ".join(f"{hint.searches} searches: {hint.what}. {hint.weakness}" for hint, _ in writings),
        likelihood,
        [one for hint, _ in writings for one in hint.event_ids],
    )


def _pointing(
    case: ObservedCase,
    topics: Sequence[TopicCount],
    networks: Sequence[tuple[list[str], Network]],
    writings: Sequence[tuple[OperatorHint, Writing]],
) -> dict[ObservationKind, set[str]]:
    """Return the countries that each independent kind points to; what too many countries share points to none."""
    table = load_interests()
    topical = [code for one in topics for code, share in interest_of(one.id).items() if share >= _CLEAR_INTEREST]
    located = [one.country.upper() for _, one in networks if one.kind not in table.masked_kinds]
    clocks = [] if case.hours.own else case.hours.countries
    typed = [code for _, writing in writings for code in writing.countries]
    few = table.shared_by_at_most
    found: dict[ObservationKind, set[str]] = {
        "targeted-information": set(topical) - {UNKNOWN},
        "infrastructure": set(located),
        "working-hours": set(clocks) if len(set(clocks)) <= few else set(),
        "language-and-keyboard": set(typed) if len(set(typed)) <= few else set(),
    }
    return {kind: codes for kind, codes in found.items() if codes and table.families[kind].independent}


def _item(
    name: str,
    kind: ObservationKind,
    text: str,
    likelihood: Mapping[str, float],
    event_ids: Sequence[str] = (),
    share: float = 1.0,
) -> Observation:
    """Return an evidence item; likelihoods are scaled so that the greatest is just below 1."""
    family = load_interests().families[kind]
    vertex, aspect = _VERTICES[kind]
    greatest = max(likelihood.values())
    return Observation(
        id=name,
        kind=kind,
        vertex=vertex,
        aspect=aspect,
        grade=family.grade,
        spoof_cost=family.spoof_cost,
        group=family.group,
        weight=round(observation_weight(family.grade, family.spoof_cost) * share, 4),
        text=text,
        likelihoods={NEXUS: {code: round(0.99 * max(one, 1e-6) / greatest, 6) for code, one in likelihood.items()}},
        source=family.source,
        event_ids=list(dict.fromkeys(event_ids))[:_MOST_EVENT_IDS],
    )
