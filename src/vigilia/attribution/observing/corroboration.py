"""What the person reports from outside: other investigators, other victims, a court; each with its source's grade."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import observation_weight
from vigilia.model.profile import Corroboration
from vigilia.model.result import Observation

__all__ = ["corroborations"]


def corroborations(reported: Sequence[Corroboration], question: str, hypotheses: Collection[str]) -> list[Observation]:
    """Return what was reported on a question, as evidence items; a value that is no hypothesis is left out.

    Two reports of one source belong to one dependency group.
    """
    table = load_likelihoods().corroboration
    found: list[Observation] = []
    for number, one in enumerate(reported, 1):
        if one.question != question or one.value not in hypotheses:
            continue
        rest = (1 - table.right) / max(len(hypotheses) - 1, 1)
        found.append(
            Observation(
                id=f"outside-{number}",
                kind="outside-corroboration",
                vertex="adversary",
                aspect="intelligence",
                grade=one.grade,
                spoof_cost=table.spoof_cost,
                group=f"outside: {one.source}",
                weight=observation_weight(one.grade, table.spoof_cost),
                text=f"A source outside the organisation gives an answer: {one.source}.",
                likelihoods={question: {name: table.right if name == one.value else rest for name in hypotheses}},
                source=one.source,
            )
        )
    return found
