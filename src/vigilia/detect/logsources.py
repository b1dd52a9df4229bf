"""What a rule's log source means here: which of our sources, which rows of them, and under which field names.

The tables are in `logsource_tables`, one for each family of sources; their notes say where each fact comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

import msgspec

from vigilia.knowledge.shipped_table import decode_table, read_texts
from vigilia.model.errors import KnowledgeError
from vigilia.sigma.folding import fold
from vigilia.sigma.rules import LogSource

DERIVED = "derived:"
ECS = "ecs:"

__all__ = [
    "DERIVED",
    "ECS",
    "Derived",
    "Inferred",
    "LogSourceTable",
    "Route",
    "default_log_sources",
    "parse_log_sources",
]


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of one source that serve one kind of log source.

    Attributes:
        name: unique, for people.
        source: log source id of the events ("windows").
        product, category, service: what a rule must say; empty means that the route doesn't care.
        where: column → values, cases folded; a row serves if each column has one of its values.
        aliases: a rule's field name → the columns that hold it in these rows; any of them may match. Names that start
            with "ecs:" are normalised columns, with "derived:" computed ones, others are the source's own.
    """

    name: str
    source: str
    product: str = ""
    category: str = ""
    service: str = ""
    where: dict[str, tuple[str, ...]] = {}
    aliases: dict[str, tuple[str, ...]] = {}

    def columns(self, field: str) -> tuple[str, ...]:
        """Return the columns that a rule's field stands for."""
        return self.aliases.get(field, (field,))


class Derived(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A column computed from another, beside what the source itself records.

    Attributes:
        column: its name, which starts with "derived:" so that no recorded field can take its place.
        serves: fields of rules that it can stand for, besides the recorded field of that name.
        take: "part" takes the value of `key` from "KEY=value,KEY=value"; "rooted" puts "/" before a bare program name;
            "map" looks the value up in `values` and is missing where it isn't there.
    """

    source: str
    column: str
    origin: str
    serves: tuple[str, ...] = ()
    take: Literal["part", "rooted", "map"]
    key: str = ""
    values: dict[str, str] = {}

    def value(self, text: str) -> str | None:
        """Compute the derived value of one recorded value."""
        match self.take:
            case "map":
                return self.values.get(text)
            case "rooted":
                return None if "/" in text or not text else f"/{text}"
            case "part":
                return _part(text, self.key)


class Inferred(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a column that routes look at must be, where a record lacks it (exports often drop the channel).

    Attributes:
        has: fields of which the record has one at least; empty where that does not matter.
        where: column → values, cases folded; each column must have one of its values.
    """

    source: str
    column: str
    value: str
    has: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    updated: str
    notes: list[str]
    route: list[Route]
    derived: list[Derived] = []
    inferred: list[Inferred] = []


class LogSourceTable:
    """All routes, derived columns and inferences."""

    def __init__(
        self, routes: tuple[Route, ...], derived: tuple[Derived, ...], inferred: tuple[Inferred, ...] = ()
    ) -> None:
        self.routes = routes
        self._inferred = inferred
        self._derived = {(one.source, one.column): one for one in derived}

    def derived(self, source: str, column: str) -> Derived | None:
        """Return how a column is computed on a source, if it is."""
        return self._derived.get((source, column))

    def inferred(self, source: str, column: str) -> tuple[Inferred, ...]:
        """Return the inferences about a column that a record lacks; the first that fits counts."""
        return tuple(one for one in self._inferred if (one.source, one.column) == (source, column))

    def routes_for(self, rule: LogSource) -> tuple[Route, ...]:
        """Return the routes that serve a rule; none means that no log source here can serve it."""
        if rule.category and rule.service:
            services = self._serving(LogSource(product=rule.product, service=rule.service))
            categories = self._serving(LogSource(product=rule.product, category=rule.category))
            return tuple(_both(one, two) for one in categories for two in services if one.source == two.source)
        return self._serving(rule)

    def _serving(self, rule: LogSource) -> tuple[Route, ...]:
        return tuple(
            route
            for route in self.routes
            if route.category == rule.category
            and route.service == rule.service
            and (not rule.product or not route.product or route.product == rule.product)
        )


def _both(category: Route, service: Route) -> Route:
    """Return the rows that both routes take; a column that both name keeps the values they share."""
    where = dict(category.where)
    for column, values in service.where.items():
        where[column] = tuple(one for one in where.get(column, values) if one in values)
    return Route(
        name=f"{category.name} & {service.name}",
        source=category.source,
        product=category.product,
        category=category.category,
        service=service.service,
        where=where,
        aliases={**service.aliases, **category.aliases},
    )


def _part(text: str, key: str) -> str | None:
    wanted = fold(key)
    for pair in text.split(","):
        name, equals, value = pair.partition("=")
        if equals and fold(name.strip()) == wanted:
            return value.strip()
    return None


def parse_log_sources(tables: Mapping[str, str]) -> LogSourceTable:
    """Read log source tables: file name → TOML.

    Raises:
        KnowledgeError: not TOML, or not of the right shape.
    """
    files = [(name, decode_table(text, name, _File)) for name, text in sorted(tables.items())]
    seen: set[str] = set()
    for name, table in files:
        for route in table.route:
            if route.name in seen:
                raise KnowledgeError(f"two log sources are named {route.name}", where=name)
            seen.add(route.name)
        if wrong := next((one.column for one in table.derived if not one.column.startswith(DERIVED)), None):
            raise KnowledgeError(f"the derived column {wrong} does not start with {DERIVED}", where=name)
    derived = [one for _, table in files for one in table.derived]
    return LogSourceTable(
        tuple(_prepared(route, derived) for _, table in files for route in table.route),
        tuple(derived),
        tuple(msgspec.structs.replace(one, where=_folded(one.where)) for _, table in files for one in table.inferred),
    )


def _folded(where: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {column: tuple(fold(value) for value in values) for column, values in where.items()}


def _prepared(route: Route, derived: list[Derived]) -> Route:
    aliases = dict(route.aliases)
    for one in derived:
        if one.source == route.source:
            for field in one.serves:
                aliases[field] = (*aliases.get(field, (field,)), one.column)
    return msgspec.structs.replace(route, where=_folded(route.where), aliases=aliases)


@cache
def default_log_sources() -> LogSourceTable:
    """Return the tables that ship with the package."""
    return parse_log_sources(read_texts("vigilia.detect", "logsource_tables", ".toml"))
