"""The Windows events of the story, by kind: logons, shares, processes and scripts."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from vigilia.demo.chance import Chance
from vigilia.demo.record import Search
from vigilia.demo.windows_record import WindowsEvent, spelt_address

__all__ = [
    "Logon",
    "cleared",
    "connected",
    "logged_off",
    "logged_on",
    "opened",
    "refused",
    "script",
    "started",
    "wrote",
]

_SECURITY = "Security"
_SYSMON = "Microsoft-Windows-Sysmon/Operational"
_POWERSHELL = "Microsoft-Windows-PowerShell/Operational"
_DOMAIN = "LANTERNFOLD"


@dataclass(frozen=True, slots=True)
class Logon:
    """One logon session on a computer."""

    computer: str
    account: str
    address: str
    number: str  # the logon id, hexadecimal
    kind: int  # the logon type
    intruder: bool = False

    @classmethod
    def new(
        cls, chance: Chance, computer: str, account: str, address: str, kind: int, *, intruder: bool = False
    ) -> Logon:
        """Return a logon with an id of its own."""
        return cls(computer, account, address, hex(int(chance.digits(7), 16)), kind, intruder)

    @property
    def sid(self) -> str:
        """The account's security identifier."""
        return f"S-1-5-21-3141592653-589793238-462643383-{1100 + sum(self.account.encode()) % 800}"

    def subject(self) -> dict[str, str]:
        """Return the Subject fields of events in this session."""
        return {
            "SubjectUserSid": self.sid,
            "SubjectUserName": self.account,
            "SubjectDomainName": _DOMAIN,
            "SubjectLogonId": self.number,
        }

    def event(
        self, at: dt.datetime, code: int, fields: dict[str, str], channel: str = _SECURITY, search: Search | None = None
    ) -> WindowsEvent:
        """Return an event of this session."""
        return WindowsEvent(at, self.computer, channel, code, fields, self.intruder, search, self.account, self.sid)


def _target(logon: Logon) -> dict[str, str]:
    return {"TargetUserSid": logon.sid, "TargetUserName": logon.account, "TargetDomainName": _DOMAIN}


def logged_on(logon: Logon, at: dt.datetime, chance: Chance, *, privileged: bool = False) -> Iterator[WindowsEvent]:
    """4624, and 4672 for an administrator."""
    none = {"SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0"}
    fields = none | _target(logon)
    fields |= {
        "TargetLogonId": logon.number,
        "LogonType": str(logon.kind),
        "LogonProcessName": "User32 " if logon.kind in (2, 10, 7) else "Kerberos",
        "AuthenticationPackageName": "Negotiate" if logon.kind in (2, 10, 7) else "Kerberos",
        "WorkstationName": logon.computer.split(".")[0] if logon.kind in (2, 10, 7) else "-",
        "LogonGuid": f"{{{chance.guid().upper()}}}",
        "ProcessName": "C:\\Windows\\System32\\svchost.exe" if logon.kind == 10 else "-",
        "IpAddress": logon.address,
        "IpPort": str(chance.whole(49200, 65000)),
        "ElevatedToken": "%%1842" if privileged else "%%1843",
    }
    yield logon.event(at, 4624, fields)
    if privileged:
        yield logon.event(at, 4672, logon.subject() | {"PrivilegeList": "SeBackupPrivilege\n\t\t\tSeSecurityPrivilege"})


def logged_off(logon: Logon, at: dt.datetime) -> WindowsEvent:
    """4634."""
    fields = _target(logon) | {"TargetLogonId": logon.number, "LogonType": str(logon.kind)}
    return logon.event(at, 4634, fields)


def refused(logon: Logon, at: dt.datetime) -> WindowsEvent:
    """4625, wrong password."""
    fields = {"SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0"}
    fields |= {
        "TargetUserSid": "S-1-0-0",
        "TargetUserName": logon.account,
        "TargetDomainName": _DOMAIN,
        "Status": "0xc000006d",
        "SubStatus": "0xc000006a",
        "LogonType": str(logon.kind),
        "IpAddress": logon.address,
        "IpPort": "0",
    }
    return logon.event(at, 4625, fields)


