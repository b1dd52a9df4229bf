"""How short a hole each log could show: what is taken out of it for less time leaves no trace in its rhythm."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

import numpy as np

from vigilia.impact.gaps.numbers import NUMBERED_SOURCES
from vigilia.impact.gaps.rhythm import Rhythm
from vigilia.impact.gaps.silence import told_below
from vigilia.impact.gaps.stored_rhythms import read_part_rhythms, read_rhythms
from vigilia.impact.gaps.waiting import ordinary_surprises
from vigilia.store.event_store import EventStore

__all__ = ["NOT_EVEN", "shortest_hole", "shortest_holes"]

NOT_EVEN: Final = 73  # hours: what is said of a log in which a hole of 72 hours might stay unseen
_HOUR = 4  # quarters
_TRIED = (1, 2, 3, 4, 6, 8, 10, 12, 16, 20, 24, 30, 36, 48, 60, 72)  # hours
_OFTEN = 0.9  # share of the holes of a length, at any hour of a week, that must be told
_MOST = 100  # busiest logs that are asked


def shortest_holes(store: EventStore) -> Mapping[tuple[str, str], int]:
    """Return for each source and entity the hours from which nine in ten holes of its log would be told.

    Of a source that is several logs the one counts that shows holes last. Logs with record numbers, which show every
    record that is missing, logs of less than two weeks, and all but the busiest are not in it.
    """
    rhythms = [one for one in (*read_rhythms(store), *read_part_rhythms(store)) if one.source not in NUMBERED_SOURCES]
    rhythms.sort(key=lambda one: (-int(one.events.sum()), one.source, one.entity, one.part))
    found: dict[tuple[str, str], int] = {}
    for rhythm in rhythms[:_MOST]:
        hours = shortest_hole(rhythm)
        if hours is not None:
            key = (rhythm.source, rhythm.entity)
            found[key] = max(hours, found.get(key, 0))
    return MappingProxyType(found)


def shortest_hole(rhythm: Rhythm) -> int | None:
    """Return the hours from which nine in ten holes of a log would be told; None where too little is known of it."""
    known = ordinary_surprises(rhythm, told_below(rhythm))
    if known is None:
        return None
    surprises, least = known
    run = np.concatenate((np.zeros(1), np.cumsum(surprises)))
    for hours in _TRIED:
        length = hours * _HOUR
        holes = run[length::_HOUR] - run[:-length:_HOUR]
        if holes.size and float(np.mean(holes >= least)) >= _OFTEN:
            return hours
    return NOT_EVEN
