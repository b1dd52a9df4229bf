"""What was reached, what left, and what cannot be known: a level for each data class, channel and slice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from vigilia.impact.advice import export_advice
from vigilia.impact.bulk_downloads import bulk_downloads
from vigilia.impact.cutting import Cutter
from vigilia.impact.doubts import THROTTLED
from vigilia.impact.hearing import Hearing
from vigilia.impact.hits.found_hits import Hits, find_hits
from vigilia.impact.hits.hit import Hit
from vigilia.impact.hits.mail_exposure import exposures
from vigilia.impact.levels import Beside, rate, whole_chance
from vigilia.impact.log_spans import LogSpans
from vigilia.impact.row_sentences import Told, impact_sentence
from vigilia.impact.sentences import exposure_statements, impact_statements, nothing_to_assess
from vigilia.impact.silences import silences
from vigilia.impact.slices import Coverage, Slice
from vigilia.impact.standing import carried_on
from vigilia.impact.vouching import asked_entities
from vigilia.impact.ways import Way, ways
from vigilia.impact.weights import load_weights
from vigilia.model.evidence import EvidenceItem
from vigilia.model.profile import Profile
from vigilia.model.result import Exposure, Gap, Impact, Intrusion, Statement
from vigilia.model.times import format_time
from vigilia.store.event_store import EventStore

__all__ = ["ImpactResult", "assess_impact"]

_EGRESS = ("web-upload", "c2-channel", "dns", "usb")


@dataclass(frozen=True, slots=True)
class ImpactResult:
    """The impact rows, by data class as in the profile, channel as in the table, and time; and what is said about them.

    Attributes:
        exposures: what of each mailbox was read, with every message id.
    """

    impact: list[Impact]
    statements: list[Statement]
    exposures: list[Exposure] = field(default_factory=list)


def assess_impact(
    store: EventStore,
    items: Sequence[EvidenceItem],
    gaps: Sequence[Gap],
    scope_intrusion: Intrusion,
    profile: Profile,
) -> ImpactResult:
    """Give every data class × channel × slice exactly one level, with its probability, window and sentences.

    The store must hold the table `intruder_events` ("event.id", probability, reason) of the scope stage. Where
    nobody was found in, nothing is assessed and that is said.
    """
    advice = export_advice(store, items, profile)
    if scope_intrusion.verdict == "none-found" or not scope_intrusion.first_seen:
        return ImpactResult([], nothing_to_assess(gaps, bulk_downloads(store), advice))
    sources = {str(row["source"]) for row in store.rows('SELECT DISTINCT "vigilia.source" AS source FROM events')}
    wanted = ways(profile.data, sources)
    spans = LogSpans(store, asked_entities(wanted, scope_intrusion))
    cutter = Cutter(Hearing(store, items, gaps, scope_intrusion, profile, sources, spans))
    cover = [cutter.cut(way) for way in wanted]
    hits = find_hits(wanted, cover, store, scope_intrusion, profile, sources)
    rows = list(_rows(wanted, cover, hits, scope_intrusion))
    exposed = exposures(store, scope_intrusion)
    said = impact_statements(
        rows, scope_intrusion, gaps, [*exposure_statements(exposed)], advice, profiled=bool(profile.data)
    )
    return ImpactResult(rows, said, exposed)


def _rows(wanted: Sequence[Way], cover: Sequence[Coverage], hits: Hits, intrusion: Intrusion) -> Iterator[Impact]:
    counted = [_counted(number, coverage, hits) for number, coverage in enumerate(cover)]
    silent = silences(
        wanted,
        cover,
        intrusion,
        touched={way.data_class for way, own in zip(wanted, counted, strict=True) if own},
        left={way.data_class for way, own in zip(wanted, counted, strict=True) if any(_leaves(hit) for hit in own)},
        active={way.channel.id for way, own in zip(wanted, counted, strict=True) if own},
    )
    for number, (way, coverage) in enumerate(zip(wanted, cover, strict=True)):
        beside = Beside(
            silence=silent[number],
            carried=[
                hit
                for other, own in zip(wanted, counted, strict=True)
                if other.data_class == way.data_class and other.channel.id in _EGRESS
                for hit in own
            ],
            throttled=_throttled(number, coverage, hits),
        )
        own = [hits.by_slice.get((number, part), []) for part in range(len(coverage.slices))]
        own = carried_on(way, coverage.slices, own, intrusion.persistence)
        ratings = rate(way, coverage, own, beside)
        for part, (piece, rating) in enumerate(zip(coverage.slices, ratings, strict=True)):
            touched, taken = hits.objects.get((number, part), (0, 0))
            # What was only read did not leave: beside "left" stands how many objects the records show leaving.
            objects = (taken or touched) if rating.level == "E0" else touched
            same = [each for other, each in zip(wanted, cover, strict=True) if other.data_class == way.data_class]
            in_use = (sum(_speaks(each, piece) for each in same), len(same))
            yield _impact(Told(way, piece, coverage, rating, objects, in_use, whole_chance(ratings), intrusion))


def _counted(number: int, coverage: Coverage, hits: Hits) -> list[Hit]:
    """The hits of a way that are more likely than not the intruder's, and this content."""
    least = load_weights().event.counted
    found = [hit for part in range(len(coverage.slices)) for hit in hits.by_slice.get((number, part), [])]
    return [hit for hit in found if hit.named and hit.chance >= least]


