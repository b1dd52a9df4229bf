"""Windows of time over one group's rows, and those that hold."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from vigilia.detect.correlation_measures import GroupRows, Number, is_rising, measure_of
from vigilia.detect.correlation_rows import Integers
from vigilia.sigma.rules import CompiledCorrelation

__all__ = ["Window", "completions", "held_windows", "maximal_windows", "runs"]


_WINDOWS_A_BEAT = 10_000


class Window(NamedTuple):
    """Rows from first to last, both included, and what was measured in them."""

    first: int
    last: int
    measured: Number


def maximal_windows(times: Integers, timespan: int) -> Iterator[tuple[int, int]]:
    """Yield the first and last row of each window to which no row can be added.

    Rows are in one window where their times differ by at most the timespan; rows of one moment are never parted.
    """
    lasts = np.searchsorted(times, times + timespan, side="right") - 1
    firsts = np.flatnonzero(np.diff(lasts, prepend=-1))
    yield from zip(firsts.tolist(), lasts[firsts].tolist(), strict=True)


def held_windows(rule: CompiledCorrelation, rows: GroupRows, beat: Callable[[], None]) -> list[Window]:
    """Return the maximal windows for which the rule's condition holds, in order; `beat` is called now and then."""
    measure = measure_of(rule, rows)
    held = []
    for number, (first, last) in enumerate(maximal_windows(rows.times, rule.timespan)):
        if number % _WINDOWS_A_BEAT == 0:
            beat()
        measure.slide(first, last)
        if measure.holds():
            held.append(Window(first, last, measure.measured()))
    return held


def runs(windows: Sequence[Window]) -> Iterator[list[Window]]:
    """Yield windows that share rows with their neighbours together: each such run is one match."""
    run: list[Window] = []
    for window in windows:
        if run and window.first > run[-1].last:
            yield run
            run = []
        run.append(window)
    if run:
        yield run


def completions(rule: CompiledCorrelation, rows: GroupRows, windows: Sequence[Window]) -> list[int]:
    """Return for each window that holds the row with which it began to hold.

    Where more rows could still break the condition, that is known at the window's last row only.
    """
    if not is_rising(rule):
        return [window.last for window in windows]
    measure = measure_of(rule, rows)
    completed = []
    at = 0
    for window in windows:
        at = max(at, window.first)
        measure.slide(window.first, at)
        while not measure.holds():
            at += 1
            measure.slide(window.first, at)
        completed.append(at)
    return completed
