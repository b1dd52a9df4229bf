"""What readers of the report must know of the rules: what filters leave out, what correlations could not see."""

from __future__ import annotations

from vigilia.detect.correlation import Correlated
from vigilia.detect.correlation_losses import correlation_losses
from vigilia.investigate.rule_notes import rule_notes
from vigilia.model.result import Statement
from vigilia.sigma.rules import RuleSet

__all__ = ["rule_caveats"]


def rule_caveats(rules: RuleSet, found: Correlated) -> list[Statement]:
    """Return caveats on filters, on rules that give no findings, and on what took no part in a correlation rule."""
    return [
        Statement(id=f"rules-{number}", question="who-was-in", weight="caveat", text=text)
        for number, text in enumerate([*rule_notes(rules), *correlation_losses(rules, found)], start=1)
    ]
