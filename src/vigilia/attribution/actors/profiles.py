"""What is known of each actor, as arrays: who was reported to use what, in which report, and when.

A `Corpus` holds every citation of a table. `Profiles` are what a chosen part of these reports says: all of them in an
investigation; in the benchmark those that may be known without knowing the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from vigilia.knowledge.actors.citation_dates import day_of
from vigilia.knowledge.actors.table import ActorTable

__all__ = ["Bools", "Corpus", "Floats", "Ints", "Profiles", "is_technique"]

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]
Bools: TypeAlias = npt.NDArray[np.bool_]

_UNKNOWN_DAY: Final = 0


def is_technique(feature: str) -> bool:
    """Is it the id of a technique, or of software?"""
    return feature.startswith("T")


@dataclass(frozen=True)
class Corpus:
    """Every citation of a table of actors.

    An operation counts for each actor to whom it is attributed. A relation without a citation is left out: nobody
    could tell when it became known.

    Attributes:
        actors, features, reports: ids and names, by place.
        technique: which features are techniques.
        days: of each report its day as an ordinal, 0 where unknown.
        citations: rows of (actor, report, feature), no row twice, sorted.
        documentation: rows of (feature, report): software that the report is cited for, sorted.
    """

    actors: Sequence[str]
    features: Sequence[str]
    reports: Sequence[str]
    technique: Bools
    days: Ints
    citations: Ints
    documentation: Ints

    @classmethod
    def of(cls, table: ActorTable) -> Corpus:
        """Lay out a table as arrays."""
        actors = sorted(table.actors)
        cited = list(_cited(table))
        features = sorted({feature for _, _, feature in cited} | set(table.software))
        actor_place, place = _places(actors), _places(features)
        rows = [(actor_place[actor], report, place[used]) for actor, report, used in cited]
        documented = [(place[one], report) for one in table.software for report in table.software[one].documented]
        return cls(
            actors=actors,
            features=features,
            reports=[report.name for report in table.reports],
            technique=np.array([is_technique(one) for one in features], dtype=np.bool_),
            days=np.array([_ordinal(report.date) for report in table.reports], dtype=np.int64),
            citations=_distinct(np.array(rows, dtype=np.int64).reshape(-1, 3)),
            documentation=_distinct(np.array(documented, dtype=np.int64).reshape(-1, 2)),
        )

    @cached_property
    def actor_place(self) -> dict[str, int]:
        """Id of an actor → its place."""
        return _places(self.actors)

    @cached_property
    def feature_place(self) -> dict[str, int]:
        """Id of a technique or software → its place."""
        return _places(self.features)

    def profiles(self, known: Bools | None = None, without: int | None = None) -> Profiles:
        """Return what some of the reports say.

        Args:
            known: for each report whether it may be used; None for all.
            without: place of an actor to leave out altogether.
        """
        rows = self.citations
        chosen = np.ones(len(rows), dtype=np.bool_) if known is None else known[rows[:, 1]]
        if without is not None:
            chosen = chosen & (rows[:, 0] != without)
        documented = self.documentation if known is None else self.documentation[known[self.documentation[:, 1]]]
        return Profiles(self, rows[chosen], documented)


@dataclass(frozen=True)
class Profiles:
    """What a part of the reports says of each actor.

    Attributes:
        citations, documentation: as in `Corpus`, those rows that may be used.
    """

    corpus: Corpus
    citations: Ints
    documentation: Ints

    @cached_property
    def counts(self) -> Floats:
        """Actors x features: how many reports say that the actor uses it."""
        wide = len(self.corpus.features)
        flat = np.bincount(self.citations[:, 0] * wide + self.citations[:, 2], minlength=len(self.corpus.actors) * wide)
        return flat.reshape(len(self.corpus.actors), wide).astype(np.float64)

    @cached_property
    def used(self) -> Bools:
        """Actors x features: does any report say that the actor uses it?"""
        return self.counts > 0

    @cached_property
    def known(self) -> Bools:
        """Which actors have a profile at all."""
        return np.asarray(self.used.any(axis=1), dtype=np.bool_)

    @cached_property
    def spread(self) -> Floats:
        """Of each feature, how many actors use it."""
        spread: Floats = self.used.sum(axis=0).astype(np.float64)
        return spread

    @cached_property
    def rarity(self) -> Floats:
        """Of each feature its inverse actor frequency, as in BM25 (Robertson and Zaragoza 2009, eq. 3.4)."""
        return rarity(self.spread, int(self.known.sum()))

    @cached_property
    def episodes(self) -> tuple[Ints, Ints]:
        """Each pair of an actor and a report about it once, as rows; and of each citation the place of its pair."""
        pairs, place = np.unique(self.citations[:, :2], axis=0, return_inverse=True)
        return pairs, place.reshape(-1)

    @cached_property
    def report_counts(self) -> Floats:
        """Of each actor, how many reports speak of it."""
        pairs, _ = self.episodes
        return np.bincount(pairs[:, 0], minlength=len(self.corpus.actors)).astype(np.float64)

    @cached_property
    def documented_beside(self) -> Floats:
        """Actors x features: how many reports about the actor also say what this software does."""
        found = np.zeros_like(self.counts)
        pairs, _ = self.episodes
        software = {report: self.documentation[self.documentation[:, 1] == report, 0] for report in set(pairs[:, 1])}
        for actor, report in pairs:
            found[actor, software[report]] += 1
        return found


def rarity(spread: Floats, actors: int) -> Floats:
    """Return the inverse frequency of what so many of these actors use; the rarer, the larger, never negative."""
    weights: Floats = np.log1p((actors - spread + 0.5) / (spread + 0.5))
    return weights


def _cited(table: ActorTable) -> Iterator[tuple[str, int, str]]:
    for identifier, actor in table.actors.items():
        for used, reports in actor.uses.items():
            yield from ((identifier, report, used) for report in reports)
    for operation in table.operations.values():
        for identifier in operation.actors:
            if identifier in table.actors:
                for used, reports in operation.uses.items():
                    yield from ((identifier, report, used) for report in reports)


def _places(names: Sequence[str]) -> dict[str, int]:
    return {name: place for place, name in enumerate(names)}


def _distinct(rows: Ints) -> Ints:
    return np.unique(rows, axis=0)


def _ordinal(date: str) -> int:
    day = day_of(date)
    return day.toordinal() if day else _UNKNOWN_DAY
