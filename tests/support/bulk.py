"""Evidence as big as wanted: the demo's intruder among the traffic of a busy organisation; same size, same bytes."""

from __future__ import annotations

import datetime as dt
import gzip
import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path

from vigilia.demo.evtx_values import text, ticks
from vigilia.demo.evtx_writer import EvtxEvent, chunks_of, file_of
from vigilia.demo.incident import write_incident

__all__ = ["SHARES", "write_bulk", "write_garbage", "write_source"]

_MB = 1_000_000
_BLOCK = 2_000
_BEGIN = dt.datetime(2025, 12, 20, tzinfo=dt.UTC)
_SECONDS = 170 * 86_400
_DOMAIN = "lanternfold.example"
_AGENTS = [
    f"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{n}.0.0.0 Safari/537.36"
    for n in range(100, 138)
]
_WORDS = ["annual report", "harbour archive", "opening hours", "press contact", "asylum", "prison", "budget", "map"]

# Parts of the whole; a line of `garbage.log` begins like syslog, but most of it cannot be read.
SHARES = {
    "web": 0.24,
    "m365": 0.12,
    "windows": 0.08,
    "evtx": 0.10,
    "auditd": 0.08,
    "syslog": 0.06,
    "entra": 0.06,
    "cloudtrail": 0.06,
    "zeek": 0.07,
    "firewall": 0.07,
    "web.gz": 0.04,
    "garbage": 0.02,
}
_FILES = {
    "web": "busy/access.log",
    "m365": "busy/audit.csv",
    "windows": "busy/windows.jsonl",
    "auditd": "busy/audit.log",
    "syslog": "busy/secure",
    "evtx": "busy/Security.evtx",
    "entra": "busy/sign-ins.jsonl",
    "cloudtrail": "busy/cloudtrail.json",
    "zeek": "busy/conn.log",
    "firewall": "busy/fortigate.log",
    "web.gz": "busy/access.log.1.gz",
    "garbage": "busy/garbage.log",
}


def write_bulk(folder: Path, megabytes: int, *, small_files: int = 3000) -> None:
    """Write `evidence/` with about so many megabytes beside what the demo writes (`org.toml` …)."""
    write_incident(folder)
    evidence = folder / "evidence"
    for source, share in SHARES.items():
        write_source(evidence / _FILES[source], source, int(megabytes * share * _MB))
    small = evidence / "small"
    small.mkdir()
    for number in range(small_files):
        lines = _syslog(random.Random(f"small {number}"), number / max(small_files, 1), 20)
        (small / f"host{number:05d}.log").write_text("".join(lines), encoding="utf-8")


def write_source(path: Path, source: str, size: int) -> None:
    """Write about `size` bytes of one source ("web", "m365" …; ".gz" counts what is inside)."""
    if source == "garbage":
        write_garbage(path, size)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    opened = gzip.GzipFile(path, "wb", 1, mtime=0) if source.endswith(".gz") else path.open("wb")
    with opened as stream:
        if source == "m365":
            stream.write(b"RecordId,CreationDate,RecordType,Operation,UserId,AuditData\r\n")
        if source == "evtx":
            stream.write(file_of([]))
        blocks = _evtx_blocks(size) if source == "evtx" else _blocks(source.removesuffix(".gz"), source, size)
        for block in blocks:
            stream.write(block)


def write_garbage(path: Path, size: int) -> None:
    """Write a file that begins as a system log and goes on as lines that nothing can read."""
    path.parent.mkdir(parents=True, exist_ok=True)
    chance = random.Random("garbage")
    with path.open("wb") as stream:
        stream.write("".join(_syslog(chance, 0.5, 2000)).encode())
        while stream.tell() < size:
            stream.write("".join(f"~~ {chance.getrandbits(96):x} \x01 torn\n" for _ in range(_BLOCK)).encode())


def _blocks(kind: str, seed: str, size: int) -> Iterator[bytes]:
    written = 0
    chance = random.Random(seed)
    while written < size:
        block = "".join(_LINES[kind](chance, min(written / size, 1.0), _BLOCK)).encode()
        written += len(block)
        yield block


def _moment(share: float, step: int) -> dt.datetime:
    return _BEGIN + dt.timedelta(seconds=int(share * (_SECONDS - 7200)) + step)


