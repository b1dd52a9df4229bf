"""The frozen pseudo-incidents, and which reports may be known when one of them is to be attributed.

A query is what one cited report contributed to one actor. Regimes, from leaky to honest: R0 keeps the report itself,
R1 leaves out that report alone, R2 leaves out everything published within 180 days of it, R3 keeps only what was
published more than 30 days before it. Reports without a date are left out of R2 and R3.
"""

from __future__ import annotations

import datetime
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import msgspec
import numpy as np

from vigilia.attribution.actors.label_votes import country_of, motive_of
from vigilia.attribution.actors.profiles import Bools, Corpus, Profiles
from vigilia.attribution.actors.signals import Seen, seen_of
from vigilia.knowledge.actors.table import ActorTable

__all__ = ["REGIMES", "Campaign", "Queries", "Query", "Regime", "is_sealed", "read_queries"]

Regime = Literal["R0", "R1", "R2", "R3"]
REGIMES: Final[tuple[Regime, ...]] = ("R0", "R1", "R2", "R3")
_WINDOW_DAYS: Final = 180
_DAYS_BEFORE: Final = 30
_SEALED_SHARE: Final = 3


class _Report(msgspec.Struct, frozen=True):
    group: str
    report: str
    date: str
    techniques: list[str]
    software: list[str]


class Campaign(msgspec.Struct, frozen=True):
    """A campaign that ATT&CK attributes: what was used in it, to whom, and the reports that it cites."""

    campaign: str
    groups: list[str]
    techniques: list[str]
    software: list[str]
    cites: list[str]


class _Frozen(msgspec.Struct, frozen=True):
    reports: list[_Report]
    campaigns: list[Campaign]


@dataclass(frozen=True)
class Query:
    """One pseudo-incident.

    Attributes:
        actor: place of the right answer. report: place of the report that it was made of.
        features: ids of what was seen, techniques before software. day: of publication, as an ordinal.
        sealed: does the actor belong to the third that no fitting and no choice ever sees?
    """

    actor: int
    report: int
    features: tuple[str, ...]
    day: int
    country: str
    motive: str
    sealed: bool

    def seen(self, corpus: Corpus) -> Seen:
        """Return it as what was seen, every feature with certainty."""
        return seen_of(corpus, dict.fromkeys(self.features, 1.0), self.day)

    def known(self, corpus: Corpus, regime: Regime) -> Bools:
        """Return of each report whether it may be known."""
        others = np.arange(len(corpus.reports)) != self.report
        dated = corpus.days > 0
        if regime == "R0":
            return np.ones(len(others), dtype=np.bool_)
        if regime == "R1":
            return np.asarray(others, dtype=np.bool_)
        apart = corpus.days - self.day
        in_time = np.abs(apart) > _WINDOW_DAYS if regime == "R2" else apart < -_DAYS_BEFORE
        return np.asarray(others & dated & in_time, dtype=np.bool_)

    def profiles(self, corpus: Corpus, regime: Regime, *, removed: bool = False) -> Profiles:
        """Return what may be known of all actors; `removed`: of all but the right one."""
        return corpus.profiles(self.known(corpus, regime), without=self.actor if removed else None)

    def answerable(self, profiles: Profiles) -> bool:
        """Is any technique of the right actor known? Without one there is nothing to find it by."""
        return bool(profiles.used[self.actor, profiles.corpus.technique].any())


@dataclass(frozen=True)
class Queries:
    """All frozen queries over one corpus."""

    corpus: Corpus
    reports: list[Query]
    campaigns: list[Campaign]


def is_sealed(actor: str) -> bool:
    """Return whether an actor belongs to the sealed third: fixed by a hash of its id, before anything was measured."""
    return int(hashlib.sha256(f"sealed:{actor}".encode()).hexdigest(), 16) % _SEALED_SHARE == 0


def read_queries(path: Path, table: ActorTable) -> Queries:
    """Read the frozen file of pseudo-incidents."""
    frozen = msgspec.json.decode(path.read_bytes(), type=_Frozen)
    corpus = Corpus.of(table)
    place = {name: at for at, name in enumerate(corpus.reports)}
    reports = [
        Query(
            actor=corpus.actor_place[one.group],
            report=place[one.report],
            features=(*one.techniques, *one.software),
            day=datetime.date.fromisoformat(one.date).toordinal(),
            country=country_of(table.actors[one.group]),
            motive=motive_of(table.actors[one.group]),
            sealed=is_sealed(one.group),
        )
        for one in frozen.reports
    ]
    return Queries(corpus, reports, frozen.campaigns)
