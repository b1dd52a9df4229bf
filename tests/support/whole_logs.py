"""Whole logs of many sources, as the programs write them; tests then cut them."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Sequence
from typing import Any

from vigilia.demo.evtx_values import text, ticks
from vigilia.demo.evtx_writer import EvtxEvent, evtx_bytes

START = dt.datetime(2026, 3, 2, 9, 15, tzinfo=dt.UTC)
STEP = dt.timedelta(seconds=37)
_HOST = "fs01.lanternfold.example"
_USER = "ada@lanternfold.example"
_AUDITED = [
    ("MailItemsAccessed", "Exchange", 50),
    ("FileAccessed", "SharePoint", 6),
    ("SearchQueryInitiatedExchange", "Exchange", 169),
    ("FileDownloaded", "OneDrive", 6),
]


def at(number: int, start: dt.datetime = START) -> dt.datetime:
    """The time of a record."""
    return start + number * STEP


def iso(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def table(rows: Sequence[dict[str, Any]], *, separator: str = ",") -> bytes:
    """Rows under their column names, lines ended as RFC 4180 asks."""
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=separator, lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def lines(records: Sequence[object]) -> bytes:
    return b"".join(json.dumps(one).encode() + b"\n" for one in records)


def array(records: Sequence[object]) -> bytes:
    return json.dumps(list(records)).encode()


def page(name: str, records: Sequence[object], **beside: object) -> bytes:
    return json.dumps({**beside, name: list(records)}, indent=1).encode()


def audit_records(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Records of the Microsoft 365 audit log, of mail, documents and searches."""
    found = []
    for number in range(first, first + count):
        operation, workload, kind = _AUDITED[number % len(_AUDITED)]
        found.append(
            {
                "CreationTime": iso(at(number))[:-1],
                "Id": f"00000000-0000-4000-8000-{number:012x}",
                "Operation": operation,
                "OrganizationId": "00000000-0000-4000-8000-00000000000f",
                "RecordType": kind,
                "UserType": 0,
                "Version": 1,
                "Workload": workload,
                "UserId": _USER,
                "ClientIP": "192.0.2.7",
                "ObjectId": f"https://lanternfold.example/sites/Donors/{number}.docx",
            }
        )
    return found


def purview(records: Sequence[dict[str, Any]], *, separator: str = ",") -> bytes:
    rows = [
        {
            "RecordId": one["Id"],
            "CreationDate": f"{one['CreationTime']}.0000000Z",
            "RecordType": one["RecordType"],
            "Operation": one["Operation"],
            "UserId": one["UserId"],
            "AuditData": json.dumps(one),
        }
        for one in records
    ]
    return table(rows, separator=separator)


def sign_ins(kind: str, count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "id": f"{kind}-{number}",
            "createdDateTime": iso(at(number)),
            "userPrincipalName": _USER,
            "userId": "00000000-0000-4000-8000-0000000000d1",
            "appDisplayName": "Azure Portal",
            "ipAddress": "192.0.2.7",
            "clientAppUsed": "Browser",
            "conditionalAccessStatus": "notApplied",
            "signInEventTypes": [kind],
            "status": {"errorCode": 0},
        }
        for number in range(first, first + count)
    ]


def directory_audit(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "id": f"Directory_{number}",
            "category": "UserManagement",
            "correlationId": f"c-{number}",
            "result": "success",
            "activityDisplayName": "Update user",
            "activityDateTime": iso(at(number)),
            "loggedByService": "Core Directory",
            "operationType": "Update",
            "initiatedBy": {"user": {"userPrincipalName": _USER, "ipAddress": "192.0.2.7"}},
            "targetResources": [{"id": "t", "displayName": "Ben", "type": "User", "modifiedProperties": []}],
        }
        for number in range(first, first + count)
    ]


def message_trace(count: int, first: int = 0, step: dt.timedelta = STEP) -> list[dict[str, Any]]:
    return [
        {
            "origin_timestamp_utc": f"{iso(START + number * step)[:-1]}.0000000Z",
            "sender_address": _USER,
            "recipient_status": "ben@example.org##Receive, Send",
            "message_subject": f"Agenda {number}",
            "total_bytes": "48213",
            "message_id": f"<{number}@lanternfold.example>",
            "network_message_id": f"n-{number}",
            "original_client_ip": "192.0.2.7",
            "directionality": "Originating",
        }
        for number in range(first, first + count)
    ]


def google(application: str, count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "kind": "admin#reports#activity",
            "id": {
                "time": f"{iso(at(number))[:-1]}.000Z",
                "uniqueQualifier": f"{application}{number}",
                "applicationName": application,
                "customerId": "C01",
            },
            "actor": {"email": _USER, "profileId": "1"},
            "ipAddress": "192.0.2.7",
            "events": [
                {"type": "access", "name": "view", "parameters": [{"name": "doc_title", "value": f"d{number}"}]}
            ],
        }
        for number in range(first, first + count)
    ]


