"""Names in correlation rules → ids; which rules therefore must carry values, and which give no finding of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from graphlib import TopologicalSorter

import msgspec

from vigilia.model.errors import RuleError
from vigilia.model.matches import LEVELS
from vigilia.sigma.correlation_form import AllRules, AnyRule, CorrelationExpression, NoRule, RuleOccurs
from vigilia.sigma.correlations import DraftCorrelation
from vigilia.sigma.part_errors import line_of_error, part_of_rule
from vigilia.sigma.rules import CompiledCorrelation, CompiledRule, RuleHead, UnsupportedRule

__all__ = ["LinkedRules", "link_correlations", "rules_by_reference"]

_DEEPEST = 10  # correlations over correlations


class LinkedRules(msgspec.Struct, frozen=True, kw_only=True):
    """Rules with what correlations need of them, correlations behind those that they refer to, and the rest."""

    rules: tuple[CompiledRule, ...]
    correlations: tuple[CompiledCorrelation, ...]
    unsupported: tuple[UnsupportedRule, ...] = ()


def rules_by_reference(rules: Sequence[RuleHead]) -> dict[str, tuple[str, ...]]:
    """Return for each id (lower case) and name the ids of the rules that it can mean, sorted."""
    found: dict[str, set[str]] = {}
    for rule in rules:
        for key in {rule.id.lower(), rule.name} - {""}:
            found.setdefault(key, set()).add(rule.id)
    return {key: tuple(sorted(ids)) for key, ids in found.items()}


def link_correlations(rules: Sequence[CompiledRule], drafts: Sequence[DraftCorrelation]) -> LinkedRules:
    """Resolve what correlations refer to; one that cannot be run takes those that need it with it, and no other."""
    links = _Links(rules, drafts)
    served = _serving(rules, links.resolved())
    return msgspec.structs.replace(served, unsupported=tuple(links.unsupported))


class _Links:
    def __init__(self, rules: Sequence[CompiledRule], drafts: Sequence[DraftCorrelation]) -> None:
        self._rules: dict[str, CompiledRule | CompiledCorrelation] = {rule.id: rule for rule in rules}
        self._drafts = {draft.rule.id: draft for draft in drafts}
        self._ids = rules_by_reference([*rules, *(draft.rule for draft in drafts)])
        self._depths: dict[str, int] = {}
        self.unsupported: list[UnsupportedRule] = []

    def resolved(self) -> tuple[CompiledCorrelation, ...]:
        found: list[CompiledCorrelation] = []
        for draft in self._in_order():
            try:
                rule = self._resolve(draft)
            except RuleError as error:
                self._refuse(draft, error)
                continue
            self._rules[rule.id] = rule
            found.append(rule)
        return tuple(found)

    def _in_order(self) -> list[DraftCorrelation]:
        """Return the correlations, each behind those that it refers to; refuse those that go in a circle."""
        graph = {one: self._needs(draft) for one, draft in sorted(self._drafts.items())}
        for one in _circular(graph):
            self._refuse(self._drafts[one], RuleError("the correlation refers to itself, perhaps over others"))
            del graph[one]
        known = {one: [need for need in needs if need in graph] for one, needs in graph.items()}
        return [self._drafts[one] for one in TopologicalSorter(known).static_order()]

    def _needs(self, draft: DraftCorrelation) -> list[str]:
        found = [one for name in draft.rule.rules for one in self._ids.get(_key(name, self._ids), ())]
        return sorted(one for one in set(found) if one in self._drafts)

    def _resolve(self, draft: DraftCorrelation) -> CompiledCorrelation:
        rule = draft.rule
        ids = {}
        for number, name in enumerate(rule.rules):
            with part_of_rule("correlation", "rules", number):
                ids[name] = self._id(name)
        for alias, by in rule.aliases.items():
            with part_of_rule("correlation", "aliases", alias):
                ids |= {name: self._id(name) for name in by}
        referred = [self._rules[ids[name]] for name in rule.rules]
        self._depths[rule.id] = 1 + max(self._depths.get(one.id, 0) for one in referred)
        if self._depths[rule.id] > _DEEPEST:
            raise RuleError(f"more than {_DEEPEST} correlations stand on each other", hint="Leave some out.")
        expression = rule.condition.expression
        resolved = tuple(ids[name] for name in rule.rules)
        return msgspec.structs.replace(
            rule,
            level=rule.level if draft.levelled else max((one.level for one in referred), key=LEVELS.index),
            rules=resolved if rule.type == "temporal_ordered" else tuple(dict.fromkeys(resolved)),
            aliases={alias: {ids[name]: field for name, field in by.items()} for alias, by in rule.aliases.items()},
            condition=msgspec.structs.replace(rule.condition, expression=expression and _with_ids(expression, ids)),
        )

    def _id(self, name: str) -> str:
        ids = self._ids.get(_key(name, self._ids), ())
        if len(ids) > 1:
            raise RuleError(f"{len(ids)} rules are named {name!r}", hint="Refer to the rule by its id.")
        if not ids:
            raise RuleError(f"no rule has the name or id {name!r}", hint="Load that rule too, or correct the name.")
        if ids[0] not in self._rules:
            raise RuleError(f"it refers to {name!r}, which cannot be run", hint="Correct that one first.")
        return ids[0]

    def _refuse(self, draft: DraftCorrelation, error: RuleError) -> None:
        hint = error.hint or "Correct the rule; the others run without it."
        rule, line = draft.rule, line_of_error(error, draft.line_of)
        self.unsupported.append(
            UnsupportedRule(path=rule.path, title=rule.title, id=rule.id, reason=error.what, line=line, hint=hint)
        )


def _circular(graph: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what is in a circle, or between two, sorted: what is left when ends and beginnings are taken away."""
    reversed_graph: dict[str, list[str]] = {one: [] for one in graph}
    for one, needs in graph.items():
        for need in needs:
            reversed_graph[need].append(one)
    left = _peeled(graph, reversed_graph, set(graph))
    return sorted(_peeled(reversed_graph, graph, left))


