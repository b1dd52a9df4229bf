"""Walks the result document: every string, float and list of event ids, by the types of the model."""

from __future__ import annotations

import functools
import re
import types
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

import msgspec

__all__ = ["EventList", "cap_event_lists", "event_lists", "rewrite_strings", "round_floats"]

StructType = TypeVar("StructType", bound=msgspec.Struct)

# Our own keys, which others point to: evidence item and event ids, SHA-256, gap ids, days. None can hold a name.
_MACHINE_KEY = re.compile(r"[0-9a-f]{16}(:-?[0-9]{1,20})?|[0-9a-f]{64}|gap-[0-9]{1,9}|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class EventList:
    """A list of event ids and its place in the document as a JSON pointer (RFC 6901)."""

    place: str
    ids: list[str] = field(hash=False)


def rewrite_strings(document: StructType, rewrite: Callable[[str], str]) -> StructType:
    """Return the document with `rewrite` applied to every string that could hold words.

    Left alone are fields whose type allows only fixed words or times, and our own keys (`_MACHINE_KEY`).
    """
    memory: dict[str, str] = {}

    def remembered(text: str) -> str:
        if text not in memory:
            memory[text] = text if _MACHINE_KEY.fullmatch(text) else rewrite(text)
        return memory[text]

    return _struct(document, lambda value: remembered(value) if isinstance(value, str) else value)


def round_floats(document: StructType) -> StructType:
    """Return the document with every float rounded to four digits."""
    return _struct(document, lambda value: round(value, _DIGITS) if isinstance(value, float) else value)


def cap_event_lists(document: StructType, limit: int) -> tuple[StructType, list[EventList]]:
    """Return the document with each `event_ids` cut to its first `limit`, and the lists that were longer, in full."""
    long = [one for one in event_lists(document) if len(one.ids) > limit]
    return (_capped(document, limit), long) if long else (document, [])


def event_lists(document: msgspec.Struct, place: str = "") -> Iterator[EventList]:
    """Yield every list of event ids in document order; a single `event_id` counts as a list of one."""
    for name, key in _names(type(document)):
        value = getattr(document, name)
        here = f"{place}/{key}"
        if name == "event_ids":
            yield EventList(here, value)
        elif name == "event_id":
            yield EventList(here, [value] if value else [])
        else:
            yield from _nested(value, here)


def _nested(value: object, place: str) -> Iterator[EventList]:
    if isinstance(value, msgspec.Struct):
        yield from event_lists(value, place)
    elif isinstance(value, list):
        for number, one in enumerate(value):
            yield from _nested(one, f"{place}/{number}")


def _capped(value: Any, limit: int) -> Any:
    if isinstance(value, list):
        return [_capped(one, limit) for one in value]
    if not isinstance(value, msgspec.Struct):
        return value
    return type(value)(
        **{
            name: getattr(value, name)[:limit] if name == "event_ids" else _capped(getattr(value, name), limit)
            for name, _ in _names(type(value))
        }
    )


def _struct(value: StructType, visit: Callable[[Any], Any]) -> StructType:
    fixed = _fixed_fields(type(value))
    changed = {
        name: getattr(value, name) if name in fixed else _value(getattr(value, name), visit)
        for name, _ in _names(type(value))
    }
    return type(value)(**changed)


def _value(value: Any, visit: Callable[[Any], Any]) -> Any:
    if isinstance(value, msgspec.Struct):
        return _struct(value, visit)
    if isinstance(value, list):
        return [_value(one, visit) for one in value]
    if isinstance(value, tuple):
        return tuple(_value(one, visit) for one in value)
    if isinstance(value, dict):
        return _mapping(value, visit)
    return visit(value)


def _mapping(value: dict[str, Any], visit: Callable[[Any], Any]) -> dict[str, Any]:
    """Rewrite keys and values; keys that become equal are numbered, so that no entry is lost."""
    changed: dict[str, Any] = {}
    for key, one in value.items():
        name = str(visit(key))
        number = 2
        while name in changed:
            name = f"{visit(key)} ({number})"
            number += 1
        changed[name] = _value(one, visit)
    return changed


@functools.cache
def _names(kind: type[msgspec.Struct]) -> tuple[tuple[str, str], ...]:
    """Return (attribute, JSON key) in the declared order."""
    return tuple((one.name, one.encode_name) for one in msgspec.structs.fields(kind))


@functools.cache
def _fixed_fields(kind: type[msgspec.Struct]) -> frozenset[str]:
    return frozenset(one.name for one in msgspec.structs.fields(kind) if _is_fixed(one.type))


def _is_fixed(annotation: object) -> bool:
    """Whether a type allows only words that we chose ourselves: literals, and strings bound by a pattern."""
    origin = get_origin(annotation)
    if origin is Literal:
        return True
    if origin is Annotated:
        return any(isinstance(one, msgspec.Meta) and one.pattern for one in get_args(annotation)[1:])
    if origin in (Union, types.UnionType):
        return all(_is_fixed(one) for one in get_args(annotation))
    return False
