"""Values that matches carry for correlation rules: those of `group-by` and of measured fields, tested or not."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

from vigilia.detect.columns import BatchView, Column, Rows
from vigilia.detect.logsources import ECS, Route
from vigilia.model.events import EVENT_SCHEMA

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


def carried_columns(field: str, route: Route) -> tuple[str, ...]:
    """Return where a field is looked for, best first: as the rule's own fields are, then under its ECS name."""
    recorded = route.columns(field)
    normalised = field if field in EVENT_SCHEMA.names else _USUAL_NAMES.get(field.lower())
    return recorded if normalised is None else (*recorded, f"{ECS}{normalised}")


def carried_values(view: BatchView, route: Route, fields: Sequence[str], rows: Rows) -> list[Carried]:
    """Return for each row the values of fields, each of the first column that has one; fields without are left out."""
    found: list[Carried] = [{} for _ in rows]
    for field in fields:
        columns = [column for name in carried_columns(field, route) if (column := view.column(name)) is not None]
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
