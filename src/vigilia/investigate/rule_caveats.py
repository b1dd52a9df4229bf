"""What readers of the report must know of the rules: what filters leave out, what correlations could not see."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from vigilia.detect.correlation import Correlated
from vigilia.model.result import Statement
from vigilia.sigma.rules import RuleSet

__all__ = ["rule_caveats"]

_MOST_NAMED: Final = 20  # filters, and correlation rules, by name


def rule_caveats(rules: RuleSet, found: Correlated) -> list[Statement]:
    """Return a caveat for each filter that changed rules, and for all that took no part in a correlation rule."""
    return [
        Statement(id=f"rules-{number}", question="who-was-in", weight="caveat", text=text)
        for number, text in enumerate([*_filtered(rules), *_left_out(rules, found)], start=1)
    ]


def _filtered(rules: RuleSet) -> Iterator[str]:
    changed = Counter(title for rule in rules.rules for title in rule.filters)
    for title, count in sorted(changed.items())[:_MOST_NAMED]:
        yield f"The filter “{title}” narrows {_things(count, 'rule')}: what it leaves out is in no finding."
    if len(changed) > _MOST_NAMED:
        yield f"{_things(len(changed) - _MOST_NAMED, 'more filter')} narrow rules."


def _left_out(rules: RuleSet, found: Correlated) -> Iterator[str]:
    if found.too_many:
        yield f"No correlation rule ran: {found.too_many} matches of the rules that they refer to are too many."
    if found.untimed:
        matches = _things(found.untimed, "match", "matches")
        yield f"{matches} without a time took no part in correlation rules."
    titles = {rule.id: rule.title for rule in rules.correlations}
    for rule_id, count in sorted(found.incomplete.items())[:_MOST_NAMED]:
        matches = _things(count, "match", "matches")
        yield (
            f"{matches} took no part, or not with all values, in the correlation rule “{titles[rule_id]}”: a field by "
            "which it groups or that it measures is missing there, or has too many values."
        )
    if len(found.incomplete) > _MOST_NAMED:
        yield f"The same goes for {_things(len(found.incomplete) - _MOST_NAMED, 'more correlation rule')}."


def _things(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
