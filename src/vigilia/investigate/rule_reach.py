"""At how many of the records any rule looks, and at which none does: nothing found there is no comfort."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from vigilia.detect.logsources import LogSourceTable, Route, default_log_sources
from vigilia.detect.reach import Shape, SourceNeeds, choosing_needs, is_taken
from vigilia.knowledge.log_sources import source_label
from vigilia.model.result import RuleReach, Statement, Verdict
from vigilia.model.wording import counted, listed
from vigilia.sigma.rules import CompiledRule
from vigilia.store.event_shapes import event_shapes, event_sources
from vigilia.store.event_store import EventStore

__all__ = ["reach_statements", "rule_reaches", "rules_by_source", "shapes_of", "unlooked_lines"]

_NAMED_AT_MOST = 6


def rule_reaches(rules: Sequence[CompiledRule], store: EventStore) -> list[RuleReach]:
    """Return for each log source of the events how many of its records no rule looks at, sorted by source.

    Correlation rules look at what the rules look at that they count.
    """
    table = default_log_sources()
    looking = rules_by_source(rules, table)
    return [
        _reach_on(store, source, records, looking.get(source, []), table)
        for source, records in event_sources(store).items()
    ]


def rules_by_source(rules: Iterable[CompiledRule], table: LogSourceTable) -> dict[str, list[tuple[Route, int]]]:
    """Return log source id → the routes to it that any rule uses, each with the number of its rules."""
    counts: dict[tuple[str, str], tuple[Route, int]] = {}
    for rule in rules:
        for route in table.routes_of(rule):
            key = (route.source, route.name)
            counts[key] = (route, counts.get(key, (route, 0))[1] + 1)
    found: dict[str, list[tuple[Route, int]]] = {}
    for (source, _), counted_route in sorted(counts.items(), key=lambda one: one[0]):
        found.setdefault(source, []).append(counted_route)
    return found


def _reach_on(
    store: EventStore, source: str, records: int, looking: Sequence[tuple[Route, int]], table: LogSourceTable
) -> RuleReach:
    if any(not route.where and not route.unless for route, _ in looking):  # it takes every record: no need to look
        return RuleReach(source=source, records=records, rules=sum(count for _, count in looking), unlooked=0)
    routes = [route for route, _ in looking]
    shapes = shapes_of(store, source, choosing_needs(routes, source, table)) if looking else []
    used = {route.name for route in routes if any(is_taken(shape, route, table) for shape in shapes)}
    seen = sum(shape.records for shape in shapes if any(is_taken(shape, route, table) for route in routes))
    rules = sum(count for route, count in looking if route.name in used)
    return RuleReach(source=source, records=records, rules=rules, unlooked=records - seen)


def shapes_of(store: EventStore, source: str, needs: SourceNeeds) -> list[Shape]:
    """Return the shapes of a log source's records, as far as is needed."""
    return [
        Shape(
            source=source,
            fields=dict.fromkeys(shape.names, "") | shape.values,
            known=frozenset(needs.valued),
            normalised=frozenset(f"ecs:{name}" for name in shape.normalised),
            records=shape.records,
        )
        for shape in event_shapes(store, source, needs.names, needs.valued, needs.normalised)
    ]


def reach_statements(reaches: Sequence[RuleReach], verdict: Verdict) -> list[Statement]:
    """Return what is said of records at which no rule looks: a limit, and where nobody was found no comfort."""
    lines = unlooked_lines(reaches)
    if not lines:
        return []
    told = listed([*lines[:_NAMED_AT_MOST], *_more(len(lines) - _NAMED_AT_MOST)])
    text = f"No rule looks at {told}. An intruder who left traces only there is not found by rules."
    statements = [Statement(id="rule-reach-1", question="who-was-in", weight="caveat", text=text)]
    unlooked = [source_label(one.source) for one in reaches if one.unlooked == one.records]
    if verdict == "none-found" and unlooked:
        named = listed([*unlooked[:_NAMED_AT_MOST], *_more(len(unlooked) - _NAMED_AT_MOST)])
        text = f"No rule looks at {named}: that nothing was found there is no comfort."
        statements.append(Statement(id="rule-reach-2", question="who-was-in", weight="headline", text=text))
    return statements


def unlooked_lines(reaches: Sequence[RuleReach]) -> list[str]:
    """Name the records at which no rule looks: "AWS flow logs (1,200 records)", "Zeek logs (20 of 900 records)"."""
    return list(_unlooked(reaches))


def _unlooked(reaches: Sequence[RuleReach]) -> Iterator[str]:
    for one in sorted(reaches, key=lambda reach: (-reach.unlooked, reach.source)):
        if one.unlooked:
            part = f"{one.unlooked} of " if one.unlooked < one.records else ""
            yield f"{source_label(one.source)} ({part}{counted(one.records, 'record')})"


def _more(left: int) -> list[str]:
    return [counted(left, "more log source")] if left > 0 else []
