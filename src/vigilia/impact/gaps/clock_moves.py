"""How the hours of a log moved with clocks that were put forward or back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Move", "learnt_moves", "quarters_moved"]

Shares = npt.NDArray[np.float64]

_HOUR = 4  # quarters
_NEAR_SHIFT = 21  # days before and after clocks were changed that tell whether a log followed
_NEARLY = 0.7  # of the best fit
_LEAST_GAIN = 0.03  # by which the hours of the day must fit better when they are moved


@dataclass(frozen=True, slots=True)
class Move:
    """Hours that moved with the clocks on a day from `first` to `last`; `quarters` is None where nobody knows."""

    first: int
    last: int
    quarters: int | None

    def side(self, day: int) -> int:
        """Return whether a day lies before (-1) or after it (1), or where that is not known (0)."""
        return -1 if day < self.first else int(day >= self.last)


def learnt_moves(shifts: Sequence[int], hours: Callable[[int, int], Shares | None]) -> tuple[Move, ...]:
    """Return when, and by how much, a log followed clocks that were put forward or back.

    Zones change their clocks within weeks of each other. A log follows one of them or, if machines write it, none:
    the days at which its hours before and after fit best when moved by an hour. Several days that fit nearly as well
    are one move that was made at some time between them. Where too few days on either side tell, it is not known.

    Args:
        shifts: days since 1970 on which clocks in some zone were changed.
        hours: gives the share of each quarter of a day in the log's records from one day on and before another; None
            where too few days tell.
    """
    fits: dict[int, tuple[float, int | None]] = {}
    for shift in shifts:
        before, after = (hours(*ends) for ends in ((shift - _NEAR_SHIFT, shift), (shift, shift + _NEAR_SHIFT)))
        fits[shift] = (0.0, None) if before is None or after is None else _best_move(before, after)
    moves = [Move(shift, shift, None) for shift, (_, quarters) in fits.items() if quarters is None]
    open_fits = {shift: (gain, quarters) for shift, (gain, quarters) in fits.items() if quarters}
    while open_fits:
        best = max(open_fits, key=lambda one: (open_fits[one][0], -one))
        gain, quarters = open_fits[best]
        near = [one for one in open_fits if abs(one - best) <= _NEAR_SHIFT]
        likely = [one for one in near if open_fits[one][1] == quarters and open_fits[one][0] >= _NEARLY * gain]
        moves.append(Move(min(likely), max(likely), quarters))
        open_fits = {one: fit for one, fit in open_fits.items() if one not in near}
    return tuple(moves)


def _best_move(before: Shares, after: Shares) -> tuple[float, int]:
    """Return how much better the hours of two times fit when moved by an hour, and by how many quarters; or no move."""
    still = float(np.minimum(before, after).sum())
    moved = {lag: float(np.minimum(np.roll(before, lag), after).sum()) for lag in (-_HOUR, _HOUR)}
    lag = max(moved, key=lambda one: (moved[one], one))
    return (moved[lag] - still, lag) if moved[lag] - still > _LEAST_GAIN else (0.0, 0)


def quarters_moved(moves: Sequence[Move], day: int, other: int) -> int | None:
    """Return by how many quarters the same work stands later on another day; None where that is not known."""
    quarters = 0
    for move in moves:
        sides = {move.side(day), move.side(other)}
        if sides == {-1, 1} and move.quarters is not None:
            quarters += move.quarters if other > day else -move.quarters
        elif len(sides) > 1:
            return None
    return quarters
