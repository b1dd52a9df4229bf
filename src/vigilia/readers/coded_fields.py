"""Which values of a record become which fields, learned once for each shape of record.

A naming function turns a record into fields; what it calls them depends on which keys a record has, not on what they
hold. So it is shown a record whose values are marks, and where the marks come out is true for all records of that
shape. A shape whose marks come out changed, or elsewhere when they look different, is not plain: its records must be
named one by one.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from vigilia.readers.columns import FieldValue
from vigilia.readers.json_layout import Kind

__all__ = ["FieldSource", "Member", "NamedField", "Names", "Plan", "named_fields"]

Names = Callable[[dict[str, object]], Mapping[str, FieldValue] | None]
"""Return the fields of a record; None where their names depend on its values."""


class Member(NamedTuple):
    """One member of a record of some shape: its path, that of the object it is in (0 is the record), key and kind."""

    path: int
    parent: int
    key: str
    kind: Kind


class FieldSource(NamedTuple):
    """Where a field's texts come from: the scalar or the list at a path."""

    path: int
    is_list: bool


@dataclass(frozen=True, slots=True)
class NamedField:
    """A field of all records of one shape: its texts in order, and whether it holds several even where it has one."""

    name: str
    sources: tuple[FieldSource, ...]
    several: bool


_Marks: TypeAlias = tuple[tuple[str, FieldSource], ...]
"""The marks of a member, in order, each with where its texts come from."""

_MOST_MARKED: Final = 8192
# Two kinds of marks: a text, and one that is JSON itself, for naming functions that look into texts.
_MARKS: Final = ("\x01{}\x01{}", '{{"\x01{}":"{}"}}')


def named_fields(members: Sequence[Member], names: Names, most: int) -> tuple[NamedField, ...] | None:
    """Return the fields of records that have these members, or None where the shape is not plain.

    Args:
        members: in the order in which they stand.
        names: names the fields.
        most: how many fields a record may have.
    """
    told = [_told(members, names, mark) for mark in _MARKS]
    return told[0] if told[0] is not None and told[0] == told[1] and len(told[0]) <= most else None


def _told(members: Sequence[Member], names: Names, mark: str) -> tuple[NamedField, ...] | None:
    marks = [_marks_of(member.path, member.kind, mark) for member in members]
    fields = names(_marked_record(members, marks))
    if fields is None:
        return None
    sources = {text: source for of_member in marks for text, source in of_member}
    found = [_field(name, value, sources) for name, value in fields.items() if value != []]
    named = tuple(one for one in found if one is not None)
    return named if len(named) == len(found) else None


def _marked_record(members: Sequence[Member], marks: Sequence[_Marks]) -> dict[str, object]:
    record: dict[str, object] = {}
    objects = {0: record}
    for member, of_member in zip(members, marks, strict=True):
        value: object
        if member.kind is Kind.OBJECT:
            value = objects[member.path] = {}
        elif member.kind is Kind.SCALAR:
            value = of_member[0][0]
        else:
            value = None if member.kind is Kind.NULL else [text for text, _ in of_member]
        objects[member.parent][member.key] = value
    return record


@functools.lru_cache(maxsize=_MOST_MARKED)
def _marks_of(path: int, kind: Kind, mark: str) -> _Marks:
    """Return the marks of a member; a list has two, the second of which only shows that it follows the first.

    They are remembered, because shapes mostly differ in a few members.
    """
    if kind is Kind.SCALAR:
        return ((mark.format(path, "scalar"), FieldSource(path, is_list=False)),)
    if kind is Kind.LIST:
        first, second = FieldSource(path, is_list=True), FieldSource(-path, is_list=True)
        return (mark.format(path, "first"), first), (mark.format(path, "second"), second)
    return ()


def _field(name: str, value: FieldValue, sources: Mapping[str, FieldSource]) -> NamedField | None:
    texts = [value] if isinstance(value, str) else value
    found = [sources.get(text) for text in texts]
    several = isinstance(value, list)
    kept: list[FieldSource] = []
    for at, source in enumerate(found):
        if source is None:
            return None
        if source.path > 0:
            kept.append(source)
        if source.is_list and not _paired(found, at, source):
            return None
    return NamedField(name, tuple(kept), several)


def _paired(found: Sequence[FieldSource | None], at: int, source: FieldSource) -> bool:
    """Whether both marks of a list stand side by side."""
    other = at + 1 if source.path > 0 else at - 1
    return 0 <= other < len(found) and found[other] == FieldSource(-source.path, is_list=True)


class Plan:
    """How the shapes that were met so far share their paths and fields.

    Attributes:
        direct: fields that come from one path alone wherever they occur, while that path gives the same fields wherever
            it occurs: the codes of the path are those of the field. Each with its source and whether it holds several.
        fields: of each shape its fields.
        names: of each shape what they are called.
        mixed: the fields that are not direct.
    """

    def __init__(self) -> None:
        self.direct: dict[str, tuple[FieldSource, bool]] = {}
        self.fields: dict[int, tuple[NamedField, ...]] = {}
        self.names: dict[int, frozenset[str]] = {}
        self.mixed: set[str] = set()
        self._names_of: dict[FieldSource, frozenset[str]] = {}

    def note(self, shape: int, fields: tuple[NamedField, ...]) -> None:
        """Note the fields of a new shape."""
        self.fields[shape] = fields
        self.names[shape] = frozenset(field.name for field in fields)

    def add(self, shape: int, fields: tuple[NamedField, ...], members: Sequence[Member]) -> None:
        """Note a new shape, and which of its fields share their paths with others."""
        self.note(shape, fields)
        names: dict[FieldSource, set[str]] = {}
        for field in fields:
            for source in field.sources:
                names.setdefault(source, set()).add(field.name)
        for member in members:
            if member.kind in (Kind.SCALAR, Kind.LIST):
                source = FieldSource(member.path, is_list=member.kind is Kind.LIST)
                self._agree(source, frozenset(names.get(source, ())))
        for field in fields:
            self._settle(field)

    def _agree(self, source: FieldSource, names: frozenset[str]) -> None:
        held = self._names_of.setdefault(source, names)
        if held != names:
            self._names_of[source] = held | names
            self._mix(held | names)

    def _settle(self, field: NamedField) -> None:
        if len(field.sources) != 1:
            self._mix({field.name})
        elif field.name not in self.mixed:
            settled = field.sources[0], field.several
            if self.direct.setdefault(field.name, settled) != settled:
                self._mix({field.name})

    def _mix(self, names: frozenset[str] | set[str]) -> None:
        self.mixed |= names
        for name in names:
            self.direct.pop(name, None)
