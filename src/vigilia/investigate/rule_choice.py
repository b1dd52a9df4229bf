"""The rules that a command is about: a file, an id, or those that tests name, without compiling all others."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path

from vigilia.detect.rulepack import builtin_rules, rules_in
from vigilia.model.errors import RuleError, UsageError
from vigilia.sigma.adaptation import UNCHANGED, Adaptation
from vigilia.sigma.compilation import compile_rules
from vigilia.sigma.rules import CompiledRule, RuleSet, UnsupportedRule

__all__ = ["ChosenRules", "RuleTexts", "choose_rules", "compile_named", "rule_texts"]

# Where a rule states its id. A text that states one may still be no rule: the compiler says so.
_ID = re.compile(r"^[ \t-]*id:[ \t]*[\"']?([^\s\"'#]{1,100})", re.MULTILINE)
_CORRELATION = re.compile(r"^[ \t]*correlation:", re.MULTILINE)
_SUFFIXES = (".yml", ".yaml")


@dataclass(frozen=True, slots=True)
class RuleTexts:
    """Rule texts by name, and the files that could not be read."""

    texts: tuple[tuple[str, str], ...]
    unreadable: tuple[UnsupportedRule, ...] = ()


@dataclass(frozen=True, slots=True)
class ChosenRules:
    """Rules that were asked for, with the texts that they were compiled from, and how these were adapted."""

    rules: RuleSet
    texts: tuple[tuple[str, str], ...]
    adaptation: Adaptation = UNCHANGED

    @property
    def one(self) -> tuple[CompiledRule, str]:
        """The only rule, and its text.

        Raises:
            UsageError: there are several.
        """
        if len(self.rules.rules) > 1:
            titles = "; ".join(rule.title for rule in self.rules.rules[:5])
            raise UsageError(f"{len(self.rules.rules)} rules were given ({titles})", hint="Name one by its id.")
        rule = self.rules.rules[0]
        return rule, dict(self.texts)[rule.path]


def rule_texts(folders: Sequence[Path], *, builtin: bool) -> RuleTexts:
    """Read the rule texts of folders, and those that ship with the package if asked for.

    Raises:
        UsageError: a folder cannot be read.
    """
    texts = list(builtin_rules()) if builtin else []
    unreadable: list[UnsupportedRule] = []
    for folder in folders:
        found = rules_in(folder)
        texts += found.rules
        unreadable += found.unreadable
    return RuleTexts(tuple(texts), tuple(unreadable))


def compile_named(texts: RuleTexts, ids: Collection[str], adaptation: Adaptation = UNCHANGED) -> ChosenRules:
    """Compile the rules that have one of these ids; the others are not even parsed. Filters are left out.

    Raises:
        UsageError: the adaptation itself is wrong.
    """
    wanted = {one.lower() for one in ids}
    chosen = tuple((name, text) for name, text in texts.texts if wanted & {one.lower() for one in _ID.findall(text)})
    compiled = compile_rules(chosen, adaptation)
    return ChosenRules(
        RuleSet(
            rules=tuple(rule for rule in compiled.rules if rule.id.lower() in wanted),
            correlations=tuple(rule for rule in compiled.correlations if rule.id.lower() in wanted),
            unsupported=tuple(one for one in compiled.unsupported if not one.id or one.id.lower() in wanted),
        ),
        chosen,
        adaptation,
    )


def choose_rules(named: str, folders: Sequence[Path], adaptation: Adaptation = UNCHANGED) -> ChosenRules:
    """Return the rules in a file, or the rule of an id; for a correlation rule with those that it refers to.

    Args:
        named: a rule file, a folder of rules, or a rule's id.
        folders: where to look for the id, beside the rules that ship with the package.
        adaptation: processing pipelines and placeholders.

    Raises:
        UsageError: there is neither such a file nor such an id.
        RuleError: the only rule that was asked for cannot be run.
    """
    path = Path(named)
    if path.exists() or path.suffix in _SUFFIXES:
        texts = rule_texts([path], builtin=False)
        chosen = ChosenRules(compile_rules(texts.texts, adaptation), texts.texts, adaptation)
        unsupported = (*texts.unreadable, *chosen.rules.unsupported)
    else:
        texts = rule_texts(folders, builtin=True)
        chosen = compile_named(texts, [named], adaptation)
        if any(_CORRELATION.search(text) for _, text in chosen.texts):
            chosen = _with_referred(texts, named, adaptation)
        unsupported = chosen.rules.unsupported
    if not chosen.rules.rules:
        raise _none(named, unsupported)
    return chosen


def _with_referred(texts: RuleTexts, named: str, adaptation: Adaptation) -> ChosenRules:
    """Compile everything: what a correlation rule refers to may stand in any file, under its name or its id."""
    compiled = compile_rules(texts.texts, adaptation)
    referring = {rule.id: rule.rules for rule in compiled.correlations}
    wanted: set[str] = set()
    waiting = [rule.id for rule in (*compiled.rules, *compiled.correlations) if rule.id.lower() == named.lower()]
    while waiting:
        one = waiting.pop()
        if one not in wanted:
            wanted.add(one)
            waiting += referring.get(one, ())
    chosen = RuleSet(
        rules=tuple(rule for rule in compiled.rules if rule.id in wanted),
        correlations=tuple(rule for rule in compiled.correlations if rule.id in wanted),
        unsupported=tuple(one for one in compiled.unsupported if one.id.lower() == named.lower()),
    )
    return ChosenRules(chosen, texts.texts, adaptation)


def _none(named: str, unsupported: Sequence[UnsupportedRule]) -> UsageError | RuleError:
    if not unsupported:
        hint = "Give a rule file, or the id of a loaded rule; name further folders with --rules."
        return UsageError("there is no such rule", where=named, hint=hint)
    first = unsupported[0]
    return RuleError(first.reason, where=f"{first.path}:{first.line}", hint=first.hint)
