"""What the records show of one way in one slice."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from vigilia.impact.slices import Slice

__all__ = ["MOST_EVENT_IDS", "Found", "Hit", "Means", "slice_of"]

MOST_EVENT_IDS = 100

# left: recorded object by object as taken · probably: copied out of reach, or carried away by volume · accessed: read.
Means = Literal["left", "probably", "accessed"]


@dataclass(frozen=True, slots=True)
class Hit:
    """Events of one kind on one way in one slice.

    Attributes:
        way, part: positions of the way and of its slice.
        action: what the records call it. address: from where, as recorded.
        chance: the highest probability that one of the events is the intruder's and means this.
        named: the records name the content; else they show that something was carried away, not what.
        sent: bytes that went to `address`; 0 where no record counts them.
        egress: `address` is where it went, not where it was asked for.
    """

    way: int
    part: int
    means: Means
    action: str
    address: str
    chance: float
    events: int
    first_time: str
    last_time: str
    event_ids: tuple[str, ...]
    named: bool = True
    sent: int = 0
    egress: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """One event of a channel, before it is known which content it concerns.

    Attributes:
        address: from where, or to where it went: a host name or an address; "" where that is not known.
        text: what it says of names and paths, lower case, "/" for every backslash; "" where it says nothing.
        host: the machine on which it was done, first label in lower case. session: the login in which; "" if not known.
        sent: bytes that went to `address`; 0 where no record counts them.
    """

    channel: str
    means: Means
    action: str
    address: str
    chance: float
    moment: dt.datetime
    event_ids: tuple[str, ...]
    text: str = ""
    host: str = ""
    session: str = ""
    sent: int = 0


def slice_of(slices: Sequence[Slice], moment: dt.datetime | None) -> int:
    """Return the position of the slice that holds a moment; what lies outside belongs to the nearest."""
    if moment is None:
        return next((number for number, one in enumerate(slices) if not one.outside), 0)
    for number, one in enumerate(slices):
        if one.end is None or moment < one.end:
            return number
    return len(slices) - 1
