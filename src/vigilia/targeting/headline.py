"""The headline: what the intruder's searches were related to, in words no stronger than the counts allow."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vigilia.model.result import Concentration, Strength, TopicCount
from vigilia.model.wording import counted, listed, plural
from vigilia.targeting.comparison.concentration import WATCHED

__all__ = ["headline_text", "stands_out"]

_KIND = "kind:"
_SMALL = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_EXTENT: dict[Strength, str] = {
    "solely": "solely related",
    "almost-solely": "almost solely related",
    "mostly": "mostly related",
    "among-others": "related, among other things,",
}


def headline_text(concentration: Concentration, topics: Sequence[TopicCount], *, unlogged: bool) -> str:
    """Return the headline.

    Args:
        concentration: of the intruder's searches.
        topics: counts of all topics.
        unlogged: of some place it is known that searches were not recorded.
    """
    if not concentration.searches:
        return "No search by an intruder is in these records. That does not mean that nothing was searched for."
    limit = " Not every search was recorded: see the limits." if unlogged else ""
    return _about(concentration, topics) + limit


def stands_out(topic: TopicCount) -> bool:
    """Tell whether the intruder searches for it more than everybody else, and account owners do not as much."""
    own = topic.owners
    return topic.interval[0] > 0 and (own is None or not own.owner_count or own.interval[0] > 0)


def _about(concentration: Concentration, topics: Sequence[TopicCount]) -> str:
    total = concentration.searches
    if concentration.strength == "none":
        if total == 1:
            return "One search is likely the intruder's; it names no topic or person that we know."
        return f"{total} searches are likely the intruder's; none names a topic or person that we know of."
    meant = [one for one in topics if one.id in concentration.topics]
    named = _named(meant, len(concentration.persons))
    if concentration.strength == "too-few":
        verb = plural(concentration.about, "concerns", "concern")
        whose = f"{counted(total, 'search that is', 'searches that are')} likely the intruder's"
        return f"{concentration.about} of {whose} {verb} {named}: too few to say what the intruder was after."
    focused = concentration.strength != "among-others" and meant and all(stands_out(one) for one in meant)
    specifically = "specifically and " if focused else ""
    low, high = concentration.interval
    return (
        f"The searches that are likely the intruder's were {specifically}{_EXTENT[concentration.strength]} to {named}: "
        f"{concentration.about} of {total} (95 % interval of that share: {low * 100:.0f}-{high * 100:.0f} %)."
        f"{_remainder(concentration)}"
    )


def _remainder(concentration: Concentration) -> str:
    """Say what the other searches were."""
    parts = []
    if concentration.elsewhere:
        parts.append(f"{concentration.elsewhere} {plural(concentration.elsewhere, 'names', 'name')} other topics alone")
    if concentration.unnamed:
        parts.append(f"{concentration.unnamed} {plural(concentration.unnamed, 'names', 'name')} nothing that we know")
    return f" Of the others, {listed(parts)}." if parts else ""


def _named(topics: Sequence[TopicCount], persons: int) -> str:
    """Name what everybody may know; count what is on the watch list, topics and persons."""
    # Labels of kinds are lists themselves: "sources, witnesses and activists".
    kinds = [f"“{one.label}”" for one in topics if one.id.startswith(_KIND)]
    public = [one.label for one in topics if not one.id.startswith((WATCHED, _KIND))] + kinds
    watched = " and ".join(_watched(len(topics) - len(public), persons))
    if not watched:
        return listed(public)
    return ", as well as ".join(filter(None, [listed(public), f"{watched} on your watch list"]))


def _watched(topics: int, persons: int) -> Iterable[str]:
    if persons:
        yield f"{_number(persons)} {plural(persons, 'person', 'people')}"
    if topics:
        yield f"{_number(topics)} {plural(topics, 'topic')}"


def _number(count: int) -> str:
    return _SMALL[count] if count < len(_SMALL) else str(count)
