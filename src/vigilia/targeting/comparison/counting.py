"""Counting: how often the intruder and everybody else searched for each topic, person and language."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from vigilia.model.result import LanguageUse, OwnerComparison, SearchAct, TopicCount
from vigilia.targeting.comparison.log_odds import LogOdds, compare
from vigilia.targeting.naming.read_acts import ReadAct

__all__ = ["EVENTS_AT_MOST", "count_languages", "count_topics"]

EVENTS_AT_MOST = 100
_Naming = Callable[[SearchAct], Sequence[str]]


def count_topics(acts: Sequence[ReadAct], labels: Mapping[str, str], naming: _Naming) -> list[TopicCount]:
    """Count what acts name (topics or persons), by falling count of the intruder's acts, then id.

    The first comparison is with everybody else. The second is with the owners of the accounts that the intruder
    searched with: whoever works on a topic every day does not look like an intruder by it, and an intruder in her
    account stands out by what she never searches for.
    """
    shared = _shared_accounts(acts)
    counts = [
        _topic(name, labels.get(name, name), group, acts, shared) for name, group in _groups(acts, naming).items()
    ]
    return sorted(counts, key=lambda one: (-one.intruder_count, one.id))


def count_languages(acts: Sequence[ReadAct]) -> list[LanguageUse]:
    """Count the scripts and languages of acts, by falling count of the intruder's acts, then name."""
    totals = _totals(acts)
    uses = []
    for language, group in _groups(acts, lambda act: act.languages).items():
        odds = _compare(group, totals)
        theirs = [one for one in group if one.is_intruder]
        uses.append(
            LanguageUse(
                language=language,
                intruder_count=len(theirs),
                baseline_count=len(group) - len(theirs),
                log_odds=odds.value,
                interval=(odds.low, odds.high),
                event_ids=[one.shown.event_id for one in theirs][:EVENTS_AT_MOST],
            )
        )
    return sorted(uses, key=lambda one: (-one.intruder_count, one.language))


def _groups(acts: Sequence[ReadAct], naming: _Naming) -> dict[str, list[ReadAct]]:
    groups: dict[str, list[ReadAct]] = {}
    for one in acts:
        for name in naming(one.shown):
            groups.setdefault(name, []).append(one)
    return dict(sorted(groups.items()))


def _topic(
    name: str, label: str, group: Sequence[ReadAct], acts: Sequence[ReadAct], shared: Sequence[ReadAct]
) -> TopicCount:
    theirs = [one for one in group if one.is_intruder]
    told = theirs or group
    odds = _compare(group, _totals(acts))
    times = [one.shown.time for one in told if one.shown.time]
    return TopicCount(
        id=name,
        label=label,
        intruder_count=len(theirs),
        baseline_count=len(group) - len(theirs),
        log_odds=odds.value,
        interval=(odds.low, odds.high),
        first_time=min(times, default=""),
        last_time=max(times, default=""),
        languages=sorted({language for one in told for language in one.shown.languages}),
        event_ids=[one.shown.event_id for one in told][:EVENTS_AT_MOST],
        z_score=odds.z_score,
        owners=_owners(group, shared),
    )


def _owners(group: Sequence[ReadAct], shared: Sequence[ReadAct]) -> OwnerComparison | None:
    """Compare within the accounts that both the intruder and an owner searched with."""
    if not shared:
        return None
    accounts = {one.shown.actor for one in shared}
    within = [one for one in group if one.shown.actor in accounts]
    totals = _totals(shared)
    odds = _compare(within, totals)
    theirs = sum(one.is_intruder for one in within)
    return OwnerComparison(
        intruder_count=theirs,
        intruder_total=totals[0],
        owner_count=len(within) - theirs,
        owner_total=totals[1],
        log_odds=odds.value,
        interval=(odds.low, odds.high),
    )


def _shared_accounts(acts: Sequence[ReadAct]) -> list[ReadAct]:
    """Return the acts of actors of whom some acts are the intruder's and some are not."""
    sides: dict[str, set[bool]] = {}
    for one in acts:
        sides.setdefault(one.shown.actor, set()).add(one.is_intruder)
    return [one for one in acts if one.shown.actor and len(sides[one.shown.actor]) == 2]


def _totals(acts: Sequence[ReadAct]) -> tuple[int, int]:
    theirs = sum(one.is_intruder for one in acts)
    return theirs, len(acts) - theirs


def _compare(group: Sequence[ReadAct], totals: tuple[int, int]) -> LogOdds:
    theirs = sum(one.is_intruder for one in group)
    return compare(theirs, totals[0], len(group) - theirs, totals[1])
