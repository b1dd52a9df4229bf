"""How far the evidence climbs: a single incident at one organisation never reaches a named group by itself."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.attribution.hypotheses.assessment import Assessment
from vigilia.attribution.renderings.words import load_words
from vigilia.model.result import Group, Ladder, LadderRung, LadderStep, Verdict

__all__ = ["climb"]


def climb(verdict: Verdict, motive: Assessment, states: Sequence[Assessment], group: Group) -> Ladder:
    """Return every rung; one is reached only if all below it are. `states`: sponsorship, and whose interest."""
    outside = any(
        one.kind == "outside-corroboration" and weight > 0
        for assessment in (motive, *states)
        for one, weight in assessment.reasons
        if assessment.stands
    )
    held: dict[LadderStep, bool] = {
        "activity": verdict == "intrusion",
        "motive": motive.stands,
        "consistent-with": any(one.stands for one in states),
        "corroborated": outside or bool(group.named),
        "named-group": bool(group.named),
    }
    rungs: list[LadderRung] = []
    below = True
    for rung in load_words().rung:
        below = below and held[rung.step]
        why = rung.reached if below else rung.missing
        if held[rung.step] and not below:
            why = f"{rung.reached} A rung below it is missing."
        rungs.append(LadderRung(step=rung.step, label=rung.label, reached=below, why=why))
    reached = [rung.step for rung in rungs if rung.reached]
    return Ladder(reached=reached[-1] if reached else "activity", rungs=rungs)
