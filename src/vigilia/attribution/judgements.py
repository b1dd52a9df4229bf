"""From posteriors to judgements: a sentence in ICD 203 terms, and our confidence in its basis apart from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from vigilia.attribution.likelihoods import load_likelihoods
from vigilia.attribution.observations import Observation
from vigilia.attribution.posterior import Weighed, decibans, posterior, without_family
from vigilia.model.probability import clamp, estimative_phrase, estimative_sentence, estimative_term
from vigilia.model.result import Confidence, Judgement, Reason
from vigilia.model.wording import counted, listed

__all__ = ["MOTIVE_WORDS", "Basis", "basis_of", "confidence_sentence", "motive_judgement", "sponsor_judgement"]

MOTIVE_WORDS = {
    "espionage": "espionage (collecting information in secret)",
    "financial": "money",
    "opportunistic": "opportunity (whoever was open, without choosing this organisation)",
    "insider": "an insider's own purpose",
    "surveillance-for-hire": "hired surveillance",
    "hacktivism": "a public political message",
    "destruction": "destruction",
}

# The aspects of MICTIC and of the question who gains, in plain words.
ASPECT_WORDS = {
    "cui bono": "who gains by it",
    "telemetry": "what the logs show of the stay",
    "malware": "the tools",
    "infrastructure": "where it came from",
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What a judgement rests on.

    Attributes:
        reasons: every item with its weight for the hypothesis, strongest first.
        aspects: independent aspects (MICTIC) that support it. linchpins: families without which it falls.
    """

    hypothesis: str
    probability: float
    reasons: tuple[tuple[Observation, float], ...]
    aspects: tuple[str, ...]
    linchpins: tuple[str, ...]

    @property
    def confidence(self) -> Confidence:
        """Low on one aspect or where one family carries it all; never high without outside corroboration."""
        return "moderate" if len(self.aspects) >= 2 and not self.linchpins else "low"


def basis_of(
    prior: Mapping[str, float], weighed: Sequence[tuple[Observation, Weighed]], hypothesis: str, bar: float
) -> Basis:
    """Weigh the items for a hypothesis and leave out each family in turn.

    A family is a linchpin where the hypothesis, without it, no longer leads or falls below its bar.
    """
    items = [one for _, one in weighed]
    weights = [(seen, round(decibans(prior, items, one, hypothesis), 4)) for seen, one in weighed]
    weights.sort(key=lambda pair: (-abs(pair[1]), pair[0].row.id))
    least = load_likelihoods().bars.supporting_decibans
    aspects: dict[str, float] = {}
    for seen, weight in weights:
        aspects[seen.row.aspect] = aspects.get(seen.row.aspect, 0.0) + weight
    families = sorted({seen.row.family for seen, _ in weighed})
    return Basis(
        hypothesis=hypothesis,
        probability=posterior(prior, items)[hypothesis],
        reasons=tuple(weights),
        aspects=tuple(sorted(name for name, weight in aspects.items() if weight >= least)),
        linchpins=tuple(one for one in families if _falls(without_family(prior, items, one), hypothesis, bar)),
    )


def motive_judgement(shares: Mapping[str, float], basis: Basis) -> Judgement:
    """Say the leading motive, or that it cannot be determined."""
    bars = load_likelihoods().bars
    phrase = estimative_phrase(basis.probability)
    words = MOTIVE_WORDS.get(basis.hypothesis, basis.hypothesis)
    if basis.probability >= bars.motive and basis.reasons:
        statement = estimative_sentence(basis.probability, f"the motive was {words}")
    else:
        statement = f"The motive cannot be determined from this evidence. The likeliest is {words}: {phrase}."
    return _judgement("motive", statement, basis, _alternatives(shares, basis.hypothesis))


def sponsor_judgement(basis: Basis, weighty: bool) -> Judgement:
    """Say whether a state sponsored or tasked it; `weighty`: does anything speak to it at all?"""
    bars = load_likelihoods().bars
    phrase = estimative_phrase(basis.probability)
    if not weighty or 1 - bars.sponsor < basis.probability < bars.sponsor:
        statement = (
            f"Whether a state was behind it cannot be determined from this evidence. As far as it goes: {phrase}."
        )
    else:
        statement = estimative_sentence(basis.probability, "a state sponsored or tasked the intruder")
    rest = clamp(1 - basis.probability)
    return _judgement(
        "sponsor", statement, basis, [f"No state was behind it: {estimative_phrase(rest)}. Tolerating is not tasking."]
    )


def confidence_sentence(what: str, basis: Basis) -> str:
    """Say our confidence in the basis, never in one sentence with a probability (ICD 203)."""
    count = len(basis.aspects)
    named = f" ({listed([ASPECT_WORDS.get(one, one) for one in basis.aspects])})" if count else ""
    text = f"Our confidence in the judgement on {what} is {basis.confidence}: "
    if count:
        one, several = (
            "independent aspect of the evidence supports it",
            "independent aspects of the evidence support it",
        )
        text += counted(count, one, several) + named
    else:
        text += "no aspect of the evidence supports it by itself"
    if basis.linchpins:
        text += f"; without the evidence on {' or on '.join(_plain(one) for one in basis.linchpins)} it would not stand"
    return text + ". One incident seen from inside one organisation cannot give high confidence."


def _plain(family: str) -> str:
    return family.replace("-", " ")


def _falls(shares: Mapping[str, float], hypothesis: str, bar: float) -> bool:
    leading = max(shares, key=lambda name: (shares[name], name))
    return leading != hypothesis or shares[hypothesis] < bar


def _alternatives(shares: Mapping[str, float], leading: str) -> list[str]:
    others = sorted(
        ((name, share) for name, share in shares.items() if name != leading), key=lambda pair: (-pair[1], pair[0])
    )
    return [f"{MOTIVE_WORDS.get(name, name)}: {estimative_phrase(share)}" for name, share in others[:3]]


def _judgement(name: str, statement: str, basis: Basis, alternatives: list[str]) -> Judgement:
    term = estimative_term(basis.probability)
    return Judgement(
        id=name,
        statement=statement,
        term=term.name,
        probability=clamp(basis.probability),
        confidence=basis.confidence,
        for_=[_reason(seen, weight) for seen, weight in basis.reasons if weight >= 0],
        against=[_reason(seen, weight) for seen, weight in basis.reasons if weight < 0],
        linchpins=[f"Without the evidence on {_plain(one)} this judgement would not stand." for one in basis.linchpins],
        alternatives=alternatives,
        would_change=list(load_likelihoods().would_change[name]),
    )


def _reason(seen: Observation, weight: float) -> Reason:
    text = f"{seen.text} (grade {seen.row.grade})"
    return Reason(text=text, weight=weight, event_ids=list(seen.event_ids))
