"""Detections counted: by level, rule, host and technique, and from when to when."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Final

from vigilia.model.detections import DetectionCounts
from vigilia.model.matches import LEVELS, Level
from vigilia.model.wording import counted
from vigilia.sigma.rules import RuleHead, RuleOutlines

__all__ = ["reaches", "summary_lines"]

_MOST_NAMED: Final = 15


def reaches(counts: DetectionCounts, rules: RuleOutlines, level: Level) -> bool:
    """Tell whether a detection has a level or a higher one."""
    levels = _by_level(counts, _heads(rules))
    return any(LEVELS.index(one) >= LEVELS.index(level) for one in levels)


def summary_lines(counts: DetectionCounts, rules: RuleOutlines) -> Iterator[str]:
    """Yield the summary for people, line by line."""
    if not counts.detections:
        yield "No rule matched."
        return
    heads = _heads(rules)
    records = counted(counts.records, "record")
    yield f"{counted(counts.detections, 'match', 'matches')} of {counted(len(counts.rules), 'rule')} on {records}"
    if counts.first_time:
        untimed = f"; {counted(counts.untimed, 'match has', 'matches have')} no time" if counts.untimed else ""
        yield f"from {counts.first_time[:19]}Z to {counts.last_time[:19]}Z{untimed}"
    levels = _by_level(counts, heads)
    yield from _section("By level", [(one, levels[one]) for one in reversed(LEVELS) if one in levels])
    yield from _section("By rule", _by_rule(counts, heads))
    yield from _section("By host", _ranked({name or "(no host)": n for name, n in counts.hosts.items()}))
    yield from _section("By technique", _ranked(_by_technique(counts, heads)))


def _heads(rules: RuleOutlines) -> dict[str, RuleHead]:
    return {rule.id: rule for rule in (*rules.rules, *rules.correlations)}


def _by_level(counts: DetectionCounts, heads: Mapping[str, RuleHead]) -> Counter[Level]:
    levels: Counter[Level] = Counter()
    for rule_id, count in counts.rules.items():
        levels[heads[rule_id].level] += count
    return +levels


def _by_rule(counts: DetectionCounts, heads: Mapping[str, RuleHead]) -> list[tuple[str, int]]:
    found = [(heads[rule_id], count) for rule_id, count in counts.rules.items()]
    found.sort(key=lambda one: (-LEVELS.index(one[0].level), -one[1], one[0].title, one[0].id))
    return [(f"{rule.level:<13}  {rule.title}", count) for rule, count in found]


def _by_technique(counts: DetectionCounts, heads: Mapping[str, RuleHead]) -> Counter[str]:
    techniques: Counter[str] = Counter()
    for rule_id, count in counts.rules.items():
        techniques.update(dict.fromkeys(heads[rule_id].technique_ids, count))
    return techniques


def _ranked(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda one: (-one[1], one[0]))


def _section(title: str, counts: list[tuple[str, int]]) -> Iterator[str]:
    if not counts:
        return
    yield ""
    yield title
    for name, count in counts[:_MOST_NAMED]:
        yield f"{count:>10}  {name}"
    if len(counts) > _MOST_NAMED:
        rest = counts[_MOST_NAMED:]
        yield f"{sum(count for _, count in rest):>10}  {len(rest)} more"
