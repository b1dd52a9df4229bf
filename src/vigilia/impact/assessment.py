"""What was reached, what left, and what cannot be known: one level per data class and channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.impact.absence import Telemetry, telemetry_of
from vigilia.impact.advice import export_advice
from vigilia.impact.hits import Carried, Hit, Objects, carrying_away, find_hits, sweeping_exports
from vigilia.impact.levels import Rating, prior_of, rate
from vigilia.impact.locators import Place, places
from vigilia.impact.sentences import impact_sentence, impact_statements, nothing_to_assess
from vigilia.impact.weights import load_weights
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import Gap, Impact, Intrusion, Statement
from vigilia.store.event_store import EventStore

__all__ = ["ImpactResult", "assess_impact"]


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """The impact rows, in the order of the profile's data classes, and what is said about them."""

    impact: list[Impact]
    statements: list[Statement]


def assess_impact(
    store: EventStore,
    items: Sequence[EvidenceItem],
    gaps: Sequence[Gap],
    scope_intrusion: Intrusion,
    profile: Profile,
) -> ImpactResult:
    """Give every data class × channel exactly one level, with its probability, window and sentences.

    The store must hold the table `intruder_events` ("event.id", probability, reason) of the scope stage. Where
    nobody was found in, nothing is assessed and that is said.
    """
    if scope_intrusion.verdict == "none-found" or not scope_intrusion.first_seen:
        return ImpactResult([], nothing_to_assess(gaps, export_advice(store, items, profile)))
    wanted = places(profile.data)
    hits, objects = find_hits(wanted, store, profile)
    hits = _with_sweeping(wanted, hits, sweeping_exports(store))
    telemetry = [telemetry_of(place, store, items, gaps, scope_intrusion) for place in wanted]
    ratings = _ratings(wanted, hits, telemetry, gaps, carrying_away(store))
    rows = [
        _impact(place, rating, seen, count, _channels(place, wanted, telemetry), gaps, scope_intrusion)
        for place, rating, seen, count in zip(wanted, ratings, telemetry, objects, strict=True)
    ]
    return ImpactResult(
        rows, impact_statements(rows, gaps, export_advice(store, items, profile), profiled=bool(profile.data))
    )


def _with_sweeping(wanted: Sequence[Place], hits: Sequence[list[Hit]], sweeping: Sequence[Hit]) -> list[list[Hit]]:
    """A content search export may hold any mailbox or document, a mailbox export or transport rule any mailbox."""
    searched = [hit for hit in sweeping if hit.action == "SearchExportDownloaded"]
    more = {"mailbox": list(sweeping), "sharepoint": searched}
    return [[*own, *more.get(place.kind, [])] for place, own in zip(wanted, hits, strict=True)]


def _ratings(
    wanted: Sequence[Place],
    hits: Sequence[list[Hit]],
    telemetry: Sequence[Telemetry],
    gaps: Sequence[Gap],
    carried: Sequence[Carried],
) -> list[Rating]:
    counted = load_weights().event.counted
    touched = [any(hit.chance >= counted for hit in own) for own in hits]
    classes = {place.data_class for place, hit in zip(wanted, touched, strict=True) if hit}
    kinds = {place.kind for place, hit in zip(wanted, touched, strict=True) if hit}
    return [
        rate(
            place,
            own,
            seen,
            [gap for gap in gaps if gap.id in seen.gap_ids and gap.kind == "throttled"],
            carried,
            prior_of(place.data_class in classes, place.kind in kinds),
        )
        for place, own, seen in zip(wanted, hits, telemetry, strict=True)
    ]


def _channels(place: Place, wanted: Sequence[Place], telemetry: Sequence[Telemetry]) -> tuple[int, int]:
    own = [seen for one, seen in zip(wanted, telemetry, strict=True) if one.data_class == place.data_class]
    return sum(seen.adequate for seen in own), len(own)


def _impact(
    place: Place,
    rating: Rating,
    telemetry: Telemetry,
    found: Objects,
    channels: tuple[int, int],
    gaps: Sequence[Gap],
    intrusion: Intrusion,
) -> Impact:
    # What was only read did not leave: beside "left" stands the number of objects that the records show leaving.
    objects = found.taken if rating.level == "E0" else found.touched
    return Impact(
        data_class=place.data_class,
        label=place.label,
        channel=place.kind,
        level=rating.level,
        probability=rating.probability,
        window_covered=telemetry.covered,
        objects_count=objects,
        gap_ids=_gap_ids(place, telemetry, gaps),
        event_ids=list(rating.event_ids),
        statement=impact_sentence(place, rating, telemetry, objects, channels, intrusion),
    )


def _gap_ids(place: Place, telemetry: Telemetry, gaps: Sequence[Gap]) -> list[str]:
    """The gaps of its log, the log itself where it is missing, and for shares the flow records that nobody has."""
    source = place.channel.source if place.channel else ""
    absent = [
        gap.id
        for gap in gaps
        if gap.kind == "not-provided"
        and (gap.source == source or (place.kind == "share" and gap.source == "network-flow"))
    ]
    return list(dict.fromkeys([*telemetry.gap_ids, *absent]))
