"""A rule as its author wrote it: its conditions over named selections, each selection with its form.

The compiled form has lost the names (and flattens what can be flattened). Whoever explains a rule to its author needs
them; whoever runs it does not.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

import yaml

from vigilia.model.errors import RuleError
from vigilia.sigma import condition as written
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.collection import collected_rules
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.documents import Document, read_documents
from vigilia.sigma.form import Form

__all__ = ["Group", "NamedSelection", "Outline", "outlines_of"]


@dataclass(frozen=True, slots=True)
class NamedSelection:
    """A selection: its name in the rule, and what it means."""

    name: str
    form: Form


@dataclass(frozen=True, slots=True)
class Group:
    """Items of which all, any, or (`not`, with one item) none must hold.

    Attributes:
        label: as the rule has it ("1 of filter_*"), or "all of", "any of", "not".
    """

    kind: Literal["all", "any", "not"]
    label: str
    items: tuple[Outline, ...]


Outline: TypeAlias = "NamedSelection | Group"


def outlines_of(text: str, path: str, rule_id: str, adaptation: Adaptation = UNCHANGED) -> tuple[Outline, ...]:
    """Return an outline for each condition of a rule, without what pipelines and filters add to its condition.

    Args:
        text: YAML of the file that has the rule.
        path: its name.
        rule_id: which of the file's rules.
        adaptation: processing pipelines and placeholders.

    Raises:
        RuleError: there is no such rule, or it cannot be run.
    """
    detection, log_source = _sections(text, path, rule_id)
    forms = {
        name: _form(name, section, log_source, adaptation)
        for name, section in detection.items()
        if name not in _SETTINGS
    }
    conditions = detection.get("condition")
    listed = conditions if isinstance(conditions, list) else [conditions]
    return tuple(_outline(written.parse_condition(one, forms), forms) for one in listed)


_SETTINGS = ("condition", "timeframe")


def _sections(text: str, path: str, rule_id: str) -> tuple[Document, object]:
    rules = [one.document for one in collected_rules(read_documents(text, path)) if "detection" in one.document]
    named = [one for one in rules if str(one.get("id")).lower() == rule_id.lower()]
    for document in named or rules[:1]:
        detection = document["detection"]
        if isinstance(detection, dict):
            return detection, document.get("logsource")
    raise RuleError("the rule has no detection section", where=path)


def _form(name: str, section: object, log_source: object, adaptation: Adaptation) -> Form:
    """Compile a selection as a rule of its own, so that it means what the compiler makes of it."""
    document = {"title": name, "logsource": log_source, "detection": {name: section, "condition": name}}
    compiled = compile_rules([(name, yaml.safe_dump(document, allow_unicode=True, sort_keys=False))], adaptation)
    if not compiled.rules:
        raise RuleError(f"the selection {name}: {compiled.unsupported[0].reason}")
    return compiled.rules[0].conditions[0]


def _outline(condition: written.Condition, forms: Mapping[str, Form]) -> Outline:
    match condition:
        case written.Selection(name=name):
            return NamedSelection(name, forms[name])
        case written.Quantified(every=every, pattern=pattern):
            items = tuple(NamedSelection(name, forms[name]) for name in forms if written.resembles(name, pattern))
            kind: Literal["all", "any"] = "all" if every else "any"
            return Group(kind, f"{'all' if every else '1'} of {pattern}", items)
        case written.Negation(item=item):
            return Group("not", "not", (_outline(item, forms),))
        case written.All(items=several):
            return Group("all", "all of", tuple(_outline(one, forms) for one in several))
        case written.Any(items=several):
            return Group("any", "any of", tuple(_outline(one, forms) for one in several))
