"""Matches of one rule → a finding."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from vigilia.model.errors import RuleError
from vigilia.model.matches import LEVELS, Finding
from vigilia.sigma.rules import RuleHead, RuleSet
from vigilia.store.match_store import RuleMatches

__all__ = ["findings"]


def findings(rules: RuleSet, matches: Iterable[RuleMatches], further: Sequence[Finding] = ()) -> list[Finding]:
    """Describe what each rule and correlation matched, save those that only serve correlations.

    Args:
        rules: the rules that gave the matches.
        matches: one for each rule that matched.
        further: findings of something else than rules, whose matches are among these.

    Returns:
        Findings by falling level, then rule id.

    Raises:
        RuleError: a match of a rule that is not in the set.
    """
    by_id: dict[str, RuleHead] = {rule.id: rule for rule in (*rules.rules, *rules.correlations)}
    found = list(further)
    known = {one.rule_id for one in further}
    for one in matches:
        if one.rule_id in known:
            continue
        if one.rule_id not in by_id:
            raise RuleError(f"a match names the rule {one.rule_id}, which is not loaded", hint="Run `detect` again.")
        if not by_id[one.rule_id].silent:
            found.append(_finding(by_id[one.rule_id], one))
    return sorted(found, key=lambda one: (-LEVELS.index(one.level), one.rule_id))


def _finding(rule: RuleHead, matched: RuleMatches) -> Finding:
    return Finding(
        rule_id=rule.id,
        title=rule.title,
        level=rule.level,
        description=rule.description,
        technique_ids=list(rule.technique_ids),
        tactics=list(rule.tactics),
        software_ids=list(rule.software_ids),
        false_positives=list(rule.false_positives),
        count=matched.count,
        first_time=matched.first_time,
        last_time=matched.last_time,
        event_ids=matched.event_ids,
    )
