"""What a form says of one record: pages opened, lists split, pairs folded, fields named."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from vigilia.readers.columns import FieldValue
from vigilia.readers.flatten import flatten, scalar_text
from vigilia.readers.forms import Pairs, Take
from vigilia.readers.struct_text import struct_value

__all__ = ["FieldNames", "at_path", "form_fields", "unpaged"]

_ANY_TEXT: Final = "*"
_SPLIT_FREELY: Final = 16
_SPLIT_BYTES: Final = 16 * 1024 * 1024
_NAMES_KEPT: Final = 10_000
_NAME_CHARACTERS: Final = 256
_LAYOUTS_KEPT: Final = 256
_LAYOUT_CHARACTERS: Final = 64 * 1024
_BEGINNINGS: Final = 3
_BETWEEN_WORDS: Final = frozenset(" _-\u00a0")


def at_path(record: Mapping[str, object], path: str) -> object:
    """Return what lies at a dotted path, or None. A key that itself has dots is found too."""
    if path in record:
        return record[path]
    first, dot, rest = path.partition(".")
    below = record.get(first) if dot else None
    if isinstance(below, list) and below:
        below = below[0]
    return at_path(below, rest) if isinstance(below, dict) else None


def unpaged(value: dict[str, object], take: Take, *, paged: bool = False) -> list[dict[str, object]]:
    """Return the records of a page, or the object itself where it is no page; lists are then split.

    An object that comes out of a page already (`paged`) is a record itself.
    """
    if paged:
        return list(_split(value, take.split))
    none = any(value_text(at_path(value, path)) in texts for path, texts in take.no_record.items())
    own = [] if none else [value]
    records = next((page for name in take.pages if (page := _page(value.get(name))) is not None), own)
    return [part for record in records for part in _split(record, take.split)]


def _page(value: object) -> list[dict[str, object]] | None:
    return value if isinstance(value, list) and all(isinstance(one, dict) for one in value) else None


def _split(record: dict[str, object], name: str) -> Iterator[dict[str, object]]:
    parts = record.get(name) if name else None
    if isinstance(parts, list) and parts and not _balloons(record, name, len(parts)):
        for part in parts:
            yield record | {name: part}
    else:
        yield record


def _balloons(record: dict[str, object], name: str, parts: int) -> bool:
    """Whether repeating the rest of a record beside each part would blow up a small file: then it stays whole."""
    if parts <= _SPLIT_FREELY:
        return False
    rest = orjson.dumps({key: value for key, value in record.items() if key != name})
    return parts * len(rest) > _SPLIT_BYTES


class FieldNames:
    """The names that a form gives to the fields of its records.

    What is written otherwise in an export of the same source (in other cases, with blanks or "_" between the words)
    takes the spelling in `names`; `rename` comes first.
    """

    def __init__(self, take: Take) -> None:
        self._spelt = {_letters(name): name for name in take.names}
        self._renamed = {name.casefold(): other for name, other in take.rename.items()}
        self._suffixes = take.suffixes
        joined = {path.replace(".", "_").casefold() + "_": path + "." for path in take.nested}
        self._nested = sorted(joined.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._known: dict[str, tuple[str, bool]] = {}
        self._layouts: dict[tuple[str, ...], tuple[str, ...]] = {}

    def named(self, fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
        """Return the fields under their names; a field whose new name is taken keeps its own."""
        if not (self._spelt or self._renamed or self._suffixes or self._nested):
            return fields
        layout = tuple(fields)
        names = self._layouts.get(layout)
        if names is None:
            names = self._names_of(layout)
            if len(self._layouts) < _LAYOUTS_KEPT and sum(map(len, layout)) < _LAYOUT_CHARACTERS:
                self._layouts[layout] = names
        return dict(zip(names, fields.values(), strict=True))

    def _names_of(self, layout: tuple[str, ...]) -> tuple[str, ...]:
        found = {name: self._name(name) for name in layout}
        spelt = {other for other, renamed in found.values() if not renamed}
        named: dict[str, None] = {}
        for name, (other, renamed) in found.items():
            taken = other in named or (other in spelt and renamed) or (other in found and other != name)
            named[name if taken else other] = None
        return tuple(named)

    def _name(self, name: str) -> tuple[str, bool]:
        """Return the name that a field takes, and whether it is more than another spelling."""
        known = self._known.get(name)
        if known is None:
            other = self._found(self._unjoined(name))
            known = other, _letters(other) != _letters(name)
            # Names come from the evidence: there may be any number of them, of any length.
            if len(self._known) < _NAMES_KEPT and len(name) < _NAME_CHARACTERS:
                self._known[name] = known
        return known

    def _unjoined(self, name: str) -> str:
        """Return a name of a flat table as it was in the nested record."""
        first, dot, rest = name.partition(".")
        for suffix in self._suffixes:
            first = first.removesuffix(suffix)
        name = first + dot + rest
        folded = name.casefold()
        return next((path + name[len(flat) :] for flat, path in self._nested if folded.startswith(flat)), name)

    def _found(self, name: str) -> str:
        if other := self._renamed.get(name.casefold()) or self._spelt.get(_letters(name)):
            return other
        for first, rest in _beginnings(name):
            beginning = self._renamed.get(first.casefold()) or self._spelt.get(_letters(first))
            if beginning:
                whole = beginning + rest
                return self._spelt.get(_letters(whole), whole)
        return name


def _beginnings(name: str) -> Iterator[tuple[str, str]]:
    """Yield "a.b.", "c" and "a.", "b.c" of "a.b.c"; of names with many dots the first few alone."""
    parts = name.split(".", _BEGINNINGS)
    for count in range(len(parts) - 1, 0, -1):
        first = ".".join(parts[:count]) + "."
        yield first, name[len(first) :]


def _letters(name: str) -> str:
    """Return a name without what spellings differ in; the dots stay."""
    return "".join(letter for letter in name.casefold() if letter not in _BETWEEN_WORDS)


def form_fields(record: Mapping[str, object], take: Take, names: FieldNames, depth: int) -> dict[str, FieldValue]:
    """Return the fields of one record under the names that its form gives them."""
    opened = _all_lifted(_all_opened(record, take), take.lift)
    for pairs in take.pairs:
        opened = _fold(opened, pairs.list, pairs)
    if take.pairs:
        opened = _all_lifted(opened, take.lift)  # what has become an object now
    fields = flatten(opened, depth)
    named = names.named(fields)
    return named | {name: text for name, text in take.add.items() if name not in named}


def _all_opened(record: Mapping[str, object], take: Take) -> Mapping[str, object]:
    names = record if _ANY_TEXT in take.json_text else [name for name in take.json_text if name in record]
    opened = {**record, **{name: _opened(record[name]) for name in names}}
    structures = {name: struct_value(text) for name in take.struct_text if isinstance(text := opened.get(name), str)}
    return opened | structures


def _opened(value: object) -> object:
    """Return what a JSON text holds; a text that is no whole JSON object or list stays as it is."""
    if not isinstance(value, str) or value.lstrip()[:1] not in {"{", "["}:
        return value
    try:
        return orjson.loads(value)
    except ValueError:  # also for half a surrogate pair, which cannot be encoded
        return value


def _fold(value: Mapping[str, object], path: str, pairs: Pairs) -> Mapping[str, object]:
    """Return the object with the list at `path` as names with values."""
    name, dot, rest = path.partition(".")
    below = value.get(name)
    if dot and isinstance(below, dict):
        return {**value, name: _fold(below, rest, pairs)}
    if dot or not isinstance(below, list):
        return value
    named: dict[str, list[object]] = {}
    for one in below:
        if not isinstance(one, dict) or not isinstance(one.get(pairs.name), str):
            return value
        found = next((one[key] for key in pairs.values if key in one), None)
        named.setdefault(str(one[pairs.name]), []).append(_folded_below(found, pairs))
    return {**value, name: {key: held[0] if len(held) == 1 else held for key, held in named.items()}}


def _folded_below(value: object, pairs: Pairs) -> object:
    """Fold a value that is itself nothing but a list of such pairs (`{"parameter": [{"name": …}]}`), or several."""
    if isinstance(value, list):
        return [_folded_once(one, pairs) for one in value]
    return _folded_once(value, pairs)


def _folded_once(value: object, pairs: Pairs) -> object:
    if not isinstance(value, dict) or len(value) != 1:
        return value
    (name,) = value
    folded = _fold(value, name, pairs)[name] if isinstance(value[name], list) else None
    return folded if isinstance(folded, dict) else value


def _all_lifted(record: Mapping[str, object], names: tuple[str, ...]) -> Mapping[str, object]:
    for name in names:
        below = record.get(name)
        if isinstance(below, dict):
            record = _lifted(record, name, below)
    return record


def _lifted(record: Mapping[str, object], name: str, below: dict[str, object]) -> dict[str, object]:
    """Return the record with what lies under a name at its top; what the top has already stays below."""
    top = {key: value for key, value in record.items() if key != name and value is not None}
    kept = {key: value for key, value in below.items() if key in top and top[key] != value}
    return {**below, **top, name: kept or None}


def value_text(value: object) -> str:
    """Return a value as a form's `values` compare it: scalars as text, anything else as nothing."""
    return "" if value is None or isinstance(value, dict | list) else scalar_text(value)
