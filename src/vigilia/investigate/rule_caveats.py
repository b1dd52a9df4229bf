"""What readers of the report must know of the rules: what filters leave out, what correlations could not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from vigilia.detect.correlation import Correlated
from vigilia.detect.correlation_losses import correlation_losses
from vigilia.model.result import Statement
from vigilia.model.wording import counted, listed
from vigilia.sigma.rules import RuleSet

__all__ = ["rule_caveats"]

_MOST_NAMED: Final = 20  # filters, and silent rules


def rule_caveats(rules: RuleSet, found: Correlated) -> list[Statement]:
    """Return caveats on filters, on rules that give no findings, and on what took no part in a correlation rule."""
    return [
        Statement(id=f"rules-{number}", question="who-was-in", weight="caveat", text=text)
        for number, text in enumerate([*_filtered(rules), *_silent(rules), *correlation_losses(rules, found)], start=1)
    ]


def _filtered(rules: RuleSet) -> Iterator[str]:
    changed = Counter(title for rule in rules.rules for title in rule.filters)
    for title, count in sorted(changed.items())[:_MOST_NAMED]:
        yield f"The filter “{title}” narrows {counted(count, 'rule')}: what it leaves out is in no finding."
    if len(changed) > _MOST_NAMED:
        yield f"The same goes for {counted(len(changed) - _MOST_NAMED, 'more filter')}."


def _silent(rules: RuleSet) -> Iterator[str]:
    titles = sorted({f"“{rule.title}”" for rule in (*rules.rules, *rules.correlations) if rule.silent})
    left = len(titles) - _MOST_NAMED
    named = listed([*titles[:_MOST_NAMED], *([f"{left} more"] if left > 0 else [])])
    if titles:
        yield f"Rules of which only correlation rules speak, so that they give no findings of their own: {named}."
