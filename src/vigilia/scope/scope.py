"""Scope: was somebody in, which accounts, addresses, machines, sessions and events were theirs, and what now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from vigilia.model.marks import Mark
from vigilia.model.matches import Finding
from vigilia.model.probability import clamp
from vigilia.model.profile import Profile
from vigilia.model.result import Containment, Intrusion, Statement, TimelineEntry
from vigilia.model.times import parse_time
from vigilia.scope.activity import load_activities, load_agents, load_hits, load_split_sessions
from vigilia.scope.aims import keep_aimed
from vigilia.scope.confirmed_accounts import weigh_confirmed_accounts
from vigilia.scope.containment import propose_containment
from vigilia.scope.covered_tracks import find_clearings, weigh_covered_tracks
from vigilia.scope.evidence_units import Bench, Unit, make_bench, make_units
from vigilia.scope.follow import follow
from vigilia.scope.forwarding import find_forwarding
from vigilia.scope.intruder_events import list_applications, list_entities, register_intruder_events
from vigilia.scope.nearest import find_excused, find_nearest
from vigilia.scope.persistence import find_persistence
from vigilia.scope.persons_word import load_persons_word
from vigilia.scope.phases import load_phases
from vigilia.scope.sentences import Doubts, load_examined, write_statements
from vigilia.scope.sessions import load_sessions
from vigilia.scope.staff import learn_staff
from vigilia.scope.taken_rights import find_taken_accounts
from vigilia.scope.timeline import fold_timeline
from vigilia.scope.unexplained import find_unexplained
from vigilia.scope.weights import load_weights
from vigilia.store.event_store import EventStore

__all__ = ["Scope", "determine_scope"]


@dataclass(frozen=True)
class Scope:
    """What scope hands on; the events themselves are the table `intruder_events` in the store."""

    intrusion: Intrusion
    timeline: list[TimelineEntry]
    containment: list[Containment]
    statements: list[Statement]


def determine_scope(
    store: EventStore, findings: Sequence[Finding], profile: Profile, marks: Sequence[Mark] = ()
) -> Scope:
    """Determine the intruder's entities and events, each with a probability and its reasons.

    Registers `intruder_events` in the store: "event.id" (text), probability (double), reason (text), for
    events whose probability of being the intruder's is at least 0.05.

    Args:
        store: the events.
        findings: of the rules, indicators among them.
        profile: what the organisation declares.
        marks: what a person confirmed or rejected; it outweighs everything else.
    """
    weights = load_weights()
    findings = sorted(findings, key=lambda one: one.rule_id)
    hits = load_hits(store, findings, profile, marks)
    word = load_persons_word(store, marks)
    activities = load_activities(store, [one.value for one in word.confirmed("address")])
    staff = learn_staff(activities, load_agents(store), profile, weights)
    forwarding = find_forwarding(store, profile)
    bench = make_bench(activities, hits, findings, staff, weights, word, frozenset(one.key for one in forwarding))
    logons = load_sessions(store, [(*hit.key, hit.session) for hit in hits if hit.session])
    units = make_units(activities, hits, logons, bench)
    weigh_covered_tracks(units, find_clearings(store), weights)
    weigh_confirmed_accounts(units, activities, bench)
    follow(store, bench, activities, units, load_split_sessions(store))
    listed = [unit for unit in units if unit.told(weights) >= weights.limit("keep")]
    register_intruder_events(store, listed, weights)
    intrusion = _intrusion(store, listed, bench)
    at_least = 0.5 if intrusion.verdict == "intrusion" else weights.limit("suspicious")
    keep_aimed(store, findings, at_least)
    folded = fold_timeline(store, findings)
    if intrusion.verdict != "none-found":
        lasting = find_persistence(store, findings, intrusion, at_least)
        intrusion = msgspec.structs.replace(intrusion, phases=load_phases(store), persistence=lasting)
    else:
        intrusion = msgspec.structs.replace(intrusion, nearest=find_nearest(units, weights))
    containment = propose_containment(store, intrusion, findings)
    unexplained = find_unexplained(store, findings, at_least, nobody=intrusion.verdict == "none-found")
    doubts = Doubts(unexplained, forwarding, find_excused(units, bench))
    statements = write_statements(intrusion, load_examined(store), containment, folded, doubts)
    return Scope(intrusion, folded.entries, containment, statements)


def _intrusion(store: EventStore, units: Sequence[Unit], bench: Bench) -> Intrusion:
    staff, weights, word = bench.staff, bench.weights, bench.word
    said = any(one.verdict == "confirmed" for one in word.marks)
    probability = 1.0 if said else max((unit.told(weights) for unit in units), default=0.0)
    found = probability >= weights.limit("intrusion")
    suspicious = probability >= weights.limit("suspicious")
    at_least = 0.5 if found else weights.limit("suspicious")
    span = store.rows(
        """SELECT coalesce(strftime(min(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS first,
          coalesce(strftime(max(ts), '%Y-%m-%dT%H:%M:%S.%fZ'), '') AS last
        FROM scope_intruder WHERE probability >= ?""",
        [at_least],
    )[0]
    first, last = str(span["first"]), str(span["last"])
    return Intrusion(
        verdict="intrusion" if found else "suspicious" if suspicious else "none-found",
        probability=clamp(probability),
        first_seen=first,
        last_seen=last,
        dwell_days=_days_between(first, last),
        accounts=list_entities(store, units, "account", staff, word, find_taken_accounts(store, weights)),
        addresses=list_entities(store, units, "address", staff, word),
        hosts=list_entities(store, units, "machine", staff, word),
        sessions=list_entities(store, units, "session", staff, word),
        applications=list_applications(store, units, staff),
        marks=list(word.marks),
    )


def _days_between(first: str, last: str) -> float:
    if not first:
        return 0.0
    return round((parse_time(last) - parse_time(first)).total_seconds() / 86400, 4)
