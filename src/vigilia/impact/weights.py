"""Thresholds and priors of the impact stage: the table `weights.toml`."""

from __future__ import annotations

from functools import lru_cache
from typing import Annotated

import msgspec

from vigilia.knowledge.shipped_table import read_table

__all__ = [
    "BulkWeights",
    "DriveWeights",
    "EventWeights",
    "HazardWeights",
    "LevelWeights",
    "PriorWeights",
    "TelemetryWeights",
    "TunnelWeights",
    "VolumeWeights",
    "Weights",
    "load_weights",
]

_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]


class EventWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """From which probability an event counts as the intruder's."""

    confirmed: _Share
    counted: _Share
    possible: _Share
    reason: str


class TelemetryWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When telemetry is adequate.

    Attributes:
        silent_hours, silent_times_usual: a silence so long, and so many times the third longest of the same log, is a
            hole; unexplained_hours: one so long always is.
        odd_at_work: share of other days with such a silence in the same hours, up to which one in which the intruder
            was at work is a hole.
    """

    adequate: _Share
    most_rejected: _Share
    most_slices: int
    edge_days: int
    gap_days: int
    silent_hours: int
    silent_times_usual: float
    unexplained_hours: int
    odd_at_work: _Share
    reason: str


class PriorWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """P(content left by a channel in which nothing was found) before the records are looked at.

    Attributes:
        touched: the intruder was seen at it; untouched: not; left_elsewhere: it left by a channel that shows it.
        active_channel: how much likelier a channel is in which the intruder was seen, at whatever content.
        accessed: P(it left by the channel by which it was read).
        undetermined_least: the least chance that is written for a slice that cannot be determined.
    """

    touched: _Share
    untouched: _Share
    left_elsewhere: _Share
    active_channel: float
    accessed: _Share
    undetermined_least: _Share
    reason: str


class HazardWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When in an intrusion data leaves.

    Attributes:
        first, last: how likely an hour at the beginning and at the end is, compared with the middle; linear between.
        tactics: ATT&CK short name of a phase → by how much its hours are likelier.
        outside: the time before the first and after the last record, where the intruder may have been in, as a share.
    """

    first: float
    last: float
    tactics: dict[str, float]
    outside: _Share
    reason: str


class LevelWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """P(left) that goes with a level."""

    probably_left: _Share
    implied: _Share
    implied_hours: int
    least_probable: _Share
    staged: _Share
    throttled: _Share
    reason: str


class VolumeWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When bytes sent out stand out.

    Attributes:
        least: bytes a day to one destination; least_to_intruder: the same to an address of the intruder.
        deviations: robust deviations of log10 bytes above the machine's own past days.
        everyday: days before the intrusion on which something was sent to an everyday destination.
        to_contact: P(it is data going to the intruder) to an address that the intruder's programs talk to.
        other_machine: the same of a machine on which the intruder wasn't seen, compared with one where they were.
        to_upload_service, to_stranger: P(it is data going to the intruder) to a known upload service, to a new address.
    """

    least: int
    least_to_intruder: int
    deviations: float
    everyday: int
    to_contact: _Share
    to_upload_service: _Share
    other_machine: _Share
    to_stranger: _Share
    reason: str


class TunnelWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When names that were looked up carry data: so many different ones, of so many letters on average.

    Attributes:
        everyday: days before the intrusion on which a domain must have been asked for to be known.
    """

    least_names: int
    least_length: int
    everyday: int
    unknown_domain: _Share
    known_domain: _Share
    reason: str


class DriveWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a drive means: attached alone; a drive letter that is written to without a record of attaching."""

    attached: _Share
    letter_alone: _Share
    reason: str


class BulkWeights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How many files (`least`) within how many `minutes` are very many; `actions`: what downloads are called."""

    least: int
    minutes: int
    actions: list[str]
    reason: str


class Weights(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole table."""

    version: str
    date: str
    source: str
    event: EventWeights
    telemetry: TelemetryWeights
    prior: PriorWeights
    hazard: HazardWeights
    level: LevelWeights
    volume: VolumeWeights
    tunnel: TunnelWeights
    drive: DriveWeights
    bulk: BulkWeights


@lru_cache(maxsize=1)
def load_weights() -> Weights:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.impact", "weights.toml", Weights)
