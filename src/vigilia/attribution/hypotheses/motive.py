"""Why: the seven motives."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.attribution.hypotheses.assessment import Question
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import posterior, speaking
from vigilia.model.result import Observation

__all__ = ["judge_motive", "motive_question"]


def motive_question() -> Question:
    """Return the question of the motive."""
    return Question("motive", load_likelihoods().bars.motive, judge_motive)


def judge_motive(observations: Sequence[Observation]) -> dict[str, float]:
    """Return motive → probability; the temperature depends on how many dependency groups speak."""
    table = load_likelihoods()
    groups = {one.group for one in speaking(observations, "motive")}
    return posterior("motive", table.motive_prior, observations, table.temperature.of(len(groups)))
