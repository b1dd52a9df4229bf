"""Which rules run on which rows of a source, and which text tests meet which column."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from vigilia.detect.literals import LiteralScanner
from vigilia.detect.logsources import DERIVED, LogSourceTable, Route
from vigilia.detect.witnesses import witnesses
from vigilia.sigma.form import (
    All,
    Any,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    RegexTest,
    TextTest,
    leaves,
)
from vigilia.sigma.rules import CompiledRule

__all__ = ["PlannedRule", "RoutePlan", "SourcePlan", "plan_sources"]


@dataclass(frozen=True, slots=True)
class PlannedRule:
    """A rule with its conditions in the order in which they are cheapest to run.

    Attributes:
        witnesses: text tests of which one passes wherever the rule matches; empty where no such set is known.
    """

    rule: CompiledRule
    conditions: tuple[Form, ...]
    witnesses: tuple[TextTest, ...]


@dataclass(frozen=True, slots=True)
class RoutePlan:
    """The rules that run on the rows of one route.

    Attributes:
        rules: in order of id.
        witnessed: column → text test → numbers of the rules that cannot match unless this test, or another of theirs,
            passes; the column of keywords is None.
        unwitnessed: numbers of the rules without such tests.
    """

    route: Route
    rules: list[PlannedRule] = field(default_factory=list)
    witnessed: dict[str | None, dict[TextTest, list[int]]] = field(default_factory=dict)
    unwitnessed: list[int] = field(default_factory=list)

    def add(self, planned: PlannedRule) -> None:
        """Add a rule, in order of id."""
        number = len(self.rules)
        self.rules.append(planned)
        if not planned.witnesses:
            self.unwitnessed.append(number)
        for test in planned.witnesses:
            for column in (None,) if test.field is None else self.route.columns(test.field):
                self.witnessed.setdefault(column, {}).setdefault(test, []).append(number)


class SourcePlan:
    """All routes of one source that any rule uses, and the literal scanners of its columns."""

    def __init__(self, source: str, routes: Sequence[RoutePlan], table: LogSourceTable) -> None:
        self.routes = routes
        self._source = source
        self._table = table
        self._tests: dict[str, list[TextTest]] = {}
        self._keywords: list[TextTest] = []
        self._scanners: dict[str, LiteralScanner] = {}
        self._keyword_scanner: LiteralScanner | None = None
        for plan in routes:
            for planned in plan.rules:
                self._register(plan.route, planned.conditions)

    def scanner(self, column: str) -> LiteralScanner:
        """Return the scanner for the tests of fields that a column can stand for."""
        if column not in self._scanners:
            how = self._table.derived(self._source, column) if column.startswith(DERIVED) else None
            within = how is not None and how.take == "part"
            self._scanners[column] = LiteralScanner(self._tests.get(column, ()), within=within)
        return self._scanners[column]

    def keyword_scanner(self) -> LiteralScanner:
        """Return the scanner for keywords, which are looked for in every column."""
        if self._keyword_scanner is None:
            self._keyword_scanner = LiteralScanner(self._keywords)
        return self._keyword_scanner

    def _register(self, route: Route, conditions: Iterable[Form]) -> None:
        for condition in conditions:
            for test, _ in leaves(condition):
                if not isinstance(test, TextTest):
                    continue
                if test.field is None:
                    self._keywords.append(test)
                    continue
                for column in route.columns(test.field):
                    self._tests.setdefault(column, []).append(test)


def plan_sources(
    rules: Iterable[CompiledRule], table: LogSourceTable
) -> tuple[dict[str, SourcePlan], tuple[CompiledRule, ...]]:
    """Return a plan for each source, and the rules that no route serves."""
    plans: dict[str, dict[str, RoutePlan]] = {}
    unserved = []
    for rule in rules:
        routes = [route for route in table.routes_for(rule.logsource) if route.suits(rule)]
        if not table.recorded_routes(rule.logsource):
            unserved.append(rule)
        conditions = tuple(_cheapest_first(condition) for condition in rule.conditions)
        planned = PlannedRule(rule, conditions, witnesses(conditions))
        for route in routes:
            plans.setdefault(route.source, {}).setdefault(route.name, RoutePlan(route)).add(planned)
    by_source = {source: SourcePlan(source, tuple(by_name.values()), table) for source, by_name in plans.items()}
    return by_source, tuple(unserved)


def _cheapest_first(form: Form) -> Form:
    """Order items by cost; the order of equals stays, and the truth of the whole does not depend on it."""
    match form:
        case All(items=items):
            return All(tuple(sorted(map(_cheapest_first, items), key=_cost)))
        case Any(items=items):
            return Any(tuple(sorted(map(_cheapest_first, items), key=_cost)))
        case Negation(item=item):
            return Negation(_cheapest_first(item))
        case _:
            return form


def _cost(form: Form) -> int:
    match form:
        case All(items=items) | Any(items=items):
            return max((_cost(item) for item in items), default=0)
        case Negation(item=item):
            return _cost(item)
        case RegexTest():
            return 3
        case FieldReferenceTest() | TextTest(field=None):
            return 2
        case TextTest() | NullTest() | ExistsTest():
            return 0
        case _:
            return 1
