"""What is measured of attribution, as it is kept in `bench/results`."""

from __future__ import annotations

import msgspec

from bench.attribution.scores import Calibration, Ranking

__all__ = [
    "AttributionFigures",
    "Goal",
    "LabelFigures",
    "NamedCalibration",
    "OpenSet",
    "Planted",
    "Ranked",
    "Selective",
    "Unattributed",
]


class Ranked(msgspec.Struct, frozen=True, kw_only=True):
    """One scorer under one regime; `part`: "all", "actor known", or "actor known, sealed"."""

    regime: str
    scorer: str
    part: str
    ranking: Ranking


class NamedCalibration(msgspec.Struct, frozen=True, kw_only=True):
    """Whether probabilities come true, of which answers."""

    answers: str
    calibration: Calibration


class Selective(msgspec.Struct, frozen=True, kw_only=True):
    """How many are right when only the surest tenth, quarter or half is answered."""

    regime: str
    part: str
    queries: int
    tenth: float
    quarter: float
    half: float


class OpenSet(msgspec.Struct, frozen=True, kw_only=True):
    """Can "not in the base" be told?

    Attributes:
        area: probability that an actor in the base looks likelier to be in it than one that was taken out.
        bar: lowest probability at which 90 of 100 names given would be right (actor in the base).
        precision: of the names given at that bar. named: share of answerable queries that get a name at it.
        abstained: share of queries about actors taken out that get none.
    """

    regime: str
    part: str
    queries: int
    area: float
    bar: float
    precision: float
    named: float
    abstained: float


class LabelFigures(msgspec.Struct, frozen=True, kw_only=True):
    """Country or motive, from the labels of the actors that fit best.

    Attributes:
        majority: accuracy of always giving the commonest label.
        likely: answers said to be at least likely (0.55). likely_right: how many of these are right.
        china, china_right: answers "CN" said to be at least likely, and how many are right.
    """

    question: str
    part: str
    queries: int
    accuracy: float
    low: float
    high: float
    second: float
    macro_f1: float
    majority: float
    likely: int
    likely_right: float
    china: int
    china_right: float
    error: float


class Planted(msgspec.Struct, frozen=True, kw_only=True):
    """What one planted software with three planted techniques does to answers that were right before.

    Attributes:
        right: answers at the first rank that were right. flipped: of these, how many have another first rank now.
        named: answers that were right, at least likely and firm. renamed: of these, how many name another now.
        withheld: of these, how many are not named any more.
        misled: of all queries, how many name the actor whose traces were planted.
    """

    regime: str
    scorer: str
    right: int
    flipped: float
    named: int
    renamed: float
    withheld: float
    misled: float


class Unattributed(msgspec.Struct, frozen=True, kw_only=True):
    """Campaigns that ATT&CK attributes to nobody; whether a name would be right, nobody knows.

    Attributes:
        campaigns: with at least five techniques. above_bar: whose likeliest actor reaches the bar of `OpenSet` (R2).
        firm: whose likeliest actor stays likely whichever one software is left out.
    """

    campaigns: int
    above_bar: int
    firm: int


class Goal(msgspec.Struct, frozen=True, kw_only=True):
    """A figure beside what was aimed at."""

    name: str
    baseline: str
    goal: float
    value: float
    most: bool = False

    @property
    def reached(self) -> bool:
        """Was it?"""
        return self.value <= self.goal if self.most else self.value >= self.goal


class AttributionFigures(msgspec.Struct, frozen=True, kw_only=True):
    """All that was measured; `knowledge`: versions of the sources, `weights_agree`: fitting again gives what ships."""

    knowledge: list[str]
    sealed_actors: int
    weights_agree: bool
    processor_seconds: float
    rankings: list[Ranked]
    campaigns: list[Ranked]
    calibrations: list[NamedCalibration]
    selective: list[Selective]
    open_set: list[OpenSet]
    labels: list[LabelFigures]
    noise: list[Ranked]
    planted: list[Planted]
    unattributed: Unattributed
    goals: list[Goal]
