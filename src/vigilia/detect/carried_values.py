"""Values that matches carry for correlation rules: those of `group-by` and of measured fields, tested or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from vigilia.detect.columns import BatchView, Column, Rows
from vigilia.detect.logsources import ECS, Route
from vigilia.model.events import EVENT_SCHEMA
from vigilia.sigma.rules import CompiledRule

__all__ = ["Carried", "bounded_values", "carried_columns", "carried_values"]

Carried = dict[str, tuple[str, ...]]

_MOST_VALUES = 1_000  # of one field in one event
_LONGEST_VALUE = 4_096  # characters; a longer one ends in a hash of the whole, so that different ones stay different

# What authors of correlation rules call the machine, the account and the address, whatever the source calls them.
_USUAL_NAMES = {
    "computer": "host.name",
    "computername": "host.name",
    "hostname": "host.name",
    "host": "host.name",
    "user": "user.name",
    "username": "user.name",
    "sourceip": "source.ip",
    "src_ip": "source.ip",
}


def carried_columns(rule: CompiledRule, field: str, route: Route) -> list[str]:
    """Return where a field is looked for, best first: as the rule's own fields are, then under its ECS name."""
    names = rule.carried_as.get(field, (field,))
    recorded = [column for name in names for column in route.columns(name)]
    normalised = [name if name in EVENT_SCHEMA.names else _USUAL_NAMES.get(name.lower()) for name in (*names, field)]
    return list(dict.fromkeys([*recorded, *(f"{ECS}{name}" for name in normalised if name)]))


def carried_values(view: BatchView, route: Route, rule: CompiledRule, rows: Rows) -> list[Carried]:
    """Return for each row what a rule carries, each field of the first column that has it there."""
    found: list[Carried] = [{} for _ in rows]
    for field in rule.carried:
        named = map(view.column, carried_columns(rule, field, route))
        columns = [column for column in named if column is not None]
        for values, of_row in zip(_first_values(columns, rows), found, strict=True):
            if values:
                of_row[field] = values
    return found


def _first_values(columns: Sequence[Column], rows: Rows) -> Iterator[tuple[str, ...]]:
    for row in rows.tolist():
        yield bounded_values(next((values for column in columns if (values := column.values(row))), ()))


def bounded_values(values: Sequence[str]) -> tuple[str, ...]:
    """Return values as matches carry them: each once, not too many, and none too long."""
    return tuple(map(_shortened, dict.fromkeys(values[:_MOST_VALUES])))


def _shortened(value: str) -> str:
    if len(value) <= _LONGEST_VALUE:
        return value
    return f"{value[:_LONGEST_VALUE]}…{hashlib.sha256(value.encode('utf-8', 'surrogatepass')).hexdigest()}"
