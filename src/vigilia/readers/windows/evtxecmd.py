"""Windows events as EvtxECmd writes them, which is also what KAPE's modules leave: CSV, or JSON with the same columns.

The event's own part is JSON in the column Payload: `{"EventData":{"Data":[{"@Name":"TargetUserName","#text":"ada"}]}}`.
Columns such as PayloadData1 are texts that the tool made for people. Times are in UTC. Eric Zimmerman, EvtxECmd
(github.com/EricZimmerman/evtx).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

import orjson

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.csv_table import head_header, read_table
from vigilia.readers.flatten import flatten
from vigilia.readers.json_repair import INVALID_TEXT
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.windows.event_fields import event_fields, put_below_system

__all__ = ["READER", "evtxecmd_fields", "is_evtxecmd"]

_PAYLOAD: Final = "Payload"
_SIGNS: Final = frozenset({"EventRecordId", "EventId", "MapDescription", "HiddenRecord"})
_NAMES: Final = {
    "EventId": "EventID",
    "EventRecordId": "EventRecordID",
    "ProcessId": "Execution_ProcessID",
    "Provider": "Provider_Name",
    "ThreadId": "Execution_ThreadID",
    "UserId": "UserID",
}


@dataclass(frozen=True, slots=True)
class _EvtxECmdCsv(BatchedReader):
    name: str = "windows-evtxecmd-csv"
    source: str = "windows"
    title: str = "Windows events as CSV (EvtxECmd, KAPE)"

    def recognise(self, head: bytes) -> float:
        return 0.97 if head_header(head, is_evtxecmd) else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        record = 0
        for row in read_table(stream, builder, limits, is_evtxecmd):
            if row is not None:
                fields = evtxecmd_fields(row.cells, limits.depth)
                if not row.sound:
                    fields[INVALID_TEXT] = "true"
                builder.append(record, row.offset, row.length, fields)
                record += 1
            yield


def is_evtxecmd(names: tuple[str, ...]) -> bool:
    """Whether these are the names of EvtxECmd's columns."""
    return _SIGNS.issubset(names)


def evtxecmd_fields(record: Mapping[str, object], depth: int) -> dict[str, FieldValue]:
    """Return the flat Windows names of one record; a payload that is no JSON (it was cut) stays as it is."""
    payload = _payload(record.get(_PAYLOAD))
    plain = record if payload is None else {name: value for name, value in record.items() if name != _PAYLOAD}
    fields = {_NAMES.get(name, name): value for name, value in flatten(plain, depth).items() if value != ""}
    for part, content in (payload or {}).items():
        for name, value in event_fields({part: content}, depth).items():
            put_below_system(fields, (part, name), value)
    return fields


def _payload(text: object) -> dict[str, object] | None:
    try:
        payload = orjson.loads(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return {part: _plain(content) for part, content in payload.items()} if isinstance(payload, dict) else None


def _plain(content: object) -> object:
    """Return XML that became JSON (`@` before attributes) in the shape that `event_fields` takes."""
    if isinstance(content, list):
        return [_plain(one) for one in content]
    if not isinstance(content, dict):
        return content
    plain: dict[str, object] = {}
    for name, value in content.items():
        if name == "Data":
            _add_data(plain, value if isinstance(value, list) else [value])
        elif not name.startswith("@"):
            plain[name] = _plain(value)
    return plain


def _add_data(plain: dict[str, object], values: list[object]) -> None:
    unnamed: list[object] = []
    for value in values:
        name = value.get("@Name") if isinstance(value, dict) else None
        text = value.get("#text", "") if isinstance(value, dict) else value
        if isinstance(name, str) and name not in plain:
            plain[name] = text
        else:
            unnamed.append(text)
    if unnamed:
        plain["Data"] = unnamed


READER: Final[Reader] = _EvtxECmdCsv()
