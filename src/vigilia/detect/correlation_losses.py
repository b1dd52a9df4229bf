"""What correlation rules could not see, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from vigilia.detect.correlation import Correlated
from vigilia.model.wording import counted
from vigilia.sigma.rules import RuleSet

__all__ = ["correlation_losses"]

_MOST_NAMED: Final = 20


def correlation_losses(rules: RuleSet, found: Correlated) -> Iterator[str]:
    """Yield a sentence for each way in which matches took no part in correlation rules."""
    if found.too_many:
        matches = _matches(found.too_many)
        yield f"No correlation rule ran: {matches} of the rules that they refer to are too many."
    if found.untimed:
        yield f"{_matches(found.untimed)} without a time took no part in correlation rules."
    titles = {rule.id: rule.title for rule in rules.correlations}
    incomplete = sorted(found.incomplete.items())
    for rule_id, count in incomplete[:_MOST_NAMED]:
        yield (
            f"{_matches(count)} took no part, or not with all values, in the correlation rule “{titles[rule_id]}”: a "
            "field by which it groups or that it measures is missing there, or has too many values."
        )
    if len(incomplete) > _MOST_NAMED:
        yield f"The same goes for {counted(len(incomplete) - _MOST_NAMED, 'more correlation rule')}."


def _matches(count: int) -> str:
    return counted(count, "match", "matches")
