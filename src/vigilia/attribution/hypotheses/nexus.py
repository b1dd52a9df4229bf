"""Whose interest the targeted information serves: a distribution over countries, and when one may be named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.attribution.hypotheses.assessment import Assessment, Question, assess
from vigilia.attribution.observing.pointers import NEXUS, Pointers
from vigilia.attribution.tables.interests import UNKNOWN
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import posterior
from vigilia.model.result import Observation, ObservationKind

__all__ = ["Nexus", "determine_nexus"]

_WITHHELD = "withheld"


@dataclass(frozen=True, slots=True)
class Nexus:
    """Whose interest it serves.

    Attributes:
        assessment: for us, not for print: it holds countries. named: may the leading one be printed?
        families: independent kinds of evidence that point at the leading country.
    """

    assessment: Assessment
    named: bool
    families: tuple[ObservationKind, ...]
    pointers: Pointers

    @property
    def leading(self) -> str:
        """The likeliest country, or empty where nothing was searched for that points to one."""
        return self.assessment.leading

    @property
    def shown(self) -> str:
        """The country's code where it may be printed, else empty."""
        return self.leading if self.named else ""

    def printable(self) -> dict[str, float]:
        """The distribution as it may leave this stage: below the bar no country is in it."""
        unknown = round(self.assessment.posterior[UNKNOWN], 4)
        if not self.named:
            return {_WITHHELD: round(1 - unknown, 4), UNKNOWN: unknown}
        shown = round(self.assessment.probability, 4)
        return {self.leading: shown, "other": round(1 - unknown - shown, 4), UNKNOWN: unknown}


def determine_nexus(pointers: Pointers, outside: Sequence[Observation] = ()) -> Nexus:
    """Weigh what points to countries; `outside`: what others report on this question."""
    bars = load_likelihoods().bars
    prior = pointers.prior
    asked = pointers.topics or outside
    question = Question(
        "nexus",
        bars.nexus,
        lambda observations: posterior(NEXUS, prior, observations),
        never_leads=[UNKNOWN] if asked else list(prior),
    )
    assessment = assess(question, [*pointers.observations, *outside])
    families = _families(pointers, outside, assessment.leading)
    named = assessment.stands and len(families) >= bars.nexus_families
    return Nexus(assessment, named, tuple(families), pointers)


def _families(pointers: Pointers, outside: Sequence[Observation], leading: str) -> list[ObservationKind]:
    found = [kind for kind, codes in pointers.pointing.items() if leading in codes]
    for one in outside:
        likelihood = one.likelihoods[NEXUS]
        if leading and likelihood[leading] == max(likelihood.values()) and one.weight > 0:
            found.append(one.kind)
    return list(dict.fromkeys(found))
