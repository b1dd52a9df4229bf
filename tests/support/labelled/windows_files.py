"""Labelled acts as Windows records them."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence

from support.labelled.acts import LabelledAct
from vigilia.demo.evtx_writer import evtx_bytes
from vigilia.demo.windows_record import WORKSTATION, WindowsEvent, as_evtx, as_winlogbeat

__all__ = ["WINDOWS_FILES"]

_DOMAIN = "LANTERNFOLD"
_DEFENDER_COLUMNS = (
    *("Timestamp", "DeviceId", "DeviceName", "ActionType", "FileName", "FolderPath", "SHA256", "ProcessId"),
    *("ProcessCommandLine", "ProcessIntegrityLevel", "AccountDomain", "AccountName", "InitiatingProcessFileName"),
    *("InitiatingProcessCommandLine", "ReportId"),
)
_SYSTEM = "C:\\Windows\\System32\\"


def _image(command: str) -> str:
    """Return the program of a command line, as the event names it."""
    first = command[1:].partition('"')[0] if command.startswith('"') else command.partition(" ")[0]
    name = first if first.lower().endswith(".exe") else f"{first}.exe"
    return name if "\\" in name else _SYSTEM + name


def _created(act: LabelledAct) -> WindowsEvent:
    fields = {
        "SubjectUserSid": "S-1-5-21-1004336348-1177238915-682003330-1104",
        "SubjectUserName": act.actor,
        "SubjectDomainName": _DOMAIN,
        "SubjectLogonId": "0x3e7a1",
        "NewProcessId": hex(4000 + act.number),
        "NewProcessName": _image(act.recorded),
        "TokenElevationType": "%%1938",
        "ProcessId": "0x1a4",
        "CommandLine": act.recorded,
    }
    return WindowsEvent(act.at, WORKSTATION, "Security", 4688, fields)


def _sysmon(act: LabelledAct) -> WindowsEvent:
    fields = {
        "UtcTime": f"{act.at:%Y-%m-%d %H:%M:%S}.000",
        "ProcessGuid": f"{{0d4f2c1e-0000-0000-0000-{act.number:012d}}}",
        "ProcessId": str(4000 + act.number),
        "Image": _image(act.recorded),
        "CommandLine": act.recorded,
        "User": f"{_DOMAIN}\\{act.actor}",
        "LogonId": "0x3e7a1",
        "ParentImage": f"{_SYSTEM}cmd.exe",
    }
    return WindowsEvent(act.at, WORKSTATION, "Microsoft-Windows-Sysmon/Operational", 1, fields)


def _script_block(act: LabelledAct) -> WindowsEvent:
    fields = {
        "MessageNumber": "1",
        "MessageTotal": "1",
        "ScriptBlockText": act.recorded,
        "ScriptBlockId": f"00000000-0000-4000-8000-{act.number:012d}",
        "Path": "",
    }
    channel = "Microsoft-Windows-PowerShell/Operational"
    return WindowsEvent(act.at, WORKSTATION, channel, 4104, fields, account=act.actor)


def _evtx(event: Callable[[LabelledAct], WindowsEvent]) -> Callable[[Sequence[LabelledAct]], bytes]:
    def content(acts: Sequence[LabelledAct]) -> bytes:
        records = (as_evtx(event(act), number).evtx for number, act in enumerate(acts, 1))
        return evtx_bytes(record for record in records if record is not None)

    return content


def _winlogbeat(acts: Sequence[LabelledAct]) -> bytes:
    return "".join(as_winlogbeat(_sysmon(act), number).line + "\n" for number, act in enumerate(acts, 1)).encode()


def _defender(acts: Sequence[LabelledAct]) -> bytes:
    written = io.StringIO(newline="")
    writer = csv.writer(written)
    writer.writerow(_DEFENDER_COLUMNS)
    for act in acts:
        image = _image(act.recorded)
        at = f"{act.at:%Y-%m-%dT%H:%M:%S}.1234567Z"
        named = ["dev1", WORKSTATION.lower(), "ProcessCreated", image.rpartition("\\")[2], image, "bb", 4242]
        writer.writerow([at, *named, act.recorded, "High", _DOMAIN, act.actor, "cmd.exe", "cmd.exe", act.number])
    return written.getvalue().encode("utf-8-sig")


def _history(acts: Sequence[LabelledAct]) -> bytes:
    """PSReadLine's ConsoleHost_history.txt: the lines and nothing else."""
    return "".join(act.recorded + "\r\n" for act in acts).encode()


WINDOWS_FILES: Mapping[str, Callable[[Sequence[LabelledAct]], bytes]] = {
    "windows-4688.evtx": _evtx(_created),
    "sysmon-1.ndjson": _winlogbeat,
    "powershell-4104.evtx": _evtx(_script_block),
    "defender-process.csv": _defender,
    "powershell-history.txt": _history,
}
