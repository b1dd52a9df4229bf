"""Golden rows for each log source, and what holds for every row."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from vigilia.model.errors import KnowledgeError
from vigilia.model.events import EVENT_SCHEMA
from vigilia.model.records import SourceBatch
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.source_fields import fields_as_json
from vigilia.normalize.years import YearHint
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.reader import ReadLimits

ITEM = "0123456789abcdef"
Fields = Mapping[str, FieldValue]


def batch(*rows: Fields, first: int = 0) -> SourceBatch:
    builder = ColumnBuilder(ReadLimits())
    for number, row in enumerate(rows, start=first):
        builder.append(number, number * 10, 10, row)
    return builder.build()


def normalized(source: str, *rows: Fields, zone: str = "UTC") -> list[dict[str, Any]]:
    events = Normalizer(source, zone, ITEM).normalize(batch(*rows)).events
    assert events.schema == EVENT_SCHEMA
    events.validate(full=True)
    found: list[dict[str, Any]] = events.to_pylist()
    return found


def row(source: str, fields: Fields, zone: str = "UTC") -> dict[str, Any]:
    """Return the columns that the mapping filled, without those that every row has."""
    (found,) = normalized(source, fields, zone=zone)
    assert orjson.loads(found.pop("vigilia.fields")) == fields
    assert found.pop("event.id") == f"{ITEM}:0"
    for name in ("vigilia.item", "vigilia.record", "vigilia.offset", "vigilia.length", "vigilia.source"):
        found.pop(name)
    time = found.pop("@timestamp")
    found["at"] = None if time is None else time.isoformat()
    return {name: value for name, value in found.items() if value is not None}


M365 = {"CreationTime": "2026-03-01T12:00:00", "UserId": "Ada@Example.org", "ResultStatus": "Succeeded"}
M365_ROW = {
    "at": "2026-03-01T12:00:00+00:00",
    "vigilia.time_basis": "recorded",
    "event.outcome": "success",
    "user.name": "ada@example.org",
}


def test_m365_mail_access() -> None:
    fields: Fields = M365 | {
        "Operation": "MailItemsAccessed",
        "Workload": "Exchange",
        "RecordType": "50",
        "ClientIPAddress": "[2001:db8::1]:4433",
        "MailboxOwnerUPN": "Grace@Example.org",
        "ClientInfoString": "Client=OWA;Action=ViaProxy",
        "SessionId": "s-1",
        "UserKey": "1003",
        "Folders.FolderItems.InternetMessageId": ["<a@example.org>", "<b@example.org>"],
        "OperationProperties.MailAccessType": "Bind",
    }
    assert row("m365.audit", fields) == M365_ROW | {
        "event.action": "MailItemsAccessed",
        "event.provider": "Exchange",
        "event.code": "50",
        "event.category": "email",
        "user.id": "1003",
        "source.ip": "2001:db8::1",
        "source.port": 4433,
        "session.id": "s-1",
        "client.application": "Client=OWA;Action=ViaProxy",
        "vigilia.objects": ["mailbox:grace@example.org"],
    }


def test_m365_sharepoint_download() -> None:
    url = "https://example.sharepoint.example/sites/Donors/List.xlsx"
    fields = M365 | {
        "Operation": "FileDownloaded",
        "Workload": "SharePoint",
        "ObjectId": url,
        "ClientIP": "203.0.113.9",
        "UserAgent": "Mozilla/5.0",
        "FileSizeBytes": "2048",
        "SourceRelativeUrl": "Shared Documents",
        "SourceFileName": "List.xlsx",
        "AppAccessContext.AADSessionId": "aad-7",
    }
    assert row("m365.audit", fields) == M365_ROW | {
        "event.action": "FileDownloaded",
        "event.provider": "SharePoint",
        "event.category": "file",
        "source.ip": "203.0.113.9",
        "user_agent.original": "Mozilla/5.0",
        "session.id": "aad-7",
        "file.path": "Shared Documents/List.xlsx",
        "url.original": url,
        "vigilia.bytes": 2048,
        "vigilia.objects": [f"sharepoint:{url}"],
    }


def test_m365_search() -> None:
    fields = M365 | {"Operation": "SearchQueryInitiatedExchange", "Workload": "Exchange", "QueryText": "visa list"}
    found = row("m365.audit", fields)
    assert found["vigilia.search"] == "visa list"
    assert "vigilia.objects" not in found


def test_m365_inbox_rule_names_the_mailbox_that_it_is_for() -> None:
    fields = M365 | {"Operation": "New-InboxRule", "Workload": "Exchange", "Parameters.Mailbox": "Grace@Example.org"}
    assert row("m365.audit", fields)["vigilia.objects"] == ["mailbox:grace@example.org"]


def test_m365_the_account_acted_upon_is_found_among_the_targets() -> None:
    fields: Fields = M365 | {
        "Operation": "Add member to role.",
        "Workload": "AzureActiveDirectory",
        "ObjectId": "Not Available",
        "Target.ID": ["User_3f2a", "Grace@Example.org", "10037FFE"],
    }
    found = row("m365.audit", fields)
    assert found["user.target.name"] == "grace@example.org"
    assert found["event.category"] == "iam"


def test_m365_a_failed_logon_is_a_failure_whatever_its_result_status_says() -> None:
    fields = M365 | {"Operation": "UserLoginFailed", "Workload": "AzureActiveDirectory", "ResultStatus": "Success"}
    assert row("m365.audit", fields)["event.outcome"] == "failure"


def test_m365_an_export_whose_audit_column_was_cut_still_has_time_account_and_operation() -> None:
    fields = {
        "Export.CreationDate": "3/1/2026 1:00:00 PM",
        "Export.UserIds": "Ada@Example.org",
        "Export.Operations": "Send",
    }
    found = row("m365.audit", fields)
    assert (found["user.name"], found["event.action"]) == ("ada@example.org", "Send")
    assert (found["at"], found["vigilia.time_basis"]) == ("2026-03-01T13:00:00+00:00", "zone-assumed")


SECURITY = {
    "Channel": "Security",
    "Computer": "FS01.example.org",
    "Keywords": "0x8020000000000000",
    "TimeCreated": "2026-03-01T12:00:00.1234567Z",
}
SECURITY_ROW = {
    "at": "2026-03-01T12:00:00.123456+00:00",
    "vigilia.time_basis": "recorded",
    "event.provider": "Security",
    "event.outcome": "success",
    "host.name": "FS01.example.org",
}


def test_windows_logon_is_of_the_account_that_logs_on() -> None:
    fields = SECURITY | {
        "EventID": "4624",
        "SubjectUserName": "FS01$",
        "SubjectLogonId": "0x3e7",
        "TargetUserName": "ada",
        "TargetDomainName": "EXAMPLE",
        "TargetUserSid": "S-1-5-21-1",
        "TargetLogonId": "0x1AB",
        "IpAddress": "::ffff:203.0.113.9",
        "IpPort": "51000",
    }
    assert row("windows", fields) == SECURITY_ROW | {
        "event.action": "4624",
        "event.code": "4624",
        "event.category": "authentication",
        "user.name": "ada",
        "user.domain": "EXAMPLE",
        "user.id": "S-1-5-21-1",
        "session.id": "FS01.example.org:0x1ab",
        "source.ip": "203.0.113.9",
        "source.port": 51000,
    }


def test_windows_failed_logon_has_no_session() -> None:
    fields = SECURITY | {
        "EventID": "4625",
        "Keywords": "0x8010000000000000",
        "TargetUserName": "ada",
        "SubjectUserName": "FS01$",
        "SubjectLogonId": "0x3e7",
    }
    found = row("windows", fields)
    assert (found["user.name"], found["event.outcome"]) == ("ada", "failure")
    assert "session.id" not in found


def test_windows_share_access_is_an_object_under_the_hosts_own_name() -> None:
    fields = SECURITY | {
        "EventID": "5145",
        "SubjectUserName": "ada",
        "SubjectLogonId": "0x1ab",
        "ShareName": r"\\*\Donors",
        "RelativeTargetName": r"2025\list.xlsx",
    }
    assert row("windows", fields) == SECURITY_ROW | {
        "event.action": "5145",
        "event.code": "5145",
        "event.category": "file",
        "user.name": "ada",
        "session.id": "FS01.example.org:0x1ab",
        "file.path": r"2025\list.xlsx",
        "vigilia.objects": [r"share:\\FS01\Donors\2025\list.xlsx"],
    }


def test_windows_share_opened_without_a_file_is_the_share() -> None:
    fields = SECURITY | {"EventID": "5140", "SubjectUserName": "ada", "ShareName": r"\\*\Donors"}
    assert row("windows", fields)["vigilia.objects"] == [r"share:\\FS01\Donors"]


def test_windows_process_creation_by_audit_and_by_sysmon() -> None:
    audit = SECURITY | {
        "EventID": "4688",
        "SubjectUserName": "ada",
        "NewProcessName": r"C:\Windows\cmd.exe",
        "CommandLine": "cmd /c dir",
        "NewProcessId": "0x1f4",
        "ProcessId": "0x10",
    }
    sysmon = {
        "EventID": "1",
        "Channel": "Microsoft-Windows-Sysmon/Operational",
        "Computer": "WS1",
        "UtcTime": "2026-03-01 12:00:00.123",
        "User": r"EXAMPLE\ada",
        "LogonId": "0x1AB",
        "Image": r"C:\Windows\cmd.exe",
        "CommandLine": "cmd /c dir",
        "ProcessId": "500",
        "ProcessGuid": "{AB}",
        "ParentImage": r"C:\Windows\explorer.exe",
        "ParentCommandLine": "explorer",
        "ParentProcessGuid": "{AA}",
    }
    common = {"process.executable": r"C:\Windows\cmd.exe", "process.command_line": "cmd /c dir", "process.pid": "500"}
    assert row("windows", audit) == SECURITY_ROW | common | {
        "event.action": "4688",
        "event.code": "4688",
        "event.category": "process",
        "user.name": "ada",
    }
    assert row("windows", sysmon) == common | {
        "at": "2026-03-01T12:00:00.123000+00:00",
        "vigilia.time_basis": "recorded",
        "event.action": "1",
        "event.code": "1",
        "event.provider": "Microsoft-Windows-Sysmon/Operational",
        "event.category": "process",
        "host.name": "WS1",
        "user.name": "ada",
        "user.domain": "EXAMPLE",
        "session.id": "WS1:0x1ab",
        "process.entity_id": "{ab}",
        "process.parent.executable": r"C:\Windows\explorer.exe",
        "process.parent.command_line": "explorer",
        "process.parent.entity_id": "{aa}",
    }


def test_windows_script_block() -> None:
    channel = "Microsoft-Windows-PowerShell/Operational"
    fields = SECURITY | {"EventID": "4104", "Channel": channel, "ScriptBlockText": "Get-ADUser -Filter *"}
    assert row("windows", fields)["script.text"] == "Get-ADUser -Filter *"


@pytest.mark.parametrize("shipped", [{"winlog.user.name": "ivy"}, {"user.name": "EXAMPLE\\ivy"}])
def test_windows_script_block_is_of_the_account_that_the_shipper_looked_up(shipped: Fields) -> None:
    fields = {"EventID": "4104", "ScriptBlockText": "ls", **shipped}
    powershell = {**fields, "Channel": "Microsoft-Windows-PowerShell/Operational"}
    assert row("windows", powershell)["user.name"] == "ivy"
    assert "user.name" not in row("windows", {**fields, "Channel": "System"})


def test_windows_event_ids_mean_something_only_in_their_channel() -> None:
    fields = SECURITY | {"EventID": "5145", "Channel": "Application", "ShareName": r"\\*\Donors", "Keywords": "0x0"}
    found = row("windows", fields)
    assert not found.keys() & {"vigilia.objects", "event.category", "event.outcome"}


def test_windows_security_events_of_exports_without_a_channel_are_understood() -> None:
    fields = {name: value for name, value in SECURITY.items() if name != "Channel"} | {
        "EventID": "4624",
        "Provider_Name": "Microsoft-Windows-Security-Auditing",
        "TargetUserName": "ada",
    }
    found = row("windows", fields)
    assert (found["user.name"], found["event.provider"], found["event.category"]) == (
        "ada",
        "Security",
        "authentication",
    )


def test_auditd_rows() -> None:
    execve: Fields = {
        "type": "EXECVE",
        "timestamp": "1364481363.243",
        "audit_id": "1364481363.243:24287",
        "node": "web1",
        "a0": "tar",
        "a1": "c z",
        "arguments": ["tar", "c z"],
    }
    login = {
        "type": "USER_LOGIN",
        "timestamp": "1364481363.243",
        "auid": "4294967295",
        "acct": "root",
        "ses": "4294967295",
        "addr": "203.0.113.9",
        "exe": "/usr/sbin/sshd",
        "res": "failed",
    }
    syscall = {
        "type": "SYSCALL",
        "timestamp": "1364481363.243",
        "auid": "1000",
        "AUID": "ada",
        "ses": "7",
        "success": "yes",
    }
    path = {"type": "PATH", "timestamp": "1364481363.243", "name": "/srv/donors", "nametype": "NORMAL"}
    parent = path | {"nametype": "PARENT"}
    always = {"at": "2013-03-28T14:36:03.243000+00:00", "vigilia.time_basis": "recorded", "event.provider": "auditd"}
    assert row("linux.auditd", execve) == always | {
        "event.action": "EXECVE",
        "event.category": "process",
        "host.name": "web1",
        "process.command_line": "tar c z",
        "process.executable": "tar",
    }
    assert row("linux.auditd", login) == always | {
        "event.action": "USER_LOGIN",
        "event.category": "authentication",
        "event.outcome": "failure",
        "user.name": "root",
        "source.ip": "203.0.113.9",
        "process.executable": "/usr/sbin/sshd",
    }
    assert row("linux.auditd", syscall) == always | {
        "event.action": "SYSCALL",
        "event.category": "process",
        "event.outcome": "success",
        "user.name": "ada",
        "user.id": "1000",
        "session.id": ":ses7",
    }
    followed = row("linux.auditd", path | {"syscall.auid": "1000", "syscall.ses": "7", "syscall.exe": "/bin/cat"})
    assert (followed["user.name"], followed["session.id"], followed["process.executable"]) == (
        "1000",
        ":ses7",
        "/bin/cat",
    )
    assert row("linux.auditd", path)["vigilia.objects"] == ["path:/srv/donors"]
    assert "vigilia.objects" not in row("linux.auditd", parent)


def test_auditd_a_command_is_not_counted_twice() -> None:
    """PROCTITLE repeats what EXECVE says; of other system calls it is the only one that says it."""
    title = {"type": "PROCTITLE", "timestamp": "1364481363.243", "proctitle": "cat /srv/donors"}
    assert "process.command_line" not in row("linux.auditd", title | {"syscall.syscall": "59"})
    assert "process.command_line" not in row("linux.auditd", title | {"syscall.SYSCALL": "execve"})
    assert row("linux.auditd", title | {"syscall.syscall": "257"})["process.command_line"] == "cat /srv/donors"


def test_syslog_row_without_year_or_zone() -> None:
    fields = {
        "timestamp": "Mar  1 12:00:00",
        "host": "web1",
        "program": "sshd",
        "pid": "42",
        "message": "Accepted password for ada from 203.0.113.9 port 51000 ssh2",
        "action": "accepted",
        "event_category": "authentication",
        "outcome": "success",
        "user": "ada",
        "source_ip": "203.0.113.9",
        "source_port": "51000",
        "auth_method": "password",
    }
    normalizer = Normalizer("linux.syslog", "Europe/Paris", ITEM, YearHint(first_year=2026))
    (found,) = normalizer.normalize(batch(fields)).events.to_pylist()
    assert found["@timestamp"].isoformat() == "2026-03-01T11:00:00+00:00"
    assert found["vigilia.time_basis"] == "year-assumed"
    assert (found["event.action"], found["event.category"]) == ("accepted", "authentication")
    assert (found["user.name"], found["source.ip"], found["source.port"]) == ("ada", "203.0.113.9", 51000)
    assert (found["host.name"], found["process.pid"], found["event.provider"]) == ("web1", "42", "sshd")
    assert normalizer.rejects == []


def test_web_row() -> None:
    fields = {
        "c-ip": "203.0.113.9",
        "cs-username": "ada",
        "cs-method": "GET",
        "cs-uri": "/s?q=x%20y",
        "cs-uri-stem": "/s",
        "cs-uri-query": "q=x%20y",
        "sc-status": "404",
        "sc-bytes": "2326",
        "cs-user-agent": "Mozilla/5.0",
        "cs-host": "www.example.org",
        "timestamp": "10/Oct/2000:13:55:36 -0700",
    }
    assert row("web.access", fields, zone="Asia/Tokyo") == {
        "at": "2000-10-10T20:55:36+00:00",
        "vigilia.time_basis": "recorded",
        "event.action": "GET",
        "event.category": "web",
        "event.outcome": "failure",
        "user.name": "ada",
        "source.ip": "203.0.113.9",
        "user_agent.original": "Mozilla/5.0",
        "host.name": "www.example.org",
        "destination.domain": "www.example.org",
        "url.original": "/s?q=x%20y",
        "http.request.method": "GET",
        "http.response.status_code": 404,
        "vigilia.bytes": 2326,
    }


def test_rows_without_a_time_are_events_and_are_counted_by_reason() -> None:
    normalizer = Normalizer("linux.syslog", "UTC", ITEM)
    rows = [{"timestamp": "Mar  1 12:00:00"}, {"timestamp": "soon"}, {"message": "x"}, {"timestamp": "Feb 30 12:00:00"}]
    events = normalizer.normalize(batch(*rows)).events
    assert events["vigilia.time_basis"].to_pylist() == ["missing"] * 4
    assert [(one.reason, one.count, one.first_place) for one in normalizer.rejects] == [
        ("the record has no time", 1, "record 2"),
        ("the time cannot be read", 2, "record 1"),
        ("the time has no year, and nothing tells it", 1, "record 0"),
    ]


def test_a_leap_day_in_a_year_that_has_none_is_missing_not_moved() -> None:
    normalizer = Normalizer("linux.syslog", "UTC", ITEM, YearHint(first_year=2025))
    events = normalizer.normalize(batch({"timestamp": "Feb 29 12:00:00"}, {"timestamp": "Mar  1 12:00:00"})).events
    assert events["vigilia.time_basis"].to_pylist() == ["missing", "year-assumed"]


def test_a_batch_without_any_field_or_row_still_has_the_schema() -> None:
    (found,) = normalized("windows", {})
    assert found["vigilia.fields"] == "{}"
    assert normalized("windows") == []


def test_a_source_without_a_table_is_refused() -> None:
    with pytest.raises(KnowledgeError):
        Normalizer("no.such", "UTC", ITEM)


TIMES = ["Dec 30 10:00:00", "Dec 31 10:00:00", "Jan  1 10:00:00", "Dec 31 23:59:59", "Jan  2 10:00:00", "nonsense", ""]


@given(st.lists(st.sampled_from(TIMES), max_size=30), st.integers(min_value=1, max_value=9))
@settings(deadline=None, max_examples=25)
def test_the_events_do_not_depend_on_the_size_of_the_batches(times: list[str], size: int) -> None:
    rows = [{"timestamp": time} for time in times]

    def run(step: int) -> tuple[list[dict[str, Any]], object]:
        normalizer = Normalizer("linux.syslog", "UTC", ITEM, YearHint(first_year=2024))
        found = []
        for at in range(0, len(rows), step):
            found += normalizer.normalize(batch(*rows[at : at + step], first=at)).events.to_pylist()
        return found, normalizer.rejects

    assert run(size) == run(1000)


_NAMES = st.sampled_from(
    ["EventID", "Channel", "CommandLine", 'ünïcode " name', "TargetUserName", "TimeCreated", "IpAddress"]
)
_VALUES = st.text(max_size=20) | st.lists(st.text(max_size=10), max_size=3)


def _kept(value: FieldValue) -> FieldValue:
    """Return a value as it is kept, whatever the values of other records are."""
    return value[0] if len(value) == 1 and isinstance(value, list) else value


@given(st.lists(st.dictionaries(_NAMES, _VALUES, max_size=7), max_size=6))
@settings(deadline=None, max_examples=40)
def test_any_fields_are_normalised_and_kept_whole(rows: list[dict[str, FieldValue]]) -> None:
    source = batch(*rows)
    events = Normalizer("windows", "UTC", ITEM).normalize(source).events
    events.validate(full=True)
    kept = [{name: _kept(value) for name, value in row.items() if value not in (None, [])} for row in rows]
    expected = [orjson.dumps(row, option=orjson.OPT_SORT_KEYS).decode() for row in kept]
    assert events["vigilia.fields"].to_pylist() == expected
    assert fields_as_json(source.fields).to_pylist() == expected


SCRIPT = """
import sys
from vigilia.normalize.normalizer import Normalizer
from vigilia.normalize.years import YearHint
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.reader import ReadLimits
builder = ColumnBuilder(ReadLimits())
for number, time in enumerate(["Oct 25 02:30:00", "Mar  1 12:00:00", "2026-03-29 02:30:00", "3/28/2026 1:00:00 PM"]):
    builder.append(number, 0, 1, {"timestamp": time, "user": "ADA@EXAMPLE.ORG", "action": "failed", "zz": "İ"})
events = Normalizer("linux.syslog", "Europe/Paris", "0" * 16, YearHint(2025)).normalize(builder.build()).events
sys.stdout.write(str(events.to_pylist()))
"""


def test_the_events_depend_on_no_setting_of_the_machine() -> None:
    def run(zone: str, locale: str, seed: str) -> str:
        environment = os.environ | {"TZ": zone, "LC_ALL": locale, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
        done = subprocess.run([sys.executable, "-c", SCRIPT], env=environment, capture_output=True, check=True)
        return done.stdout.decode()

    assert run("UTC", "C", "1") == run("Pacific/Kiritimati", "tr_TR.UTF-8", "77")
