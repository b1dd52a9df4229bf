"""One question weighed: the posterior, what carries it, and whether it stands without each family of evidence."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import credibility
from vigilia.model.probability import clamp
from vigilia.model.result import Confidence, Observation, ObservationKind, Planted

__all__ = ["Assessment", "Question", "Without", "assess"]

_OUTSIDE: ObservationKind = "outside-corroboration"
_TINY = 1e-9  # keeps odds finite
_Judge = Callable[[Sequence[Observation]], dict[str, float]]


@dataclass(frozen=True, slots=True)
class Question:
    """A question with competing hypotheses.

    Attributes:
        bar: below this probability nothing is determined.
        judge: observations → hypothesis → probability, summing to 1; without observations the prior.
        hypothesis: what is asked about; empty: whichever leads. never_leads: hypotheses that only take the rest.
        weigh: as `judge`, without what keeps an answer from certainty: what an observation is worth does not depend on
            that; None: as `judge`.
    """

    id: str
    bar: float
    judge: _Judge
    hypothesis: str = ""
    never_leads: Collection[str] = ()
    weigh: _Judge | None = None

    def weighed(self, observations: Sequence[Observation]) -> dict[str, float]:
        """Return hypothesis → probability as evidence alone has it."""
        return (self.weigh or self.judge)(observations)

    def leading(self, shares: dict[str, float]) -> str:
        """Return the hypothesis that a judgement would be about."""
        rivals = [name for name in shares if name not in self.never_leads]
        return self.hypothesis or max(rivals, key=lambda name: (shares[name], name), default="")


@dataclass(frozen=True, slots=True)
class Without:
    """The answer without one kind of evidence: the probability then, and does it still stand?"""

    kind: ObservationKind
    probability: float
    stands: bool


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the evidence says on a question.

    Attributes:
        prior: probability of the leading hypothesis before any evidence of the case.
        reasons: every observation that bears on it with its weight in decibans, strongest first.
        aspects: independent aspects (MICTIC) that support it.
        left_out: without each kind of evidence. planted: None where nothing stands that could have been planted.
    """

    question: Question
    posterior: dict[str, float]
    leading: str
    prior: float
    reasons: tuple[tuple[Observation, float], ...]
    aspects: tuple[str, ...]
    left_out: tuple[Without, ...]
    planted: Planted | None

    @property
    def probability(self) -> float:
        """Of the leading hypothesis; 0 where there is none."""
        return self.posterior.get(self.leading, 0.0)

    @property
    def stands(self) -> bool:
        """Is anything determined?"""
        return self.probability >= self.question.bar and bool(self.reasons)

    @property
    def linchpins(self) -> tuple[ObservationKind, ...]:
        """Kinds of evidence without which it would not stand."""
        return tuple(one.kind for one in self.left_out if not one.stands) if self.stands else ()

    @property
    def confidence(self) -> Confidence:
        """How much the basis is worth, apart from the probability.

        Low on one aspect, where one kind of evidence carries it all, or where traces that are cheap to fake do. High
        only where it is very likely without anybody outside, and several independent sources of good grade agree.
        """
        if len(self.aspects) < 2 or self.linchpins or self.planted is None or not self.planted.stands:
            return "low"
        return "high" if len(self.aspects) > 2 and self._is_confirmed() else "moderate"

    def _is_confirmed(self) -> bool:
        """Do enough independent outside sources of good grade agree, with what is very likely without them?"""
        bars = load_likelihoods().bars
        agreeing = {
            one.group
            for one, weight in self.reasons
            if one.kind == _OUTSIDE and credibility(one.grade) >= credibility(bars.group_grade) and weight > 0
        }
        alone = [one.probability for one in self.left_out if one.kind == _OUTSIDE]
        return len(agreeing) >= bars.high_sources and min(alone, default=0.0) >= bars.high_alone


def assess(question: Question, observations: Sequence[Observation]) -> Assessment:
    """Weigh the observations, then anew with less: each dependency group, aspect and kind has its turn."""
    shares = question.judge(observations)
    leading = question.leading(shares)
    if not leading:
        return Assessment(question, shares, "", 0.0, (), (), (), None)
    weighing = _Weighing(question, leading, tuple(observations))
    reasons = weighing.reasons()
    least = load_likelihoods().bars.supporting_decibans
    aspects = [name for name in weighing.named("aspect") if weighing.alone("aspect", name) >= least]
    stands = shares[leading] >= question.bar
    return Assessment(
        question=question,
        posterior=shares,
        leading=leading,
        prior=question.judge(())[leading],
        reasons=reasons,
        aspects=tuple(aspects),
        left_out=tuple(weighing.left_out()),
        planted=weighing.planted(reasons) if stands and reasons else None,
    )


