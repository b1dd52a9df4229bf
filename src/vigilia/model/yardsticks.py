"""Probabilities in words of a person's choice: ICD 203, or the yardstick of the UK's intelligence assessment (PHIA)."""

from __future__ import annotations

from typing import Literal

import msgspec

from vigilia.model.probability import clamp, estimative_phrase, estimative_sentence

__all__ = ["YARDSTICKS", "Yardstick", "phrase_in", "sentence_in"]

Yardstick = Literal["icd203", "phia"]
YARDSTICKS: tuple[Yardstick, ...] = ("icd203", "phia")


class _Range(msgspec.Struct, frozen=True):
    name: str
    low: int
    high: int
    sentence: str


# Professional Head of Intelligence Assessment, probability yardstick (UK Government, 2019). It has gaps on purpose.
_PHIA = (
    _Range("remote chance", 0, 5, "There is a"),
    _Range("highly unlikely", 10, 20, "It is"),
    _Range("unlikely", 25, 35, "It is"),
    _Range("realistic possibility", 40, 50, "There is a"),
    _Range("likely", 55, 75, "It is"),
    _Range("highly likely", 80, 90, "It is"),
    _Range("almost certain", 95, 100, "It is"),
)
_EVEN = 50.0


def phrase_in(yardstick: Yardstick, probability: float) -> str:
    """Return e.g. "highly likely (80-90 %)" in the words of one yardstick."""
    if yardstick == "icd203":
        return estimative_phrase(probability)
    chosen = _nearest(probability)
    return f"{chosen.name} ({chosen.low}-{chosen.high} %)"


def sentence_in(yardstick: Yardstick, probability: float, claim: str) -> str:
    """Return a sentence with the term and its range in the words of one yardstick: never of two."""
    if yardstick == "icd203":
        return estimative_sentence(probability, claim)
    return f"{_nearest(probability).sentence} {phrase_in(yardstick, probability)} that {claim}."


def _nearest(probability: float) -> _Range:
    """Return the range that holds a probability, or the nearest; half-way between two, the one nearer to even odds."""
    percent = clamp(probability) * 100

    def away(one: _Range) -> tuple[float, float]:
        return max(one.low - percent, percent - one.high, 0.0), abs((one.low + one.high) / 2 - _EVEN)

    return min(_PHIA, key=away)
