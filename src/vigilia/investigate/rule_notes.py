"""What must be known of rules before their findings are read: what filters leave out, which rules give none."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from vigilia.model.wording import counted, listed
from vigilia.sigma.rules import RuleOutlines, RuleSet

__all__ = ["rule_notes"]

_MOST_NAMED: Final = 20  # filters, and silent rules


def rule_notes(rules: RuleSet | RuleOutlines) -> Iterator[str]:
    """Yield sentences on filters that changed rules, and on rules that only serve correlation rules."""
    yield from _filtered(rules)
    yield from _silent(rules)


def _filtered(rules: RuleSet | RuleOutlines) -> Iterator[str]:
    changed = Counter(title for rule in rules.rules for title in rule.filters)
    for title, count in sorted(changed.items())[:_MOST_NAMED]:
        yield f"The filter “{title}” narrows {counted(count, 'rule')}: what it leaves out is in no finding."
    if len(changed) > _MOST_NAMED:
        yield f"The same goes for {counted(len(changed) - _MOST_NAMED, 'more filter')}."


def _silent(rules: RuleSet | RuleOutlines) -> Iterator[str]:
    # Who writes both into one file means it so.
    meant = {rule.path for rule in rules.correlations}
    silent = [rule for rule in (*rules.rules, *rules.correlations) if rule.silent and rule.path not in meant]
    titles = sorted({f"“{rule.title}”" for rule in silent})
    left = len(titles) - _MOST_NAMED
    named = listed([*titles[:_MOST_NAMED], *([f"{left} more"] if left > 0 else [])])
    if titles:
        yield f"Rules of which only correlation rules speak, so that they give no findings of their own: {named}."
