"""What the techniques seen have in common with those of known actors.

Tags of rules are not procedures, and techniques without software hardly tell actors apart; so this says little, and
nothing on countries.
"""

from __future__ import annotations

from vigilia.attribution.actors.comparison import ActorBase, Comparison, compare
from vigilia.attribution.actors.model import load_model
from vigilia.attribution.observing.case import ObservedCase
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import observation_weight
from vigilia.model.result import Observation

__all__ = ["compare_with_known_actors", "known_actors"]

_MOST_EVENT_IDS = 50
_SURE = 0.98


def compare_with_known_actors(case: ObservedCase) -> Comparison | None:
    """Compare the techniques and software that rules saw with those of known actors.

    None where fewer than the table asks for are known of any actor: the comparison was measured on incidents with at
    least so many.
    """
    table = load_likelihoods().known_actors
    actors, certainty = case.evidence.actors, table.tag_certainty
    base = None if actors is None else ActorBase(actors, load_model())
    techniques, software = dict.fromkeys(case.techniques, certainty), dict.fromkeys(case.software, certainty)
    found = compare(techniques, software, base=base)
    return found if found.compared >= table.least_compared else None


def known_actors(comparison: Comparison | None, case: ObservedCase) -> list[Observation]:
    """Return what the comparison says of the motive: espionage against crime; it says nothing of the others."""
    table = load_likelihoods()
    if comparison is None or not comparison.motives:
        return []
    base = table.known_actors.motives
    ratios = {name: comparison.motives.get(name, 0.0) / share for name, share in base.items()}
    greatest = max(1.0, *ratios.values())
    likelihood = {name: min(max(ratios.get(name, 1.0) / greatest, 1 - _SURE), _SURE) for name in table.motive_prior}
    ids = [one for events in case.procedures.values() for one in events[:2]]
    grade = table.known_actors.grade_with_software if case.software else table.known_actors.grade
    return [
        Observation(
            id="known-actors",
            kind="tool" if case.software else "technique",
            vertex="capability",
            aspect="malware",
            grade=grade,
            spoof_cost=table.known_actors.spoof_cost,
            group="techniques",
            weight=observation_weight(grade, table.known_actors.spoof_cost),
            text=f"{comparison.compared} techniques and tools were compared with those of known spies and criminals.",
            likelihoods={"motive": {name: round(one, 6) for name, one in likelihood.items()}},
            source=table.known_actors.source,
            event_ids=list(dict.fromkeys(ids))[:_MOST_EVENT_IDS],
        )
    ]
