"""Windows events as JSON: evtx_dump, Velociraptor, winlogbeat, EvtxECmd, and flat records as of NXLog."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import msgspec
import orjson

from vigilia.knowledge.shipped_table import read_table
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.coded_reader import Coder
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.flatten import flatten
from vigilia.readers.json_records import DUPLICATE_KEYS, head_objects, read_objects
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.windows.event_fields import event_fields, put_below_system
from vigilia.readers.windows.event_xml import event_data_of
from vigilia.readers.windows.evtxecmd import evtxecmd_fields, is_evtxecmd

__all__ = ["READER", "windows_fields"]


class _Winlogbeat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    date: dt.date
    event_parts: tuple[str, ...]
    names: dict[str, str]


class _Flat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    date: dt.date
    names: dict[str, tuple[str, ...]]


class _Signs(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Names by which a flat record is known: where an event comes from, and what it holds."""

    origin: frozenset[str]
    content: frozenset[str]


class _Names(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    winlogbeat: _Winlogbeat
    flat: _Flat
    signs: _Signs


_NAMES: Final = read_table("vigilia.readers.windows", "event_names.toml", _Names)
_EVENT_ID: Final = "EventID"
_ATTRIBUTES: Final = "#attributes"
_PARTS: Final = frozenset({"EventData", "UserData"})
_NESTED: Final = ("EventData.", "UserData.")
_WINLOGBEAT: Final = _NAMES.winlogbeat.names
_EVENT_PARTS: Final = _NAMES.winlogbeat.event_parts
_FLAT: Final = _NAMES.flat.names


@dataclass(frozen=True, slots=True)
class _WindowsJson(BatchedReader):
    name: str = "windows-json"
    source: str = "windows"
    title: str = "Windows events as JSON (evtx_dump, winlogbeat, NXLog)"

    def recognise(self, head: bytes) -> float:
        return max((_likeness(one) for one in head_objects(head)), default=0.0)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        for found in read_objects(stream, builder, limits):
            if found is not None:
                fields = windows_fields(found.value, limits.depth)
                if found.duplicates:
                    fields[DUPLICATE_KEYS] = found.duplicates
                builder.append(found.ordinal, found.offset, found.length, fields)
            yield

    def coder(self, limits: ReadLimits) -> Coder:
        """Return what reads large items straight into codes."""
        from vigilia.readers.json_coder import JsonCoder  # half a second, which small items need not spend

        return JsonCoder(self.source, functools.partial(_structural, limits.depth), self.add_records, limits)


def _structural(depth: int, record: dict[str, object]) -> dict[str, FieldValue] | None:
    """Return the fields of one record, or None where their names depend on what its values hold."""
    if "Event" in record or "System" in record:
        return windows_fields(record, depth)
    shape_of_values = is_evtxecmd(tuple(record)) or any(isinstance(record.get(part), str) for part in _PARTS)
    return None if shape_of_values else windows_fields(record, depth)


def windows_fields(record: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    """Return the flat Windows names of one record of any shape."""
    event = record.get("Event")
    if isinstance(event, dict) and isinstance(event.get("System"), dict):
        return event_fields(event, depth)
    system = record.get("System")
    if isinstance(system, dict) and _EVENT_ID in system:
        return _from_velociraptor(record, system, depth)
    if is_evtxecmd(tuple(record)):
        return evtxecmd_fields(record, depth)
    fields = flatten({**record, **_parts_in_text(record, depth)}, depth)
    if "winlog" in record or "winlog.event_id" in record or "event_data" in record:
        return _from_winlogbeat(fields)
    return _from_flat(fields)


def _parts_in_text(record: Mapping[str, object], depth: int) -> dict[str, object]:
    """Return the parts of an event that a table keeps as XML or JSON text, as objects.

    Azure Monitor's tables do: learn.microsoft.com/azure/azure-monitor/reference/tables/securityevent, …/event.
    """
    parts: dict[str, object] = {}
    for name in sorted(_PARTS):
        text = record.get(name)
        if isinstance(text, str):
            part = event_data_of(text, depth) if text.startswith("<") else _json_object(text)
            if part is not None:
                parts[name] = part
    return parts


def _json_object(text: str) -> Mapping[str, object] | None:
    if not text.startswith("{"):
        return None
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
    return value if isinstance(value, dict) else None


def _from_velociraptor(record: Mapping[str, object], system: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    """Read an event whose elements are plain objects: `{"Provider": {"Name": …}, "EventID": {"Value": 4624}}`."""
    elements = {name: {_ATTRIBUTES: one} if isinstance(one, dict) else one for name, one in system.items()}
    event_id = system[_EVENT_ID]
    elements[_EVENT_ID] = event_id.get("Value") if isinstance(event_id, dict) else event_id
    event = {name: part for name, part in record.items() if name in _PARTS}
    fields = event_fields({**event, "System": elements}, depth)
    rest = {name: value for name, value in record.items() if name not in _PARTS and name != "System"}
    for name, value in flatten(rest, depth).items():
        fields.setdefault(name, value)
    return fields


def _from_winlogbeat(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    named: dict[str, FieldValue] = {}
    deferred: list[tuple[tuple[str, ...], FieldValue]] = []
    for name, value in fields.items():
        part = next((part for part in _EVENT_PARTS if name.startswith(part)), None)
        if part is not None:
            deferred.append((_event_path(part, name), value))
        elif _WINLOGBEAT.get(name, name) not in named:
            named[_WINLOGBEAT.get(name, name)] = value
        else:
            named[name] = value
    if "@timestamp" in named:
        named.setdefault("TimeCreated", named["@timestamp"])
    for path, value in deferred:
        put_below_system(named, path, value)
    return named


def _event_path(part: str, name: str) -> tuple[str, ...]:
    kind = "EventData" if "event_data" in part else "UserData"
    return (kind, *name.removeprefix(part).split("."))


def _from_flat(fields: dict[str, FieldValue]) -> dict[str, FieldValue]:
    for name in [name for name in fields if name.startswith(_NESTED)]:
        put_below_system(fields, tuple(name.split(".")), fields.pop(name))
    for name, others in _FLAT.items():
        if name not in fields:
            other = next((other for other in others if other in fields), None)
            if other is not None:
                fields[name] = fields[other]
    return fields


def _likeness(record: Mapping[str, object]) -> float:
    event = record.get("Event")
    if isinstance(event, dict):
        return 1.0 if isinstance(event.get("System"), dict) and "EventID" in event["System"] else 0.0
    system = record.get("System")
    if isinstance(system, dict) and _EVENT_ID in system and ("Channel" in system or "Provider" in system):
        return 1.0
    if is_evtxecmd(tuple(record)):
        return 0.97
    winlog = record.get("winlog")
    if isinstance(winlog, dict):
        return 1.0 if winlog.keys() & {"event_id", "channel", "provider_name"} else 0.6
    if "winlog.event_id" in record or ("event_data" in record and "log_name" in record):
        return 0.95
    if "EventID" not in record and "EventId" not in record:
        return 0.0
    origin, content = record.keys() & _NAMES.signs.origin, record.keys() & _NAMES.signs.content
    return 0.9 if origin and content else 0.7 if origin or len(content) >= 2 else 0.2


READER: Final[Reader] = _WindowsJson()
