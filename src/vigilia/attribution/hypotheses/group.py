"""Which group: withheld, unless knowledge of groups and somebody outside agree."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.attribution.actors.comparison import Comparison
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.attribution.weighing.posterior import credibility
from vigilia.model.profile import Corroboration
from vigilia.model.result import Group

__all__ = ["judge_group"]

_ALONE = (
    "A single incident, seen from inside one organisation and without corroboration from outside, cannot carry the "
    "name of a group: techniques are shared, and published figures show that they name the wrong "
    "one more often than not."
)


def judge_group(comparison: Comparison | None, reported: Sequence[Corroboration]) -> Group:
    """Name a group only if the comparison reaches the bar and an outside source of good grade names the same one.

    The comparison has to reach it whichever one software is taken away, because one can be planted. Below the bar no
    candidate is listed either: a list of names is read as a name.
    """
    if comparison is None or not comparison.groups:
        return Group(named="", candidates=[], why=f"{_ALONE} There was too little to compare it with known groups.")
    bars, first = load_likelihoods().bars, comparison.groups[0]
    fits = first.floor >= bars.group
    agreeing = _agreeing(reported, (first.id, first.name))
    if agreeing and fits:
        sources = ", ".join(sorted({one.source for one in agreeing}))
        named, why = first.name, f"Techniques and tools fit it, and so says a source outside: {sources}."
    elif agreeing:
        named, why = "", "What a source outside says is not borne out by the techniques and tools seen here."
    elif fits:
        named, why = "", f"{_ALONE} What was seen fits one known group, but nobody outside confirms it."
    else:
        named, why = "", f"{_ALONE} What was seen fits no known group well enough."
    return Group(
        named=named,
        candidates=[named] if named else [],
        why=why,
        outside=round(comparison.outside, 4),
        compared=comparison.compared,
    )


def _agreeing(reported: Sequence[Corroboration], names: tuple[str, str]) -> list[Corroboration]:
    least = credibility(load_likelihoods().bars.group_grade)
    return [
        one for one in reported if one.question == "group" and one.value in names and credibility(one.grade) >= least
    ]
