"""Was a state behind it? A question apart from whose interest is served."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from vigilia.attribution.hypotheses.assessment import Question
from vigilia.attribution.hypotheses.motive import judge_motive, weigh_motive
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import posterior
from vigilia.model.result import Observation

__all__ = ["NO", "YES", "judge_sponsorship", "sponsorship_question"]

YES, NO = "yes", "no"


def sponsorship_question() -> Question:
    """Return the question whether a state sponsored or tasked it."""
    return Question(
        "sponsor", load_likelihoods().bars.sponsor, judge_sponsorship, hypothesis=YES, weigh=_weigh_sponsorship
    )


def judge_sponsorship(observations: Sequence[Observation]) -> dict[str, float]:
    """Return P(state): from the motives, then from what speaks to it beyond the motive."""
    return _given_motives(judge_motive(observations), observations)


def _weigh_sponsorship(observations: Sequence[Observation]) -> dict[str, float]:
    return _given_motives(weigh_motive(observations), observations)


def _given_motives(motives: Mapping[str, float], observations: Sequence[Observation]) -> dict[str, float]:
    given = load_likelihoods().state_given_motive
    chance = sum(share * given[name] for name, share in motives.items())
    return posterior("sponsor", {YES: chance, NO: 1 - chance}, observations)
