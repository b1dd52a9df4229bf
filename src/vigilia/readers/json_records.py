"""JSON objects as readers take them: parsed, with duplicate keys found, and everything else put to the account."""

from __future__ import annotations

import functools
import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import orjson

from vigilia.model.records import Reject
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.json_repair import INVALID_TEXT, repaired_json
from vigilia.readers.json_values import JsonText, Run, Separator, closed_json, duplicate_keys, iterate_objects
from vigilia.readers.reader import ReadLimits
from vigilia.readers.text_window import TextWindow

__all__ = ["DUPLICATE_KEYS", "JsonObject", "head_keys", "head_objects", "read_objects"]

DUPLICATE_KEYS: Final = "_duplicate_keys"
"""The field that lists the names which one object of a record had twice; the last value was kept."""

_LOOKED_AT = 5
_MUCH: Final = 1 << 20  # to look at where many objects are taken at once


@dataclass(frozen=True, slots=True)
class JsonObject:
    """One object and its place.

    Attributes:
        duplicates: the keys that one of its objects has more than once, sorted.
        paged: whether it was found within a page.
    """

    ordinal: int
    offset: int
    length: int
    value: dict[str, object]
    duplicates: list[str]
    paged: bool = False


def read_objects(
    stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits, pages: tuple[str, ...] = ()
) -> Iterator[JsonObject | None]:
    """Yield each object of a stream; blanks and what cannot be read go to the builder's account.

    `pages` names lists of records: an object that begins with such a list (behind members that are no page) gives its
    records one by one, however long the list is, and what else it holds is ignored.

    Whoever takes an object must append it or reject it, so that its bytes are accounted for. None comes after each
    reject, so that a builder that is full of rejects can be emptied too, and after each run of objects that the builder
    took by itself.
    """
    window = TextWindow(stream) if builder.plain_runs is None else TextWindow(stream, _MUCH)
    for item in iterate_objects(window, limits.line_bytes, pages, builder.plain_runs):
        if isinstance(item, Run):
            yield None
        elif isinstance(item, Separator):
            builder.ignore(item.length)
        elif isinstance(item, Reject):
            builder.add_reject(item)
            yield None
        else:
            parsed = _parse(item)
            if isinstance(parsed, Reject):
                builder.add_reject(parsed)
                yield None
            else:
                yield parsed


def _parse(text: JsonText) -> JsonObject | Reject:
    content = text.content
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        content = repaired_json(content)
        value = _loaded(content)
        if value is None:
            place = f"value {text.ordinal + 1} at byte {text.offset}"
            return Reject(place=place, reason="invalid JSON", offset=text.offset, length=text.length)
    duplicates = duplicate_keys(content, value)
    if content is not text.content:
        value[INVALID_TEXT] = "true"
    return JsonObject(text.ordinal, text.offset, text.length, value, duplicates, text.paged)


def _loaded(content: bytes) -> dict[str, object] | None:
    try:
        value = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


@functools.lru_cache(maxsize=1)
def head_objects(head: bytes) -> tuple[dict[str, object], ...]:
    """Return the first objects in the head of an item; a single one may lack what the head cuts off.

    Kept for the many readers that look at the same head: they must not change what they get.
    """
    values: list[dict[str, object]] = []
    text = TextWindow(io.BytesIO(head)).text
    for item in iterate_objects(TextWindow(io.BytesIO(text)), len(text) + 1):
        if isinstance(item, JsonText):
            parsed = _parse(item)
            if isinstance(parsed, JsonObject):
                values.append(parsed.value)
        elif isinstance(item, Reject) and not values and item.length:
            start = text[item.offset : item.offset + item.length]
            cut = closed_json(start, parts=True) if start.startswith(b"{") else None
            return (cut,) if cut else ()
        if len(values) >= _LOOKED_AT:
            break
    return tuple(values)


@functools.lru_cache(maxsize=1)
def head_keys(head: bytes) -> frozenset[str]:
    """Return every key, at any depth, of the first objects in the head of an item: one look for the many that ask."""
    keys: set[str] = set()
    waiting: list[object] = list(head_objects(head))
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            keys.update(value)
            waiting.extend(value.values())
        elif isinstance(value, list):
            waiting.extend(value)
    return frozenset(keys)
