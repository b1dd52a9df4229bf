"""Hypotheses, priors, likelihoods and bars: the tables `likelihoods.toml` and `nexus.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = [
    "Bars",
    "Likelihoods",
    "NexusTable",
    "ObservationRow",
    "OffsetTable",
    "load_likelihoods",
    "load_nexus",
    "load_offsets",
]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
_Chance = Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)]


class Bars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which probability, and on how much evidence, something is said."""

    motive: _Share
    sponsor: _Share
    nexus: _Share
    nexus_families: int
    supporting_decibans: float
    long_dwell_days: int
    short_dwell_days: int
    money_dwell_days: int
    least_searches: int
    least_topic_share: _Share
    least_topic_count: int
    reason: str


class ObservationRow(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One kind of observation.

    Attributes:
        family: kind of evidence, the unit of leaving one out. vertex: of the Diamond Model.
        aspect: of MICTIC, the unit of independence. grade: Admiralty code.
        spoof_cost: 0 trivial to fake, 1 hardly possible. group: observations that depend on each other.
        motive: P(observed | motive). state: P(observed | a state is behind it: yes, no); empty: says nothing.
    """

    id: str
    family: str
    vertex: str
    aspect: str
    grade: Annotated[str, msgspec.Meta(pattern="^[A-F][1-6]$")]
    spoof_cost: _Share
    group: str
    text: str
    reason: str
    source: str
    techniques: list[str] = []
    motive: dict[str, _Chance]
    state: dict[str, _Chance] = {}


class _Topics(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    money: list[str]
    everyday_kinds: str


class Likelihoods(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `likelihoods.toml`."""

    version: str
    date: str
    motive_prior: dict[str, _Chance]
    state_given_motive: dict[str, _Chance]
    sources: dict[str, str]
    bars: Bars
    admiralty: dict[str, _Share]
    observation: list[ObservationRow]
    topics: _Topics
    would_change: dict[str, list[str]]


class NexusTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `nexus.toml`: topic id → ISO 3166-1 alpha-2 code → share; what is left is "unknown"."""

    version: str
    date: str
    source: str
    default_own: _Share
    prior_strength: float
    most_searches: int
    network_weight: float
    masked_weight: float
    hours_most_countries: int
    masked_kinds: list[str]
    prior: dict[str, _Share]
    interests: dict[str, dict[str, _Share]]


class OffsetTable(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `offsets.toml`: minutes east of UTC, as text → countries."""

    version: str
    date: str
    source: str
    offsets: dict[str, list[str]]


@lru_cache(maxsize=1)
def load_likelihoods() -> Likelihoods:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution", "likelihoods.toml", Likelihoods)


@lru_cache(maxsize=1)
def load_nexus() -> NexusTable:
    """Return the table of interests that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution", "nexus.toml", NexusTable)


@lru_cache(maxsize=1)
def load_offsets() -> OffsetTable:
    """Return the table of time zones that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution", "offsets.toml", OffsetTable)