def _peeled(
    graph: Mapping[str, Sequence[str]], reversed_graph: Mapping[str, Sequence[str]], among: set[str]
) -> set[str]:
    """Take away what leads to nothing that is left, again and again."""
    left = set(among)
    waiting = {one: sum(need in among for need in graph[one]) for one in among}
    ends = [one for one, count in waiting.items() if not count]
    while ends:
        end = ends.pop()
        left.remove(end)
        for one in reversed_graph[end]:
            if one in left:
                waiting[one] -= 1
                if not waiting[one]:
                    ends.append(one)
    return left


def _key(name: str, known: dict[str, tuple[str, ...]]) -> str:
    """Names are looked up as written, ids in any case."""
    return name if name in known else name.lower()


def _with_ids(expression: CorrelationExpression, ids: dict[str, str]) -> CorrelationExpression:
    match expression:
        case RuleOccurs(rule=name):
            return RuleOccurs(ids[name])
        case NoRule(item=item):
            return NoRule(_with_ids(item, ids))
        case AllRules(items=items):
            return AllRules(tuple(_with_ids(item, ids) for item in items))
        case AnyRule(items=items):
            return AnyRule(tuple(_with_ids(item, ids) for item in items))


def _serving(rules: Sequence[CompiledRule], correlations: Sequence[CompiledCorrelation]) -> LinkedRules:
    """Say of each rule what fields it must carry, and whether it only serves others.

    A rule that one correlation wants to speak for itself (`generate: true`) is not silenced by another.
    """
    carried: dict[str, set[str]] = {}
    generating: dict[str, bool] = {}
    for correlation in reversed(correlations):  # those that refer come before those that they refer to
        wanted = {*correlation.group_by, *correlation.fields, *carried.get(correlation.id, ())}
        for one in correlation.rules:
            carried.setdefault(one, set()).update(correlation.recorded_name(name, one) for name in wanted)
            generating[one] = generating.get(one, False) or correlation.generate
    return LinkedRules(
        rules=tuple(
            msgspec.structs.replace(
                rule, silent=not generating[rule.id], carried=tuple(sorted(carried.get(rule.id, ())))
            )
            if rule.id in generating
            else rule
            for rule in rules
        ),
        correlations=tuple(
            msgspec.structs.replace(rule, silent=not generating.get(rule.id, True)) for rule in correlations
        ),
    )
