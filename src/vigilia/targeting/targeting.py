"""Targeting: what the intruder looked for, and how that differs from what everybody else looks for."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from vigilia.model.profile import Profile, WatchList
from vigilia.model.result import SearchAct, Statement, Targeting, TopicCount
from vigilia.scope.intruder_events import INTRUDER_EVENTS
from vigilia.scope.scope import Scope
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts import Act, find_searches
from vigilia.targeting.log_odds import compare
from vigilia.targeting.sentences import Picture, write_statements
from vigilia.targeting.topics import TopicMatcher

__all__ = ["SEARCHES_AT_MOST", "TargetingResult", "determine_targeting"]

# All of the intruder's acts are listed, and others up to this many in all.
SEARCHES_AT_MOST = 2000
_EVENTS_AT_MOST = 100


@dataclass(frozen=True)
class TargetingResult:
    """Search acts in time order (others' acts may be cut, a statement says so), the comparison, the sentences."""

    searches: list[SearchAct]
    targeting: Targeting
    statements: list[Statement]


@dataclass(frozen=True)
class _Read:
    """A search act, what it names, and the records of it."""

    act: SearchAct
    event_ids: tuple[str, ...]

    @property
    def is_intruder(self) -> bool:
        return self.act.intruder_probability >= 0.5


def determine_targeting(store: EventStore, scope: Scope, profile: Profile, watch: WatchList) -> TargetingResult:
    """Find all search acts, name their topics and watched persons, and compare the intruder with everybody else.

    The store must hold the table `intruder_events` that `determine_scope` registers. Watched persons appear in
    statements and counts by their id only. The `raw` and `decoded` texts of the searches hold what was recorded:
    redact them (`Redactor`) before they are shown.
    """
    found = find_searches(store)
    matcher = TopicMatcher(watch)
    probabilities = _probabilities(store, found.acts)
    reads: list[_Read] = []
    ambiguous = 0
    for act in found.acts:
        topics, persons, doubtful = matcher.find(" \n ".join(act.terms))
        ambiguous += doubtful > 0
        reads.append(_read(act, topics, persons, probabilities))
    topics_counted = _count(reads, matcher.labels, lambda one: one.topics)
    persons_counted = _count(reads, {}, lambda one: one.persons)
    listed = _listed(reads)
    picture = Picture(
        found=found,
        intruder=[one.act for one in reads if one.is_intruder],
        others=[one.act for one in reads if not one.is_intruder],
        topics=topics_counted,
        persons=persons_counted,
        ambiguous=ambiguous,
        unlisted=len(reads) - len(listed),
        verdict=scope.intrusion.verdict,
        communities=profile.organisation.communities,
    )
    statements, headline = write_statements(picture)
    targeting = Targeting(
        topics=topics_counted,
        persons=persons_counted,
        statement=headline,
        intruder_searches=len(picture.intruder),
        other_searches=len(picture.others),
    )
    return TargetingResult([one.act for one in listed], targeting, statements)


def _probabilities(store: EventStore, acts: Sequence[Act]) -> dict[str, float]:
    """Return the probability of each act's records that `intruder_events` lists."""
    ids = sorted({event for act in acts for event in (act.event_id, *act.same_act)})
    rows = store.rows(
        f"""SELECT "event.id" AS id, probability FROM {INTRUDER_EVENTS}
        JOIN (SELECT unnest(?) AS wanted) ON "event.id" = wanted""",  # noqa: S608 - our own constant
        [ids],
    )
    return {str(row["id"]): float(str(row["probability"])) for row in rows}


def _read(act: Act, topics: list[str], persons: list[str], probabilities: Mapping[str, float]) -> _Read:
    events = (act.event_id, *act.same_act)
    search = SearchAct(
        time=act.time,
        source=act.source,
        actor=act.actor,
        raw=act.raw,
        decoded=act.decoded,
        how=list(act.how),
        languages=_languages(act.decoded),
        topics=topics,
        persons=persons,
        intruder_probability=round(max(probabilities.get(event, 0.0) for event in events), 4),
        event_id=act.event_id,
    )
    return _Read(search, events)


def _languages(text: str) -> list[str]:
    """Return the scripts of a text, sorted; a language where the script belongs to one alone."""
    named = {unicodedata.name(letter, "").partition(" ")[0] for letter in text if letter.isalpha()}
    hints = {_SCRIPTS.get(name, name.capitalize()) for name in named if name and name != "MODIFIER"}
    if hints & {"Japanese", "Korean"}:
        hints -= {"Han"}
    if "Arabic" in hints and any(letter in "ۆۈۋې" for letter in text):
        hints = hints - {"Arabic"} | {"Uyghur"}
    return sorted(hints)


# Scripts used by one living language alone name the language (Unicode 16, script usage); "CJK" is Han.
_SCRIPTS = {
    "CJK": "Han",
    "HIRAGANA": "Japanese",
    "KATAKANA": "Japanese",
    "HALFWIDTH": "Japanese",
    "HANGUL": "Korean",
    "FULLWIDTH": "Latin",
}


def _count(
    reads: Sequence[_Read], labels: Mapping[str, str], named: Callable[[SearchAct], list[str]]
) -> list[TopicCount]:
    """Count each topic or person in the intruder's acts and in all others."""
    totals = [sum(one.is_intruder for one in reads), sum(not one.is_intruder for one in reads)]
    by_id: dict[str, list[_Read]] = {}
    for one in reads:
        for name in named(one.act):
            by_id.setdefault(name, []).append(one)
    counts = []
    for name, group in sorted(by_id.items()):
        theirs = [one for one in group if one.is_intruder]
        odds = compare(len(theirs), totals[0], len(group) - len(theirs), totals[1])
        times = [one.act.time for one in theirs or group if one.act.time]
        counts.append(
            TopicCount(
                id=name,
                label=labels.get(name, name),
                intruder_count=len(theirs),
                baseline_count=len(group) - len(theirs),
                log_odds=odds.value,
                interval=(odds.low, odds.high),
                first_time=min(times, default=""),
                last_time=max(times, default=""),
                languages=sorted({language for one in theirs or group for language in one.act.languages}),
                event_ids=[one.act.event_id for one in theirs or group][:_EVENTS_AT_MOST],
            )
        )
    return sorted(counts, key=lambda one: (-one.intruder_count, one.id))


def _listed(reads: Sequence[_Read]) -> list[_Read]:
    """Keep every act that may be the intruder's, then those that name something, then the rest, up to the limit."""
    order = sorted(
        range(len(reads)),
        key=lambda number: (
            -reads[number].act.intruder_probability,
            not (reads[number].act.topics or reads[number].act.persons),
            number,
        ),
    )
    theirs = sum(one.is_intruder for one in reads)
    return [reads[number] for number in sorted(order[: max(SEARCHES_AT_MOST, theirs)])]
