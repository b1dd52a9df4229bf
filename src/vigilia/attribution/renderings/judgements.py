"""From assessments to judgements: a sentence in ICD 203 terms, and our confidence in its basis apart from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import babel

from vigilia.attribution.hypotheses.assessment import Assessment
from vigilia.attribution.hypotheses.nexus import Nexus
from vigilia.attribution.observing.pointers import SUBJECT
from vigilia.attribution.renderings.words import load_words
from vigilia.attribution.tables.interests import UNKNOWN, interest_of, load_interests
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.probability import clamp, estimative_phrase, estimative_sentence, estimative_term
from vigilia.model.result import Judgement, LeftOut, Observation, Reason, TopicCount
from vigilia.model.wording import counted, listed

__all__ = ["confidence_sentence", "country_name", "motive_judgement", "nexus_judgement", "sponsor_judgement"]

_MOST_RIVALS = 3
_EVENTS_OF_A_REASON = 20
_SAYS_NOTHING = 0.05  # decibans: a likelihood ratio within about one per cent of 1


def motive_judgement(assessment: Assessment) -> Judgement:
    """Say the leading motive, or that it cannot be determined."""
    words = load_words().motives
    chance, name = assessment.probability, words[assessment.leading]
    claim = f"the motive was {name}"
    if assessment.stands:
        statement = estimative_sentence(chance, claim)
    else:
        phrase = estimative_phrase(chance)
        statement = (
            "The motive cannot be determined from this evidence. "
            f"The likeliest is {name}, but that is no more than {phrase}."
        )
    others = sorted(
        ((one, share) for one, share in assessment.posterior.items() if one != assessment.leading),
        key=lambda pair: (-pair[1], pair[0]),
    )
    return _judgement(assessment, claim, statement, {words[one]: share for one, share in others[:_MOST_RIVALS]})


def sponsor_judgement(assessment: Assessment, *, weighty: bool) -> Judgement:
    """Say whether a state sponsored or tasked it; `weighty`: does anything speak to it at all?"""
    chance, bar = assessment.probability, assessment.question.bar
    claim = "a state sponsored or tasked the intruder"
    determined = weighty and not 1 - bar < chance < bar
    if determined:
        statement = estimative_sentence(chance, claim)
    else:
        statement = (
            "Whether a state was behind it cannot be determined from this evidence. "
            f"As far as it goes, that is {estimative_phrase(chance)}."
        )
    rivals = {"No state was behind it": 1 - chance}
    return _judgement(assessment, claim, statement, rivals, ["Tolerating is not tasking."], determined=determined)


def nexus_judgement(nexus: Nexus) -> Judgement:
    """Say whose interest it serves, one state's without its name, or that it cannot be determined."""
    assessment, bars = nexus.assessment, load_likelihoods().bars
    chance = assessment.probability
    claim = "the targeted information serves the interests of one particular state"
    if nexus.named:
        claim = f"the targeted information serves interests of {country_name(nexus.leading)}"
        statement = estimative_sentence(chance, claim)
    elif assessment.stands:
        one, several = "independent kind of evidence points", "independent kinds of evidence point"
        pointing = counted(len(nexus.families), one, several)
        statement = (
            f"{estimative_sentence(chance, claim)} "
            f"It is not named, because only {pointing} to it and {bars.nexus_families} are asked for."
        )
    else:
        statement = "Whose interests the targeted information serves cannot be determined from this evidence."
    points_anywhere = bool(assessment.leading)  # else there is no probability to speak of
    return _judgement(
        assessment,
        claim if points_anywhere else "",
        statement,
        {"Another state's or nobody's in particular": 1 - chance} if points_anywhere else {},
        load_words().limits.alternatives_nexus,
        reasons=_nexus_reasons(nexus),
    )


def confidence_sentence(what: str, assessment: Assessment) -> str:
    """Say our confidence in the basis, never in one sentence with a probability (ICD 203)."""
    words = load_words()
    count = len(assessment.aspects)
    text = f"Our confidence in the judgement on {what} is {assessment.confidence}: "
    if count:
        one, several = (
            "independent aspect of the evidence supports it",
            "independent aspects of the evidence support it",
        )
        named = listed([words.aspects.get(name, name) for name in assessment.aspects])  # type: ignore[call-overload]
        text += f"{counted(count, one, several)} ({named})"
    else:
        text += "no aspect of the evidence supports it by itself"
    if assessment.linchpins:
        names = " or on ".join(words.kinds[one] for one in assessment.linchpins)
        text += f"; without the evidence on {names} it would not stand"
    if assessment.confidence == "high":
        return text + "."
    return text + ". One incident seen from inside one organisation cannot give high confidence."


