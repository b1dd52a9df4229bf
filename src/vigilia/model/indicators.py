"""Indicators from outside: values that somebody says belong to an intruder (STIX's *indicator*)."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from vigilia.model.times import OptionalTime

__all__ = [
    "Indicator",
    "IndicatorClaim",
    "IndicatorKind",
    "IndicatorList",
    "IndicatorSearch",
    "IndicatorSighting",
    "UnusedIndicators",
]

IndicatorKind = Literal[
    "address", "network", "domain", "url", "mail-address", "sha256", "sha1", "md5", "file-name", "file-path"
]
# Admiralty code: reliability of the source A to F, credibility of what it says 1 to 6.
Grade = Annotated[str, msgspec.Meta(pattern=r"^[A-F][1-6]$")]


class Indicator(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """One value, in its canonical form (lower case, refanged).

    Attributes:
        names: malware, tools and intrusion sets that the source ties it to, as it spells them.
        attack_ids: ATT&CK ids among them ("S0154", "G0016").
        source: who says so.
        first_known, last_known: the time in which the source says that it was in use; empty where it says nothing.
        reference: the source's own id for it.
    """

    kind: IndicatorKind
    value: str
    names: tuple[str, ...] = ()
    attack_ids: tuple[str, ...] = ()
    source: str = ""
    grade: Grade = "F6"
    first_known: OptionalTime = ""
    last_known: OptionalTime = ""
    reference: str = ""


class UnusedIndicators(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Entries of a list that were not looked for: how many, and why."""

    reason: str
    count: int
    example: str = ""


class IndicatorList(msgspec.Struct, frozen=True, kw_only=True):
    """What one or several lists hold, each sorted; `sha256` is that of the files in the order given."""

    indicators: tuple[Indicator, ...] = ()
    unused: tuple[UnusedIndicators, ...] = ()
    sha256: str = ""


class IndicatorClaim(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of a value, and what a sighting is worth by it.

    Attributes:
        age_days: days between the events and the time in which the source says that the value was in use; 0 where they
            overlap, None where no time is known.
        worth: 0 to 1: by kind, by the source's Admiralty grade, halved with age.
    """

    source: str
    grade: str
    names: list[str]
    attack_ids: list[str]
    first_known: OptionalTime
    last_known: OptionalTime
    age_days: float | None
    worth: float
    reference: str


class IndicatorSighting(msgspec.Struct, frozen=True, kw_only=True):
    """A listed value that stands in records.

    Attributes:
        rule_id: of the finding that tells of it.
        claims: by falling worth, then source.
        event_ids: sorted by time, then id; where there are very many, the first of them (`count` counts all).
    """

    kind: IndicatorKind
    value: str
    rule_id: str
    claims: list[IndicatorClaim]
    count: int
    first_time: OptionalTime
    last_time: OptionalTime
    event_ids: list[str]

    @property
    def worth(self) -> float:
        """Return what the best of its sources makes of it."""
        return max(claim.worth for claim in self.claims)


class IndicatorSearch(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked for out of lists from outside, and what was found.

    Attributes:
        looked_for: distinct values. sightings: by falling worth, then kind and value.
    """

    looked_for: int = 0
    sightings: list[IndicatorSighting] = []
    unused: list[UnusedIndicators] = []