def okta(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "actor": {"id": "00u1", "type": "User", "alternateId": _USER, "displayName": "Ada"},
            "client": {"ipAddress": "192.0.2.7", "userAgent": {"rawUserAgent": "Mozilla/5.0"}},
            "displayMessage": "User login to Okta",
            "eventType": "user.session.start",
            "outcome": {"result": "SUCCESS"},
            "published": f"{iso(at(number))[:-1]}.123Z",
            "severity": "INFO",
            "uuid": f"u-{number}",
            "version": "0",
        }
        for number in range(first, first + count)
    ]


def github(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "@timestamp": int(at(number).timestamp() * 1000),
            "_document_id": f"d-{number}",
            "action": "repo.add_member",
            "actor": "ada-lantern",
            "actor_ip": "192.0.2.7",
            "created_at": int(at(number).timestamp() * 1000),
            "org": "lanternfold",
            "repo": "lanternfold/casework",
        }
        for number in range(first, first + count)
    ]


def slack(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "id": f"e-{number}",
            "date_create": int(at(number).timestamp()),
            "action": "file_downloaded",
            "actor": {"type": "user", "user": {"id": "U1", "name": "Ada", "email": _USER}},
            "entity": {"type": "file", "file": {"id": "F1", "name": "donors.xlsx"}},
            "context": {"ip_address": "192.0.2.7", "ua": "Mozilla/5.0"},
        }
        for number in range(first, first + count)
    ]


def cloudtrail(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "eventVersion": "1.09",
            "userIdentity": {"type": "IAMUser", "userName": "ada", "arn": "arn:aws:iam::111122223333:user/ada"},
            "eventTime": iso(at(number)),
            "eventSource": "s3.amazonaws.com",
            "eventName": "GetObject",
            "awsRegion": "eu-west-1",
            "sourceIPAddress": "192.0.2.7",
            "userAgent": "aws-cli/2.15",
            "requestID": f"r-{number}",
            "eventID": f"e-{number}",
            "eventType": "AwsApiCall",
        }
        for number in range(first, first + count)
    ]


def box(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "type": "event",
            "event_id": f"ev-{number}",
            "event_type": "DOWNLOAD",
            "created_at": f"{iso(at(number))[:-1]}+00:00",
            "created_by": {"type": "user", "id": "2", "name": "Ada", "login": _USER},
            "source": {"item_type": "file", "item_id": "881", "item_name": "Donors.xlsx"},
            "ip_address": "192.0.2.7",
        }
        for number in range(first, first + count)
    ]


def journal(count: int, first: int = 0, sequence: Callable[[int], int] | None = None) -> list[dict[str, Any]]:
    """Records of systemd's journal; `sequence` gives each its number, as newer versions do."""
    return [
        {
            "__CURSOR": f"s=1;i={number:x}",
            "__REALTIME_TIMESTAMP": str(int(at(number).timestamp() * 1_000_000)),
            "_HOSTNAME": "fs01",
            "_TRANSPORT": "syslog",
            "PRIORITY": "6",
            "SYSLOG_IDENTIFIER": "sshd",
            "_PID": str(4000 + number),
            "MESSAGE": f"Accepted publickey for ada from 192.0.2.7 port {50000 + number} ssh2: ED25519 SHA256:abcd",
            **({"__SEQNUM": str(sequence(number)), "__SEQNUM_ID": "a1"} if sequence else {}),
        }
        for number in range(first, first + count)
    ]


def eve(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "timestamp": at(number).strftime("%Y-%m-%dT%H:%M:%S.%f+0000"),
            "flow_id": 1000 + number,
            "in_iface": "eth0",
            "event_type": "tls",
            "src_ip": "192.0.2.7",
            "src_port": 50000 + number % 10000,
            "dest_ip": "198.51.100.20",
            "dest_port": 443,
            "proto": "TCP",
            "tls": {"sni": "lanternfold.example"},
        }
        for number in range(first, first + count)
    ]


def nextcloud(count: int, first: int = 0) -> list[dict[str, Any]]:
    return [
        {
            "reqId": f"r{number}",
            "level": 1,
            "time": f"{iso(at(number))[:-1]}+00:00",
            "remoteAddr": "192.0.2.7",
            "user": "ada",
            "app": "admin_audit",
            "method": "GET",
            "url": "/apps/files",
            "message": f'File accessed: "/Donors/{number}.docx"',
        }
        for number in range(first, first + count)
    ]


def _written(count: int, first: int, write: Callable[[int, dt.datetime], str], start: dt.datetime = START) -> bytes:
    return "".join(write(number, at(number, start)) + "\n" for number in range(first, first + count)).encode()


def access(count: int, first: int = 0, start: dt.datetime = START) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f'192.0.2.{n % 200} - - [{t:%d/%b/%Y:%H:%M:%S} +0000] "GET /case/{n} HTTP/1.1" 200 {n} "-" "Browser"'
        ),
        start,
    )


