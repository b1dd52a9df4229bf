"""The rules of an investigation: our own pack, and the folders that were asked for."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import msgspec

from vigilia.detect.rulepack import builtin_rules, rules_in
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import RuleSet, UnsupportedRule

__all__ = ["compile_rulepack", "store_rules"]


def compile_rulepack(folders: Sequence[Path]) -> RuleSet:
    """Compile the built-in rules and those in folders; what cannot be run is named in the answer.

    Raises:
        UsageError: a folder cannot be read.
    """
    sources = list(builtin_rules())
    unreadable: list[UnsupportedRule] = []
    for folder in folders:
        found = rules_in(folder)
        sources += found.rules
        unreadable += found.unreadable
    compiled = compile_rules(sources)
    return msgspec.structs.replace(compiled, unsupported=(*compiled.unsupported, *unreadable))


def store_rules(rules: RuleSet) -> bytes:
    """Return the compiled rules as worker processes load them."""
    return msgspec.json.encode(rules)
