"""Who it was: motive, sponsorship and nexus as separate questions, the group withheld, each with its reasons."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import babel

from vigilia.attribution.judgements import (
    Basis,
    basis_of,
    confidence_sentence,
    motive_judgement,
    sponsor_judgement,
)
from vigilia.attribution.likelihoods import load_likelihoods, load_nexus
from vigilia.attribution.nexus import UNKNOWN, Nexus, determine_nexus, interest_of
from vigilia.attribution.observations import AttributionEvidence, Observation, observations
from vigilia.attribution.posterior import Weighed, posterior
from vigilia.attribution.working_hours import WorkingHours, countries_sharing, working_hours
from vigilia.model.probability import clamp, estimative_phrase, estimative_sentence, estimative_term
from vigilia.model.result import (
    Attribution,
    Group,
    Judgement,
    Motive,
    Question,
    Reason,
    Sponsor,
    Statement,
    TopicCount,
)
from vigilia.model.wording import counted, listed

__all__ = ["AttributionEvidence", "AttributionResult", "attribute"]

_NO_GROUP = (
    "A single incident, seen from inside one organisation and without corroboration from outside, cannot carry the "
    "name of a group: techniques are shared, and published figures show that they name the wrong "
    "one more often than not."
)
_FEWEST_COUNTRIES = 3
_QUESTION: Question = "who-was-it"


@dataclass(frozen=True, slots=True)
class AttributionResult:
    """The attribution and what is said about it."""

    attribution: Attribution
    statements: list[Statement]


def attribute(evidence: AttributionEvidence) -> AttributionResult:
    """Judge motive, sponsorship and nexus from named evidence, or abstain.

    The store must hold the tables `events` and `intruder_events`. Where nobody was found in, nothing is judged.
    """
    if evidence.intrusion.verdict == "none-found":
        return _nobody()
    seen = observations(evidence)
    motives, motive = _motive(seen)
    sponsor, weighty = _sponsor(seen, motives)
    hours = working_hours(evidence.store)
    nexus = determine_nexus(evidence, hours)
    judgements = [
        motive_judgement(motives, motive),
        sponsor_judgement(sponsor, weighty),
        _nexus_judgement(nexus),
    ]
    attribution = Attribution(
        motive=Motive(posterior={name: round(share, 4) for name, share in motives.items()}),
        sponsor=Sponsor(state_sponsored=round(sponsor.probability, 4), nexus=nexus.printable()),
        group=Group(named="", candidates=[], why=_NO_GROUP),
        judgements=judgements,
    )
    return AttributionResult(attribution, _statements(evidence, judgements, motive, sponsor, hours))


def _motive(seen: Sequence[Observation]) -> tuple[dict[str, float], Basis]:
    table = load_likelihoods()
    weighed = [(one, Weighed(one.row, one.row.motive)) for one in seen]
    shares = posterior(table.motive_prior, [item for _, item in weighed])
    leading = max(shares, key=lambda name: (shares[name], name))
    return shares, basis_of(table.motive_prior, weighed, leading, table.bars.motive)


def _sponsor(seen: Sequence[Observation], motives: dict[str, float]) -> tuple[Basis, bool]:
    """P(state): from the motives, then from what speaks to it beyond the motive; and does anything at all?

    An observation works through the motive too, so weights, aspects and linchpins are found by judging anew without
    it: the weight of a dependency group is the change in the odds when it is left out, shared among its items.
    """
    bars = load_likelihoods().bars
    chance = _state_chance(seen)
    groups = {name: _worth(seen, [one for one in seen if one.row.group != name]) for name in _named(seen, "group")}
    sizes = {name: sum(one.row.group == name for one in seen) for name in groups}
    reasons = [(one, round(groups[one.row.group] / sizes[one.row.group], 4)) for one in seen]
    reasons.sort(key=lambda pair: (-abs(pair[1]), pair[0].row.id))
    aspects = {name: _worth(seen, [one for one in seen if one.row.aspect != name]) for name in _named(seen, "aspect")}
    without = {name: [one for one in seen if one.row.family != name] for name in _named(seen, "family")}
    fallen = [name for name, rest in without.items() if chance >= bars.sponsor > _state_chance(rest)]
    basis = Basis(
        hypothesis="yes",
        probability=chance,
        reasons=tuple(reasons),
        aspects=tuple(name for name, worth in aspects.items() if worth >= bars.supporting_decibans),
        linchpins=tuple(fallen),
    )
    spoken = max(motives.values()) >= bars.motive
    return basis, spoken or any(abs(worth) >= bars.supporting_decibans for worth in groups.values())


def _worth(seen: Sequence[Observation], rest: Sequence[Observation]) -> float:
    """What the missing observations are worth for a state, in decibans."""
    whole, part = _state_chance(seen), _state_chance(rest)
    return 10 * math.log10(whole / (1 - whole) * (1 - part) / part)


def _named(seen: Sequence[Observation], attribute_name: Literal["group", "aspect", "family"]) -> list[str]:
    return sorted({str(getattr(one.row, attribute_name)) for one in seen})


def _state_chance(seen: Sequence[Observation]) -> float:
    motives, _ = _motive(seen)
    return posterior(_state_prior(motives), [item for _, item in _state_items(seen)])["yes"]


def _state_items(seen: Sequence[Observation]) -> list[tuple[Observation, Weighed]]:
    return [(one, Weighed(one.row, one.row.state)) for one in seen if one.row.state]


def _state_prior(motives: dict[str, float]) -> dict[str, float]:
    table = load_likelihoods().state_given_motive
    chance = sum(share * table[name] for name, share in motives.items())
    return {"yes": chance, "no": 1 - chance}


def _nexus_judgement(nexus: Nexus) -> Judgement:
    bars = load_likelihoods().bars
    chance = nexus.probability
    reasons = [_topic_reason(topic, nexus.leading) for topic in nexus.topics]
    if nexus.named:
        name = _country(nexus.leading)
        statement = estimative_sentence(chance, f"the targeted information serves interests of {name}")
    elif nexus.leading and chance >= bars.nexus:
        one, several = "independent kind of evidence points", "independent kinds of evidence point"
        pointing = counted(len(nexus.families), one, several)
        statement = (
            f"{estimative_sentence(chance, 'the targeted information serves the interests of one particular state')} "
            f"It is not named, because only {pointing} to it and {bars.nexus_families} are asked for."
        )
    else:
        statement = "Whose interests the targeted information serves cannot be determined from this evidence."
    return Judgement(
        id="nexus",
        statement=statement,
        term=estimative_term(chance).name,
        probability=clamp(chance),
        confidence="moderate" if nexus.named and len(nexus.families) > bars.nexus_families else "low",
        for_=[one for one in reasons if one.weight > 0],
        against=[one for one in reasons if one.weight <= 0],
        linchpins=[f"It rests on {listed([one.replace('-', ' ') for one in nexus.families])}."]
        if nexus.families
        else [],
        alternatives=[
            f"Another state's or nobody's in particular: {estimative_phrase(1 - chance)}",
            "A sudden occasion in the news rather than standing interest: not settled here",
            "Planted searches, meant to be found: not settled here",
        ],
        would_change=list(load_likelihoods().would_change["nexus"]),
    )


def _with_confidence(judgement: Judgement) -> str:
    """Return a judgement and, in a sentence of its own (ICD 203), how much our basis for it is worth."""
    if "cannot be determined" in judgement.statement:
        return judgement.statement
    return f"{judgement.statement} Our confidence in this is {judgement.confidence}."


def _nexus_doubt(nexus: Judgement) -> str:
    """Say our confidence apart from the probability (ICD 203), and what the judgement does not say."""
    return (
        f"Our confidence in the judgement on whose interest it serves is {nexus.confidence}. {nexus.linchpins[0]} "
        "To serve an interest is not to be sent by it: others search for the same things, and searches can be planted."
    )


def _topic_reason(topic: TopicCount, leading: str) -> Reason:
    """Weight: the interest of the leading country in the topic against its prior, 10·log10 of the ratio."""
    interests, prior = interest_of(topic.id), load_nexus().prior.get(leading, 0.01)
    unknown = interests == {UNKNOWN: 1}
    doubt = "; whose interest that serves is not known" if unknown else ""
    return Reason(
        text=f"{counted(topic.intruder_count, 'search of the intruder concerns', 'searches of the intruder concern')} "
        f"{topic.label}, "
        f"{topic.baseline_count} of everyone else{doubt}",
        weight=0.0 if unknown else round(10 * math.log10(interests.get(leading, 0.01) / prior), 4),
        event_ids=topic.event_ids[:20],
    )


def _statements(
    evidence: AttributionEvidence,
    judgements: Sequence[Judgement],
    motive: Basis,
    sponsor: Basis,
    hours: WorkingHours,
) -> list[Statement]:
    texts: list[tuple[str, str, list[str]]] = []
    doubt = "If there was an intruder, this holds. " if evidence.intrusion.verdict == "suspicious" else ""
    texts.append(("headline", doubt + " ".join(map(_with_confidence, judgements[:2])), _events(judgements[:2])))
    texts.append(("detail", judgements[2].statement, _events(judgements[2:])))
    if judgements[2].linchpins:
        texts.append(("detail", _nexus_doubt(judgements[2]), _events(judgements[2:])))
    texts.append(("detail", confidence_sentence("the motive", motive), []))
    texts.append(("detail", confidence_sentence("sponsorship", sponsor), []))
    texts.append(("detail", _hours_sentence(hours), []))
    texts.append(("caveat", f"No group is named. {_NO_GROUP}", []))
    texts.append(
        (
            "caveat",
            "These are estimates from the table of likelihoods that ships with this version, not measured rates. "
            "Traces can be planted to mislead; what would change each judgement stands beside it.",
            [],
        )
    )
    return [
        Statement(
            id=f"attribution-{number}",
            question=_QUESTION,
            weight="headline" if weight == "headline" else "caveat" if weight == "caveat" else "detail",
            text=text,
            event_ids=event_ids,
        )
        for number, (weight, text, event_ids) in enumerate(texts, 1)
    ]


def _hours_sentence(hours: WorkingHours) -> str:
    if not hours.likely:
        return (
            "The hours at which the intruder worked say too little about where they live: "
            f"{counted(hours.hours, 'distinct hour')} on {counted(hours.days, 'day')}."
        )
    offsets = ", ".join(f"UTC{offset:+d}" for offset in hours.likely)
    countries = countries_sharing(hours.likely)
    text = f"The intruder's hours would be a usual working week at {offsets}"
    if len(countries) >= _FEWEST_COUNTRIES:
        text += f". {len(countries)} countries and territories share them, so they point to none: "
        text += listed([_country(one) for one in countries])
    return text + ". Hours can be chosen, and they name no country."


def _events(judgements: Sequence[Judgement]) -> list[str]:
    ids = [one for judgement in judgements for reason in judgement.for_ for one in reason.event_ids[:5]]
    return list(dict.fromkeys(ids))[:20]


def _country(code: str) -> str:
    return str(babel.Locale("en").territories.get(code, code))


def _nobody() -> AttributionResult:
    text = "No intruder was found in this evidence, so nothing is said about who it may have been."
    attribution = Attribution(
        motive=Motive(posterior={}),
        sponsor=Sponsor(state_sponsored=0.0, nexus={UNKNOWN: 1.0}),
        group=Group(named="", candidates=[], why=text),
        judgements=[],
    )
    return AttributionResult(
        attribution, [Statement(id="attribution-1", question=_QUESTION, weight="headline", text=text)]
    )
