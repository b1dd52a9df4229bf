"""Carrying off: data fetched far from the owner's ways, and what else an account does where it fetches."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from vigilia.model.matches import Finding
from vigilia.scope.activity import Activity, Hit, Key
from vigilia.scope.staff import Staff

__all__ = [
    "CarriedOff",
    "Taken",
    "find_carried_off",
    "is_habit_alone",
    "is_off_hours",
    "is_telling",
    "only_fetches",
    "weigh_carried_off",
]

# Of the records at a place, so many were carried off, on so many of its days: nobody works there, somebody fetches.
_FETCHED_RECORDS, _FETCHED_DAYS = 0.8, 0.75
# On so many of a place's days at most was data carried off: whoever is there does other things there too.
_WORKED_DAYS = 0.5


@dataclass(frozen=True, slots=True)
class Taken:
    """What was carried off from one place.

    Attributes:
        days: on which it was. alone: hardly anything else was done there.
    """

    days: frozenset[str]
    alone: bool


# (realm, account) → activity far from its owner's ways → what it carried off.
CarriedOff = Mapping[tuple[str, ...], Mapping[Key, Taken]]


def is_telling(finding: Finding) -> bool:
    """Tell whether a rule accuses: medium or more."""
    return finding.level not in ("informational", "low")


def _carries_off(finding: Finding) -> bool:
    """Tell whether a rule says that data was carried off, and accuses."""
    return "exfiltration" in finding.tactics and is_telling(finding)


def is_off_hours(activity: Activity) -> bool:
    """Tell whether most of an activity lies outside working hours."""
    return activity.events >= 5 and activity.off_hours > 0.6 * activity.events


def find_carried_off(
    activities: Sequence[Activity], hits: Sequence[Hit], findings: Sequence[Finding], staff: Staff
) -> CarriedOff:
    """Return what accounts carried off, as rules say, outside working hours and from where their owners seldom are.

    Whoever comes at night to one place for nothing else may come to another by day: it counts too, where hardly
    anything else was done.
    """
    by_key: dict[Key, list[Hit]] = defaultdict(list)
    for hit in hits:
        if _carries_off(findings[hit.rule]):
            by_key[hit.key].append(hit)
    seldom = [one for one in activities if one.account and one.key in by_key and staff.is_seldom_place(one)]
    by_night = {one.key[:2] for one in seldom if is_off_hours(one)}
    found: dict[tuple[str, ...], dict[Key, Taken]] = defaultdict(dict)
    for one in seldom:
        taken = _taken(one, by_key[one.key])
        if is_off_hours(one) or (taken.alone and one.key[:2] in by_night):
            found[one.key[:2]][one.key] = taken
    return found


def weigh_carried_off(activity: Activity, carried_off: CarriedOff) -> Iterator[str]:
    """Yield the names of the weights for what an activity carried off; none where it didn't.

    Staff who fetch a folder where they stay work there too: most of their days there pass without. An intruder with
    the owner's own program is told by coming for nothing else, again and again; once, anybody may. So the days of
    places where somebody also works and of those where nobody does are counted apart.
    """
    everywhere = carried_off.get(activity.key[:2], {})
    taken = everywhere.get(activity.key)
    if taken is None:
        return
    alike = [one.days for one in everywhere.values() if one.alone is taken.alone]
    again = len(frozenset().union(*alike)) > 1
    yield "carried-off-again" if again else "carried-off"
    if taken.alone and again:
        yield "came-to-fetch"
    elif len(taken.days) <= _WORKED_DAYS * activity.days:
        yield "works-there-too"


def only_fetches(activity: Activity, carried_off: CarriedOff) -> bool:
    """Tell whether an activity far from its owner's ways carried data off and did hardly anything else."""
    taken = carried_off.get(activity.key[:2], {}).get(activity.key)
    return taken is not None and taken.alone


def is_habit_alone(activity: Activity, hits: Sequence[Hit], findings: Sequence[Finding]) -> bool:
    """Tell whether nothing but how much was fetched, when and from where speaks against an activity.

    No rule above medium, none that is not about carrying off, and nothing made that lasts.
    """
    rules = {hit.rule for hit in hits if is_telling(findings[hit.rule])}
    plain = all(findings[rule].level == "medium" and _carries_off(findings[rule]) for rule in rules)
    return bool(rules) and plain and not activity.lasting


def _taken(activity: Activity, hits: Sequence[Hit]) -> Taken:
    """Return what rules of carrying off matched; the rule with the most records tells how much."""
    counts: dict[int, int] = defaultdict(int)
    for hit in hits:
        counts[hit.rule] += hit.count
    days = frozenset(hit.day for hit in hits)
    much = max(counts.values()) >= _FETCHED_RECORDS * activity.events
    return Taken(days, alone=much and len(days) >= _FETCHED_DAYS * activity.days)
