"""What goes on by itself once the intruder has set it up: a rule that forwards sends mail until it is taken away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from vigilia.impact.hits.hit import Hit
from vigilia.impact.slices import Slice
from vigilia.impact.ways import Way
from vigilia.knowledge.channels import Channel
from vigilia.model.result import Persistence
from vigilia.model.times import parse_time

__all__ = ["Standing", "carried_on", "standing"]


@dataclass(frozen=True, slots=True)
class Standing:
    """Rules and settings of one channel, taken together.

    Attributes:
        since: the first making. until: the last removal, or empty where at least one is not known to be gone.
        told: whether a removal would have been recorded; else nobody knows whether it goes on.
    """

    since: str
    until: str
    told: bool


def standing(channel: Channel, event_ids: Collection[str], persistence: Sequence[Persistence]) -> Standing | None:
    """Return what these records set up; None where the channel does not last, or nothing of them is known to."""
    things = _things(channel, event_ids, persistence)
    if not things:
        return None
    left = [one for one in things if not one.removed]
    return Standing(
        since=min(one.made for one in things),
        until="" if left else max(one.removed for one in things),
        told=all(one.state != "unknown" for one in left),
    )


def carried_on(
    way: Way, slices: Sequence[Slice], hits: Sequence[Sequence[Hit]], persistence: Sequence[Persistence]
) -> list[list[Hit]]:
    """Return the hits of each slice, with those of earlier slices whose rule or setting was still there in it."""
    found: list[list[Hit]] = []
    going: list[tuple[Hit, Standing]] = []
    for piece, own in zip(slices, hits, strict=True):
        going = [(hit, one) for hit, one in going if _there(one, piece.start)]
        found.append([*(hit for hit, _ in going), *own])
        going += [(hit, one) for hit in own if (one := standing(way.channel, hit.event_ids, persistence))]
    return found


def _things(channel: Channel, event_ids: Collection[str], persistence: Sequence[Persistence]) -> list[Persistence]:
    if not channel.lasting:
        return []
    mine = frozenset(event_ids)
    return [one for one in persistence if one.made and not mine.isdisjoint(one.event_ids)]


def _there(one: Standing, moment: dt.datetime | None) -> bool:
    return not one.until or moment is None or parse_time(one.until) > moment
