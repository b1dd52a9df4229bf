"""What a rule's log source means here: which of our sources, which rows of them, and under which field names.

The tables are in `logsource_tables`, one for each family of sources; their notes say where each fact comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import msgspec

from vigilia.detect.derivation import DERIVED, Derived
from vigilia.knowledge.shipped_table import decode_table, read_texts
from vigilia.model.errors import KnowledgeError
from vigilia.sigma.folding import fold
from vigilia.sigma.form import leaves
from vigilia.sigma.rules import CompiledRule, LogSource

ECS = "ecs:"

__all__ = [
    "DERIVED",
    "ECS",
    "Blank",
    "Derived",
    "Inferred",
    "Labels",
    "LogSourceTable",
    "Route",
    "Unserved",
    "default_log_sources",
    "parse_log_sources",
]


class Route(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Rows of one source that serve one kind of log source.

    Attributes:
        name: unique, for people.
        source: log source id of the events ("windows").
        product, category, service: what a rule must say; empty means that the route doesn't care.
        where: column → values, cases folded; a row serves if each column has one of its values,
        unless: and no column has one of these.
        aliases: a rule's field name → the columns that hold it in these rows; any of them may match. Names that start
            with "ecs:" are normalised columns, with "derived:" computed ones, others are the source's own.
        lacks: fields of rules that these rows never have, though authors of rules count on them: a rule that leaves
            records out by such a field would match what it means to leave out, so it does not run here.
    """

    name: str
    source: str
    product: str = ""
    category: str = ""
    service: str = ""
    where: dict[str, tuple[str, ...]] = {}
    unless: dict[str, tuple[str, ...]] = {}
    aliases: dict[str, tuple[str, ...]] = {}
    lacks: tuple[str, ...] = ()

    def suits(self, rule: CompiledRule) -> bool:
        """Say whether what a rule leaves out can be told from these rows."""
        if not self.lacks:  # of thousands of rules, all are asked for every route
            return True
        tests = (test for condition in rule.conditions for test in leaves(condition))
        return not any(not positive and test.field in self.lacks for test, positive in tests)

    def columns(self, field: str) -> tuple[str, ...]:
        """Return the columns that a rule's field stands for."""
        return self.aliases.get(field, (field,))


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


class Blank(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Values of a column, cases folded, that say nothing: what can be inferred counts as if there were none."""

    source: str
    column: str
    values: tuple[str, ...]


class Labels(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A source whose records say themselves which log source of Sigma they belong to.

    A rule runs on the rows that carry every part of its log source, so a row that says only "windows" is not taken for
    a row of any category.

    Attributes:
        source: log source id of the events.
        product, category, service: the columns that hold the parts.
    """

    source: str
    product: str
    category: str
    service: str

    def route(self, rule: LogSource) -> Route:
        """Return the rows that say that they are what a rule is for."""
        parts = ((self.product, rule.product), (self.category, rule.category), (self.service, rule.service))
        return Route(
            name=f"labelled {rule}",
            source=self.source,
            product=rule.product,
            category=rule.category,
            service=rule.service,
            where={column: (fold(part),) for column, part in parts if part},
        )


class Unserved(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A log source that rules name and no reader of ours reads, and why; an empty part stands for any."""

    product: str
    category: str = ""
    service: str = ""
    reason: str

    def covers(self, rule: LogSource) -> bool:
        """Say whether a rule is for it."""
        parts = ((self.product, rule.product), (self.category, rule.category), (self.service, rule.service))
        return all(not own or own == named for own, named in parts)


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    updated: str
    notes: list[str]
    route: list[Route]
    derived: list[Derived] = []
    inferred: list[Inferred] = []
    blank: list[Blank] = []
    labels: list[Labels] = []
    unserved: list[Unserved] = []


class LogSourceTable:
    """All routes, derived columns, inferences and sources that label their records."""

    def __init__(
        self,
        routes: tuple[Route, ...],
        derived: tuple[Derived, ...],
        inferred: tuple[Inferred, ...] = (),
        labels: tuple[Labels, ...] = (),
        blank: tuple[Blank, ...] = (),
        unserved: tuple[Unserved, ...] = (),
    ) -> None:
        self.routes = routes
        self.unserved = unserved
        self._blank = {(one.source, one.column): one.values for one in blank}
        self._inferred = inferred
        self._labels = labels
        self._derived = {(source, one.column): one for one in derived for source in one.sources}

    def derived(self, source: str, column: str) -> Derived | None:
        """Return how a column is computed on a source, if it is."""
        return self._derived.get((source, column))

    def inferred(self, source: str, column: str) -> tuple[Inferred, ...]:
        """Return the inferences about a column that a record lacks; the first that fits counts."""
        return tuple(one for one in self._inferred if (one.source, one.column) == (source, column))

    def blank(self, source: str, column: str) -> tuple[str, ...]:
        """Return the values of a column that say nothing, cases folded."""
        return self._blank.get((source, column), ())

    def why_unserved(self, rule: LogSource) -> str:
        """Return why no reader reads what a rule is for; empty where one does, or nothing is known."""
        if self.recorded_routes(rule):
            return ""
        return next((one.reason for one in self.unserved if one.covers(rule)), "")

    def routes_for(self, rule: LogSource) -> tuple[Route, ...]:
        """Return the routes that serve a rule, those to labelled records last."""
        derived = tuple(self._derived.values())
        return (*self.recorded_routes(rule), *(_prepared(one.route(rule), derived) for one in self._labels))

    def routes_of(self, rule: CompiledRule) -> tuple[Route, ...]:
        """Return the routes on which a rule runs: those that serve its log source and suit it."""
        return tuple(route for route in self.routes_for(rule.logsource) if route.suits(rule))

    def recorded_routes(self, rule: LogSource) -> tuple[Route, ...]:
        """Return the routes to logs as products write them; none means that only labelled records can serve a rule."""
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
        unless={**category.unless, **service.unless},
        aliases={**service.aliases, **category.aliases},
        lacks=(*category.lacks, *service.lacks),
    )


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
        if wrong := next((one.wrong for one in table.derived if one.wrong), ""):
            raise KnowledgeError(wrong, where=name)
    derived = tuple(
        msgspec.structs.replace(one, values=_keys_folded(one)) for _, table in files for one in table.derived
    )
    return LogSourceTable(
        tuple(_prepared(route, derived) for _, table in files for route in table.route),
        derived,
        tuple(msgspec.structs.replace(one, where=_folded(one.where)) for _, table in files for one in table.inferred),
        tuple(one for _, table in files for one in table.labels),
        tuple(
            msgspec.structs.replace(one, values=tuple(map(fold, one.values)))
            for _, table in files
            for one in table.blank
        ),
        tuple(one for _, table in files for one in table.unserved),
    )


def _folded(where: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {column: tuple(fold(value) for value in values) for column, values in where.items()}


def _keys_folded(one: Derived) -> dict[str, str]:
    """Return what is looked up, cases folded, the longest first, so that the first beginning that fits counts."""
    return {fold(key): one.values[key] for key in sorted(one.values, key=len, reverse=True)}


def _prepared(route: Route, derived: tuple[Derived, ...]) -> Route:
    aliases = dict(route.aliases)
    for one in derived:
        if route.source in one.sources:
            for field in one.serves:
                aliases[field] = (*aliases.get(field, (field,)), one.column)
    return msgspec.structs.replace(route, where=_folded(route.where), unless=_folded(route.unless), aliases=aliases)


@cache
def default_log_sources() -> LogSourceTable:
    """Return the tables that ship with the package."""
    return parse_log_sources(read_texts("vigilia.detect", "logsource_tables", ".toml"))