@dataclass(frozen=True, slots=True)
class _Weighing:
    """A question about one hypothesis, asked again and again with less evidence."""

    question: Question
    leading: str
    observations: tuple[Observation, ...]

    def named(self, attribute: Literal["group", "aspect"]) -> list[str]:
        return sorted({str(getattr(one, attribute)) for one in self.observations})

    def alone(self, attribute: Literal["group", "aspect"], name: str) -> float:
        """Return what some observations would be worth for the hypothesis if there were no others, in decibans."""
        some = [one for one in self.observations if getattr(one, attribute) == name]
        return self._decibans(some) - self._decibans(())

    def worth(self, group: str) -> float:
        """Return what a dependency group is worth for the hypothesis against the rest, in decibans.

        The mean of what it adds as the first and as the last: what comes last can add little to what is clear already.
        """
        rest = [one for one in self.observations if one.group != group]
        last = self._decibans(self.observations) - self._decibans(rest)
        return (self.alone("group", group) + last) / 2

    def reasons(self) -> tuple[tuple[Observation, float], ...]:
        """Return what moves the answer; the weight of a dependency group is shared among its observations."""
        worths = {name: self.worth(name) for name in self.named("group")}
        sizes = {name: sum(one.group == name for one in self.observations) for name in worths}
        weighed = [(one, round(worths[one.group] / sizes[one.group], 4)) for one in self.observations]
        moving = [(one, weight) for one, weight in weighed if weight]
        return tuple(sorted(moving, key=lambda pair: (-abs(pair[1]), pair[0].id)))

    def left_out(self) -> list[Without]:
        found: list[Without] = []
        for kind in dict.fromkeys(one.kind for one in self.observations):
            rest = [one for one in self.observations if one.kind != kind]
            found.append(Without(kind, self._chance(rest), self._stands(rest)))
        return sorted(found, key=lambda one: (one.probability, one.kind))

    def planted(self, reasons: Sequence[tuple[Observation, float]]) -> Planted:
        """Ask without what is cheap to fake and speaks for it, then without ever dearer kinds until it falls."""
        cheap_to_fake = load_likelihoods().bars.cheap_to_fake
        supporting = [one for one, weight in reasons if weight > 0]
        cheap = [one for one in supporting if one.spoof_cost <= cheap_to_fake]
        rest = [one for one in self.observations if one not in cheap]
        costs: dict[ObservationKind, float] = {}
        for one in supporting:
            costs[one.kind] = max(costs.get(one.kind, 0.0), one.spoof_cost)
        order = sorted(costs, key=lambda kind: (costs[kind], kind))
        return Planted(
            stands=self._stands(rest),
            probability=clamp(self._chance(rest)),
            cheap=sorted(one.id for one in cheap),
            fewest=self._fewest(order),
        )

    def _fewest(self, order: Sequence[ObservationKind]) -> list[ObservationKind]:
        """Return kinds of which none can be spared: cheapest first until it falls, then back what is not needed."""
        for count in range(1, len(order) + 1):
            if not self._stands(self._without(order[:count])):
                return self._pruned(list(order[:count]))
        return []

    def _pruned(self, gone: list[ObservationKind]) -> list[ObservationKind]:
        for kind in tuple(gone):
            rest = [one for one in gone if one != kind]
            if rest and not self._stands(self._without(rest)):
                gone = rest
        return gone

    def _without(self, kinds: Collection[str]) -> list[Observation]:
        return [one for one in self.observations if one.kind not in kinds]

    def _stands(self, observations: Sequence[Observation]) -> bool:
        shares = self.question.judge(observations)
        return self.question.leading(shares) == self.leading and shares[self.leading] >= self.question.bar

    def _chance(self, observations: Sequence[Observation]) -> float:
        return self.question.judge(observations)[self.leading]

    def _decibans(self, observations: Sequence[Observation]) -> float:
        chance = min(max(self.question.weighed(observations)[self.leading], _TINY), 1 - _TINY)
        return 10 * math.log10(chance / (1 - chance))
