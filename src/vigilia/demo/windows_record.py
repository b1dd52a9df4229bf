"""Windows events before they take the shape of one export tool, and the two shapes of this demo."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field

from vigilia.demo.record import Record, Search

__all__ = ["FILE_SERVER", "WORKSTATION", "Recorder", "WindowsEvent", "as_evtx_dump", "as_winlogbeat", "spelt_address"]

FILE_SERVER = "FS01.lanternfold.example"
WORKSTATION = "WS07.lanternfold.example"

_NAMESPACE = "http://schemas.microsoft.com/win/2004/08/events/event"
_CLEARED_NAMESPACE = "http://manifests.microsoft.com/win/2004/08/windows/eventlog"
_PROVIDERS = {
    "Security": ("Microsoft-Windows-Security-Auditing", "54849625-5478-4994-a5ba-3e3b0328c30d"),
    "Microsoft-Windows-Sysmon/Operational": ("Microsoft-Windows-Sysmon", "5770385f-c22a-43e0-bf4c-06f5698ffbd9"),
    "Microsoft-Windows-PowerShell/Operational": (
        "Microsoft-Windows-PowerShell",
        "a0c1853b-5c40-4b15-8766-3cf1c58f985a",
    ),
}
_EVENT_LOG = ("Microsoft-Windows-Eventlog", "fc65ddd8-d6ef-4962-83d5-6e5cfe9ce148")


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


def as_evtx_dump(event: WindowsEvent, number: int) -> Record:
    """Return the event as the evtx library's command line tool prints it in JSON lines."""
    name, guid = event.provider
    system = {
        "Provider": {"#attributes": {"Name": name, "Guid": f"{{{guid}}}"}},
        "EventID": event.code,
        "Version": 1 if event.code in (4624, 5140) else 0,
        "Level": 4 if event.code == 1102 else 0,
        "Task": {4624: 12544, 4625: 12544, 4634: 12545, 4672: 12548, 5140: 12808, 5145: 12811}.get(event.code, 104),
        "Opcode": 0,
        "Keywords": "0x8010000000000000" if event.code == 4625 else "0x8020000000000000",
        "TimeCreated": {"#attributes": {"SystemTime": _instant(event.at, 6)}},
        "EventRecordID": number,
        "Correlation": None,
        "Execution": {"#attributes": {"ProcessID": 716, "ThreadID": 3200 + number % 61}},
        "Channel": event.channel,
        "Computer": event.computer,
        "Security": None,
    }
    body: dict[str, object] = {"#attributes": {"xmlns": _NAMESPACE}, "System": system}
    if event.code == 1102:
        body["UserData"] = {"LogFileCleared": {"#attributes": {"xmlns": _CLEARED_NAMESPACE}} | event.fields}
    else:
        body["EventData"] = {name: int(value) if name == "LogonType" else value for name, value in event.fields.items()}
    line = json.dumps({"Event": body}, ensure_ascii=False, separators=(",", ":"))
    return Record(event.at, line, event.intruder, event.search, f"{event.channel}:{number}")


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
    return Record(event.at, line, event.intruder, event.search, f"{event.channel}:{number}")


def _logged_by(event: WindowsEvent) -> dict[str, object]:
    """The user in the record's header: the script's own for PowerShell, the service's for Sysmon, none for Security."""
    if "PowerShell" in event.channel:
        user = {"identifier": event.sid, "name": event.account, "domain": "LANTERNFOLD", "type": "User"}
    elif "Sysmon" in event.channel:
        user = {"identifier": "S-1-5-18", "name": "SYSTEM", "domain": "NT AUTHORITY", "type": "User"}
    else:
        return {}
    return {"user": user}
