"""Slices of an intrusion, in which the records of a way say the same, and how neighbours are joined."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

__all__ = ["Coverage", "Slice", "bounded", "joined", "lasting"]


@dataclass(frozen=True, slots=True)
class Slice:
    """A part of the intrusion in which the records of a way say the same.

    Attributes:
        start: None where it is not known since when the intruder was in.
        end: not included, but for the last slice; None where it is not known how long the intruder stayed.
        covered: share of it in which the log that suffices recorded, 0 to 1.
        seen: P(found | it left in this slice) over all logs of the channel, 0 to 1.
        adequate: silence may be reported as "no sign" (E3).
        reasons: why it is not, in plain words.
        unreachable: the place was not there yet, as these records show, and the log that shows it has no hole.
        outside: before the first or after the last record of the intruder, where they may have been in as well.
    """

    start: dt.datetime | None
    end: dt.datetime | None
    covered: float
    seen: float
    adequate: bool
    reasons: tuple[str, ...]
    gap_ids: tuple[str, ...]
    outside: bool = False
    unreachable: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Its length; 0.0 where one of its ends is not known."""
        return (self.end - self.start).total_seconds() if self.start and self.end else 0.0


@dataclass(frozen=True, slots=True)
class Coverage:
    """All slices of a way, in time order; they fill the intrusion.

    Attributes:
        covered: share of the intrusion as seen in which the way's records were adequate.
        open_ended: the intruder may have been in before or after; that time is a slice of its own (`outside`).
    """

    slices: tuple[Slice, ...]
    covered: float
    open_ended: bool


def joined(pieces: Sequence[Slice]) -> list[Slice]:
    """Join neighbours of which the same is true."""
    found: list[Slice] = []
    for piece in pieces:
        if found and _alike(found[-1], piece):
            found[-1] = _join(found[-1], piece)
        else:
            found.append(piece)
    return found


def _alike(one: Slice, other: Slice) -> bool:
    same = one.adequate == other.adequate and one.reasons == other.reasons
    return same and bool(one.unreachable) == bool(other.unreachable)


def _join(one: Slice, other: Slice) -> Slice:
    """Join two neighbours, with the worse of both where they differ; shares are weighted by length."""
    first, second = one.seconds, other.seconds
    length = (first + second) or 1.0
    return Slice(
        start=one.start,
        end=other.end,
        covered=(one.covered * first + other.covered * second) / length,
        seen=(one.seen * first + other.seen * second) / length,
        adequate=one.adequate and other.adequate,
        reasons=tuple(dict.fromkeys([*one.reasons, *other.reasons])),
        gap_ids=tuple(dict.fromkeys([*one.gap_ids, *other.gap_ids])),
        unreachable=one.unreachable if other.unreachable else (),
    )


def bounded(slices: Sequence[Slice], most: int) -> list[Slice]:
    """Join the shortest with its shorter neighbour until there are few: never into something better than it was."""
    kept = list(slices)
    while len(kept) > most:
        place = min(range(len(kept)), key=lambda number: (kept[number].seconds, number))
        beside = [number for number in (place - 1, place + 1) if 0 <= number < len(kept)]
        other = min(beside, key=lambda number: (kept[number].seconds, number))
        left, right = sorted((place, other))
        kept[left : right + 1] = [_join(kept[left], kept[right])]
    return kept


def lasting(slices: Sequence[Slice], *, unsure: bool) -> list[Slice]:
    """What was set up in a time without records goes on without one: silence says nothing from then on."""
    found: list[Slice] = []
    for one in slices:
        if one.unreachable:
            found.append(one)
            continue
        if unsure and one.adequate:
            reasons = ("what was set up before, in a time without records, goes on unseen",)
            one = replace(one, adequate=False, reasons=reasons, seen=one.seen / 2)  # noqa: PLW2901 - a changed copy
        unsure = unsure or not one.adequate
        found.append(one)
    return found
