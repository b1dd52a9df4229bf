"""All values of an event's `EventData`, of which the `evtx` library's JSON keeps one for each name.

There the elements `Data` become keys, named as they are: of several with one name (as of an array, or in a template
that gives a name twice) the last is left, and those without a name are left out where others have one. So the library
is shown the same bytes once more with the element named otherwise. Then each becomes a key of its own, with its name
beside its value, and what was missing is put back.
"""

from __future__ import annotations

import io
import re
import struct
from collections.abc import Mapping
from itertools import count
from typing import Final

import evtx
import orjson

from vigilia.readers.windows.evtx_templates import name_hash

__all__ = ["all_records"]

_DATA: Final = "Data"
_APART: Final = "dAtA"  # no element of an event is called so
_APART_AGAIN: Final = _APART + "_"  # and a number: what the library makes of names that come again
_ELEMENT: Final = re.compile(rf'"{_APART}[_0-9]*":({{(?:"#attributes":{{"Name":"[^"]*)?)?')
"""Finds the elements: with how one with attributes begins, and nothing of one that is a value alone."""
_HEAD: Final = struct.Struct("<HH")  # hash, characters
_END: Final = b"\0\0"

_DATA_HASH: Final = name_hash(_DATA.encode("utf-16-le"))


def all_records(file: bytes, most: int, hashed: int = _DATA_HASH) -> dict[int, str]:
    """Return the records of an EVTX file as JSON, by their numbers, without those that the library cannot read.

    Args:
        file: the file.
        most: how many records there may be; so often the library is asked.
        hashed: what stands as the hash of the name `Data`.
    """
    told = _records(file, most)
    told_apart = file.replace(_written(_DATA, hashed), _written(_APART, hashed))
    if told_apart == file:
        return told
    apart = _records(told_apart, most)
    return {number: _with_all_values(content, apart.get(number, "")) for number, content in told.items()}


def _records(file: bytes, most: int) -> dict[int, str]:
    records = evtx.PyEvtxParser(io.BytesIO(file), number_of_threads=1).records_json()
    told: dict[int, str] = {}
    # A record that fails raises, and the next call goes on behind it; the budget is for a decoder that does not.
    for _ in range(most):
        try:
            record = next(records, None)
        except RuntimeError:
            continue
        if record is None:
            break
        told[record["event_record_id"]] = record["data"]
    return told


def _written(name: str, hashed: int) -> bytes:
    return _HEAD.pack(hashed, len(name)) + name.encode("utf-16-le") + _END


def _with_all_values(content: str, apart: str) -> str:
    """Return a record as JSON with what is missing, which it has where its elements are told apart."""
    beginnings = _ELEMENT.findall(apart)
    unnamed = beginnings.count("")
    if unnamed == len(beginnings) or (not unnamed and len(set(beginnings)) == len(beginnings)):
        return content
    try:
        event, other = orjson.loads(content), orjson.loads(apart)
    except orjson.JSONDecodeError:
        return content
    _put_back(_by_name(_event_data(other)), _event_data(event))
    return orjson.dumps(event).decode()


def _event_data(document: object) -> dict[str, object]:
    """Return what the `EventData` of a record holds."""
    for name in ("Event", "EventData"):
        document = document.get(name) if isinstance(document, dict) else None
    return document if isinstance(document, dict) else {}


def _by_name(elements: Mapping[str, object]) -> dict[str, list[object]]:
    """Return the values of elements that were told apart; those without a name are called `Data`."""
    found: dict[str, list[object]] = {}
    for key, element in elements.items():
        if key == _APART or key.startswith(_APART_AGAIN):
            name, value = _named(element)
            values = value if isinstance(value, list) else [value]
            found.setdefault(name, []).extend(one for one in values if one is not None)
    return found


def _put_back(values: Mapping[str, list[object]], told: dict[str, object]) -> None:
    """Complete what was told, as `event_xml` does: the second value of a name is `x_1`; those without are a list."""
    taken = told.keys() | values.keys()
    for name, found in values.items():
        if name == _DATA and found:
            told[name] = found
        elif len(found) > 1 or (found and told.get(name) in (None, "")):
            numbered = (f"{name}_{number}" for number in count(1))
            free = (another for another in numbered if another not in taken)
            told[name] = found[0]
            told.update(zip(free, found[1:], strict=False))


def _named(element: object) -> tuple[str, object]:
    """Return the name and the value of an element; XML within it is given as JSON."""
    if not isinstance(element, dict):
        return _DATA, element
    attributes = element.pop("#attributes", None)
    name = attributes.get("Name") if isinstance(attributes, dict) else None
    value = element.pop("#text", None)
    return name if isinstance(name, str) else _DATA, orjson.dumps(element).decode() if element else value
