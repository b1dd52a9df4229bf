"""Event logs to matches: each kind of Windows record meets the rules that are for it, and no others.

Field names are those of Sysmon 15's and Windows' own manifests; the values are invented.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from detect.batches import rule_set, rule_text
from vigilia.demo.evtx_values import text
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes
from vigilia.investigate.progress import Silent
from vigilia.investigate.rule_testing import try_rules
from vigilia.investigate.samples import ReadingSettings

_SYSMON = ("Microsoft-Windows-Sysmon", "Microsoft-Windows-Sysmon/Operational")
_SECURITY = ("Microsoft-Windows-Security-Auditing", "Security")
_SYSTEM = ("Service Control Manager", "System")
_POWERSHELL = ("Microsoft-Windows-PowerShell", "Microsoft-Windows-PowerShell/Operational")
_CLASSIC = ("PowerShell", "Windows PowerShell")
_DEFENDER = ("Microsoft-Windows-Windows Defender", "Microsoft-Windows-Windows Defender/Operational")
_TASKS = ("Microsoft-Windows-TaskScheduler", "Microsoft-Windows-TaskScheduler/Operational")
_WMI = ("Microsoft-Windows-WMI-Activity", "Microsoft-Windows-WMI-Activity/Operational")
_BITS = ("Microsoft-Windows-Bits-Client", "Microsoft-Windows-Bits-Client/Operational")
_FIREWALL = (
    "Microsoft-Windows-Windows Firewall With Advanced Security",
    "Microsoft-Windows-Windows Firewall With Advanced Security/Firewall",
)
_HIVE = "HKLM\\System\\CurrentControlSet\\Services\\x"


class Kind(NamedTuple):
    """A kind of record, and what a rule for it looks at.

    Attributes:
        serves: what such a rule says of its log source, besides `product: windows`.
        wanted: fields of the rule → values, under the rule's names.
    """

    serves: str
    log: tuple[str, str]
    code: int
    fields: Mapping[str, str]
    wanted: Mapping[str, str]


def sysmon(category: str, code: int, wanted: Mapping[str, str], **fields: str) -> Kind:
    """A record of Sysmon whose fields have the names that rules use."""
    whole = {"RuleName": "-", "UtcTime": "2026-01-01 00:00:00.000", "ProcessGuid": "{0-1}", **wanted, **fields}
    return Kind(f"category: {category}", _SYSMON, code, whole, wanted)


KINDS = [
    sysmon(
        "process_creation", 1, {"Image": "C:\\a.exe", "OriginalFileName": "A.EXE", "Imphash": "CC"}, Hashes="IMPHASH=CC"
    ),
    sysmon("file_change", 2, {"TargetFilename": "C:\\a.txt"}),
    sysmon("network_connection", 3, {"DestinationIp": "192.0.2.7", "Initiated": "true"}),
    sysmon("driver_load", 6, {"ImageLoaded": "C:\\a.sys", "md5": "AA"}, Hashes="MD5=AA,SHA256=BB"),
    sysmon("image_load", 7, {"ImageLoaded": "C:\\a.dll", "Signed": "false"}),
    sysmon("create_remote_thread", 8, {"SourceImage": "C:\\a.exe", "TargetImage": "C:\\b.exe"}),
    sysmon("raw_access_thread", 9, {"Device": "\\Device\\HarddiskVolume2"}),
    sysmon("process_access", 10, {"TargetImage": "C:\\lsass.exe", "GrantedAccess": "0x1410", "CallTrace": "x.dll+1"}),
    sysmon("file_event", 11, {"TargetFilename": "C:\\b.txt"}),
    sysmon("registry_add", 12, {"TargetObject": _HIVE}, EventType="CreateKey"),
    sysmon("registry_delete", 12, {"TargetObject": f"{_HIVE}\\y"}, EventType="DeleteKey"),
    sysmon("registry_delete", 12, {"TargetObject": f"{_HIVE}\\z"}, EventType="DeleteValue"),
    sysmon("registry_set", 13, {"TargetObject": f"{_HIVE}\\v", "Details": "DWORD (0x00000001)"}, EventType="SetValue"),
    sysmon("registry_event", 14, {"TargetObject": _HIVE, "NewName": f"{_HIVE}2"}, EventType="RenameKey"),
    sysmon("create_stream_hash", 15, {"TargetFilename": "C:\\c.zip:Zone.Identifier", "Contents": "ZoneId=3"}),
    sysmon("pipe_created", 17, {"PipeName": "\\first"}, EventType="CreatePipe"),
    sysmon("pipe_created", 18, {"PipeName": "\\second"}, EventType="ConnectPipe"),
    sysmon("wmi_event", 20, {"Destination": '"x.exe"'}, EventType="WmiConsumerEvent"),
    sysmon("dns_query", 22, {"QueryName": "www.example.org", "QueryResults": "192.0.2.1;"}),
    sysmon("file_delete", 23, {"TargetFilename": "C:\\d.txt"}),
    sysmon("process_tampering", 25, {"Type": "Image is replaced"}),
    sysmon("file_delete", 26, {"TargetFilename": "C:\\e.txt"}),
    sysmon("file_block_executable", 27, {"TargetFilename": "C:\\f.exe"}),
    sysmon("file_executable_detected", 29, {"TargetFilename": "C:\\g.exe"}),
    Kind(
        "service: sysmon", _SYSMON, 16, {"Configuration": "C:\\c.xml"}, {"EventID": "16", "Configuration": "C:\\c.xml"}
    ),
    Kind(
        "category: process_creation",
        _SECURITY,
        4688,
        {"NewProcessName": "C:\\n.exe", "ParentProcessName": "C:\\p.exe", "CommandLine": "n", "SubjectUserName": "ada"},
        {"Image": "C:\\n.exe", "ParentImage": "C:\\p.exe", "CommandLine": "n"},
    ),
    Kind(
        "service: security",
        _SECURITY,
        4648,
        {"SubjectUserName": "ada", "TargetUserName": "bela", "TargetServerName": "localhost", "IpAddress": "::1"},
        {"EventID": "4648", "TargetServerName": "localhost", "IpAddress": "::1"},
    ),
    Kind("service: security", _SECURITY, 4699, {"TaskName": "\\x"}, {"EventID": "4699", "TaskName": "\\x"}),
    Kind(
        "service: system",
        _SYSTEM,
        7045,
        {"ServiceName": "x", "ImagePath": "C:\\s.exe"},
        {"Provider_Name": "Service Control Manager", "EventID": "7045", "ImagePath": "C:\\s.exe"},
    ),
    Kind("category: ps_script", _POWERSHELL, 4104, {"ScriptBlockText": "a"}, {"ScriptBlockText": "a"}),
    Kind("category: ps_module", _POWERSHELL, 4103, {"Payload": "b", "ContextInfo": "c"}, {"Payload": "b"}),
    Kind("category: ps_classic_start", _CLASSIC, 400, {"Data": "HostApplication=x"}, {"Data": "HostApplication=x"}),
    Kind(
        "service: windefend",
        _DEFENDER,
        1119,
        {
            "Threat Name": "Virus:Example",
            "Source Name": "Real-Time Protection",
            "Path": "C:\\t.exe",
            "Process Name": "p",
        },
        {"EventID": "1119", "ThreatName": "Virus:Example", "SourceName": "Real-Time Protection", "ProcessName": "p"},
    ),
    Kind("service: taskscheduler", _TASKS, 106, {"TaskName": "\\y"}, {"EventID": "106", "TaskName": "\\y"}),
    Kind("service: wmi", _WMI, 5861, {"CONSUMER": "z"}, {"EventID": "5861", "CONSUMER": "z"}),
    Kind(
        "service: bits-client", _BITS, 16403, {"RemoteName": "http://x"}, {"EventID": "16403", "RemoteName": "http://x"}
    ),
    Kind("service: firewall-as", _FIREWALL, 2004, {"RuleName": "r"}, {"EventID": "2004", "RuleName": "r"}),
]


def _event(number: int, kind: Kind) -> EvtxEvent:
    computed = {name for name in kind.wanted if name in ("Imphash", "md5")}
    fields = tuple((name, text(value)) for name, value in kind.fields.items() if name not in computed)
    provider, channel = kind.log
    moment = 134_116_992_000_000_000 + number * 10_000_000
    return EvtxEvent(number, moment, provider, kind.code, channel, "WS01.example.org", fields, pid=640, thread=700)


def _rule(number: int, kind: Kind) -> str:
    items = "\n".join(f"    {name}: '{value}'" for name, value in kind.wanted.items())
    return rule_text(f"s:\n{items}\ncondition: s", number=number, logsource=f"product: windows, {kind.serves}")


def test_each_kind_of_record_meets_its_own_rules_and_no_others(tmp_path: Path) -> None:
    path = tmp_path / "all.evtx"
    path.write_bytes(evtx_bytes([_event(number, kind) for number, kind in enumerate(KINDS, 1)]))
    rules = rule_set(*(_rule(number, kind) for number, kind in enumerate(KINDS, 1)))
    done = try_rules(rules, [path], "", ReadingSettings(), Silent())
    tried, (file,) = done.rules, done.files
    assert [rule.logsource for rule in tried if not rule.served] == []
    assert (file.records, file.unread) == (len(KINDS), "")
    found = {(int(match.rule_id[-12:]), match.record) for match in file.matches}
    expected = {(number, number) for number in range(1, len(KINDS) + 1)}
    assert sorted(found ^ expected) == []