def _visitor(chance: random.Random) -> str:
    """Return one of a few offices, or of a million addresses."""
    if chance.random() < 0.3:
        return f"198.51.100.{chance.randrange(1, 120)}"
    number = int(1_000_000 * chance.random() ** 3)
    return f"2001:db8:{number >> 16:x}:{number & 0xFFFF:x}::1"


def _target(chance: random.Random) -> tuple[str, int]:
    dice = chance.random()
    if dice < 0.88:
        return f"/reports/{chance.randrange(4000)}/", 200
    if dice < 0.96:
        return f"/?s={chance.choice(_WORDS).replace(' ', '+')}+{chance.randrange(500)}", 200
    if dice < 0.98:
        return "/wp-login.php", 200
    return chance.choice(["/.env", "/../../etc/passwd", "/cgi-bin/test.cgi?x=/bin/sh", "/shell.php?cmd=id"]), 404


def _web(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        target, status = _target(chance)
        when = f"{_moment(share, step):%d/%b/%Y:%H:%M:%S} +0000"
        agent = _AGENTS[chance.randrange(len(_AGENTS))]
        size = chance.randrange(200, 60000)
        yield f'{_visitor(chance)} - - [{when}] "GET {target} HTTP/1.1" {status} {size} "-" "{agent}"\n'


def _m365(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        person = chance.randrange(80)
        user = f"staff{person}@{_DOMAIN}"
        when = f"{_moment(share, step):%Y-%m-%dT%H:%M:%S}"
        identity = f"{chance.getrandbits(128):032x}"
        action, kind, detail = _m365_act(chance, user)
        record = {
            "CreationTime": when,
            "Id": identity,
            "Operation": action,
            "OrganizationId": "5b0e6a2e-41c9-4f0e-9d7a-8c2f51c3e0aa",
            "RecordType": kind,
            "ResultStatus": "Succeeded",
            "UserType": 0,
            "Version": 1,
            "ClientIP": f"198.51.100.{person}" if chance.random() < 0.9 else f"203.0.113.{chance.randrange(200)}",
            "UserId": user,
            **detail,
            "AppAccessContext": {"AADSessionId": f"{person:08x}-{int(share * 170):04x}", "UniqueTokenId": identity},
        }
        audit = json.dumps(record, separators=(",", ":")).replace('"', '""')
        yield f'{identity},{when}.0000000Z,{kind},{action},{user},"{audit}"\r\n'


def _m365_act(chance: random.Random, user: str) -> tuple[str, int, dict[str, object]]:
    dice = chance.random()
    agent = _AGENTS[chance.randrange(4)]
    if dice < 0.5:
        items = [
            {"InternetMessageId": f"<{chance.getrandbits(64):x}@{_DOMAIN}>", "SizeInBytes": chance.randrange(90000)}
            for _ in range(chance.randrange(1, 6))
        ]
        return (
            "MailItemsAccessed",
            50,
            {
                "Workload": "Exchange",
                "MailboxOwnerUPN": user,
                "LogonType": 0,
                "ClientInfoString": f"Client=OWA;{agent}",
                "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}],
                "Folders": [{"FolderItems": items, "Path": "\\Inbox"}],
            },
        )
    if dice < 0.6:
        text = f"{chance.choice(_WORDS)} {chance.randrange(3000)}"
        return "SearchQueryInitiatedSharePoint", 102, {"Workload": "SharePoint", "QueryText": text}
    name = f"Letter {chance.randrange(20000)}.docx"
    place = "https://lanternfold-sharepoint.example/sites/Research/Shared Documents/Harbour archive"
    detail: dict[str, object] = {
        "Workload": "SharePoint",
        "ObjectId": f"{place}/{name}",
        "SourceFileName": name,
        "UserAgent": agent,
    }
    return chance.choice(["FileAccessed", "FileModified", "FileDownloaded"]), 6, detail


def _windows(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        person = chance.randrange(80)
        code, fields = _windows_act(chance, person)
        document = {
            "@timestamp": f"{_moment(share, step):%Y-%m-%dT%H:%M:%S}.000Z",
            "event": {"code": str(code), "kind": "event", "provider": "Microsoft-Windows-Security-Auditing"},
            "host": {"name": f"FS0{person % 8}.{_DOMAIN}"},
            "winlog": {
                "channel": "Security",
                "computer_name": f"FS0{person % 8}.{_DOMAIN}",
                "event_data": fields,
                "event_id": str(code),
                "provider_name": "Microsoft-Windows-Security-Auditing",
                "record_id": int(share * 1e12) + step,
            },
        }
        yield json.dumps(document, separators=(",", ":")) + "\n"


def _windows_act(chance: random.Random, person: int) -> tuple[int, dict[str, object]]:
    logon = f"0x{person * 4096 + chance.randrange(400):x}"
    name, dice = f"staff{person}", chance.random()
    subject: dict[str, object] = {"SubjectUserName": name, "SubjectDomainName": "LANTERNFOLD", "SubjectLogonId": logon}
    if dice < 0.3:
        target: dict[str, object] = {"TargetUserName": name, "TargetDomainName": "LANTERNFOLD", "TargetLogonId": logon}
        return 4624, target | {"LogonType": "3", "IpAddress": f"10.0.0.{person}", "IpPort": "50000"}
    if dice < 0.5:
        line = f"C:\\Windows\\System32\\findstr.exe /s {chance.choice(_WORDS)} *.txt" if dice < 0.31 else "notepad.exe"
        return 4688, subject | {"NewProcessName": "C:\\Windows\\System32\\findstr.exe", "CommandLine": line}
    path = f"Research\\Letter {chance.randrange(50000)}.docx"
    share: dict[str, object] = {
        "ShareName": "\\\\*\\Research",
        "RelativeTargetName": path,
        "IpAddress": f"10.0.0.{person}",
    }
    return 5145, subject | share | {"AccessMask": "0x1", "AccessReason": "granted by D:(A;;0x1301bf;;;DU)"}


def _auditd(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count // 2):
        stamp = f"{_moment(share, step).timestamp():.3f}:{int(share * 1e9) + step}"
        session, program = chance.randrange(1, 4000), chance.choice(["ls", "rsync", "php", "grep", "cat"])
        yield (
            f"type=SYSCALL msg=audit({stamp}): arch=c000003e syscall=59 success=yes exit=0 a0=55d1c8a3 a1=55d1c8f0"
            f" items=2 ppid=88 pid={chance.randrange(60000)} auid=1004 uid=1004 gid=1004 euid=1004 tty=pts0"
            f' ses={session} comm="{program}" exe="/usr/bin/{program}" subj=unconfined key="exec"\n'
        )
        yield f'type=EXECVE msg=audit({stamp}): argc=3 a0="{program}" a1="-r" a2="/srv/{chance.randrange(9999)}"\n'


def _syslog(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        when = f"{_moment(share, step):%b %e %H:%M:%S}"
        pid = chance.randrange(1000, 60000)
        if chance.random() < 0.7:
            address = f"203.0.113.{chance.randrange(250)}"
            yield f"{when} web01 sshd[{pid}]: Failed password for invalid user test from {address} port {pid} ssh2\n"
        else:
            yield f"{when} web01 CRON[{pid}]: pam_unix(cron:session): session closed for user root\n"


def _entra(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        person, failed = chance.randrange(80), chance.random() < 0.1
        record = {
            "id": f"{chance.getrandbits(128):032x}",
            "createdDateTime": f"{_moment(share, step):%Y-%m-%dT%H:%M:%S}Z",
            "userPrincipalName": f"staff{person}@{_DOMAIN}",
            "userId": f"{person:032x}",
            "appDisplayName": chance.choice(["Office 365 Exchange Online", "SharePoint Online", "Microsoft Teams"]),
            "appId": "00000002-0000-0ff1-ce00-000000000000",
            "ipAddress": f"198.51.100.{person}" if chance.random() < 0.9 else f"203.0.113.{chance.randrange(200)}",
            "clientAppUsed": "Browser",
            "userAgent": _AGENTS[chance.randrange(4)],
            "signInEventTypes": [chance.choice(["interactiveUser", "nonInteractiveUser"])],
            "isInteractive": True,
            "conditionalAccessStatus": "notApplied",
            "deviceDetail": {"displayName": f"WS{person:02d}", "operatingSystem": "Windows 10"},
            "location": {"city": "Harbour", "countryOrRegion": "XX"},
            "status": {"errorCode": 50126 if failed else 0, "failureReason": "Invalid" if failed else "Other."},
        }
        yield json.dumps(record, separators=(",", ":")) + "\n"


def _cloudtrail(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        person = chance.randrange(30)
        record = {
            "eventVersion": "1.09",
            "userIdentity": {"type": "IAMUser", "userName": f"staff{person}", "accountId": "111122223333"},
            "eventTime": f"{_moment(share, step):%Y-%m-%dT%H:%M:%S}Z",
            "eventSource": "s3.amazonaws.com",
            "eventName": chance.choice(["GetObject", "ListObjects", "PutObject", "HeadObject"]),
            "awsRegion": "eu-central-1",
            "sourceIPAddress": f"198.51.100.{person}",
            "userAgent": "aws-cli/2.15.0",
            "requestParameters": {"bucketName": "lanternfold-archive", "key": f"letters/{chance.randrange(90000)}.pdf"},
            "responseElements": None,
            "requestID": f"{chance.getrandbits(64):016X}",
            "eventID": f"{chance.getrandbits(128):032x}",
            "readOnly": True,
            "eventType": "AwsApiCall",
            "recipientAccountId": "111122223333",
        }
        yield json.dumps(record, separators=(",", ":")) + "\n"


def _zeek(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        record = {
            "_path": "conn",
            "ts": round(_moment(share, step).timestamp() + chance.random(), 6),
            "uid": f"C{chance.getrandbits(80):x}",
            "id.orig_h": f"10.0.0.{chance.randrange(1, 250)}",
            "id.orig_p": chance.randrange(1024, 65000),
            "id.resp_h": f"203.0.113.{chance.randrange(1, 250)}",
            "id.resp_p": chance.choice([53, 80, 443]),
            "proto": "tcp",
            "service": "ssl",
            "duration": round(chance.random() * 60, 6),
            "orig_bytes": chance.randrange(90_000),
            "resp_bytes": chance.randrange(900_000),
            "conn_state": "SF",
            "history": "ShADadfF",
        }
        yield json.dumps(record, separators=(",", ":")) + "\n"


def _firewall(chance: random.Random, share: float, count: int) -> Iterator[str]:
    for step in range(count):
        when = _moment(share, step)
        yield (
            f'date={when:%Y-%m-%d} time={when:%H:%M:%S} devname="fw1" devid="FGT60F0000000001" logid="0000000013"'
            f' type="traffic" subtype="forward" level="notice" vd="root" eventtime={int(when.timestamp())}000000000'
            f' tz="+0000" srcip=10.0.0.{chance.randrange(1, 250)} srcport={chance.randrange(1024, 65000)}'
            f" dstip=203.0.113.{chance.randrange(1, 250)} dstport=443 sessionid={chance.getrandbits(30)} proto=6"
            f' action="accept" policyid=1 service="HTTPS" duration=12 sentbyte={chance.randrange(90_000)}'
            f" rcvdbyte={chance.randrange(900_000)}\n"
        )


def _evtx_blocks(size: int) -> Iterator[bytes]:
    chance = random.Random("evtx")
    written = number = 0
    while written < size:
        events = []
        for step in range(_BLOCK):
            number += 1
            code, fields = _windows_act(chance, chance.randrange(80))
            named = tuple((name, text(str(value))) for name, value in fields.items())
            at = ticks(_moment(min(written / size, 1.0), step))
            events.append(
                EvtxEvent(number, at, "Microsoft-Windows-Security-Auditing", code, "Security", f"FS09.{_DOMAIN}", named)
            )
        block = b"".join(chunks_of(events))
        written += len(block)
        yield block


_LINES: dict[str, Callable[[random.Random, float, int], Iterator[str]]] = {
    "web": _web,
    "m365": _m365,
    "windows": _windows,
    "auditd": _auditd,
    "syslog": _syslog,
    "entra": _entra,
    "cloudtrail": _cloudtrail,
    "zeek": _zeek,
    "firewall": _firewall,
}
