"""What the columns of a log that nobody described may mean, judged by their values and names.

A proposal is for a person to confirm, never for a reader to trust: `vigilia map` shows it with examples.
"""

from __future__ import annotations

import functools
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Literal

import msgspec

from vigilia.knowledge.shipped_table import read_table
from vigilia.model.errors import EvidenceError
from vigilia.normalize.times import DayOrder, Moment, read_time
from vigilia.normalize.transforms import TRANSFORMS
from vigilia.readers.csv_table import head_header
from vigilia.readers.form_readers import form_reader
from vigilia.readers.forms import Form, Signs
from vigilia.readers.json_records import head_objects
from vigilia.readers.reader import HEAD_BYTES, ReadLimits

__all__ = ["ROLES", "Proposal", "ProposedColumn", "RoleName", "propose", "role_label"]

RoleName = Literal["time", "actor", "address", "action", "object", "search", "host", "agent"]
ROLES: Final[tuple[RoleName, ...]] = ("time", "actor", "address", "action", "object", "search", "host", "agent")

_LOOKED_AT: Final = 1_000  # records
_BYTES: Final = 4 * 1024 * 1024
_EXAMPLES: Final = 3
_EXAMPLE_CHARACTERS: Final = 60
_NAMED: Final = 0.6  # what a telling name is worth beside values that fit wholly
_ENOUGH: Final = 0.3
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f\x7f]")  # no program writes them into column names; pictures do
_WORD_BREAK: Final = re.compile(r"[\s_.\-/]+|(?<=[a-z])(?=[A-Z])")


