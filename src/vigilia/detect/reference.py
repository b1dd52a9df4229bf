"""The slow, obvious matcher: one rule, one event, one test at a time. It says what the fast matcher must say."""

from __future__ import annotations

from collections.abc import Mapping

import pyarrow as pa

from vigilia.detect.carried_values import Carried, bounded_values, carried_columns
from vigilia.detect.logsources import DERIVED, ECS, Derived, LogSourceTable, Route, default_log_sources
from vigilia.detect.matcher import matches_of
from vigilia.detect.values import value_holds
from vigilia.model.events import EventBatch
from vigilia.model.matches import Match
from vigilia.sigma.folding import fold
from vigilia.sigma.form import (
    MANY,
    All,
    Any,
    ExistsTest,
    FieldReferenceTest,
    Form,
    Negation,
    NullTest,
    Test,
    TextTest,
    leaves,
)
from vigilia.sigma.rules import CompiledRule, RuleSet

__all__ = ["Event", "SeenEvent", "event_matches", "glob_holds", "normalised_events", "reference_match"]

Event = Mapping[str, "str | list[str]"]  # a field that the record lacks is not in it


def reference_match(rules: RuleSet, batch: EventBatch, log_sources: LogSourceTable | None = None) -> list[Match]:
    """Return what `Matcher(rules).match(batch)` must return."""
    table = log_sources or default_log_sources()
    events = list(map(_without_null, batch.fields.to_pylist()))
    normalised = normalised_events(batch.events)
    found: dict[tuple[int, str], dict[str, str]] = {}
    contexts: dict[tuple[int, str], Carried] = {}
    for rule in rules.rules:
        for route in table.routes_of(rule):
            if route.source == batch.source:
                for row, event in enumerate(events):
                    seen = SeenEvent(event, normalised[row], route, table)
                    fields = seen.matched(rule) if seen.served() else None
                    if fields is not None:
                        found.setdefault((row, rule.id), {}).update(fields)
                        contexts[row, rule.id] = seen.carried(rule) | contexts.get((row, rule.id), {})
    return matches_of(batch.events, found, contexts)


def event_matches(rule: CompiledRule, event: Event) -> dict[str, str] | None:
    """Run a rule's conditions on one event, its log source aside; return the fields that speak for it, or None."""
    return SeenEvent(event, {}, Route(name="", source=""), LogSourceTable((), ())).matched(rule)


def normalised_events(events: pa.RecordBatch) -> list[Event]:
    """Return the normalised columns of each row as text, under "ecs:" and their names; null is left out."""
    rows = events.cast(_as_text(events.schema)).to_pylist()
    return [{f"{ECS}{name}": value for name, value in _without_null(row).items()} for row in rows]


def _as_text(schema: pa.Schema) -> pa.Schema:
    return pa.schema([(one.name, one.type if pa.types.is_list(one.type) else pa.string()) for one in schema])


def _without_null(row: dict[str, object]) -> dict[str, str | list[str]]:
    event: dict[str, str | list[str]] = {}
    for name, value in row.items():
        if isinstance(value, list):
            event[name] = [one for one in value if one is not None]
        elif value is not None:
            event[name] = str(value)
    return event


