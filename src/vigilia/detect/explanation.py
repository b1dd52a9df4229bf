"""Why a rule matches an event or does not, node by node, in the words of the rule.

Every verdict is the reference matcher's own (`detect.reference`), asked about each part of a rule instead of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import msgspec

from vigilia.detect.logsources import LogSourceTable, Route
from vigilia.detect.reference import Event, SeenEvent
from vigilia.sigma.folding import fold
from vigilia.sigma.form import All, Any, ExistsTest, FieldReferenceTest, Form, Negation, NullTest, Test
from vigilia.sigma.outline import Group, NamedSelection, Outline
from vigilia.sigma.rendering import render_form
from vigilia.sigma.rules import CompiledRule

__all__ = ["Explanation", "Node", "RecordedEvent", "RouteCondition", "RouteVerdict", "SeenValue", "explain"]

LONGEST_SHOWN: Final = 300
"""Characters of a value that an explanation keeps."""

_MOST_VALUES: Final = 12


@dataclass(frozen=True, slots=True)
class RecordedEvent:
    """One event as detection sees it.

    Attributes:
        source: log source id; empty for an event that was written by hand, whose fields have the rule's own names.
        fields: the source's own fields.
        normalised: "ecs:" and the name of each column of EVENT_SCHEMA → its value.
    """

    source: str
    fields: Event
    normalised: Event


class SeenValue(msgspec.Struct, frozen=True, kw_only=True):
    """A value that a test looked at.

    Attributes:
        column: the field of the record that served the rule's field, "ecs:…" or "derived:…" for computed ones.
        cut: characters that were left out at its end.
        passes: whether it passes the test.
    """

    column: str
    value: str
    cut: int
    passes: bool


class Node(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a rule, and whether it holds.

    Attributes:
        label: how the rule, or the rendered test, puts it.
        values: what a test saw; none where the record has no such field.
        more: values that are not listed.
    """

    kind: Literal["all", "any", "not", "selection", "test"]
    label: str
    holds: bool
    values: list[SeenValue] = []
    more: int = 0
    items: list[Node] = []


class RouteCondition(msgspec.Struct, frozen=True, kw_only=True):
    """A column that a log source looks at: one of its values is needed.

    Attributes:
        wanted: those values; where `excluded` is set, none of them may be there.
        seen: what the record has there, or what was inferred.
        inferred: the record has nothing there; `seen` was concluded from its other fields.
    """

    column: str
    wanted: list[str]
    excluded: bool
    seen: list[str]
    inferred: bool
    holds: bool


class RouteVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """Whether one of the log sources that serve the rule takes the event, and which conditions decided that."""

    name: str
    source: str
    takes: bool
    conditions: list[RouteCondition]


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """A rule on an event.

    Attributes:
        matches: the reference matcher's verdict.
        routes: those that serve the rule on the event's log source; none where no row of that source is for the rule.
        read_as: the route under whose field names the conditions were read; empty for the rule's own names.
        conditions: one tree for each condition; the rule matches where a route takes the event and one of them holds.
    """

    rule_id: str
    title: str
    logsource: str
    source: str
    served_by: list[str]
    routes: list[RouteVerdict]
    read_as: str
    conditions: list[Node]
    matches: bool


def explain(
    rule: CompiledRule, outlines: Sequence[Outline], event: RecordedEvent, table: LogSourceTable
) -> Explanation:
    """Explain a rule on an event.

    Args:
        rule: as it is run.
        outlines: of its conditions, with the names of selections.
        event: what was recorded.
        table: which log sources serve which rules.
    """
    routes = [route for route in table.routes_of(rule) if route.source == event.source]
    taking = [route for route in routes if _seen(event, route, table).served()]
    matching = [route for route in taking if _seen(event, route, table).matched(rule) is not None]
    read_as = next(iter([*matching, *taking]), None) or _nearest(event, routes, table)
    seen = _seen(event, read_as or _OWN_NAMES, table)
    alone = not event.source and seen.matched(rule) is not None
    return Explanation(
        rule_id=rule.id,
        title=rule.title,
        logsource=str(rule.logsource),
        source=event.source,
        served_by=sorted({route.source for route in table.recorded_routes(rule.logsource)}),
        routes=[_route_verdict(event, route, table) for route in routes],
        read_as=read_as.name if read_as else "",
        conditions=_conditions(rule, outlines, _Telling(seen, read_as or _OWN_NAMES, event)),
        matches=bool(matching) or alone,
    )


_OWN_NAMES: Final = Route(name="", source="")
_AS_RUN: Final = "as it is run, with what pipelines and filters added"


