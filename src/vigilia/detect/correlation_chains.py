"""Chains of events that follow each other in the order of an ordered correlation."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from operator import itemgetter

import numpy as np

from vigilia.detect.correlation_rows import Integers

__all__ = ["NEVER", "longest_chains"]

NEVER = np.iinfo(np.int64).min

_Ending = tuple[int, int]  # when a chain begins, and the event in which it ends


def longest_chains(
    times: Integers, events: Integers, steps: Sequence[tuple[int, ...]], most: int, least: int = 1
) -> Integers:
    """Return when the latest chain begins that has so many events and has ended by a row.

    In a chain each event's step is later in the rule's order than the one before, and its time is not earlier: which
    of two events of one moment came first is not known, so either may. Neighbours are different events.

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
    endings = _Endings(most, least)
    latest = [int(NEVER)] * most
    event_of, time_of = events.tolist(), times.tolist()
    for first, last in _moments(times):
        rows = sorted(((step, row) for row in range(first, last) for step in steps[row]), key=itemgetter(0))
        for step, row in rows:
            for length, begin in endings.extended(step, event_of[row], time_of[row]):
                latest[length - 1] = max(latest[length - 1], begin)
        found[:, first:last] = np.array(latest, dtype=np.int64)[:, None]
    return found


def _moments(times: Integers) -> Iterator[tuple[int, int]]:
    """Yield the first row of each moment, and the one behind its last."""
    starts = np.flatnonzero(np.diff(times, prepend=times[:1] - 1)).tolist()
    yield from itertools.pairwise([*starts, len(times)])


class _Endings:
    """For each length and step the two latest chains that end in that step, in different events."""

    def __init__(self, steps: int, least: int) -> None:
        self._spare = steps - least  # steps that a chain may leave out
        self._best: list[list[list[_Ending]]] = [[[] for _ in range(steps)] for _ in range(steps + 1)]

    def extended(self, step: int, event: int, time: int) -> Iterator[tuple[int, int]]:
        """Add an event to all chains that it may follow; yield their lengths and when they begin."""
        shortest = step + 1 - self._spare
        if shortest <= 1:
            self._keep(1, step, (time, event))
            yield 1, time
        for length in range(max(2, shortest), step + 2):
            begins = [
                begin
                for before in range(length - 2, step)
                for begin, ending in self._best[length - 1][before]
                if ending != event
            ]
            if begins:
                self._keep(length, step, (max(begins), event))
                yield length, max(begins)

    def _keep(self, length: int, step: int, ending: _Ending) -> None:
        kept = self._best[length][step]
        others = [one for one in kept if one[1] != ending[1]]
        if len(others) < len(kept):
            ending = max(ending, *(one for one in kept if one[1] == ending[1]))
        kept[:] = sorted((*others, ending), reverse=True)[:2]