class _Role(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    id: RoleName
    label: str
    words: list[str]


class _Roles(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    date: str
    role: list[_Role]


class ProposedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """One column.

    Attributes:
        role: what it seems to be, or empty.
        filled: how many of the records have a value.
        examples: some values, cut.
    """

    name: str
    role: RoleName | Literal[""]
    filled: int
    examples: list[str]


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """What a file seems to hold.

    Attributes:
        records: how many were looked at, from the file's beginning.
        times_unread: records whose proposed time cannot be read.
        zone_told: whether the times themselves tell their offset from UTC.
        order_open: whether dates such as 3/4/2026 stand for either of two days; then a person must say which.
        order: which it is, where another date of the file settles it (13/4/2026); else empty.
    """

    shape: Literal["csv", "json"]
    columns: list[ProposedColumn]
    records: int
    times_unread: int
    zone_told: bool
    order_open: bool
    order: DayOrder

    def column(self, role: RoleName) -> str:
        """Return the column that was proposed for a role, or ""."""
        return next((one.name for one in self.columns if one.role == role), "")


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    values: list[str]

    def share(self, fits: Callable[[str], object]) -> float:
        """Return which share of the values fits, from 0 to 1."""
        return sum(1 for value in self.values if fits(value)) / len(self.values) if self.values else 0.0


def propose(stream: BinaryIO) -> Proposal:
    """Look at the beginning of a file and say what its columns may mean.

    Args:
        stream: at its first byte.

    Raises:
        EvidenceError: it is neither a table with column names nor JSON objects.
    """
    content = stream.read(_BYTES)
    header = _header(content[:HEAD_BYTES])
    columns, records = _columns(header, content)
    roles = _assign(columns)
    times = next((one for one in columns if roles.get(one.name) == "time"), _Column("", []))
    moments = [_moment(value) for value in times.values]
    order = _settled_order(times.values)
    return Proposal(
        shape="csv" if header else "json",
        columns=[_proposed(one, roles.get(one.name, "")) for one in columns],
        records=records,
        times_unread=moments.count(None),
        zone_told=bool(moments) and all(moment is None or moment.offset_known for moment in moments),
        order_open=order == "" and any(_either_order(value) for value in times.values),
        order=order,
    )


def _header(head: bytes) -> tuple[str, ...]:
    """Return the column names of a table; nothing where the file holds JSON objects."""
    if head_objects(head):
        return ()
    header = head_header(head, _is_header)
    if header is None or _CONTROL.search("".join(header)):
        raise EvidenceError(
            "neither a table with column names nor JSON records",
            where="the file",
            hint="Export it as CSV with a header line, or as JSON.",
        )
    return header


def _general_form(header: tuple[str, ...]) -> Form:
    """Return a form that reads whatever is there, to look at it."""
    return Form(
        schema=1,
        name="proposal",
        source="proposal",
        title="",
        shape="csv" if header else "json",
        reference=(),
        date="",
        recognise=Signs(all=header),
    )


def _is_header(columns: tuple[str, ...]) -> bool:
    """Whether a line can be one of column names: several, all different, none a number or a time."""
    filled = [column for column in columns if column]
    return (
        len(filled) >= 2
        and len(set(filled)) == len(columns)
        and not any(column.replace(".", "").isdigit() or _moment(column) for column in filled)
    )


def _columns(header: tuple[str, ...], content: bytes) -> tuple[list[_Column], int]:
    """Return the columns with the values of the first records, and how many records these are."""
    values: dict[str, list[str]] = {}
    records = 0
    limits = ReadLimits(batch_records=_LOOKED_AT)
    for batch in form_reader(_general_form(header)).read(io.BytesIO(content), len(content), limits):
        for row in batch.fields.slice(0, _LOOKED_AT - records).to_pylist():
            records += 1
            for name, value in row.items():
                if value is not None:
                    values.setdefault(name, []).append(value if isinstance(value, str) else " ".join(value))
        if records >= _LOOKED_AT:
            break
    order = [name for name in header if name in values]
    return [_Column(name, values[name]) for name in order or sorted(values)], records


def _proposed(column: _Column, role: RoleName | Literal[""]) -> ProposedColumn:
    examples = list(dict.fromkeys(value[:_EXAMPLE_CHARACTERS] for value in column.values))[:_EXAMPLES]
    return ProposedColumn(name=column.name, role=role, filled=len(column.values), examples=examples)


def _assign(columns: Sequence[_Column]) -> dict[str, RoleName]:
    """Give each role to the column that fits best, each column at most one role; the first column wins a tie."""
    taken: dict[str, RoleName] = {}
    for role in ROLES:
        scored = [(_score(role, column), -at, column.name) for at, column in enumerate(columns)]
        best = max((one for one in scored if one[2] not in taken), default=(0.0, 0, ""))
        if best[0] >= _ENOUGH:
            taken[best[2]] = role
    return taken


def _score(role: RoleName, column: _Column) -> float:
    """Return how well a column fits a role: its values from 0 to 1, its name up to as much again."""
    named = _NAMED * _name_fits(role, column.name)
    match role:
        case "time":
            share = column.share(_moment)
            return share + named if share >= 0.5 else 0.0
        case "address":
            share = column.share(TRANSFORMS["address"])
            return share + named if share >= 0.3 else 0.0
        case "agent":
            return column.share(lambda value: value.startswith("Mozilla/")) + named
        case "actor":
            return column.share(TRANSFORMS["mail"]) + named
        case _:
            return named if _is_wording(column) else 0.0


def _moment(value: str) -> Moment | None:
    """Read a time whichever way round day and month are; which way it is, a person says later."""
    return read_time(value, "day")


def _is_wording(column: _Column) -> bool:
    return column.share(lambda value: value.replace(".", "").isdigit() or _moment(value)) < 0.5


def _name_fits(role: RoleName, name: str) -> float:
    """Return 1 where a name is one of the role's words, less where it only contains one."""
    words = [word.casefold() for word in _WORD_BREAK.split(name) if word]
    whole, known = " ".join(words), _role_words()[role]
    if whole in known or (words and known.issuperset(words)):
        return 1.0 + 0.01 / len(words)
    joined = {" ".join(words[at : at + length]) for length in (1, 2) for at in range(len(words))}
    return 0.5 if joined & known else 0.0


@functools.cache
def _role_words() -> dict[RoleName, frozenset[str]]:
    table = read_table("vigilia.normalize", "roles.toml", _Roles)
    return {role.id: frozenset(word.casefold() for word in role.words) for role in table.role}


def role_label(role: RoleName) -> str:
    """Return what a role means, in words."""
    table = read_table("vigilia.normalize", "roles.toml", _Roles)
    return next(one.label for one in table.role if one.id == role)


_SLASHED: Final = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}\b", re.ASCII)


def _parts(value: str) -> Iterator[tuple[int, int]]:
    match = _SLASHED.match(value[:40])
    if match:
        yield int(match[1]), int(match[2])


def _either_order(value: str) -> bool:
    return any(first <= 12 and second <= 12 and first != second for first, second in _parts(value))


def _settled_order(values: Sequence[str]) -> DayOrder:
    """Return the order in which all dates can be read, where only one does; dates that differ settle nothing."""
    parts = [pair for value in values for pair in _parts(value)]
    day_first, month_first = any(first > 12 for first, _ in parts), any(second > 12 for _, second in parts)
    if day_first == month_first:
        return ""
    return "day" if day_first else "month"
