"""`vigilia rules check`: rules are read, compiled and looked at, each for itself and beside the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from vigilia.detect.logsources import default_log_sources
from vigilia.investigate.progress import Progress, rules_compiled
from vigilia.investigate.rule_choice import rule_texts
from vigilia.investigate.ruleset import compile_rulepack
from vigilia.sigma.adaptation import Adaptation
from vigilia.sigma.lint.checks import Remark
from vigilia.sigma.lint.linting import check_rule_texts
from vigilia.sigma.rules import LogSource, RuleSet

__all__ = ["CheckedRules", "check_rules_in"]


@dataclass(frozen=True, slots=True)
class CheckedRules:
    """Rules, and what there is to say of them, sorted by file, line and code."""

    rules: RuleSet
    remarks: tuple[Remark, ...]


def check_rules_in(paths: Sequence[Path], *, builtin: bool, adaptation: Adaptation, progress: Progress) -> CheckedRules:
    """Check the rules in folders and files, and those that ship with the package if asked for.

    Raises:
        UsageError: a path cannot be read, or the adaptation is wrong.
    """
    told = rules_compiled(progress)
    rules = compile_rulepack(paths, builtin=builtin, adaptation=adaptation, on_progress=told)
    texts = rule_texts(paths, builtin=builtin)
    return CheckedRules(rules, check_rule_texts(texts.texts, rules, _why_unserved))


def _why_unserved(source: LogSource) -> str:
    """Return why nothing serves a log source; empty where something does."""
    table = default_log_sources()
    if table.recorded_routes(source):
        return ""
    return table.why_unserved(source) or "no log that Vigilia reads is of this kind"