def _leaves(hit: Hit) -> bool:
    return hit.means != "accessed"


def _throttled(number: int, coverage: Coverage, hits: Hits) -> frozenset[int]:
    """Slices that were throttled while the intruder was reading, or just after they had."""
    least = load_weights().event.counted
    found = []
    for part, piece in enumerate(coverage.slices):
        if THROTTLED in piece.reasons:
            near = [*hits.by_slice.get((number, part), []), *hits.by_slice.get((number, part - 1), [])]
            day = format_time(piece.start)[:10] if piece.start else ""
            if any(hit.chance >= least and hit.last_time[:10] >= day for hit in near):
                found.append(part)
    return frozenset(found)


def _impact(told: Told) -> Impact:
    way, piece, rating = told.way, told.piece, told.rating
    event_ids, gap_ids = _basis(told)
    return Impact(
        data_class=way.data_class,
        label=way.label,
        channel=way.channel.id,
        level=rating.level,
        probability=rating.probability,
        window_covered=round(piece.covered, 4),
        objects_count=told.objects,
        gap_ids=gap_ids,
        event_ids=event_ids,
        statement=impact_sentence(told),
        channel_label=way.channel.label,
        start=format_time(piece.start) if piece.start else "",
        end=format_time(piece.end) if piece.end else "",
        uniform_probability=rating.uniform,
        channels_covered=told.channels[0],
        channels_in_use=told.channels[1],
        techniques=list(way.channel.attack),
    )


def _basis(told: Told) -> tuple[list[str], list[str]]:
    """Return the records and gaps that a row rests on.

    Silence has no records of its own: it rests on what bounds its part of the time, and where nothing hides any of the
    log, on the intruder's first and last records, between which nothing was found.
    """
    event_ids = list(told.rating.event_ids)
    gap_ids = list(told.piece.gap_ids)
    if not event_ids and not gap_ids:
        gap_ids = list(dict.fromkeys(one for piece in told.coverage.slices for one in piece.gap_ids))
    if not event_ids and not gap_ids:
        phases = [one for one in told.intrusion.phases if one.event_ids]
        first = min(phases, key=lambda one: one.first_time, default=None)
        last = max(phases, key=lambda one: one.last_time, default=None)
        event_ids = [one for one in (first and first.event_ids[0], last and last.event_ids[-1]) if one]
    return list(dict.fromkeys(event_ids)), gap_ids


def _speaks(coverage: Coverage, piece: Slice) -> bool:
    """Are a channel's records adequate for the whole of a slice?"""
    within = [one for one in coverage.slices if not one.outside and _meet(one, piece)]
    return bool(within) and all(one.adequate for one in within)


def _meet(one: Slice, other: Slice) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return False
    return one.start < other.end and one.end > other.start
