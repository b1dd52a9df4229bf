"""When in an intrusion data leaves: late rather than early, and in the phases that lead to it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Sequence
from dataclasses import dataclass

from vigilia.impact.slices import Slice
from vigilia.impact.weights import load_weights
from vigilia.model.result import Intrusion
from vigilia.model.times import parse_time

__all__ = ["Shares", "shares_of"]


@dataclass(frozen=True, slots=True)
class Shares:
    """P(in this slice | it left), one for each slice; each list sums to 1.

    Attributes:
        hazard: late hours, and hours of phases that lead to leaving, are likelier.
        uniform: each hour alike; printed as the bound.
    """

    hazard: tuple[float, ...]
    uniform: tuple[float, ...]


def shares_of(slices: Sequence[Slice], intrusion: Intrusion) -> Shares:
    """Return how likely each slice is to be the one in which it left."""
    first = parse_time(intrusion.first_seen)
    last = max(parse_time(intrusion.last_seen or intrusion.first_seen), first + dt.timedelta(seconds=1))
    hazard = [_weight(one, first, last, intrusion) for one in slices]
    uniform = [
        (one.end - one.start).total_seconds() if one.start and one.end and not one.unreachable else 0.0
        for one in slices
    ]
    return Shares(_normal(slices, hazard), _normal(slices, uniform))


def _normal(slices: Sequence[Slice], weights: Sequence[float]) -> tuple[float, ...]:
    """Share out what lies inside by weight; the time before and after, together, has a share of its own."""
    beyond = sum(one.outside for one in slices)
    outside = load_weights().hazard.outside if beyond else 0.0
    whole = sum(weight for one, weight in zip(slices, weights, strict=True) if not one.outside) or 1.0
    return tuple(
        outside / beyond if one.outside else weight / whole * (1 - outside)
        for one, weight in zip(slices, weights, strict=True)
    )


def _weight(one: Slice, first: dt.datetime, last: dt.datetime, intrusion: Intrusion) -> float:
    """The integral of the hazard over a slice: linear in time, times the strongest phase of each moment."""
    if one.start is None or one.end is None or one.outside or one.unreachable:
        return 0.0
    phases = [
        (parse_time(phase.first_time), parse_time(phase.last_time), factor)
        for phase in intrusion.phases
        if (factor := load_weights().hazard.tactics.get(phase.tactic)) and phase.first_time and phase.last_time
    ]
    inside = [edge for start, end, _ in phases for edge in (start, end) if one.start < edge < one.end]
    edges = sorted({one.start, one.end, *inside})
    return sum(
        _late(left + (right - left) / 2, first, last)
        * max((factor for start, end, factor in phases if start < right and end > left), default=1.0)
        * (right - left).total_seconds()
        for left, right in itertools.pairwise(edges)
    )


def _late(moment: dt.datetime, first: dt.datetime, last: dt.datetime) -> float:
    weights = load_weights().hazard
    return weights.first + (weights.last - weights.first) * ((moment - first) / (last - first))
