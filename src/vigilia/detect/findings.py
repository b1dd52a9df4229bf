"""Matches of one rule → a finding."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Literal

from vigilia.model.errors import RuleError
from vigilia.model.matches import LEVELS, Finding, Match
from vigilia.model.times import UtcTime
from vigilia.sigma.rules import CompiledRule, RuleSet

__all__ = ["findings"]

_Time = UtcTime | Literal[""]


def findings(rules: RuleSet, matches: Iterable[Match], times: Mapping[str, _Time]) -> list[Finding]:
    """Group matches by rule.

    Args:
        rules: the rules that gave the matches.
        matches: in any order; the same match twice counts once.
        times: event id → time; events without one come last in a finding.

    Returns:
        Findings by falling level, then rule id.

    Raises:
        RuleError: a match of a rule that is not in the set.
    """
    by_id = {rule.id: rule for rule in rules.rules}
    events: dict[str, set[str]] = {}
    for match in matches:
        if match.rule_id not in by_id:
            raise RuleError(f"a match names the rule {match.rule_id}, which is not loaded", hint="Run `detect` again.")
        events.setdefault(match.rule_id, set()).add(match.event_id)
    found = [_finding(by_id[rule_id], event_ids, times) for rule_id, event_ids in events.items()]
    return sorted(found, key=lambda one: (-LEVELS.index(one.level), one.rule_id))


def _finding(rule: CompiledRule, event_ids: set[str], times: Mapping[str, _Time]) -> Finding:
    timed = sorted((times.get(one, ""), one) for one in event_ids)
    ordered = [pair for pair in timed if pair[0]] + [pair for pair in timed if not pair[0]]
    known = [time for time, _ in timed if time]
    return Finding(
        rule_id=rule.id,
        title=rule.title,
        level=rule.level,
        description=rule.description,
        technique_ids=list(rule.technique_ids),
        tactics=list(rule.tactics),
        false_positives=list(rule.false_positives),
        count=len(ordered),
        first_time=known[0] if known else "",
        last_time=known[-1] if known else "",
        event_ids=[one for _, one in ordered],
    )
