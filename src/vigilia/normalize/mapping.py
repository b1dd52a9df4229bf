"""Mapping tables: how the fields of one log source become ECS columns.

A table is `mappings/<source>.toml`; docs/normalize.md explains it to those who add a source. What a table may hold is
said by the types here: an unknown key, column or transform is an error, not a silent gap in an investigation.
"""

from __future__ import annotations

import functools
import importlib.resources
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final, Literal

import msgspec
import pyarrow as pa

from vigilia.model.errors import KnowledgeError
from vigilia.model.events import EVENT_SCHEMA
from vigilia.model.toml_text import decode_toml
from vigilia.normalize.times import DayOrder
from vigilia.normalize.transforms import TRANSFORMS

__all__ = [
    "Column",
    "Mapping",
    "Part",
    "TimeField",
    "load_mapping",
    "mapping_sources",
    "parse_mapping",
    "parse_template",
]

# Columns that the normaliser fills itself.
_OWN: Final = frozenset(
    {
        "event.id",
        "@timestamp",
        "vigilia.time_basis",
        "vigilia.source",
        "vigilia.item",
        "vigilia.record",
        "vigilia.offset",
        "vigilia.length",
        "vigilia.decoder",
        "vigilia.fields",
    }
)


class TimeField(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A field that may hold the record's time.

    Attributes:
        zone: where the format itself defines the zone of times that carry no offset; else the case's zone is assumed.
        order: "day" or "month", where it is known which comes first in dates such as 3/4/2026.
    """

    field: str
    zone: str = ""
    order: DayOrder = ""


class Default(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a source field is taken to be where a record lacks it: for conditions and columns, not for `vigilia.fields`.

    Attributes:
        when: as in `Column`; it may not ask about `field` itself.
    """

    field: str
    value: str
    when: dict[str, list[str]]


class Column(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to fill one column. For each column the ways are tried in the order of the table; the first value wins.

    Exactly one of `from_`, `templates` and `constant` says where the value comes from.

    Attributes:
        to: the column of EVENT_SCHEMA. For `vigilia.objects` every way that yields a value adds to the list.
        from_: source fields, the first that has a value.
        templates: text with fields in braces, each with transforms: "{Computer}:{TargetLogonId|lower}". A template
            whose field has no value yields nothing, unless the field is marked "?": "{node?}".
        constant: the same for every row.
        when: only rows where each of these fields has one of these values.
        unless: not rows where one of these fields has one of these values.
        transform: names from `transforms.TRANSFORMS`, applied in order.
        values: after the transforms, text → text; what is not listed yields nothing.
        several: what becomes of a field that holds a list: its first value that survives, or all joined by a space.
    """

    to: str
    from_: list[str] = msgspec.field(default=[], name="from")
    templates: list[str] = []
    constant: str = ""
    when: dict[str, list[str]] = {}
    unless: dict[str, list[str]] = {}
    transform: list[str] = []
    values: dict[str, str] = {}
    several: Literal["first", "join"] = "first"


class Mapping(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One table.

    Attributes:
        schema: version of this form of table; 1.
        reference: where the meaning of the source's fields is written down.
        date: when the table was last checked against `reference`.
        yearless: whether its times may lack the year, so that a `YearHint` is worth the first pass over the file.
        timeless: whether its records are a state, not events (a listing of rules), so that no time is no loss.
        nothing: values that mean that there is no value ("-").
    """

    schema: Literal[1]
    source: str
    title: str
    reference: list[str]
    date: str
    time: list[TimeField]
    column: list[Column]
    default: list[Default] = []
    yearless: bool = False
    timeless: bool = False
    nothing: list[str] = []

    def narrowed(self, columns: Collection[str]) -> Mapping:
        """Return the table without what fills other columns than these."""
        return msgspec.structs.replace(self, column=[one for one in self.column if one.to in columns])

    @property
    def fields(self) -> frozenset[str]:
        """The source's fields that the table looks at."""
        asked = [time.field for time in self.time]
        for default in self.default:
            asked += [default.field, *default.when]
        for column in self.column:
            asked += [*column.from_, *column.when, *column.unless]
            asked += [part.field for text in column.templates for part in parse_template(text) if part.field]
        return frozenset(asked)


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a template: literal text, or a field with its transforms."""

    literal: str = ""
    field: str = ""
    transforms: tuple[str, ...] = ()
    optional: bool = False


@functools.lru_cache(maxsize=1024)
def parse_template(text: str) -> tuple[Part, ...]:
    """Split "mailbox:{MailboxOwnerUPN|lower}" into its parts.

    Raises:
        KnowledgeError: a brace is not closed, or a field has no name.
    """
    parts: list[Part] = []
    rest = text
    while rest:
        literal, brace, rest = rest.partition("{")
        if literal:
            parts.append(Part(literal=literal))
        if not brace:
            break
        inside, closed, rest = rest.partition("}")
        name, *transforms = inside.split("|")
        if not closed or not name.rstrip("?"):
            raise KnowledgeError(f"the template {text!r} has an open brace or a field without a name")
        parts.append(Part(field=name.rstrip("?"), transforms=tuple(transforms), optional=name.endswith("?")))
    return tuple(parts)


def mapping_sources() -> tuple[str, ...]:
    """Return the ids of the log sources that have a table, sorted."""
    names = (entry.name for entry in _folder().iterdir())
    return tuple(sorted(name.removesuffix(".toml") for name in names if name.endswith(".toml")))


@functools.cache
def load_mapping(source: str) -> Mapping:
    """Return the table of a log source.

    Raises:
        KnowledgeError: there is none, or it is wrong.
    """
    if source not in mapping_sources():
        raise KnowledgeError(f"there is no mapping table for the log source {source!r}")
    return parse_mapping(_folder().joinpath(f"{source}.toml").read_bytes(), where=f"{source}.toml")


def parse_mapping(content: bytes, where: str) -> Mapping:
    """Read and check a table.

    Raises:
        KnowledgeError: it is no valid TOML, or names what does not exist.
    """
    try:
        mapping = decode_toml(content, Mapping)
    except msgspec.DecodeError as error:
        raise KnowledgeError(f"the mapping table cannot be read: {error}", where=where) from error
    problems = [problem for column in mapping.column for problem in _problems(column)]
    problems += [f"the default of {one.field!r} asks about itself" for one in mapping.default if one.field in one.when]
    if problems:
        raise KnowledgeError("; ".join(problems), where=where, hint="docs/normalize.md describes the tables.")
    return mapping


def _problems(column: Column) -> Iterator[str]:
    """Yield what is wrong with one entry."""
    if column.to not in EVENT_SCHEMA.names or column.to in _OWN:
        yield f"there is no column {column.to!r} to fill"
    if sum(map(bool, (column.from_, column.templates, column.constant))) != 1:
        yield f"{column.to!r} needs exactly one of from, templates and constant"
    named = [part for text in column.templates for part in parse_template(text)]
    used = [*column.transform, *(name for part in named for name in part.transforms)]
    yield from (f"there is no transform {name!r}" for name in used if name not in TRANSFORMS)


def _folder() -> importlib.resources.abc.Traversable:
    return importlib.resources.files("vigilia.normalize").joinpath("mappings")


def is_integer(column: str) -> bool:
    """Return whether a column of EVENT_SCHEMA holds integers."""
    return bool(EVENT_SCHEMA.field(column).type == pa.int64())
