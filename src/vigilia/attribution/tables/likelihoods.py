"""Hypotheses, priors, likelihoods and bars: the table `likelihoods.toml`."""

from __future__ import annotations

import functools
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.result import Aspect, ObservationKind, Vertex

__all__ = ["Bars", "KnownActors", "Likelihoods", "ObservationRow", "load_likelihoods"]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
_Chance = Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)]
_Grade = Annotated[str, msgspec.Meta(pattern="^[A-F][1-6]$")]


class Bars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which probability, and on how much evidence, something is said."""

    motive: _Share
    sponsor: _Share
    nexus: _Share
    nexus_families: int
    group: _Share
    group_grade: _Grade
    high_alone: _Share
    high_sources: int
    supporting_decibans: float
    cheap_to_fake: _Share
    long_dwell_days: int
    short_dwell_days: int
    money_dwell_days: int
    least_searches: int
    least_topic_share: _Share
    least_topic_count: int
    least_names: int
    many_addresses: int
    least_spared: int
    reason: str


class ObservationRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of observation.

    Attributes:
        kind, vertex, aspect, grade, spoof_cost, group: as in `model.result.Observation`.
        techniques: ATT&CK techniques whose rules make it, sub-techniques included.
        motive: P(observed | motive), a judgement. rate: instead of it, the share of incidents of a motive in which
            the technique was used; `recall` and `false_tag` then make P(observed | motive) of it.
        recall: P(a rule shows it | it was done). false_tag: P(a rule shows it | it was not done): rule tags are not
            procedures.
        state: P(observed | a state is behind it: yes, no), given the motive; empty: says nothing.
    """

    id: str
    kind: ObservationKind
    vertex: Vertex
    aspect: Aspect
    grade: _Grade
    spoof_cost: _Share
    group: str
    text: str
    reason: str
    source: str
    techniques: list[str] = []
    motive: dict[str, _Chance] = {}
    rate: dict[str, _Chance] = {}
    recall: _Chance = 0.6
    false_tag: _Chance = 0.05
    state: dict[str, _Chance] = {}

    @property
    def motive_likelihood(self) -> dict[str, float]:
        """P(observed | motive); from a rate: done and shown, or not shown as done and tagged all the same."""
        if self.motive:
            return dict(self.motive)
        seen = {name: self.recall * rate for name, rate in self.rate.items()}
        return {name: round(chance + (1 - chance) * self.false_tag, 6) for name, chance in seen.items()}


class _Topics(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    money: list[str]
    everyday_kinds: str


class _RansomNotes(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pattern: str


class _Temperature(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the log likelihoods are divided by, by the number of dependency groups: one; two or three; more."""

    one: Annotated[float, msgspec.Meta(gt=0.0)]
    few: Annotated[float, msgspec.Meta(gt=0.0)]
    many: Annotated[float, msgspec.Meta(gt=0.0)]

    def of(self, groups: int) -> float:
        """Return the temperature for so many dependency groups."""
        return self.one if groups <= 1 else self.few if groups <= 3 else self.many


class _Staged(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    motive: _Share


class _Corroboration(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    right: _Chance
    spoof_cost: _Share


class KnownActors(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How the comparison with known actors is used.

    Attributes:
        tag_certainty: that a technique was used of which a rule on the intruder's events is tagged.
        motives: share of incidents of each motive that the comparison tells apart, among all of these.
    """

    tag_certainty: _Chance
    least_compared: int
    grade: _Grade
    grade_with_software: _Grade
    spoof_cost: _Share
    source: str
    motives: dict[str, _Chance]


class Likelihoods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `likelihoods.toml`."""

    version: str
    date: str
    motive_prior: dict[str, _Chance]
    state_given_motive: dict[str, _Chance]
    sources: dict[str, str]
    base_rates: dict[str, str]
    bars: Bars
    temperature: _Temperature
    staged: _Staged
    corroboration: _Corroboration
    known_actors: KnownActors
    admiralty: dict[str, _Share]
    observation: list[ObservationRow]
    topics: _Topics
    ransom_notes: _RansomNotes
    would_change: dict[str, list[str]]

    def __post_init__(self) -> None:
        """Refuse a row that names other motives than the prior, or none."""
        for row in self.observation:
            if row.motive_likelihood.keys() != self.motive_prior.keys():
                raise ValueError(f"observation {row.id}: its motives are not those of motive_prior")


@functools.lru_cache(maxsize=1)
def load_likelihoods() -> Likelihoods:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution.tables", "likelihoods.toml", Likelihoods)
