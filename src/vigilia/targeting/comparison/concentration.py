"""Concentration: whether the intruder's searches keep to a few topics and people, and how strongly that may be said."""

from __future__ import annotations

from collections.abc import Sequence

from vigilia.model.result import Concentration, SearchAct, Strength, TopicCount
from vigilia.targeting.comparison.log_odds import share_interval

__all__ = ["WATCHED", "concentrate"]

# A topic stands in the headline from so many searches on, and from this share of all; the others are details.
_LEAST_NAMED = 3
_LEAST_SHARE = 0.1
_MOST_NAMED = 5
# Topics of the organisation's own watch list.
WATCHED = "watch:"
# Fewer searches say nothing of a whole.
_FEW = 5
# Lower ends of the share's interval, and what may then be said. "Solely" asks for all searches, 16 or more of them;
# "almost solely" allows for one that names another topic in twenty, beside searches that name nothing known.
_ALL = 0.8
_NEARLY_ALL = 0.75
_MOST = 0.5


def concentrate(
    acts: Sequence[SearchAct], topics: Sequence[TopicCount], persons: Sequence[TopicCount]
) -> Concentration:
    """Say what the intruder's acts have in common.

    Args:
        acts: the intruder's.
        topics: counts of all topics.
        persons: counts of all watched persons; each that the intruder looked for is meant.
    """
    chosen = _outstanding(len(acts), topics)
    people = [one.id for one in persons if one.intruder_count]
    meant = {*(one.id for one in chosen), *people}
    about = sum(bool(meant & {*act.topics, *act.persons}) for act in acts)
    unnamed = sum(not (act.topics or act.persons) for act in acts)
    elsewhere = len(acts) - about - unnamed
    interval = share_interval(about, len(acts))
    return Concentration(
        strength=_strength(about, len(acts), elsewhere, interval[0]),
        about=about,
        searches=len(acts),
        interval=interval,
        elsewhere=elsewhere,
        unnamed=unnamed,
        topics=[one.id for one in chosen],
        persons=people,
    )


def _strength(about: int, searches: int, elsewhere: int, low: float) -> Strength:
    """Return the strongest word that the counts carry: searches that name nothing known may concern anything."""
    if not about:
        return "none"
    if searches < _FEW:
        return "too-few"
    if about == searches and low >= _ALL:
        return "solely"
    if low >= _NEARLY_ALL and elsewhere <= about // 20:
        return "almost-solely"
    return "mostly" if low >= _MOST else "among-others"


def _outstanding(searches: int, topics: Sequence[TopicCount]) -> list[TopicCount]:
    """Return the topics for the headline: those above everybody else's interest, and not a mere handful of searches.

    Where all rest on a handful, the one that is named most.
    """
    named = [one for one in topics if one.intruder_count]
    above = [one for one in named if one.interval[0] > 0 or one.baseline_count == 0] or named
    least = max(_LEAST_NAMED, _LEAST_SHARE * searches)
    chosen = [
        one
        for one in above
        # What is on the watch list is only counted there, so a few searches of many suffice.
        if one.intruder_count >= (_LEAST_NAMED if one.id.startswith(WATCHED) else least)
    ]
    return chosen[:_MOST_NAMED] or above[:1]
