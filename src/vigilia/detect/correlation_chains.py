"""Chains of events that follow each other in the order of an ordered correlation."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator, Sequence

import numpy as np

from vigilia.detect.correlation_rows import Integers

__all__ = ["NEVER", "longest_chains"]

NEVER = int(np.iinfo(np.int64).min)


def longest_chains(
    times: Integers, events: Integers, steps: Sequence[tuple[int, ...]], most: int, least: int = 1
) -> Integers:
    """Return when the latest chain begins that has so many events and has ended by a row.

    In a chain each event's step is later in the rule's order than the one before, and its time is not earlier: which
    of two events of one moment came first is not known, so either may. Within a moment an event stands
    for one step only.

    Args:
        times: of the rows, ascending.
        events: of the rows.
        steps: of each row, the places of its rule in the rule's order.
        most: number of steps.
        least: shortest chains that are asked for; none that cannot become so long is followed.

    Returns:
        An array with a row for each length from 1 and a column for each row; NEVER where there is no such chain, and
        for lengths below the least perhaps where there is.
    """
    found = np.full((most, len(times)), NEVER, dtype=np.int64)
    chains = _Chains(most, max(0, most - least))
    event_of = events.tolist()
    for first, last in _moments(times):
        moment = _Moment((event_of[row], steps[row]) for row in range(first, last))
        chains.extend(int(times[first]), moment)
        found[:, first:last] = np.array(chains.latest, dtype=np.int64)[:, None]
    return found


def _moments(times: Integers) -> Iterator[tuple[int, int]]:
    """Yield the first row of each moment, and the one behind its last."""
    starts = np.flatnonzero(np.diff(times, prepend=times[:1] - 1)).tolist()
    yield from itertools.pairwise([*starts, len(times)])


class _Moment:
    """The events of one time: for how many steps of a stretch can they stand, each event for one?"""

    def __init__(self, rows: Iterator[tuple[int, tuple[int, ...]]]) -> None:
        places: dict[int, set[int]] = {}
        for event, steps in rows:
            places.setdefault(event, set()).update(steps)
        alike: dict[frozenset[int], list[int]] = {}
        for event, reached in places.items():
            alike.setdefault(frozenset(reached), []).append(event)
        # Of events that stand for the same steps no more than that many can be in one chain.
        self._events = {step: list[int]() for standing in alike for step in standing}
        for standing, those in alike.items():
            for step in standing:
                self._events[step] += those[: len(standing)]
        self.size = len({event for those in self._events.values() for event in those})
        self._stretch = functools.cache(self._stretch_from)

    def most(self, first: int, behind: int) -> int:
        """Return for how many of the steps from the first on, `behind` not among them, these events can stand."""
        counts = self._stretch(first)
        return counts[min(behind - first, len(counts) - 1)]

    def _stretch_from(self, first: int) -> list[int]:
        """Return the sizes of the greatest matchings of stretches that begin here, of no step, of one, and so on."""
        standing: dict[int, int] = {}  # event → the step for which it stands
        counts = [0]
        for step in range(first, max(self._events, default=-1) + 1):
            counts.append(counts[-1] + self._takes(step, standing, set()))
        return counts

    def _takes(self, step: int, standing: dict[int, int], tried: set[int]) -> bool:
        """Find an event for a step; those that stand for others may change (Kuhn 1955, augmenting paths)."""
        for event in self._events.get(step, ()):
            if event in tried:
                continue
            tried.add(event)
            if event not in standing or self._takes(standing[event], standing, tried):
                standing[event] = step
                return True
        return False


class _Chains:
    """When the latest chain of each length begins whose steps are all below a place."""

    def __init__(self, steps: int, spare: int) -> None:
        self._steps = steps
        self._spare = spare  # steps that a chain may leave out
        self._begins = [[NEVER] * (steps + 1) for _ in range(steps + 1)]

    @property
    def latest(self) -> list[int]:
        """When the latest chain of length 1, 2, … begins."""
        return [begins[-1] for begins in self._begins[1:]]

    def extend(self, time: int, moment: _Moment) -> None:
        """Let the chains go on with the events of a moment that is later than all before."""
        self._begins[0] = [time] * (self._steps + 1)
        # From the longest on: a chain may go on from those that ended before this moment only.
        for length in range(self._steps, 0, -1):
            for behind in range(length, min(self._steps, length + self._spare) + 1):
                self._begins[length][behind] = max(self._candidates(length, behind, moment))
            self._spread(self._begins[length], length)

    def _candidates(self, length: int, behind: int, moment: _Moment) -> Iterator[int]:
        yield self._begins[length][behind]
        for added in range(1, min(length, moment.size) + 1):
            shorter = length - added
            for place in range(shorter, min(behind - added, shorter + self._spare) + 1):
                if moment.most(place, behind) >= added:
                    yield self._begins[shorter][place]

    def _spread(self, begins: list[int], length: int) -> None:
        """What holds below a place holds below all later ones, also those beyond the steps that may be left out."""
        for behind in range(min(self._steps, length + self._spare) + 1, self._steps + 1):
            begins[behind] = begins[behind - 1]
