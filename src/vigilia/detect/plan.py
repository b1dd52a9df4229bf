"""Which rules run on which rows of a source, and which text tests meet which column.

Thousands of rules are there, and most logs concern a few kinds of them: what a route needs is worked out when the
first row for it comes.
"""

from __future__ import annotations

import operator
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from vigilia.detect.literals import LiteralScanner
from vigilia.detect.logsources import DERIVED, LogSourceTable, Route
from vigilia.detect.patterns import SearchedTest
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
    Test,
    TextTest,
    leaves,
)
from vigilia.sigma.rules import CompiledRule, LogSource

__all__ = ["PlannedRule", "RoutePlan", "SourcePlan", "plan_sources"]


ScannerName = tuple[str | None, bool]
"""A column, or None for keywords, and whether the scanner is for the tests that are asked of all rows."""


class PlannedRule:
    """A rule, and how it is run; worked out when it is first needed."""

    def __init__(self, rule: CompiledRule) -> None:
        self.rule = rule

    @cached_property
    def conditions(self) -> tuple[Form, ...]:
        """The conditions in the order in which they are cheapest to run."""
        return tuple(_cheapest_first(condition) for condition in self.rule.conditions)

    @cached_property
    def witnesses(self) -> tuple[SearchedTest, ...]:
        """Tests of which one passes wherever the rule matches; empty where no such set is known."""
        return witnesses(self.rule.conditions)

    @cached_property
    def speaking(self) -> tuple[Test, ...]:
        """The tests of which values speak for a match, in the order of the rule."""
        found = (leaf for condition in self.rule.conditions for leaf in leaves(condition))
        return tuple(test for test, positive in found if positive)

    @cached_property
    def scanned_tests(self) -> tuple[SearchedTest, ...]:
        """All tests of the rule that columns are prepared for."""
        return tuple(dict.fromkeys(_scanned_tests(self.rule.conditions)))

    @property
    def first_tests(self) -> tuple[SearchedTest, ...]:
        """The tests that must be asked of all rows."""
        return self.witnesses or self.scanned_tests

    @cached_property
    def other_tests(self) -> tuple[SearchedTest, ...]:
        """The tests that are asked of rows in which a witness is."""
        first = frozenset(self.first_tests)
        return tuple(test for test in self.scanned_tests if test not in first)


@dataclass(frozen=True, slots=True)
class _Witnessed:
    """Rules by the tests of which one must pass.

    Attributes:
        by_field: field → text test → numbers of the rules that cannot match unless this test, or another of theirs,
            passes; the field of keywords is None.
        rest: numbers of the rules without such tests.
    """

    by_field: dict[str | None, dict[SearchedTest, list[int]]]
    rest: list[int]


class RoutePlan:
    """The rules that run on the rows of one route, in order of id."""

    def __init__(self, route: Route, rules: Sequence[PlannedRule]) -> None:
        self.route = route
        self.rules = rules

    @cached_property
    def witnessed(self) -> _Witnessed:
        """The rules by their witnesses."""
        found = _Witnessed({}, [])
        for number, planned in enumerate(self.rules):
            if not planned.witnesses:
                found.rest.append(number)
            for test in planned.witnesses:
                found.by_field.setdefault(test.field, {}).setdefault(test, []).append(number)
        return found