def apache_errors(count: int, first: int = 0) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f"[{t:%a %b %d %H:%M:%S.%f %Y}] [core:error] [pid {n}] [client 192.0.2.7:50022] "
            f"AH00128: File does not exist: /srv/www/{n}"
        ),
    )


def syslog(count: int, first: int = 0, start: dt.datetime = START) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f"{t:%Y-%m-%dT%H:%M:%S.%f}+00:00 fs01 sshd[{n}]: Accepted password for ada from 192.0.2.7 port {n} ssh2"
        ),
        start,
    )


def auditd(count: int, first: int = 0) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f"type=USER_LOGIN msg=audit({t.timestamp():.3f}:{n + 100}): pid={n} uid=0 auid=1000 ses=1 "
            'msg=\'op=login acct="ada" exe="/usr/sbin/sshd" hostname=? addr=192.0.2.7 terminal=ssh res=success\''
        ),
    )


def dpkg(count: int, first: int = 0) -> bytes:
    return _written(count, first, lambda n, t: f"{t:%Y-%m-%d %H:%M:%S} status installed lantern{n}:amd64 1.0-{n}")


def zeek(count: int, first: int = 0, *, closed: bool = True) -> bytes:
    head = (
        "#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tconn\n"
        "#open\t2026-03-02-09-15-00\n"
        "#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tproto\tservice\torig_bytes\tresp_bytes\n"
        "#types\ttime\tstring\taddr\tport\taddr\tport\tenum\tstring\tcount\tcount\n"
    )
    rows = _written(
        count,
        first,
        lambda n, t: f"{t.timestamp():.6f}\tC{n}\t192.0.2.7\t{50000 + n}\t198.51.100.20\t443\ttcp\tssl\t{n}\t{n}",
    )
    return head.encode() + rows + (b"#close\t2026-03-02-10-00-00\n" if closed else b"")


def firewall(count: int, first: int = 0) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f'date={t:%Y-%m-%d} time={t:%H:%M:%S} devname="FG" devid="FG100" logid="0000000013" type="traffic" '
            f'subtype="forward" level="notice" eventtime={int(t.timestamp() * 1_000_000_000)} tz="+0000" '
            f'srcip=192.0.2.7 srcport={n} dstip=198.51.100.20 dstport=443 proto=6 action="accept" sentbyte={n} '
            "rcvdbyte=10"
        ),
    )


def bind(count: int, first: int = 0) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f"{t:%Y-%m-%dT%H:%M:%S}.000Z queries: info: client @0x7f 192.0.2.7#{50000 + n % 9000} "
            f"(h{n}.example.org): query: h{n}.example.org IN A +E(0)K (192.0.2.1)"
        ),
    )


def squid(count: int, first: int = 0) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: (
            f"{t.timestamp():.3f}    120 192.0.2.7 TCP_MISS/200 {n} GET http://example.org/{n} ada "
            "HIER_DIRECT/198.51.100.20 text/html"
        ),
    )


def postgresql(count: int, first: int = 0) -> bytes:
    return _written(
        count,
        first,
        lambda n, t: f"{t:%Y-%m-%d %H:%M:%S}.000 UTC [{n}] ada@crm LOG:  statement: VACUUM donors_{n}",
    )


def windows_firewall(count: int, first: int = 0) -> bytes:
    head = (
        "#Version: 1.5\r\n#Software: Microsoft Windows Firewall\r\n#Time Format: Local\r\n#Fields: date time action "
        "protocol src-ip dst-ip src-port dst-port size tcpflags tcpsyn tcpack tcpwin icmptype icmpcode info path\r\n"
        "\r\n"
    )
    rows = _written(
        count,
        first,
        lambda n, t: f"{t:%Y-%m-%d %H:%M:%S} ALLOW TCP 192.0.2.7 198.51.100.20 {50000 + n} 443 0 - 0 0 0 - - - SEND\r",
    )
    return head.encode() + rows


def security_event(
    number: int, code: int, *, channel: str = "Security", host: str = _HOST, second: int = -1
) -> EvtxEvent:
    """One event of a Windows log; record numbers tell the time unless a second is given."""
    moment = at(number) if second < 0 else START + dt.timedelta(seconds=second)
    return EvtxEvent(
        number,
        ticks(moment),
        "Microsoft-Windows-Security-Auditing",
        code,
        channel,
        host,
        (("SubjectUserName", text("ada")), ("ShareName", text("\\\\*\\Donors")), ("NewProcessName", text("C:\\a.exe"))),
    )


def evtx(count: int, first: int = 1, *, channel: str = "Security", host: str = _HOST) -> bytes:
    codes = (4624, 5140, 4688, 4634)
    return evtx_bytes(
        [security_event(n, codes[n % len(codes)], channel=channel, host=host) for n in range(first, first + count)]
    )