def _conditions(rule: CompiledRule, outlines: Sequence[Outline], telling: _Telling) -> list[Node]:
    """Return the trees of the conditions; where they say something else than the rule as it is run, that one too."""
    told = [telling.outline(one) for one in outlines]
    run = [telling.form(one) for one in rule.conditions]
    if any(node.holds for node in told) == any(node.holds for node in run):
        return told
    return [*told, *(Node(kind="selection", label=_AS_RUN, holds=node.holds, items=[node]) for node in run)]


def _seen(event: RecordedEvent, route: Route, table: LogSourceTable) -> SeenEvent:
    return SeenEvent(event.fields, event.normalised, route, table)


def _nearest(event: RecordedEvent, routes: Sequence[Route], table: LogSourceTable) -> Route | None:
    """Return the route of which the most conditions hold: no route takes the event, but one comes nearest."""

    def failing(route: Route) -> tuple[int, str]:
        return sum(not one.holds for one in _route_verdict(event, route, table).conditions), route.name

    return min(routes, key=failing, default=None)


def _route_verdict(event: RecordedEvent, route: Route, table: LogSourceTable) -> RouteVerdict:
    seen = _seen(event, route, table)
    conditions = [
        _route_condition(seen, column, values, excluded=excluded)
        for chosen, excluded in ((route.where, False), (route.unless, True))
        for column, values in sorted(chosen.items())
    ]
    return RouteVerdict(name=route.name, source=route.source, takes=seen.served(), conditions=conditions)


def _route_condition(seen: SeenEvent, column: str, values: Sequence[str], *, excluded: bool) -> RouteCondition:
    there = seen.routed(column)
    return RouteCondition(
        column=column,
        wanted=list(values),
        excluded=excluded,
        seen=[_shown(value)[0] for value in there[:_MOST_VALUES]],
        inferred=bool(there) and not seen.column(column),
        holds=any(fold(value) in values for value in there) != excluded,
    )


class _Telling:
    """Asks the reference matcher about each part of a rule."""

    def __init__(self, seen: SeenEvent, route: Route, event: RecordedEvent) -> None:
        self._seen = seen
        self._route = route
        self._event = event

    def outline(self, outline: Outline) -> Node:
        """Return a condition over selections."""
        if isinstance(outline, NamedSelection):
            inner = self.form(outline.form)
            return Node(kind="selection", label=outline.name, holds=inner.holds, items=[inner])
        items = [self.outline(one) for one in outline.items]
        return Node(kind=outline.kind, label=outline.label, holds=_joined(outline, items), items=items)

    def form(self, form: Form) -> Node:
        """Return a part of a selection."""
        holds = self._seen.holds(form)
        match form:
            case All(items=items):
                return Node(kind="all", label="all of", holds=holds, items=[self.form(one) for one in items])
            case Any(items=items):
                return Node(kind="any", label="any of", holds=holds, items=[self.form(one) for one in items])
            case Negation(item=item):
                return Node(kind="not", label="not", holds=holds, items=[self.form(item)])
            case _:
                values = list(self._values(form))
                shown = sorted(values, key=lambda value: not value.passes)[:_MOST_VALUES]
                more = len(values) - len(shown)
                return Node(kind="test", label=render_form(form), holds=holds, values=shown, more=more)

    def _values(self, test: Test) -> Iterator[SeenValue]:
        """Yield the values that a test looks at, in order of their columns; a keyword's only where they pass."""
        if test.field is None:
            for name in sorted(self._event.fields):
                for value in self._seen.column(name):
                    if self._seen.passes(test, value):
                        yield _seen_value(name, value, passes=True)
            return
        for column in self._route.columns(test.field):
            for value in self._seen.column(column):
                yield _seen_value(column, value, passes=self._passes(test, value))
        if isinstance(test, FieldReferenceTest):
            for column in self._route.columns(test.other):
                for value in self._seen.column(column):
                    yield _seen_value(column, value, passes=False)

    def _passes(self, test: Test, value: str) -> bool:
        if isinstance(test, NullTest | ExistsTest):
            return self._seen.holds(test)
        return self._seen.passes(test, value)


def _joined(group: Group, items: Sequence[Node]) -> bool:
    match group.kind:
        case "all":
            return all(item.holds for item in items)
        case "any":
            return any(item.holds for item in items)
        case "not":
            return not items[0].holds


def _seen_value(column: str, value: str, *, passes: bool) -> SeenValue:
    shown, cut = _shown(value)
    return SeenValue(column=column, value=shown, cut=cut, passes=passes)


def _shown(value: str) -> tuple[str, int]:
    """Return the beginning of a value, and how many characters were left out."""
    return value[:LONGEST_SHOWN], max(0, len(value) - LONGEST_SHOWN)
