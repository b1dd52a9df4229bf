"""One level for each slice of a way: from hits, from silence, or from the lack of records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.impact.absence import chance_after_silence, chance_of_any
from vigilia.impact.hits.hit import MOST_EVENT_IDS, Hit
from vigilia.impact.slices import Coverage, Slice
from vigilia.impact.ways import Way
from vigilia.impact.weights import load_weights
from vigilia.model.probability import clamp
from vigilia.model.result import ImpactLevel

__all__ = ["Beside", "Rating", "proven_hits", "rate", "whole_chance"]

_STAGING = "archive-staging"


@dataclass(frozen=True, slots=True)
class Rating:
    """The level of a slice with its probability of having left in it, and the hits behind it, in time order.

    Attributes:
        uniform: the probability if each hour were as likely as any other.
        staged: packed into archives. uncertain: hits that are the intruder's, or this content, only perhaps.
        throttled: reading that was not recorded for its amount.
    """

    level: ImpactLevel
    probability: float
    uniform: float
    hits: tuple[Hit, ...] = ()
    event_ids: tuple[str, ...] = ()
    staged: bool = False
    uncertain: bool = False
    throttled: bool = False


@dataclass(frozen=True, slots=True)
class Beside:
    """What is known of a way besides its own hits.

    Attributes:
        silence: P(left in it | nothing found), for each slice: late hours likelier, and uniform (see `silences`).
        carried: the times at which something of this content was carried away, with their records.
        throttled: slices in which the intruder's own reading was throttled.
    """

    silence: Sequence[tuple[float, float]]
    carried: Sequence[Hit] = ()
    throttled: frozenset[int] = frozenset()


def whole_chance(ratings: Sequence[Rating]) -> float:
    """Return P(left by this way at any time): silent slices exclude each other, what was found adds to them.

    The same records in several slices are one doubt: a rule that goes on is not made anew in each.
    """
    silent = sum(one.probability for one in ratings if one.level in ("E3", "E4", "E5"))
    named = ((one.event_ids or (str(number),), one) for number, one in enumerate(ratings))
    found = {ids: one.probability for ids, one in named if one.level in ("E0", "E1", "E2")}
    return clamp(chance_of_any([min(silent, 1.0), *found.values()]))


def proven_hits(hits: Sequence[Hit]) -> list[Hit]:
    """Return the hits that show object by object what left, and that are the intruder's beyond reasonable doubt."""
    return [hit for hit in hits if hit.means == "left" and hit.named and hit.chance >= load_weights().event.confirmed]


def rate(way: Way, coverage: Coverage, hits: Sequence[Sequence[Hit]], beside: Beside) -> list[Rating]:
    """Return exactly one level for each slice; `hits` are those of each slice."""
    return [
        _rate(way, part, piece, own, beside, beside.silence[part])
        for part, (piece, own) in enumerate(zip(coverage.slices, hits, strict=True))
    ]


def _rate(
    way: Way, part: int, piece: Slice, hits: Sequence[Hit], beside: Beside, silent: tuple[float, float]
) -> Rating:
    counted = [hit for hit in hits if hit.named and hit.chance >= load_weights().event.counted]
    if part in beside.throttled:
        return _throttled(counted or hits)
    if not counted:
        return _silent(piece, hits, silent)
    taken = [hit for hit in counted if hit.means != "accessed"]
    if taken:
        return _left(taken, counted)
    return _read(way, piece, counted, beside, silent)


def _silent(piece: Slice, hits: Sequence[Hit], silent: tuple[float, float]) -> Rating:
    if piece.unreachable and not hits:
        return Rating("E5", clamp(0.0), clamp(0.0), event_ids=piece.unreachable)
    perhaps = max((hit.chance for hit in hits), default=0.0)
    level: ImpactLevel = "E3" if piece.adequate and not hits else "E4"
    least = load_weights().prior.undetermined_least if level == "E4" else 0.0
    late, uniform = (max(one, least, min(perhaps, 0.5)) for one in silent)
    return Rating(level, clamp(late), clamp(uniform), tuple(hits), _ids(hits), uncertain=bool(hits))


def _throttled(hits: Sequence[Hit]) -> Rating:
    chance = clamp(load_weights().level.throttled)
    return Rating("E1", chance, chance, tuple(hits), _ids(hits), throttled=True)


def _left(taken: Sequence[Hit], counted: Sequence[Hit]) -> Rating:
    weights = load_weights()
    proven = proven_hits(taken)
    if proven:
        chance = clamp(max(hit.chance for hit in proven))
        return Rating("E0", chance, chance, tuple(counted), _ids(taken))
    chance = max(hit.chance for hit in taken) * weights.level.probably_left
    chance = clamp(max(chance, weights.level.least_probable))
    return Rating("E1", chance, chance, tuple(counted), _ids(taken))


def _read(way: Way, piece: Slice, counted: Sequence[Hit], beside: Beside, silent: tuple[float, float]) -> Rating:
    weights = load_weights()
    first = min(hit.first_time for hit in counted)
    carried = [hit for hit in beside.carried if hit.last_time >= first]
    if way.channel.id == _STAGING and carried:
        chance = clamp(
            max(weights.level.least_probable, min(hit.chance for hit in carried) * weights.level.probably_left)
        )
        ids = tuple(dict.fromkeys([*_ids(counted)[: MOST_EVENT_IDS - 10], *_ids(carried)[:10]]))
        return Rating("E1", chance, chance, (*counted, *carried), ids, staged=True)
    chance = chance_after_silence(weights.prior.accessed, piece.covered, way.channel.egress_sensitivity)
    staged = way.channel.id == _STAGING
    chance = clamp(max(chance, silent[0], weights.level.staged if staged else 0.0))
    return Rating("E2", chance, chance, tuple(counted), _ids(counted), staged=staged)


def _ids(hits: Sequence[Hit]) -> tuple[str, ...]:
    ordered = sorted(hits, key=lambda hit: (hit.first_time, hit.action, hit.address))
    return tuple(dict.fromkeys(one for hit in ordered for one in hit.event_ids))[:MOST_EVENT_IDS]
