"""All hits of a case: the records that name what they reached, and those that show something leaving."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass, replace

from vigilia.impact.hits.acts import act_hits, keep_intruder_events, objects_of
from vigilia.impact.hits.addresses import is_outside
from vigilia.impact.hits.applications import application_events
from vigilia.impact.hits.attributed import attribute_found
from vigilia.impact.hits.commands import commands, derivations, written_archives
from vigilia.impact.hits.drives import drives
from vigilia.impact.hits.flows import flows
from vigilia.impact.hits.hit import Hit
from vigilia.impact.hits.statements import statements
from vigilia.impact.hits.tunnels import tunnels
from vigilia.impact.hits.web_exports import web_exports
from vigilia.impact.slices import Coverage
from vigilia.impact.ways import Way
from vigilia.model.profile import Profile
from vigilia.model.result import Intrusion
from vigilia.store.event_store import EventStore

__all__ = ["Hits", "find_hits"]


@dataclass(frozen=True, slots=True)
class Hits:
    """What was found.

    Attributes:
        by_slice: (way, slice) → hits, in time order.
        objects: (way, slice) → distinct objects touched, and of them recorded as taken.
    """

    by_slice: dict[tuple[int, int], list[Hit]]
    objects: dict[tuple[int, int], tuple[int, int]]


def find_hits(
    ways: Sequence[Way],
    cover: Sequence[Coverage],
    store: EventStore,
    intrusion: Intrusion,
    profile: Profile,
    sources: Set[str],
) -> Hits:
    """Return the hits on every way, slice by slice."""
    keep_intruder_events(store)
    store.register("impact_applications", application_events(store))
    named = [_from_outside(hit, ways, profile) for hit in act_hits(ways, cover, store, intrusion, sources)]
    lines = commands(store)
    found = [
        *lines,
        *statements(store),
        *written_archives(store),
        *derivations(store),
        *flows(store, intrusion, profile, lines),
        *tunnels(store, intrusion),
        *drives(store),
        *web_exports(store),
    ]
    by_slice: dict[tuple[int, int], list[Hit]] = {}
    for hit in [*named, *attribute_found(found, ways, cover, named)]:
        by_slice.setdefault((hit.way, hit.part), []).append(hit)
    for hits in by_slice.values():
        hits.sort(key=lambda one: (one.first_time, one.action, one.address, one.event_ids))
    return Hits(by_slice, objects_of(store))


def _from_outside(hit: Hit, ways: Sequence[Way], profile: Profile) -> Hit:
    """A file that was read over the network from outside left with its reader."""
    outside = ways[hit.way].channel.id == "share-read" and hit.means == "accessed" and is_outside(hit.address, profile)
    return replace(hit, means="probably") if outside else hit
