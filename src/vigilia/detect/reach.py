"""Which rules could match at all on some evidence, and what keeps the others from ever doing so.

A rule is said to be out of reach only where no record can make it match, whatever the values of its fields are: nothing
serves its log source, no record is of that log source, or every way through its condition needs a field, or a channel
or event id, that no record has. The reverse is not said: a rule within reach may still need values, or a version of the
software, that these records would never show.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Literal

import msgspec

from vigilia.detect.derivation import DERIVED
from vigilia.detect.logsources import ECS, LogSourceTable, Route
from vigilia.detect.reference import Event, SeenEvent
from vigilia.sigma.form import All, Any, ExistsTest, FieldReferenceTest, Form, Negation, NullTest, Test, leaves
from vigilia.sigma.rendering import render_form
from vigilia.sigma.rules import CompiledRule

__all__ = ["Obstacle", "Reach", "Shape", "SourceNeeds", "choosing_needs", "is_taken", "needs_of", "reach_of"]

Obstacle = Literal[
    "",
    "no source serves it",
    "source absent",
    "no such record",
    "field absent",
    "value absent",
    "never together",
]

_MOST_NAMED: Final = 6


class Reach(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rule could match.

    Attributes:
        obstacle: why it never can; empty where it could.
        detail: what is missing, in words; empty where it could.
        records: that the rule's log source takes.
    """

    obstacle: Obstacle
    detail: str
    records: int


@dataclass(frozen=True, slots=True)
class Shape:
    """Records that have the same fields.

    Attributes:
        fields: those that are there; the values of `known` ones as recorded, of others any.
        known: fields whose values, or whose absence, are the records' own.
        normalised: "ecs:" names of normalised columns that are there.
    """

    source: str
    fields: Event
    known: frozenset[str]
    normalised: frozenset[str]
    records: int


@dataclass(frozen=True, slots=True)
class SourceNeeds:
    """What must be known of the records of one source to say which rules they are in reach of.

    Attributes:
        names: fields whose presence matters.
        valued: fields that log sources choose records by.
        normalised: columns of EVENT_SCHEMA whose presence matters.
    """

    names: tuple[str, ...]
    valued: tuple[str, ...]
    normalised: tuple[str, ...]


def needs_of(rules: Iterable[CompiledRule], source: str, table: LogSourceTable) -> SourceNeeds:
    """Return what the rules look at in the records of a source."""
    routed = [(rule, route) for rule in rules for route in table.routes_of(rule) if route.source == source]
    columns = (name for rule, route in routed for field in rule.fields for name in route.columns(field))
    chosen = _chosen_by((route for _, route in routed), source, table)
    return _needs(*chosen, (one for name in columns for one in _recorded(name, source, table)))


def choosing_needs(routes: Iterable[Route], source: str, table: LogSourceTable) -> SourceNeeds:
    """Return what must be known of the records of a source to say which of its routes take them, and no more."""
    return _needs(*_chosen_by(routes, source, table))


def _chosen_by(routes: Iterable[Route], source: str, table: LogSourceTable) -> tuple[set[str], set[str]]:
    """Return the fields whose values routes choose by, and those of which the presence lets a value be inferred."""
    valued: set[str] = set()
    present: set[str] = set()
    for route in routes:
        for column in (*route.where, *route.unless):
            valued |= set(_recorded(column, source, table))
            for one in table.inferred(source, column):
                present |= set(one.has)
                valued |= set(one.where)
    return valued, present


def _needs(valued: set[str], present: set[str], looked_at: Iterable[str] = ()) -> SourceNeeds:
    both = valued | present | set(looked_at)
    return SourceNeeds(
        names=tuple(sorted(name for name in both if not name.startswith(ECS))),
        valued=tuple(sorted(name for name in valued if not name.startswith(ECS))),
        normalised=tuple(sorted(name.removeprefix(ECS) for name in both if name.startswith(ECS))),
    )


def is_taken(shape: Shape, route: Route, table: LogSourceTable) -> bool:
    """Say whether a route takes records of a shape."""
    return shape.source == route.source and _Routed(shape, route, table).seen.served()


def _recorded(column: str, source: str, table: LogSourceTable) -> Iterator[str]:
    """Yield the columns of the record that a column is computed from, or the column itself."""
    how = table.derived(source, column) if column.startswith(DERIVED) else None
    if how is None:
        yield column
        return
    for origin in how.origins:
        yield from _recorded(origin, source, table)


def reach_of(rules: Iterable[CompiledRule], shapes: Sequence[Shape], table: LogSourceTable) -> Iterator[Reach]:
    """Yield for each rule whether it could match records of these shapes."""
    sources = {shape.source for shape in shapes}
    routed: dict[tuple[str, str], list[_Routed]] = {}
    for rule in rules:
        routes = [route for route in table.routes_of(rule) if route.source in sources]
        taken: list[_Routed] = []
        for route in routes:
            key = (route.source, route.name)
            if key not in routed:
                routed[key] = list(_taken(route, shapes, table))
            taken += routed[key]
        yield _reach(rule, routes, taken, table)


def _taken(route: Route, shapes: Sequence[Shape], table: LogSourceTable) -> Iterator[_Routed]:
    return (_Routed(shape, route, table) for shape in shapes if is_taken(shape, route, table))


