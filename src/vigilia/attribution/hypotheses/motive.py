"""Why: the seven motives."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.attribution.hypotheses.assessment import Question
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import posterior, speaking
from vigilia.model.result import Observation

__all__ = ["judge_motive", "motive_question", "weigh_motive"]


def motive_question() -> Question:
    """Return the question of the motive."""
    return Question("motive", load_likelihoods().bars.motive, judge_motive, weigh=weigh_motive)


def judge_motive(observations: Sequence[Observation]) -> dict[str, float]:
    """Return motive → probability.

    The temperature depends on how many dependency groups speak. With a small chance the whole picture misleads, and
    then the prior is all there is: so one incident never makes a motive certain.
    """
    table, shares = load_likelihoods(), weigh_motive(observations)
    staged = table.staged.motive
    return {name: (1 - staged) * share + staged * table.motive_prior[name] for name, share in shares.items()}


def weigh_motive(observations: Sequence[Observation]) -> dict[str, float]:
    """Return motive → probability if the picture does not mislead: what observations are worth is told by this."""
    table = load_likelihoods()
    groups = {one.group for one in speaking(observations, "motive")}
    return posterior("motive", table.motive_prior, observations, table.temperature.of(len(groups)))
