"""Compiled rules, and rules that cannot be run, each with its reason."""

from __future__ import annotations

import hashlib

import msgspec

from vigilia.model.matches import Level
from vigilia.sigma.form import Form, leaves

__all__ = ["CompiledRule", "LogSource", "RuleSet", "UnsupportedRule"]


class LogSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says about where its records come from; empty means that it does not say."""

    product: str = ""
    category: str = ""
    service: str = ""

    def __str__(self) -> str:
        named = (("product", self.product), ("category", self.category), ("service", self.service))
        return ", ".join(f"{name}: {value}" for name, value in named if value)


class CompiledRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule, ready to run.

    Attributes:
        id: the rule's UUID, or "rule-" and 16 hex digits of its text's SHA-256 where it has none.
        path: the name that its text was handed in with.
        technique_ids: ATT&CK ids from the tags, upper case, sorted.
        tactics: ATT&CK tactic short names from the tags, sorted.
        conditions: the rule matches where one of them holds (nearly always there is one).
        remarks: what is wrong with the rule without keeping it from running.
    """

    id: str
    path: str
    title: str
    level: Level
    status: str
    description: str
    technique_ids: tuple[str, ...]
    tactics: tuple[str, ...]
    false_positives: tuple[str, ...]
    logsource: LogSource
    conditions: tuple[Form, ...]
    remarks: tuple[str, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that the conditions look at, sorted."""
        names: dict[str, None] = {}
        for condition in self.conditions:
            for test, _ in leaves(condition):
                names.update((name, None) for name in (test.field, getattr(test, "other", None)) if name)
        return tuple(sorted(names))


class UnsupportedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that cannot be run, by name, and why.

    Attributes:
        line: where in the file, from 1.
        hint: what the person can do.
    """

    path: str
    title: str
    id: str
    reason: str
    line: int
    hint: str


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """Rules sorted by id, and what could not be run sorted by path and line."""

    rules: tuple[CompiledRule, ...]
    unsupported: tuple[UnsupportedRule, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash what the rules say, wherever their files lay and in whatever order they came."""
        digest = hashlib.sha256()
        for rule in self.rules:
            digest.update(msgspec.json.encode(msgspec.structs.replace(rule, path="")))
            digest.update(b"\n")
        return digest.hexdigest()
