"""Targeting: what the intruder looked for, and how that differs from what everybody else looks for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.model.profile import Profile, WatchList
from vigilia.model.result import SearchAct, Statement, Targeting, UnknownTerm, UnloggedSearches
from vigilia.scope.scope import Scope
from vigilia.store.event_store import EventStore
from vigilia.targeting.acts.found_acts import find_searches
from vigilia.targeting.comparison.concentration import concentrate
from vigilia.targeting.comparison.counting import count_languages, count_topics
from vigilia.targeting.comparison.operator_hints import operator_hints
from vigilia.targeting.comparison.people_to_warn import opened_after, people_to_warn
from vigilia.targeting.comparison.unknown_terms import unknown_terms
from vigilia.targeting.names.watched import uncompared_runs
from vigilia.targeting.naming.read_acts import DOUBTFUL, ReadAct, ReadActs, read_acts
from vigilia.targeting.search_logging import unlogged_searches
from vigilia.targeting.sentences import Picture, write_statements

__all__ = ["SEARCHES_AT_MOST", "TargetingResult", "determine_targeting"]

# All of the intruder's acts are listed, and others up to this many in all.
SEARCHES_AT_MOST = 2000


@dataclass(frozen=True)
class TargetingResult:
    """Search acts in time order (others' acts may be cut, a statement says so), the comparison, the sentences."""

    searches: list[SearchAct]
    targeting: Targeting
    statements: list[Statement]


def determine_targeting(
    store: EventStore,
    scope: Scope,  # noqa: ARG001 - its tables in the store are what is used: nobody calls this before it
    profile: Profile,
    watch: WatchList,
    *,
    others_at_most: int | None = SEARCHES_AT_MOST,
    owners: Mapping[str, str] | None = None,
) -> TargetingResult:
    """Find all search acts, name their topics and watched persons, and compare the intruder with everybody else.

    The store must hold the tables that `determine_scope` leaves there. Watched persons appear in statements and counts
    by their id only. The `raw` and `decoded` texts of the searches hold what was recorded: redact them (`Redactor`)
    before they are shown.

    Args:
        store: the events.
        scope: what `determine_scope` found.
        profile: tells which topics are everyday work, and who is staff.
        watch: the watch list.
        others_at_most: how many searches are listed before everybody else's are left out; None: all.
        owners: the likely owner of each evidence item that names nobody (`history_owners`).
    """
    found = find_searches(store, owners)
    read = read_acts(store, found.acts, watch)
    unknown = unknown_terms(read.acts, watch, read.recognises, profile.organisation.staff)
    counts = _counts(store, read, unknown, unlogged_searches(found))
    listed = _listed(read.acts, others_at_most)
    picture = Picture(
        found=found,
        intruder=[one.shown for one in read.of_intruder()],
        targeting=counts,
        doubtful=sum(one.shown.intruder_probability >= DOUBTFUL for one in read.of_others()),
        ambiguous=read.ambiguous,
        unlisted=len(read.acts) - len(listed),
        communities=profile.organisation.communities,
        uncompared=uncompared_runs(watch),
    )
    statements, headline = write_statements(picture)
    targeting = msgspec.structs.replace(counts, statement=headline)
    return TargetingResult([one.shown for one in listed], targeting, statements)


def _counts(
    store: EventStore, read: ReadActs, unknown: list[UnknownTerm], unlogged: list[UnloggedSearches]
) -> Targeting:
    """Return everything but the headline."""
    theirs = read.of_intruder()
    topics = count_topics(read.acts, read.matcher.labels, lambda act: act.topics)
    persons = count_topics(read.acts, {}, lambda act: act.persons)
    languages = count_languages(read.acts)
    naming = [one for one in theirs if one.shown.persons]
    return Targeting(
        topics=topics,
        persons=persons,
        statement="",
        intruder_searches=len(theirs),
        other_searches=len(read.acts) - len(theirs),
        concentration=concentrate([one.shown for one in theirs], topics, persons),
        languages=languages,
        unknown_terms=unknown,
        to_warn=people_to_warn(naming, opened_after(store, naming)),
        operator_hints=operator_hints(read.acts, languages, read.recognises),
        unlogged=unlogged,
    )


def _listed(acts: Sequence[ReadAct], limit: int | None) -> list[ReadAct]:
    """Keep every act that may be the intruder's, then those that name something, then the rest, up to the limit."""
    if limit is None:
        return list(acts)
    order = sorted(
        range(len(acts)),
        key=lambda number: (
            -acts[number].shown.intruder_probability,
            not (acts[number].shown.topics or acts[number].shown.persons),
            number,
        ),
    )
    theirs = sum(one.is_intruder for one in acts)
    return [acts[number] for number in sorted(order[: max(limit, theirs)])]
