"""What detection yields: a rule gives a match; a match with its context is a finding."""

from __future__ import annotations

from typing import Literal

import msgspec

from vigilia.model.times import OptionalTime

__all__ = ["LEVELS", "Finding", "Level", "Match"]

Level = Literal["informational", "low", "medium", "high", "critical"]
LEVELS: tuple[Level, ...] = ("informational", "low", "medium", "high", "critical")


class Match(msgspec.Struct, frozen=True, kw_only=True):
    """One rule on one event.

    Attributes:
        fields: what made it match: name → value as recorded.
        time: the event's, in microseconds since 1970-01-01 UTC; None where it has none.
        context: values of fields that correlation rules need, whether the rule tests them or not.
    """

    rule_id: str
    event_id: str
    fields: dict[str, str]
    time: int | None = None
    context: dict[str, tuple[str, ...]] = {}


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """All matches of one rule.

    Attributes:
        technique_ids: ATT&CK ids from the rule's tags, upper case, sorted ("T1114.003").
        tactics: ATT&CK tactic short names from the rule's tags, sorted ("collection").
        software_ids: ATT&CK ids of software from the rule's tags or the list of indicators, sorted ("S0154").
        count: number of distinct events.
        event_ids: sorted by time, then id; where there are very many, the first of them (`count` counts all).
        false_positives: the rule author's innocent explanations.
    """

    rule_id: str
    title: str
    level: Level
    description: str
    technique_ids: list[str]
    tactics: list[str]
    false_positives: list[str]
    count: int
    first_time: OptionalTime
    last_time: OptionalTime
    event_ids: list[str]
    software_ids: list[str] = []
