"""What was searched for and what was taken, as evidence of a purpose."""

from __future__ import annotations

from vigilia.attribution.observing.case import ObservedCase, Seen, significant_topics, topics_of_places
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.wording import counted, listed

__all__ = ["person_searches", "selective_topics", "spared_data", "unlisted_names"]

_MOST_TOPICS = 6
_TOUCHED = ("E0", "E1", "E2")
_SPARED = "E3"


def selective_topics(case: ObservedCase) -> Seen | None:
    """Topics that make up much of the intruder's searches and little of everyone else's."""
    bars, targeting = load_likelihoods().bars, case.evidence.targeting
    topics = topics_of_places(case.evidence)
    total = targeting.intruder_searches
    share = sum(one.intruder_count for one in topics) / total if total else 0.0
    if total < bars.least_searches or share < bars.least_topic_share:
        return None
    named = [f"{one.label} ({one.intruder_count})" for one in topics[:_MOST_TOPICS]]
    if len(topics) > _MOST_TOPICS:
        named.append(f"and {len(topics) - _MOST_TOPICS} more")
    return Seen(f"Of {total} searches: {', '.join(named)}.", [one for topic in topics for one in topic.event_ids])


def person_searches(case: ObservedCase) -> Seen | None:
    """Watched persons, by number only."""
    persons = significant_topics(case.evidence.targeting.persons)
    if not persons:
        return None
    count = sum(one.intruder_count for one in persons)
    return Seen(
        f"{counted(count, 'search', 'searches')} for {counted(len(persons), 'person')}.",
        [one for person in persons for one in person.event_ids],
    )


def unlisted_names(case: ObservedCase) -> Seen | None:
    """Words like names that the intruder alone searched for; they are shown with the searches, not here."""
    names = [one for one in case.evidence.targeting.unknown_terms if one.may_be_name and not one.baseline_count]
    if len(names) < load_likelihoods().bars.least_names:
        return None
    return Seen(f"{len(names)} such words.", [one for name in names for one in name.event_ids])


def spared_data(case: ObservedCase) -> Seen | None:
    """Kinds of data that were opened or taken, beside others that were reachable and, as far as recorded, left alone.

    A kind counts as left alone only where no channel shows access and its logs were adequate.
    """
    levels: dict[str, set[str]] = {}
    labels = {one.data_class: one.label for one in case.evidence.impact}
    for one in case.evidence.impact:
        levels.setdefault(one.data_class, set()).add(one.level)
    touched = sorted(name for name, seen in levels.items() if seen & set(_TOUCHED))
    spared = sorted(name for name, seen in levels.items() if _SPARED in seen and not seen & set(_TOUCHED))
    if not touched or len(spared) < load_likelihoods().bars.least_spared:
        return None
    ids = [event_id for one in case.evidence.impact if one.data_class in touched for event_id in one.event_ids[:10]]
    return Seen(
        f"Opened: {listed([labels[one] for one in touched])}. No access recorded where it would have been: "
        f"{listed([labels[one] for one in spared])}.",
        ids,
    )
