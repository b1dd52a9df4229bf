"""A Windows event as the `evtx` tools write it in JSON → the flat names that Sigma's Windows rules use.

Element names: Microsoft, "Event Schema" (learn.microsoft.com/windows/win32/wes/eventschema-elements).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

import orjson

from vigilia.readers.columns import TRUNCATED, FieldValue
from vigilia.readers.flatten import scalar_text

__all__ = ["event_fields", "put_below_system"]

_TEXT = "#text"
_ATTRIBUTES = "#attributes"
_SUFFIX = "_attributes"  # how evtx_dump names attributes when they are kept apart

# Attributes of the elements in System, and the flat name that each gets.
_SYSTEM_ATTRIBUTES: Final[Mapping[tuple[str, str], str]] = {
    ("Provider", "Name"): "Provider_Name",
    ("Provider", "Guid"): "Provider_Guid",
    ("Provider", "EventSourceName"): "Provider_EventSourceName",
    ("EventID", "Qualifiers"): "Qualifiers",
    ("TimeCreated", "SystemTime"): "TimeCreated",
    ("Correlation", "ActivityID"): "Correlation_ActivityID",
    ("Correlation", "RelatedActivityID"): "Correlation_RelatedActivityID",
    ("Execution", "ProcessID"): "Execution_ProcessID",
    ("Execution", "ThreadID"): "Execution_ThreadID",
    ("Security", "UserID"): "UserID",
}


def event_fields(event: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    """Flatten the content of an `Event` element.

    Names of EventData and UserData stand at the top; where one is also a name of System (or comes twice by
    different ways in UserData) it is kept under its dotted path. Unnamed values are the list `Data`.
    """
    fields: dict[str, FieldValue] = dict(_system_fields(_mapping(event.get("System"))))
    for part in ("EventData", "UserData", "ProcessingErrorData", "DebugData", "BinaryEventData"):
        content = event.get(part)
        if isinstance(content, dict):
            for path, value in _leaves(content, (part,), depth, fields):
                put_below_system(fields, path, value)
        elif content is not None:
            fields[part] = scalar_text(content)
    return fields


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, dict) else {}


def _system_fields(system: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in system.items():
        element = name.removesuffix(_SUFFIX)
        attributes = _mapping(value).get(_ATTRIBUTES) if element == name else value
        for attribute, text in _mapping(attributes).items():
            known = _SYSTEM_ATTRIBUTES.get((element, attribute), f"{element}_{attribute}")
            if text is not None and not isinstance(text, dict | list):
                yield known, scalar_text(text)
        if element == name:
            content = _mapping(value).get(_TEXT) if isinstance(value, dict) else value
            if content is not None and not isinstance(content, dict | list):
                yield name, scalar_text(content)


def put_below_system(fields: dict[str, FieldValue], path: tuple[str, ...], value: FieldValue) -> None:
    """Store a value under the last name of its path, or under the whole path where that name is taken."""
    name = path[-1]
    if name not in fields:
        fields[name] = value
        return
    dotted = ".".join(path)
    held = fields.get(dotted)
    if held is None:
        fields[dotted] = value
    else:
        fields[dotted] = _as_list(held) + _as_list(value)


def _as_list(value: FieldValue) -> list[str]:
    return value if isinstance(value, list) else [value]


def _leaves(
    content: Mapping[str, object], path: tuple[str, ...], depth: int, fields: dict[str, FieldValue]
) -> Iterator[tuple[tuple[str, ...], FieldValue]]:
    """Yield (path, value) of every element and attribute that holds a value."""
    for name, value in content.items():
        if name == _ATTRIBUTES or name.endswith(_SUFFIX):
            yield from _attribute_leaves(path, name, value)
        elif name == _TEXT:
            # Text directly in EventData or UserData has no name of its own.
            yield (path if len(path) > 1 else (*path, "Data")), _texts(value)
        elif isinstance(value, dict):
            yield from _element_leaves(name, value, path, depth, fields)
        elif value is not None:
            yield (*path, name), _as_list(_texts(value)) if name == "Data" else _texts(value)


def _element_leaves(
    name: str, value: dict[str, object], path: tuple[str, ...], depth: int, fields: dict[str, FieldValue]
) -> Iterator[tuple[tuple[str, ...], FieldValue]]:
    if len(path) >= depth:
        fields[TRUNCATED] = f"nested deeper than {depth}"
        yield (*path, name), orjson.dumps(value).decode()
    elif value.keys() == {_TEXT}:
        texts = _texts(value[_TEXT])
        yield (*path, name), _as_list(texts) if name == "Data" else texts
    else:
        yield from _leaves(value, (*path, name), depth, fields)


def _attribute_leaves(
    path: tuple[str, ...], name: str, attributes: object
) -> Iterator[tuple[tuple[str, ...], FieldValue]]:
    element = path if name == _ATTRIBUTES else (*path, name.removesuffix(_SUFFIX))
    for attribute, text in _mapping(attributes).items():
        if text is not None and not attribute.startswith("xmlns"):
            # An attribute of EventData itself belongs to the event; deeper ones to their element.
            yield (*element[:-1], f"{element[-1]}_{attribute}"), _texts(text)


def _texts(value: object) -> FieldValue:
    if isinstance(value, list):
        return [scalar_text(one) for one in value if one is not None]
    return scalar_text(value) if value is not None else ""
