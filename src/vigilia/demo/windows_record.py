"""Windows events before they take the shape of a log file, and the two shapes of this demo: EVTX and winlogbeat."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from vigilia.demo.evtx_values import Value, hex32, hex64, sid, text, ticks, uint32
from vigilia.demo.evtx_values import guid as identifier
from vigilia.demo.evtx_writer import EvtxEvent
from vigilia.demo.record import Record, Search

__all__ = ["FILE_SERVER", "WORKSTATION", "Recorder", "WindowsEvent", "as_evtx", "as_winlogbeat", "spelt_address"]

FILE_SERVER = "FS01.lanternfold.example"
WORKSTATION = "WS07.lanternfold.example"

_CLEARED_NAMESPACE = "http://manifests.microsoft.com/win/2004/08/windows/eventlog"
_PROVIDERS = {
    "Security": ("Microsoft-Windows-Security-Auditing", "54849625-5478-4994-a5ba-3e3b0328c30d"),
    "Microsoft-Windows-Sysmon/Operational": ("Microsoft-Windows-Sysmon", "5770385f-c22a-43e0-bf4c-06f5698ffbd9"),
    "Microsoft-Windows-PowerShell/Operational": (
        "Microsoft-Windows-PowerShell",
        "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
    ),
}
_SUCCESS = 0x8020000000000000  # the keywords "Audit Success" and "Audit Failure"
_FAILURE = 0x8010000000000000
_EVENT_LOG = ("Microsoft-Windows-Eventlog", "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148")


def _hex32(number: str) -> Value:
    return hex32(int(number, 16))


def _hex64(number: str) -> Value:
    return hex64(int(number, 16))


# How the templates of the Security log type their fields; what is not here is text.
_TYPES: Mapping[str, Callable[[str], Value]] = {
    "SubjectUserSid": sid,
    "TargetUserSid": sid,
    "SubjectLogonId": _hex64,
    "TargetLogonId": _hex64,
    "LogonType": lambda number: uint32(int(number)),
    "LogonGuid": lambda braced: identifier(uuid.UUID(braced)),
    "Status": _hex32,
    "SubStatus": _hex32,
    "AccessMask": _hex32,
}


@dataclass(frozen=True, slots=True)
class WindowsEvent:
    """One event, its fields as text in the order of the event's template, and the account it was logged under."""

    at: dt.datetime
    computer: str
    channel: str
    code: int
    fields: dict[str, str]
    intruder: bool = False
    search: Search | None = None
    account: str = ""
    sid: str = ""

    @property
    def provider(self) -> tuple[str, str]:
        """Provider name and GUID."""
        return _EVENT_LOG if self.code == 1102 else _PROVIDERS[self.channel]


@dataclass(slots=True)
class Recorder:
    """Numbers the records of each channel, as the event log service does."""

    next_number: dict[str, int] = field(default_factory=dict)

    def number(self, channel: str) -> int:
        """Return the next EventRecordID of a channel."""
        number = self.next_number.get(channel, 1)
        self.next_number[channel] = number + 1
        return number


def spelt_address(address: str) -> str:
    """Return an IPv4 address as Windows logs it on a dual-stack socket."""
    return f"::ffff:{address}"


def _instant(at: dt.datetime, digits: int) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond:06d}"[: 20 + digits].ljust(20 + digits, "0") + "Z"


def as_evtx(event: WindowsEvent, number: int) -> Record:
    """Return the event as Windows itself keeps it; a record of EVTX has no line."""
    name, guid = event.provider
    is_clearing = event.code == 1102
    kept = EvtxEvent(
        number,
        ticks(event.at),
        name,
        event.code,
        event.channel,
        event.computer,
        tuple((name, _TYPES.get(name, text)(value)) for name, value in event.fields.items()),
        provider_guid=uuid.UUID(guid),
        version=1 if event.code in (4624, 5140) else 0,
        level=4 if is_clearing else 0,
        task={4624: 12544, 4625: 12544, 4634: 12545, 4672: 12548, 5140: 12808, 5145: 12811}.get(event.code, 104),
        opcode=0,
        keywords=_FAILURE if event.code == 4625 else _SUCCESS,
        pid=716,
        thread=3200 + number % 61,
        wrapper=("LogFileCleared", _CLEARED_NAMESPACE) if is_clearing else None,
    )
    identity = f"{event.channel}:{number}"
    return Record(event.at, "", event.intruder, event.search, identity, session=_session(event), evtx=kept)


def as_winlogbeat(event: WindowsEvent, number: int) -> Record:
    """Return the event as winlogbeat 8 writes it to a file."""
    name, guid = event.provider
    document = {
        "@timestamp": _instant(event.at, 3),
        "@metadata": {"beat": "winlogbeat", "type": "_doc", "version": "8.17.4"},
        "agent": {"name": "WS07", "type": "winlogbeat", "version": "8.17.4"},
        "ecs": {"version": "8.0.0"},
        "event": {"code": str(event.code), "kind": "event", "provider": name},
        "host": {"name": event.computer},
        "log": {"level": "information"},
        "winlog": {
            "api": "wineventlog",
            "channel": event.channel,
            "computer_name": event.computer,
            "event_data": event.fields,
            "event_id": str(event.code),
            "process": {"pid": 2804, "thread": {"id": 4100 + number % 53}},
            "provider_guid": f"{{{guid}}}",
            "provider_name": name,
            "record_id": number,
        }
        | _logged_by(event),
    }
    line = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    identity = f"{event.channel}:{number}"
    return Record(event.at, line, event.intruder, event.search, identity, session=_session(event))


def _session(event: WindowsEvent) -> str:
    """The logon that an event belongs to, as `computer:logon id`."""
    names = ("TargetLogonId", "SubjectLogonId", "LogonId")
    number = next((event.fields[name] for name in names if name in event.fields), "")
    return f"{event.computer}:{number}" if number else ""


def _logged_by(event: WindowsEvent) -> dict[str, object]:
    """The user in the record's header: the script's own for PowerShell, the service's for Sysmon, none for Security."""
    if "PowerShell" in event.channel:
        user = {"identifier": event.sid, "name": event.account, "domain": "LANTERNFOLD", "type": "User"}
    elif "Sysmon" in event.channel:
        user = {"identifier": "S-1-5-18", "name": "SYSTEM", "domain": "NT AUTHORITY", "type": "User"}
    else:
        return {}
    return {"user": user}