def country_name(code: str) -> str:
    """Return the English name of a country or territory (CLDR)."""
    return str(babel.Locale("en").territories.get(code, code))


def _judgement(
    assessment: Assessment,
    claim: str,
    statement: str,
    rivals: Mapping[str, float],
    further: Sequence[str] = (),
    *,
    reasons: Sequence[Reason] = (),
    determined: bool | None = None,
) -> Judgement:
    """Return a judgement with everything that must be shown beside it."""
    name, table = assessment.question.id, load_likelihoods()
    shown = list(reasons) or _reasons(assessment)
    return Judgement(
        id=name,
        statement=statement,
        term=estimative_term(assessment.probability).name,
        probability=clamp(assessment.probability),
        confidence=assessment.confidence,
        for_=[one for one in shown if one.weight >= _SAYS_NOTHING],
        against=[one for one in shown if one.weight <= -_SAYS_NOTHING],
        linchpins=[*_linchpins(assessment), *_planted(assessment)],
        alternatives=[f"{one}: {estimative_phrase(share)}" for one, share in rivals.items()] + list(further),
        would_change=list(table.would_change[name]),
        claim=claim,
        determined=assessment.stands if determined is None else determined,
        rivals={one: clamp(share) for one, share in rivals.items()},
        left_out=_left_out(assessment),
        planted=assessment.planted,
        base_rate=table.base_rates[name],
    )


def _left_out(assessment: Assessment) -> list[LeftOut]:
    kinds = load_words().kinds
    return [
        LeftOut(kind=one.kind, label=kinds[one.kind], probability=clamp(one.probability), stands=one.stands)
        for one in assessment.left_out
    ]


def _linchpins(assessment: Assessment) -> list[str]:
    kinds = load_words().kinds
    return [f"Without the evidence on {kinds[one]} this judgement would not stand." for one in assessment.linchpins]


def _planted(assessment: Assessment) -> list[str]:
    """Say whether planted traces could have produced it."""
    planted, kinds = assessment.planted, load_words().kinds
    if planted is None:
        return []
    if not planted.stands:
        return ["Planted traces could have produced it: without what is cheap to fake it would not stand."]
    if not planted.fewest:
        return ["No one kind of evidence, planted, could have produced it."]
    names = listed([kinds[one] for one in planted.fewest])
    return [f"To produce it by planted traces somebody would have had to fake the evidence on {names}."]


def _reasons(assessment: Assessment) -> list[Reason]:
    return [_reason(one, weight) for one, weight in assessment.reasons]


def _reason(one: Observation, weight: float) -> Reason:
    return Reason(text=f"{one.text} (grade {one.grade})", weight=weight, event_ids=list(one.event_ids))


def _nexus_reasons(nexus: Nexus) -> list[Reason]:
    """Return the reasons, the one about searches told subject by subject.

    Its weight is shared among the subjects in which the leading country has more interest than any other case would
    make one expect, by the number of searches; the others say nothing and weigh nothing.
    """
    weights = {one.id: weight for one, weight in nexus.assessment.reasons}
    others = [_reason(one, weight) for one, weight in nexus.assessment.reasons if one.id != SUBJECT]
    topics = nexus.pointers.topics
    telling = {one.id: one.intruder_count for one in topics if _is_telling(one.id, nexus.leading)}
    total = sum(telling.values())
    share = weights.get(SUBJECT, 0.0) / total if total else 0.0
    return [*(_topic_reason(one, round(share * telling.get(one.id, 0), 4)) for one in topics), *others]


def _is_telling(topic: str, country: str) -> bool:
    return interest_of(topic).get(country, 0.0) > load_interests().prior.get(country, 0.0)


def _topic_reason(topic: TopicCount, weight: float) -> Reason:
    counts = counted(topic.intruder_count, "search of the intruder concerns", "searches of the intruder concern")
    doubt = "; whose interest that serves is not known" if interest_of(topic.id) == {UNKNOWN: 1} else ""
    return Reason(
        text=f"{counts} {topic.label}, {topic.baseline_count} of everyone else{doubt}",
        weight=weight,
        event_ids=topic.event_ids[:_EVENTS_OF_A_REASON],
    )