def opened(logon: Logon, at: dt.datetime, chance: Chance, share: str, paths: list[str]) -> Iterator[WindowsEvent]:
    """5140 for the share and 5145 for each file or folder read in it."""
    local = f"\\??\\D:\\Shares\\{share}"
    common = logon.subject() | {
        "ObjectType": "File",
        "IpAddress": spelt_address(logon.address),
        "IpPort": str(chance.whole(49200, 65000)),
        "ShareName": f"\\\\*\\{share}",
        "ShareLocalPath": local,
    }
    yield logon.event(at, 5140, common | {"AccessMask": "0x1", "AccessList": "%%4416\n\t\t\t\t"})
    for number, path in enumerate(paths):
        fields = common | {
            "RelativeTargetName": path.replace("/", "\\"),
            "AccessMask": "0x120089",
            "AccessList": "%%1538\n\t\t\t\t%%1541\n\t\t\t\t%%4416\n\t\t\t\t%%4419\n\t\t\t\t%%4423\n\t\t\t\t",
            "AccessReason": "-",
        }
        yield logon.event(chance.later(at, 2 + 40 * number, 30 + 40 * number), 5145, fields)


def cleared(logon: Logon, at: dt.datetime) -> WindowsEvent:
    """1102, the Security log was cleared."""
    return logon.event(at, 1102, logon.subject())


def started(
    logon: Logon, at: dt.datetime, chance: Chance, image: str, command: str, parent: str, search: Search | None = None
) -> Iterator[WindowsEvent]:
    """Sysmon 1 and Security 4688 for one process."""
    pid = chance.whole(1200, 15000)
    sysmon = _sysmon(logon, at, chance, image) | {
        "ProcessId": str(pid),
        "CommandLine": command,
        "CurrentDirectory": "C:\\Windows\\system32\\",
        "LogonGuid": f"{{{chance.guid().upper()}}}",
        "LogonId": logon.number,
        "IntegrityLevel": "Medium",
        "Hashes": f"SHA256={chance.digits(64).upper()}",
        "ParentProcessGuid": f"{{{chance.guid().upper()}}}",
        "ParentImage": parent,
        "ParentCommandLine": parent,
    }
    yield logon.event(at, 1, sysmon, _SYSMON, search)
    security = logon.subject() | {
        "NewProcessId": hex(pid),
        "NewProcessName": image,
        "TokenElevationType": "%%1938",
        "ProcessId": hex(chance.whole(1200, 15000)),
        "CommandLine": command,
        "ParentProcessName": parent,
    }
    yield logon.event(at + dt.timedelta(milliseconds=4), 4688, security, search=search)


def _sysmon(logon: Logon, at: dt.datetime, chance: Chance, image: str) -> dict[str, str]:
    """The fields that the Sysmon events here have in common."""
    return {
        "RuleName": "-",
        "UtcTime": f"{at:%Y-%m-%d %H:%M:%S}.{at.microsecond // 1000:03d}",
        "ProcessGuid": f"{{{chance.guid().upper()}}}",
        "ProcessId": str(chance.whole(1200, 15000)),
        "Image": image,
        "User": f"{_DOMAIN}\\{logon.account}",
    }


def wrote(logon: Logon, at: dt.datetime, chance: Chance, image: str, path: str) -> WindowsEvent:
    """Sysmon 11, a file was created."""
    return logon.event(at, 11, _sysmon(logon, at, chance, image) | {"TargetFilename": path}, _SYSMON)


def connected(logon: Logon, at: dt.datetime, chance: Chance, image: str, address: str, port: int) -> WindowsEvent:
    """Sysmon 3, a network connection from the workstation."""
    fields = _sysmon(logon, at, chance, image) | {
        "Protocol": "tcp",
        "Initiated": "true",
        "SourceIp": "192.0.2.37",
        "SourcePort": str(chance.whole(49200, 65000)),
        "DestinationIp": address,
        "DestinationPort": str(port),
    }
    return logon.event(at, 3, fields, _SYSMON)


def script(logon: Logon, at: dt.datetime, chance: Chance, text: str, search: Search | None = None) -> WindowsEvent:
    """PowerShell 4104, the text of a script block."""
    fields = {
        "MessageNumber": "1",
        "MessageTotal": "1",
        "ScriptBlockText": text,
        "ScriptBlockId": chance.guid(),
        "Path": "",
    }
    return logon.event(at, 4104, fields, _POWERSHELL, search)
