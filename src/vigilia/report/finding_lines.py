"""Findings of `vigilia detect` as lines of JSON: one for each rule, with how often, when and where it matched."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from vigilia.model.matches import LEVELS, Level
from vigilia.model.tallies import Example, RuleTally
from vigilia.model.times import OptionalTime, format_microseconds
from vigilia.report.safe_text import safe_json
from vigilia.sigma.rules import RuleHead

__all__ = ["finding_lines"]


class _Record(msgspec.Struct, frozen=True):
    time: OptionalTime
    path: str
    record: int


class _Finding(msgspec.Struct, frozen=True, kw_only=True):
    rule_id: str
    title: str
    level: Level
    technique_ids: tuple[str, ...]
    tactics: tuple[str, ...]
    count: int
    first_time: OptionalTime
    last_time: OptionalTime
    untimed: int
    time_assumed: int
    hosts: dict[str, int]
    examples: list[_Record]


def finding_lines(tallies: Mapping[str, RuleTally], heads: Mapping[str, RuleHead]) -> Iterator[str]:
    """Yield a JSON object for each rule that matched, by falling level, then rule id.

    Args:
        tallies: by rule id.
        heads: of the rules, by id.
    """
    order = sorted(tallies, key=lambda rule_id: (-LEVELS.index(heads[rule_id].level), rule_id))
    for rule_id in order:
        yield safe_json(msgspec.json.encode(_finding(heads[rule_id], tallies[rule_id])).decode())


def _finding(rule: RuleHead, tally: RuleTally) -> _Finding:
    return _Finding(
        rule_id=rule.id,
        title=rule.title,
        level=rule.level,
        technique_ids=rule.technique_ids,
        tactics=rule.tactics,
        count=tally.detections,
        first_time=_time(tally.first),
        last_time=_time(tally.last),
        untimed=tally.untimed,
        time_assumed=tally.assumed,
        hosts=dict(sorted(tally.hosts.items())),
        examples=[_record(one) for one in tally.examples],
    )


def _record(example: Example) -> _Record:
    return _Record(_time(example.time), example.path, example.record)


def _time(microseconds: int | None) -> OptionalTime:
    return "" if microseconds is None else format_microseconds(microseconds)