def _reach(rule: CompiledRule, routes: Sequence[Route], taken: Sequence[_Routed], table: LogSourceTable) -> Reach:
    records = sum(one.shape.records for one in taken)
    if not taken:
        return Reach(obstacle=_unserved(rule, routes, table), detail=_wanted(rule, routes, table), records=0)
    if any(one.possible(condition) for one in taken for condition in rule.conditions):
        return Reach(obstacle="", detail="", records=records)
    missing = [one for one in _necessary(rule.conditions) if not any(shape.possible(one) for shape in taken)]
    fields = sorted({name for one in missing for name in _absent(one, taken)})
    if fields:
        return Reach(obstacle="field absent", detail=f"no record has {_listed(fields)}", records=records)
    if missing:
        tests = [
            f"{'' if positive else 'not '}{render_form(test)}" for one in missing for test, positive in leaves(one)
        ]
        return Reach(obstacle="value absent", detail=f"no record can pass: {_listed(tests)}", records=records)
    return Reach(
        obstacle="never together", detail="no record has all fields of one of its alternatives", records=records
    )


def _unserved(rule: CompiledRule, routes: Sequence[Route], table: LogSourceTable) -> Obstacle:
    if any(route.where or route.unless for route in routes):
        return "no such record"
    return "source absent" if table.recorded_routes(rule.logsource) else "no source serves it"


def _wanted(rule: CompiledRule, routes: Sequence[Route], table: LogSourceTable) -> str:
    if routes:
        conditions = sorted({_conditions(route) for route in routes if route.where or route.unless})
        return f"no record has {' or '.join(conditions[:_MOST_NAMED])}"
    serving = sorted({route.source for route in table.recorded_routes(rule.logsource)})
    return f"it needs records of {_listed(serving)}" if serving else f"no source here serves {rule.logsource}"


def _conditions(route: Route) -> str:
    wanted = [f"{column} = {'|'.join(values)}" for column, values in sorted(route.where.items())]
    return ", ".join([*wanted, *(f"{column} ≠ {'|'.join(values)}" for column, values in sorted(route.unless.items()))])


def _listed(words: Sequence[str]) -> str:
    more = f" and {len(words) - _MOST_NAMED} more" if len(words) > _MOST_NAMED else ""
    return ", ".join(words[:_MOST_NAMED]) + more


def _necessary(conditions: Sequence[Form]) -> list[Form]:
    """Return parts that must all hold wherever a rule matches."""
    if len(conditions) != 1:
        return [Any(tuple(conditions))]
    (condition,) = conditions
    if isinstance(condition, All):
        return [part for item in condition.items for part in _necessary([item])]
    return [condition]


def _absent(form: Form, taken: Sequence[_Routed]) -> set[str]:
    """Return the fields of a part's own tests that no record has."""
    fields = {test.field for test, positive in leaves(form) if positive and test.field}
    fields |= {test.other for test, positive in leaves(form) if positive and isinstance(test, FieldReferenceTest)}
    return {name for name in fields if not any(one.present(name) for one in taken)}


class _Routed:
    """A shape under the field names of a route."""

    def __init__(self, shape: Shape, route: Route, table: LogSourceTable) -> None:
        self.shape = shape
        self._route = route
        self._table = table
        self._present: dict[str, bool] = {}

    @cached_property
    def seen(self) -> SeenEvent:
        """The shape as the reference matcher sees an event."""
        return SeenEvent(self.shape.fields, dict.fromkeys(self.shape.normalised, ""), self._route, self._table)

    def present(self, field: str) -> bool:
        """Say whether records may have a value for a field; a computed one, where they have what it is made of."""
        if field not in self._present:
            self._present[field] = any(map(self._has, self._route.columns(field)))
        return self._present[field]

    def _has(self, column: str) -> bool:
        recorded = _recorded(column, self.shape.source, self._table)
        return any(one in self.shape.fields or one in self.shape.normalised for one in recorded)

    def possible(self, form: Form) -> bool:
        """Say whether a condition may hold for some record of the shape."""
        match form:
            case All(items=items):
                return all(self.possible(item) for item in items)
            case Any(items=items):
                return any(self.possible(item) for item in items)
            case Negation(item=item):
                return not self._certain(item)
            case _:
                return self._test_possible(form)

    def _test_possible(self, test: Test) -> bool:
        if test.field is None:  # a keyword may stand in any value
            return True
        if self._is_known(test):
            return self.seen.holds(test)
        if isinstance(test, NullTest) or (isinstance(test, ExistsTest) and not test.exists):
            return True
        if isinstance(test, FieldReferenceTest) and not self.present(test.other):
            return False
        return self.present(test.field)

    def _certain(self, form: Form) -> bool:
        """Say whether a condition holds for every record of the shape; False where that is not known."""
        match form:
            case All(items=items):
                return all(self._certain(item) for item in items)
            case Any(items=items):
                return any(self._certain(item) for item in items)
            case Negation(item=item):
                return not self.possible(item)
            case _:
                return self._test_certain(form)

    def _test_certain(self, test: Test) -> bool:
        if test.field is None:
            return False
        if self._is_known(test):
            return self.seen.holds(test)
        if isinstance(test, NullTest) or (isinstance(test, ExistsTest) and not test.exists):
            return not self.present(test.field)
        return False

    def _is_known(self, test: Test) -> bool:
        """Say whether a test looks at nothing but columns that are absent, or whose values are known."""
        fields = [name for name in (test.field, getattr(test, "other", None)) if name]
        columns = [column for name in fields for column in self._route.columns(name)]
        return all(column in self.shape.known or not self._has(column) for column in columns)
