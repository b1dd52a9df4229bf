"""The table of known actors: what each was reported to use, when that was published, and what it is held to be.

It holds facts only (ids, names, dates, relations, labels), no sentence of the sources. Sources, licences and notices
stand in the table itself; their terms are in LICENSE-ATTACK.txt and LICENSE-MISP.txt.
"""

from __future__ import annotations

import importlib.resources
import lzma
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Final

import msgspec

from vigilia.knowledge.actors.citation_dates import day_of
from vigilia.knowledge.actors.json_text import decode_json
from vigilia.model.errors import KnowledgeError

__all__ = [
    "Actor",
    "ActorTable",
    "Operation",
    "Report",
    "Software",
    "TableSource",
    "actor_table",
    "check_size",
    "decode",
    "encode",
    "read_table",
]

_FILE: Final = "actors.json.xz"
_UNPACKED_AT_MOST: Final = 64 << 20
_CELLS_AT_MOST: Final = 10_000_000
"""Actors times techniques and software: comparisons keep a matrix of that size. What ships has 254,000."""

_Place = Annotated[int, msgspec.Meta(ge=0)]
_Uses = dict[str, list[_Place]]


class _Strict(msgspec.Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True):
    pass


class TableSource(_Strict, frozen=True, kw_only=True):
    """Where facts were taken from; `sha256` is that of the unpacked file, `notice` what its licence asks to be said."""

    name: str
    url: str
    version: str = ""
    date: str = ""
    licence: str
    notice: str
    sha256: str


class Report(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """A report that a relation cites: its name in the source, and when it was published ("2020-06-25", "2020-06" …)."""

    name: str
    date: Annotated[str, msgspec.Meta(pattern=r"^([0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?)?$")]


class Software(_Strict, frozen=True, kw_only=True):
    """Malware or a tool.

    Attributes:
        kind: "malware" or "tool", as the source says.
        documented: places in `ActorTable.reports` of reports about it that are cited for some actor as well.
    """

    name: str
    kind: str
    aliases: list[str] = []
    documented: list[_Place] = []


class Actor(_Strict, frozen=True, kw_only=True):
    """An intrusion set.

    Attributes:
        countries, motives: label → the sources that give it; motives in our own words ("espionage").
        targets: kinds of organisation that it was reported to go after, in the source's words.
        uses: technique or software id → places in `ActorTable.reports`; empty where none is cited.
    """

    name: str
    aliases: list[str] = []
    countries: dict[str, list[str]] = {}
    motives: dict[str, list[str]] = {}
    targets: list[str] = []
    uses: _Uses = {}


class Operation(_Strict, frozen=True, kw_only=True):
    """A campaign: what was used in it, and the actors to whom the source attributes it."""

    name: str
    actors: list[str] = []
    first_seen: str = ""
    last_seen: str = ""
    uses: _Uses = {}


class ActorTable(_Strict, frozen=True, kw_only=True):
    """Everything, keyed by the sources' ids ("G0016", "S0154", "C0024")."""

    version: str
    date: str
    sources: list[TableSource]
    reports: list[Report]
    software: dict[str, Software]
    actors: dict[str, Actor]
    operations: dict[str, Operation]


def encode(table: ActorTable) -> bytes:
    """Write the table as the packaged file holds it: the same table gives the same bytes."""
    return lzma.compress(msgspec.json.encode(table, order="deterministic"), preset=9 | lzma.PRESET_EXTREME)


def decode(packed: bytes, name: str) -> ActorTable:
    """Read what `encode` wrote, wherever it has been since.

    Raises:
        KnowledgeError: it is damaged, too large, or names a report that it does not hold.
    """
    unpacking = lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=_UNPACKED_AT_MOST * 2)
    try:
        plain = unpacking.decompress(packed, _UNPACKED_AT_MOST)
        table = decode_json(plain, ActorTable)
    except (lzma.LZMAError, msgspec.DecodeError) as error:
        raise KnowledgeError(str(error), where=name, hint="Build or install the table again.") from error
    _check(table, name)
    check_size(table, name)
    return table


def check_size(table: ActorTable, name: str) -> None:
    """Refuse a table that comparisons could not hold in bounded memory.

    Raises:
        KnowledgeError: it is one.
    """
    uses = [*(one.uses for one in table.actors.values()), *(one.uses for one in table.operations.values())]
    features = set(table.software).union(*uses)
    if len(table.actors) * len(features) > _CELLS_AT_MOST:
        counts = f"{len(table.actors)} actors with {len(features)} techniques and software"
        raise KnowledgeError(f"{counts} are too many to compare", where=name)


def read_table(path: Path) -> ActorTable:
    """Read a table that `vigilia knowledge` wrote.

    Raises:
        KnowledgeError: it cannot be read, or is damaged.
    """
    try:
        with path.open("rb") as stream:
            return decode(stream.read(_UNPACKED_AT_MOST), path.name)
    except OSError as error:
        raise KnowledgeError(f"cannot be read ({error.strerror})", where=path.name) from error


@lru_cache(maxsize=1)
def actor_table() -> ActorTable:
    """Return the table that ships with the package.

    Raises:
        KnowledgeError: the packaged file is damaged.
    """
    return decode(importlib.resources.files(__package__).joinpath(_FILE).read_bytes(), _FILE)


def _check(table: ActorTable, name: str) -> None:
    uses = [*(one.uses for one in table.actors.values()), *(one.uses for one in table.operations.values())]
    places = [place for relations in uses for cited in relations.values() for place in cited]
    places += [place for one in table.software.values() for place in one.documented]
    if max(places, default=-1) >= len(table.reports):
        raise KnowledgeError("a relation cites a report that is not in the table", where=name)
    for report in table.reports:
        try:
            day_of(report.date)
        except ValueError as error:
            raise KnowledgeError(f"{report.date} is no date", where=name) from error
