"""Compiled rules of both kinds, and what cannot be run, each with its reason."""

from __future__ import annotations

import hashlib

import msgspec

from vigilia.model.matches import Level
from vigilia.sigma.correlation_form import CorrelationCondition, CorrelationType
from vigilia.sigma.form import Form, leaves

__all__ = [
    "CompiledCorrelation",
    "CompiledRule",
    "LogSource",
    "RuleHead",
    "RuleOutline",
    "RuleOutlines",
    "RuleSet",
    "UnsupportedRule",
]


class LogSource(msgspec.Struct, frozen=True, kw_only=True):
    """What a rule says about where its records come from; empty means that it does not say."""

    product: str = ""
    category: str = ""
    service: str = ""

    def __str__(self) -> str:
        named = (("product", self.product), ("category", self.category), ("service", self.service))
        return ", ".join(f"{name}: {value}" for name, value in named if value)


class RuleHead(msgspec.Struct, frozen=True, kw_only=True):
    """What every kind of rule says about itself.

    Attributes:
        id: the rule's UUID, or "rule-" and 16 hex digits of its text's SHA-256 where it has none.
        path: the name that its text was handed in with.
        name: what correlation rules and filters may call it by, besides its id; often empty.
        technique_ids: ATT&CK ids from the tags, upper case, sorted.
        tactics: ATT&CK tactic short names from the tags, sorted.
        software_ids: ATT&CK ids of software from the tags, upper case, sorted.
        remarks: what is wrong with the rule without keeping it from running.
        silent: it only serves correlation rules (without `generate: true`) and gives no finding of its own.
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
    name: str = ""
    remarks: tuple[str, ...] = ()
    software_ids: tuple[str, ...] = ()
    silent: bool = False


class CompiledRule(RuleHead, frozen=True, kw_only=True):
    """One rule on single events, ready to run.

    Attributes:
        conditions: the rule matches where one of them holds (nearly always there is one); filters are part of them.
        filters: titles of the filters in the conditions.
        carried: fields that correlation rules need of the matched events, sorted.
        carried_as: what pipelines call some of them; any of these fields may have the values.
    """

    logsource: LogSource
    conditions: tuple[Form, ...]
    filters: tuple[str, ...] = ()
    carried: tuple[str, ...] = ()
    carried_as: dict[str, tuple[str, ...]] = {}

    @property
    def fields(self) -> tuple[str, ...]:
        """Return the names of the fields that the conditions look at, sorted."""
        names: dict[str, None] = {}
        for condition in self.conditions:
            for test, _ in leaves(condition):
                names.update((name, None) for name in (test.field, getattr(test, "other", None)) if name)
        return tuple(sorted(names))


class CompiledCorrelation(RuleHead, frozen=True, kw_only=True):
    """One rule on what other rules matched, ready to run (Sigma correlation rules specification 2.1).

    Attributes:
        type: what is measured in each window of time.
        rules: ids of the rules or correlations that it refers to, in its own order.
        timespan: microseconds; two events may be in one window where their times differ by no more.
        group_by: names of fields or aliases; each combination of their values is looked at for itself.
        aliases: alias → id of a rule → the field that stands for the alias in that rule's events.
        fields: whose values are measured; empty for types that measure none.
        condition: when a window holds.
        generate: the rules that it refers to give findings of their own, too.
    """

    type: CorrelationType
    rules: tuple[str, ...]
    timespan: int
    group_by: tuple[str, ...]
    aliases: dict[str, dict[str, str]]
    fields: tuple[str, ...]
    condition: CorrelationCondition
    generate: bool = False

    def recorded_name(self, name: str, rule_id: str) -> str:
        """Return the field that a name of `group_by` or `fields` stands for in the events of one of the rules."""
        return self.aliases.get(name, {}).get(rule_id, name)


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


class RuleOutline(RuleHead, frozen=True, kw_only=True):
    """What people are told of a `CompiledRule`: all but what it looks for.

    Attributes:
        filters: titles of the filters that narrow it.
    """

    filters: tuple[str, ...] = ()


class RuleOutlines(msgspec.Struct, frozen=True, kw_only=True):
    """What people are told of a `RuleSet`: enough for whoever leaves the matching to others."""

    rules: tuple[RuleOutline, ...]
    unsupported: tuple[UnsupportedRule, ...] = ()
    correlations: tuple[RuleHead, ...] = ()


class RuleSet(msgspec.Struct, frozen=True, kw_only=True):
    """Rules sorted by id, and what could not be run sorted by path and line.

    Attributes:
        correlations: each behind those that it refers to, otherwise sorted by id.
    """

    rules: tuple[CompiledRule, ...]
    unsupported: tuple[UnsupportedRule, ...] = ()
    correlations: tuple[CompiledCorrelation, ...] = ()

    @property
    def sha256(self) -> str:
        """Hash what the rules say, wherever their files lay and in whatever order they came."""
        digest = hashlib.sha256()
        for rule in (*self.rules, *self.correlations):
            digest.update(msgspec.json.encode(msgspec.structs.replace(rule, path="")))
            digest.update(b"\n")
        return digest.hexdigest()