class SeenEvent:
    """One event under the field names of one route."""

    def __init__(self, event: Event, normalised: Event, route: Route, table: LogSourceTable) -> None:
        self._event = event
        self._normalised = normalised
        self._route = route
        self._table = table

    def served(self) -> bool:
        """Say whether the route takes this event."""
        left_out = any(self._fits({column: values}) for column, values in self._route.unless.items())
        return self._fits(self._route.where) and not left_out

    def _fits(self, where: Mapping[str, tuple[str, ...]]) -> bool:
        return all(any(fold(one) in values for one in self.routed(column)) for column, values in where.items())

    def routed(self, column: str) -> list[str]:
        """Return a column's values, or what it must be where the record lacks it."""
        recorded = self.column(column)
        if all(fold(one) in self._table.blank(self._route.source, column) for one in recorded):
            for one in self._table.inferred(self._route.source, column):
                if self._fits(one.where) and (not one.has or any(self.column(field) for field in one.has)):
                    return [*recorded, one.value]
        return recorded

    def matched(self, rule: CompiledRule) -> dict[str, str] | None:
        """Return the fields that speak for a rule, its log source aside; None where no condition holds."""
        if not any(self.holds(condition) for condition in rule.conditions):
            return None
        fields: dict[str, str] = {}
        for condition in rule.conditions:
            for test, positive in leaves(condition):
                if positive:
                    for name, value in self._speaking(test):
                        fields.setdefault(name, value)
        return fields

    def carried(self, rule: CompiledRule) -> Carried:
        """Return the values that correlation rules need of the event, each of the first column that has one."""
        found = {}
        for field in rule.carried:
            columns = carried_columns(rule, field, self._route)
            values = next((values for name in columns if (values := self.column(name))), None)
            if values is not None:
                found[field] = bounded_values(values)
        return found

    def column(self, column: str) -> list[str]:
        """Return the values of one column: recorded, normalised or derived."""
        if column.startswith(DERIVED):
            how = self._table.derived(self._route.source, column)
            return [] if how is None else self._derived(how)
        return _values(self._normalised if column.startswith(ECS) else self._event, column)

    def _derived(self, how: Derived) -> list[str]:
        if len(how.origins) == 1:
            computed = [how.value(text) for text in self.column(how.origins[0])]
        else:
            computed = [how.value(*(next(iter(self.column(origin)), None) for origin in how.origins))]
        return [one for one in computed if one is not None]

    def _values(self, field: str) -> list[str]:
        return [value for column in self._route.columns(field) for value in self.column(column)]

    def holds(self, form: Form) -> bool:
        """Say whether a condition, or a part of one, holds."""
        match form:
            case All(items=items):
                return all(self.holds(item) for item in items)
            case Any(items=items):
                return any(self.holds(item) for item in items)
            case Negation(item=item):
                return not self.holds(item)
            case NullTest(field=field):
                return not self._values(field)
            case ExistsTest(field=field, exists=exists):
                return bool(self._values(field)) == exists
            case _:
                return bool(self._speaking(form))

    def _speaking(self, test: Test) -> list[tuple[str, str]]:
        """Return (name, value) of what passes a test: the first value of its field, or of each field for a keyword."""
        if isinstance(test, NullTest):
            return []
        if test.field is None:
            return [
                (name, passing[0])
                for name in sorted(self._event)
                if (passing := [one for one in _values(self._event, name) if self.passes(test, one)])
            ]
        passing = [one for one in self._values(test.field) if self.passes(test, one)]
        return [(test.field, passing[0])] if passing else []

    def passes(self, test: Test, text: str) -> bool:
        """Run a test on one value."""
        match test:
            case TextTest(parts=parts, cased=cased):
                return glob_holds(parts, text if cased else fold(text))
            case FieldReferenceTest(other=other):
                return any(_refers(test, fold(text), fold(one)) for one in self._values(other))
            case ExistsTest(exists=exists):
                return exists
            case NullTest():
                return False
            case _:
                return value_holds(test, text)


def _values(event: Event, name: str) -> list[str]:
    value = event.get(name, [])
    return [value] if isinstance(value, str) else list(value)


def _refers(test: FieldReferenceTest, text: str, other: str) -> bool:
    if test.starts and test.ends:
        return other in text
    if test.starts:
        return text.startswith(other)
    return text.endswith(other) if test.ends else text == other


def glob_holds(parts: tuple[str | int, ...], text: str) -> bool:
    """Compare a whole text with literals and wildcards, in time that no text can make explode.

    What stands before the first MANY begins the text, what stands behind the last one ends it; anything between two of
    them is taken where it first occurs, because what follows can only gain from more room.
    """
    first, *others = _between_wildcards(parts)
    if not others:
        return _length(first) == len(text) and _stands_at(first, text, 0)
    if not _stands_at(first, text, 0):
        return False
    at = _length(first)
    for segment in others[:-1]:
        place = _first_place(segment, text, at)
        if place is None:
            return False
        at = place + _length(segment)
    end = len(text) - _length(others[-1])
    return end >= at and _stands_at(others[-1], text, end)


_Segment = list["str | int"]  # literals and ONE


def _between_wildcards(parts: tuple[str | int, ...]) -> list[_Segment]:
    segments: list[_Segment] = [[]]
    for part in parts:
        if part == MANY:
            segments.append([])
        else:
            segments[-1].append(part)
    return segments


def _length(segment: _Segment) -> int:
    return sum(len(part) if isinstance(part, str) else 1 for part in segment)


def _stands_at(segment: _Segment, text: str, at: int) -> bool:
    for part in segment:
        if isinstance(part, str):
            if not text.startswith(part, at):
                return False
            at += len(part)
        else:
            at += 1
    return at <= len(text)


def _first_place(segment: _Segment, text: str, at: int) -> int | None:
    """Return where a segment first stands, from a place on: a place of its first literal, as far in front of it."""
    before = next((number for number, part in enumerate(segment) if isinstance(part, str)), None)
    if before is None:  # single characters alone
        return at if at + len(segment) <= len(text) else None
    literal = str(segment[before])
    found = text.find(literal, at + before)
    while found >= 0:
        if _stands_at(segment, text, found - before):
            return found - before
        found = text.find(literal, found + 1)
    return None
