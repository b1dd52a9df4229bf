"""Whose interest a topic serves, who uses which keyboard: the table `interests.toml`."""

from __future__ import annotations

import functools
from typing import Annotated

import msgspec

from vigilia.knowledge.gazetteer import load_gazetteer
from vigilia.knowledge.shipped_table import read_table
from vigilia.model.result import OperatorHintKind

__all__ = ["UNKNOWN", "Family", "Interests", "Writing", "interest_of", "load_interests"]

UNKNOWN = "unknown"
_Share = Annotated[float, msgspec.Meta(ge=0.0, le=1.0)]
_Chance = Annotated[float, msgspec.Meta(gt=0.0, lt=1.0)]
_Grade = Annotated[str, msgspec.Meta(pattern="^[A-F][1-6]$")]


class Family(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much one kind of evidence on the nexus is worth.

    Attributes:
        group: dependency group. independent: may it count as one of the families that a country is named on?
    """

    grade: _Grade
    spoof_cost: _Share
    group: str
    independent: bool
    reason: str
    source: str


class Writing(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where people write like this.

    Attributes:
        kind, contains: which hint is meant: its kind, and a part of what it says.
        countries: where it is usual. usual, elsewhere: P(an operator from there, or from elsewhere, writes so).
    """

    kind: OperatorHintKind
    contains: str
    countries: list[str]
    usual: _Chance
    elsewhere: _Chance
    reason: str


class Interests(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The whole of `interests.toml`: topic id → ISO 3166-1 alpha-2 code → share; what is left is "unknown".

    Attributes:
        small_prior: of a country that has no prior of its own.
        floor: a country without a row's interest, as a share of its prior.
        searches_for_half: so many searches are worth half of what any number would be.
        own_network, masked_network, other_network: P(an address of the intruder lies in a country | the intruder's
            nexus is there; there, but anyone can rent it; elsewhere).
        community_weight: how far whom the organisation serves moves the prior, 0 to 1.
        shared_by_at_most: what more countries share points to none of them.
    """

    version: str
    date: str
    source: str
    default_own: _Share
    small_prior: _Chance
    floor: _Chance
    searches_for_half: float
    most_searches: int
    own_network: _Chance
    masked_network: _Chance
    other_network: _Chance
    shared_by_at_most: int
    community_weight: _Share
    masked_kinds: list[str]
    prior: dict[str, _Share]
    families: dict[str, Family]
    writing: list[Writing]
    interests: dict[str, dict[str, _Share]]


@functools.lru_cache(maxsize=1)
def load_interests() -> Interests:
    """Return the table of interests that ships with the package.

    Raises:
        KnowledgeError: names the key that is wrong.
    """
    return read_table("vigilia.attribution.tables", "interests.toml", Interests)


def interest_of(topic: str) -> dict[str, float]:
    """Return country code → share for a topic id, "unknown" included, summing to 1.

    A topic without a row of its own is of interest to whom the nearest topic above it is.
    """
    known = next((shares for one in _with_those_above(topic) if (shares := _own_interest(one))), {})
    return {**known, UNKNOWN: 1 - sum(known.values())}


def _own_interest(topic: str) -> dict[str, float]:
    table = load_interests()
    if topic in table.interests:
        return table.interests[topic]
    kind, _, code = topic.partition(":")
    return {code: table.default_own} if kind == "place" and len(code) == 2 and code.isalpha() else {}


def _with_those_above(topic: str) -> list[str]:
    """Return a topic, the one within which the gazetteer says that it lies, and so on."""
    parents = _parents()
    found: list[str] = []
    while topic and topic not in found:
        found.append(topic)
        topic = parents.get(topic, "")
    return found


@functools.lru_cache(maxsize=1)
def _parents() -> dict[str, str]:
    return {entry.id: entry.parent for entry in load_gazetteer()}
