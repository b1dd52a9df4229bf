"""Filters: conditions that are joined to those of many rules at once (Sigma filters specification 2.1).

A filter's condition is joined by "and", as pySigma does: an author who wants to leave events out writes
`not selection`. What was filtered is never silent: each rule names its filters, and a filter that changes
no rule is reported.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import msgspec

from vigilia.model.errors import RuleError
from vigilia.sigma.correlation_links import rules_by_reference
from vigilia.sigma.documents import Document
from vigilia.sigma.form import All, Form, leaves
from vigilia.sigma.part_errors import LineOf, PartError, line_of_error, part_of_rule
from vigilia.sigma.rules import CompiledRule, LogSource, UnsupportedRule

__all__ = ["Filter", "FilteredRules", "apply_filters", "read_filter"]

_MOST_REFERENCES = 10_000
_MOST_TESTS = 1_000_000  # of one filter in all rules that it changes


@dataclass(frozen=True, slots=True)
class Filter:
    """One filter.

    Attributes:
        rule: the filter, compiled as if it were a rule.
        references: names or ids of the rules that it changes; None means every rule with its log source.
        line_of: tells on which line a part of its document stands.
    """

    rule: CompiledRule
    references: tuple[str, ...] | None
    line_of: LineOf


class FilteredRules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules with the filters in their conditions, and what could not be applied."""

    rules: tuple[CompiledRule, ...]
    unsupported: tuple[UnsupportedRule, ...]


def read_filter(document: Document, line_of: LineOf, compiled: Callable[[Document], CompiledRule]) -> Filter:
    """Read one document with a `filter` section.

    Args:
        document: the filter.
        line_of: tells on which line a part of it stands.
        compiled: compiles a rule's document.

    Raises:
        RuleError: a part is missing or wrong.
    """
    section = document.get("filter")
    if not isinstance(section, dict):
        raise PartError("the filter section is no mapping", hint="It begins with `rules:`.", part=("filter",))
    with part_of_rule("filter", "condition"):
        if not isinstance(section.get("condition"), str):
            raise RuleError("the filter has no single condition", hint="Write `condition: not selection`.")
    with part_of_rule("filter", "rules"):
        references = _references(section)
    detection = {name: part for name, part in section.items() if name != "rules"}
    others = {key: value for key, value in document.items() if key != "filter"}
    return Filter(rule=compiled({**others, "detection": detection}), references=references, line_of=line_of)


def _references(section: dict[str, object]) -> tuple[str, ...] | None:
    rules = section.get("rules")
    if isinstance(rules, str):
        return None if rules.lower() == "any" else (rules,)
    if not isinstance(rules, list) or not all(isinstance(one, str) for one in rules) or len(rules) > _MOST_REFERENCES:
        hint = "Write `rules: any`, or a list of names or ids."
        raise RuleError("the filter does not say which rules it changes", hint=hint)
    return tuple(dict.fromkeys(rules)) or None  # pySigma takes an empty list for any rule


def apply_filters(rules: Sequence[CompiledRule], filters: Sequence[Filter]) -> FilteredRules:
    """Join each filter to the rules that it names and whose log source it has; filters in the order of their ids."""
    known = rules_by_reference(rules)
    by_id = {rule.id: rule for rule in rules}
    unsupported: list[UnsupportedRule] = []
    for one in sorted(filters, key=lambda one: one.rule.id):
        try:
            for rule_id in _chosen(one, by_id, known):
                by_id[rule_id] = _filtered(by_id[rule_id], one)
            with part_of_rule("filter", "rules"):
                _check_references(one, by_id, known)
        except RuleError as error:
            unsupported.append(_refused(one, error))
    return FilteredRules(rules=tuple(by_id[rule.id] for rule in rules), unsupported=tuple(unsupported))


def _chosen(one: Filter, by_id: dict[str, CompiledRule], known: dict[str, tuple[str, ...]]) -> list[str]:
    """Return the ids of the rules that a filter changes."""
    if one.references is None:
        named = sorted(by_id)
    else:
        named = [rule_id for name in one.references for rule_id in _meant(name, known)]
    chosen = [rule_id for rule_id in dict.fromkeys(named) if _agree(one.rule.logsource, by_id[rule_id].logsource)]
    tests = sum(1 for condition in one.rule.conditions for _ in leaves(condition))
    if tests * len(chosen) > _MOST_TESTS:
        raise RuleError(f"the filter would put {tests} tests into {len(chosen)} rules", hint="Make it smaller.")
    return chosen


def _check_references(one: Filter, by_id: dict[str, CompiledRule], known: dict[str, tuple[str, ...]]) -> None:
    """Report what the filter names in vain.

    Raises:
        RuleError: a rule that is not there, or that has another log source; or no rule at all has the filter's.
    """
    vain = [name for name in one.references or () if not _meant(name, known)]
    if vain:
        left = f" and {len(vain) - 1} more" if len(vain) > 1 else ""
        hint = "Load that rule too, or correct the name."
        raise RuleError(f"no rule has the name or id {vain[0]!r}{left}, which the filter names", hint=hint)
    elsewhere = [name for name in one.references or () if not _agreeing(one, name, by_id, known)]
    if elsewhere:
        left = f" and {len(elsewhere) - 1} more" if len(elsewhere) > 1 else ""
        hint = "A filter changes rules that have its log source, or say more than it."
        raise RuleError(f"the filter's log source is not that of {elsewhere[0]!r}{left}", hint=hint)
    if one.references is None and not any(_agree(one.rule.logsource, rule.logsource) for rule in by_id.values()):
        raise RuleError("no rule has the filter's log source", hint="Correct its log source, or leave it out.")


def _agreeing(one: Filter, name: str, by_id: dict[str, CompiledRule], known: dict[str, tuple[str, ...]]) -> bool:
    return any(_agree(one.rule.logsource, by_id[rule_id].logsource) for rule_id in _meant(name, known))


def _meant(name: str, known: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Names are looked up as written, ids in any case."""
    return known.get(name) or known.get(name.lower(), ())


def _agree(wanted: LogSource, has: LogSource) -> bool:
    """Tell whether a rule's log source has all that a filter's says; what the filter leaves out may be anything."""
    pairs = ((wanted.product, has.product), (wanted.category, has.category), (wanted.service, has.service))
    return all(not one or one == other for one, other in pairs)


def _filtered(rule: CompiledRule, one: Filter) -> CompiledRule:
    remarks = () if _leaves_out(one) else (_KEEPING.format(one.rule.title),)
    return msgspec.structs.replace(
        rule,
        conditions=tuple(_both(mine, its) for mine in rule.conditions for its in one.rule.conditions),
        filters=(*rule.filters, one.rule.title),
        remarks=(*rule.remarks, *remarks),
    )


_KEEPING = "the filter “{}” keeps only the events that it selects; to leave them out, its condition needs a `not`"


def _leaves_out(one: Filter) -> bool:
    """Tell whether a filter negates anything; the specification's example has no `not` where it means one."""
    return any(not positive for condition in one.rule.conditions for _, positive in leaves(condition))


def _both(mine: Form, its: Form) -> Form:
    items = [item for form in (mine, its) for item in (form.items if isinstance(form, All) else (form,))]
    return All(tuple(dict.fromkeys(items)))


def _refused(one: Filter, error: RuleError) -> UnsupportedRule:
    rule = one.rule
    return UnsupportedRule(
        path=rule.path,
        title=rule.title,
        id=rule.id,
        reason=error.what,
        line=line_of_error(error, one.line_of),
        hint=error.hint,
    )
