"""One level for a place: from hits, from silence, or from the lack of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.impact.absence import Telemetry, chance_after_silence
from vigilia.impact.hits import MOST_EVENT_IDS, Carried, Hit
from vigilia.impact.locators import Place
from vigilia.impact.weights import load_weights
from vigilia.model.probability import clamp
from vigilia.model.result import Gap, ImpactLevel

__all__ = ["Rating", "prior_of", "proven_hits", "rate"]


@dataclass(frozen=True, slots=True)
class Rating:
    """The level of a place with its probability of having left and the hits behind it, in time order.

    Attributes:
        staged: packed into archives after it was read. uncertain: hits that are the intruder's only perhaps.
    """

    level: ImpactLevel
    probability: float
    hits: tuple[Hit, ...]
    event_ids: tuple[str, ...]
    staged: bool = False
    uncertain: bool = False


def prior_of(touched_elsewhere: bool, channel_in_use: bool) -> float:
    """Return P(left) for a place on which no event of the intruder was found, before its records are weighed."""
    prior = load_weights().prior
    if touched_elsewhere:
        return prior.touched_elsewhere
    return prior.channel_in_use if channel_in_use else prior.channel_quiet


def proven_hits(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that show object by object what left, and that are the intruder's beyond reasonable doubt."""
    return [hit for hit in hits if hit.kind == "left" and hit.chance >= load_weights().event.confirmed]


def rate(
    place: Place,
    hits: Sequence[Hit],
    telemetry: Telemetry,
    throttled: Sequence[Gap],
    carried: Sequence[Carried],
    prior: float,
) -> Rating:
    """Return exactly one level.

    Args:
        place: the data class in its channel.
        hits: its hits, the sweeping exports included.
        telemetry: what its silence is worth.
        throttled: spans in which this mailbox's records of reading were throttled.
        carried: packing and carrying away by the intruder, in time order.
        prior: P(left) where there is no hit, from `prior_of`.
    """
    counted = [hit for hit in hits if hit.chance >= load_weights().event.counted]
    if not counted:
        return _silent(place, hits, telemetry, prior)
    taken = [hit for hit in counted if hit.kind != "accessed"]
    if taken:
        return _left(taken, counted)
    return _read(place, counted, telemetry, throttled, carried)


def _silent(place: Place, hits: Sequence[Hit], telemetry: Telemetry, prior: float) -> Rating:
    weights = load_weights()
    covered = telemetry.covered * (weights.telemetry.open_start_factor if telemetry.open_start else 1.0)
    sensitivity = place.channel.sensitivity if place.channel else 0.0
    perhaps = max((hit.chance for hit in hits), default=0.0)
    level: ImpactLevel = "E3" if telemetry.adequate and not hits else "E4"
    start = prior if level == "E3" else max(prior, weights.prior.undetermined)
    chance = chance_after_silence(start, covered, sensitivity)
    return Rating(level, clamp(max(chance, perhaps)), tuple(hits), _ids(hits), uncertain=bool(hits))


def _left(taken: Sequence[Hit], counted: Sequence[Hit]) -> Rating:
    weights = load_weights()
    proven = proven_hits(taken)
    if proven:
        return Rating("E0", clamp(max(hit.chance for hit in proven)), tuple(counted), _ids(taken))
    chance = max(hit.chance for hit in taken) * weights.level.probably_left
    return Rating("E1", clamp(max(chance, weights.level.least_probable)), tuple(counted), _ids(taken))


def _read(
    place: Place,
    counted: Sequence[Hit],
    telemetry: Telemetry,
    throttled: Sequence[Gap],
    carried: Sequence[Carried],
) -> Rating:
    weights = load_weights()
    first = min(hit.first_time for hit in counted)
    staged = [one for one in carried if one.kind == "staging" and one.time >= first]
    egress = [one for one in carried if one.kind == "egress" and staged and one.time >= staged[0].time]
    within = [
        gap for gap in throttled if any(hit.first_time <= gap.end and hit.last_time >= gap.start for hit in counted)
    ]
    if within or (place.kind == "share" and egress):
        ids = _ids(counted) + tuple(one.event_id for one in (*staged[:10], *egress[:10]) if not within)
        return Rating("E1", clamp(weights.level.least_probable), tuple(counted), ids, staged=bool(staged))
    sensitivity = place.channel.egress_sensitivity if place.channel else 0.0
    covered = telemetry.covered * (weights.telemetry.open_start_factor if telemetry.open_start else 1.0)
    chance = chance_after_silence(weights.prior.accessed, covered, sensitivity)
    packed = bool(staged) and place.kind == "share"
    chance = max(chance, weights.level.staged) if packed else chance
    ids = _ids(counted) + (tuple(one.event_id for one in staged[:10]) if packed else ())
    return Rating("E2", clamp(chance), tuple(counted), ids, staged=packed)


def _ids(hits: Sequence[Hit]) -> tuple[str, ...]:
    ordered = sorted(hits, key=lambda hit: (hit.first_time, hit.action, hit.address))
    return tuple(dict.fromkeys(one for hit in ordered for one in hit.event_ids))[:MOST_EVENT_IDS]
