"""What the fields of EVTX records of one shape are called, and which value or fixed text each holds."""

from __future__ import annotations

import functools
import re
import secrets
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple, TypeAlias

from vigilia.readers.columns import FieldValue
from vigilia.readers.windows.evtx_all_values import all_records
from vigilia.readers.windows.evtx_rehearsal import RECORD_NUMBER, UNHASHED, Rehearsal, UnplayableError

__all__ = ["Names", "Planned", "PlannedField", "Planner", "Source"]

Names = Callable[[str], Mapping[str, FieldValue] | None]
"""Return the fields of a record that the `evtx` library wrote as JSON; None where it cannot be taken."""

_SECRET: Final = secrets.token_hex(16)  # what no evidence can say
_MARK: Final = f"<{{:04}}:{_SECRET}>"
_MARK_LENGTH: Final = len(_MARK.format(0))
_MOST_KNOWN: Final = 1 << 14
_MARKED: Final = re.compile(rf"<([0-9]+):{_SECRET}>")


Source: TypeAlias = tuple[int | str, ...]
"""What a text is made of: numbers of cells, and fixed texts between them."""


class PlannedField(NamedTuple):
    """A field of all records of one shape: its texts in order, and whether it holds several even where it has one."""

    name: str
    sources: tuple[Source, ...]
    several: bool


class Planned(NamedTuple):
    """What becomes of the cells of records of one shape.

    Attributes:
        fields: those that come out somewhere.
        unheard: cells that do not, because something else has their place. They must be values that can be printed all
            the same: the `evtx` library gives up a record where one cannot.
    """

    fields: tuple[PlannedField, ...]
    unheard: tuple[int, ...]


class Planner:
    """Plans one shape after another.

    Args:
        structure: returns a canonical definition.
        names: names the fields.
        most: how many fields a record may have.
    """

    def __init__(self, structure: Callable[[int], bytes], names: Names, most: int) -> None:
        self._rehearsal = Rehearsal(structure, _MARK.format)
        self._names = names
        self._most = most

    def planned(self, shape: bytes) -> Planned | None:
        """Return what becomes of records that have a shape (the symbols of `evtx_layout.Walk`).

        It is None where that depends on more than the shape.
        """
        try:
            file, cells = self._rehearsal.file(shape)
        except UnplayableError:
            return None
        text = all_records(file, RECORD_NUMBER, hashed=UNHASHED).get(RECORD_NUMBER)
        fields = self._names(text) if text is not None else None
        if fields is None or len(fields) > self._most:
            return None
        planned = [_planned(name, value) for name, value in fields.items()]
        found = tuple(field for field in planned if field is not None)
        if len(found) < len(planned):
            return None
        unheard = set(range(cells))
        for field in found:
            unheard.difference_update(*field.sources)
        return Planned(found, tuple(sorted(unheard)))


def _planned(name: str, value: FieldValue) -> PlannedField | None:
    if isinstance(value, list):
        return _planned_texts(name, value, several=True)
    return _planned_cell(name, value) if len(value) == _MARK_LENGTH else _planned_texts(name, [value], several=False)


@functools.lru_cache(maxsize=_MOST_KNOWN)
def _planned_cell(name: str, text: str) -> PlannedField | None:
    """Plan a field of one cell, as almost all are, and most of them from the same cell in shape after shape."""
    return _planned_texts(name, [text], several=False)


def _planned_texts(name: str, texts: list[str], *, several: bool) -> PlannedField | None:
    sources = [_source(text) for text in texts]
    kept = tuple(source for source in sources if source is not None)
    if _SECRET in name or len(kept) < len(sources):
        return None
    return PlannedField(name, kept, several)


def _source(text: str) -> Source | None:
    """Return the cells that a text marks, and what stands between them; None where a mark is not whole."""
    whole = _MARKED.fullmatch(text)
    if whole is not None:
        return (int(whole[1]),)
    if _SECRET not in text:
        return (text,)
    pieces = _MARKED.split(text)
    parts = [int(piece) if at % 2 else piece for at, piece in enumerate(pieces) if at % 2 or piece]
    broken = any(isinstance(part, str) and _SECRET in part for part in parts)
    return None if broken else tuple(parts)
