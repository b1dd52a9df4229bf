"""What was searched for, as evidence of a purpose."""

from __future__ import annotations

from vigilia.attribution.observing.case import ObservedCase, Seen, significant_topics, topics_of_places
from vigilia.attribution.tables.likelihoods import load_likelihoods
from vigilia.model.wording import counted

__all__ = ["person_searches", "selective_topics", "unlisted_names"]

_MOST_TOPICS = 6


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