class SourcePlan:
    """All routes of one source that any rule uses, and the literal scanners of its columns."""

    def __init__(self, source: str, routes: Sequence[RoutePlan], table: LogSourceTable) -> None:
        self.routes = routes
        self._source = source
        self._table = table
        self._registered: set[str] = set()
        self._completed: set[tuple[str, PlannedRule]] = set()
        self._tests: dict[ScannerName, dict[SearchedTest, None]] = {}
        self._scanners: dict[ScannerName, LiteralScanner] = {}

    def prepare(self, routes: Sequence[RoutePlan]) -> None:
        """Make the scanners look for what says which rules of some routes may match, too.

        Where rows for further routes come later, those for others will: then all routes are prepared, because every
        scanner that has more to look for is made anew.
        """
        if all(plan.route.name in self._registered for plan in routes):
            return
        for plan in self.routes if self._registered else routes:
            if plan.route.name not in self._registered:
                self._registered.add(plan.route.name)
                for planned in plan.rules:
                    self._register(plan.route, planned)

    def complete(self, live: Iterable[tuple[Route, PlannedRule]]) -> None:
        """Make the scanners look for the other tests of rules that may match, too: most rules never come so far."""
        for route, planned in live:
            if (route.name, planned) in self._completed:
                continue
            self._completed.add((route.name, planned))
            for test in planned.other_tests:
                if test.field is not None:
                    for column in route.columns(test.field):
                        self._ask(test, (column, False))
                elif (None, False) not in self._tests:
                    self._ask_keywords()

    def scanner(self, column: str | None, *, first: bool) -> LiteralScanner:
        """Return the scanner for the tests of fields that a column can stand for, or (None) for keywords.

        Args:
            column: its name.
            first: whether those tests are meant that are asked of all rows.
        """
        name = column, first
        if name not in self._scanners:
            how = self._table.derived(self._source, column) if column and column.startswith(DERIVED) else None
            within = how is not None and how.take == "part"
            self._scanners[name] = LiteralScanner(self._tests.get(name, ()), within=within, place=name)
        return self._scanners[name]

    def is_first(self, test: SearchedTest, column: str | None) -> bool:
        """Tell whether a test is asked of all rows."""
        return test in self._tests.get((column, True), ())

    def _register(self, route: Route, planned: PlannedRule) -> None:
        for test in planned.first_tests:
            for column in (None,) if test.field is None else route.columns(test.field):
                self._ask(test, (column, True))

    def _ask_keywords(self) -> None:
        """Look for the keywords of all rules at once: for any more, the texts of all columns are looked at anew."""
        for planned in dict.fromkeys(planned for plan in self.routes for planned in plan.rules):
            for test in planned.other_tests:
                if test.field is None:
                    self._ask(test, (None, False))

    def _ask(self, test: SearchedTest, scanner: ScannerName) -> None:
        tests = self._tests.setdefault(scanner, {})
        if test not in tests:
            tests[test] = None
            self._scanners.pop(scanner, None)


def plan_sources(
    rules: Iterable[CompiledRule], table: LogSourceTable
) -> tuple[dict[str, SourcePlan], tuple[CompiledRule, ...]]:
    """Return a plan for each source, and the rules that no route to logs as products write them serves."""
    by_log_source: dict[LogSource, list[PlannedRule]] = {}
    for rule in rules:
        by_log_source.setdefault(rule.logsource, []).append(PlannedRule(rule))
    served: dict[str, dict[str, tuple[Route, list[PlannedRule]]]] = {}
    unserved = []
    for log_source, planned in by_log_source.items():
        if not table.recorded_routes(log_source):
            unserved += [one.rule for one in planned]
        for route in table.routes_for(log_source):
            suiting = [one for one in planned if route.suits(one.rule)]
            if suiting:
                served.setdefault(route.source, {}).setdefault(route.name, (route, []))[1].extend(suiting)
    plans = {
        source: SourcePlan(source, tuple(RoutePlan(route, _by_id(found)) for route, found in routes.values()), table)
        for source, routes in served.items()
    }
    return plans, tuple(sorted(unserved, key=lambda one: one.id))


def _by_id(rules: Iterable[PlannedRule]) -> list[PlannedRule]:
    return sorted(rules, key=lambda one: one.rule.id)


def _scanned_tests(forms: Iterable[Form]) -> Iterator[SearchedTest]:
    waiting = list(forms)
    while waiting:
        form = waiting.pop()
        if isinstance(form, TextTest | RegexTest):
            yield form
        elif isinstance(form, All | Any):
            waiting += form.items
        elif isinstance(form, Negation):
            waiting.append(form.item)


def _cheapest_first(form: Form) -> Form:
    """Order items by cost; the order of equals stays, and the truth of the whole does not depend on it."""
    return _ordered(form)[1]


def _ordered(form: Form) -> tuple[int, Form]:
    """Return the cost of a form, and the form in its order: as it is where that is its order already."""
    if isinstance(form, TextTest):
        return 2 if form.field is None else 0, form
    if isinstance(form, All | Any):
        found = [_ordered(item) for item in form.items]
        ordered = sorted(found, key=_cost_of)
        items = tuple(item for _, item in ordered)
        is_ordered = all(map(operator.is_, items, form.items))
        return ordered[-1][0] if ordered else 0, form if is_ordered else type(form)(items)
    if isinstance(form, Negation):
        cost, item = _ordered(form.item)
        return cost, form if item is form.item else Negation(item)
    return _COSTS.get(type(form), _OTHER_COST), form


_cost_of: Final = operator.itemgetter(0)
_OTHER_COST: Final = 1
_COSTS: Final[dict[type, int]] = {RegexTest: 3, FieldReferenceTest: 2, NullTest: 0, ExistsTest: 0}
