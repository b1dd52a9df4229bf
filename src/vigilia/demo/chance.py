"""Seeded chance: the same seed and name give the same story on every machine."""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Sequence
from typing import TypeVar

__all__ = ["Chance"]

T = TypeVar("T")


class Chance:
    """A stream of choices that depends on seed and name only, so that one part of the story can change alone."""

    def __init__(self, seed: int, name: str) -> None:
        self._random = random.Random(f"{seed}/{name}")  # noqa: S311 - fiction must repeat; nothing here is secret

    def happens(self, probability: float) -> bool:
        """Return True with the probability given."""
        return self._random.random() < probability

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from low to high, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def count(self, mean: float) -> int:
        """Return a count around `mean`, at most three times as high (at least 3)."""
        trials = max(3, int(mean * 3))
        return sum(self.happens(mean / trials) for _ in range(trials))

    def pick(self, choices: Sequence[T]) -> T:
        """Return one of the choices."""
        return choices[int(self._random.random() * len(choices))]

    def weighted(self, choices: dict[T, int]) -> T:
        """Return one of the choices; the values are relative weights."""
        mark = self._random.random() * sum(choices.values())
        for choice, weight in choices.items():
            mark -= weight
            if mark < 0:
                return choice
        return next(reversed(choices))

    def some(self, choices: Sequence[T], count: int) -> list[T]:
        """Return up to `count` different choices in their given order."""
        ranked = sorted(range(len(choices)), key=lambda _: self._random.random())[:count]
        return [choices[index] for index in sorted(ranked)]

    def guid(self) -> str:
        """Return a random GUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def digits(self, length: int) -> str:
        """Return lower-case hexadecimal digits."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"

    def moment(self, day: dt.date, start: float, end: float) -> dt.datetime:
        """Return a UTC time on a day between two hours (hours may be negative or above 24)."""
        seconds = start * 3600 + self._random.random() * (end - start) * 3600
        midnight = dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)
        return midnight + dt.timedelta(milliseconds=int(seconds * 1000))

    def later(self, moment: dt.datetime, low: float, high: float) -> dt.datetime:
        """Return a time between `low` and `high` seconds after a moment."""
        return moment + dt.timedelta(milliseconds=int((low + self._random.random() * (high - low)) * 1000))
