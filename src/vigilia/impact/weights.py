"""Thresholds and priors of the impact stage: the table `weights.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = ["EventWeights", "LevelWeights", "PriorWeights", "TelemetryWeights", "Weights", "load_weights"]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class EventWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which probability an event counts as the intruder's."""

    confirmed: _Share
    counted: _Share
    possible: _Share
    reason: str


class TelemetryWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When telemetry is adequate."""

    adequate: _Share
    most_rejected: _Share
    open_start_factor: _Share
    reason: str


class PriorWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """P(left) before the channel's records are looked at."""

    touched_elsewhere: _Share
    channel_in_use: _Share
    channel_quiet: _Share
    accessed: _Share
    undetermined: _Share
    reason: str


class LevelWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """P(left) that goes with a level."""

    probably_left: _Share
    least_probable: _Share
    staged: _Share
    reason: str


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    source: str
    event: EventWeights
    telemetry: TelemetryWeights
    prior: PriorWeights
    level: LevelWeights


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.impact", "weights.toml", Weights)
