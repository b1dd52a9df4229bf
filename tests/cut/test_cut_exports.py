"""Evidence that looks complete and is not: each way of losing a part is noticed, and called by its name."""

from __future__ import annotations

import datetime as dt
import gzip
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass

import pytest

from support import evtx_files
from support import whole_logs as logs
from support.covered import cover_files
from vigilia.demo.evtx_writer import evtx_bytes
from vigilia.model.result import Gap, GapKind

_Files = Mapping[str, bytes]


@dataclass(frozen=True)
class _Cut:
    """Files with a loss, and the gap that must tell it; `words` stand in its basis."""

    name: str
    files: Callable[[], _Files]
    kind: GapKind
    source: str
    words: str = ""


def _one(name: str, content: bytes) -> Callable[[], _Files]:
    return lambda: {name: content}


def _rows(count: int) -> bytes:
    return logs.purview(logs.audit_records(count))


def _half(content: bytes) -> bytes:
    """What is left of a file that was cut in the middle of its last record."""
    return content[: -max(20, len(content) // 50)]


def _audit_data_of(length: int) -> bytes:
    """A Purview export with one AuditData cell of so many characters, cut there."""
    records = logs.audit_records(8)
    text = json.dumps(records[3] | {"OperationProperties": [{"Name": "x", "Value": "y" * (length + 50)}]})
    rows = logs.purview(records).decode()
    whole = json.dumps(records[3]).replace('"', '""')
    return rows.replace(whole, text[:length].replace('"', '""')).encode()


def _excel_cell() -> bytes:
    rows = logs.message_trace(6)
    rows[2]["recipient_status"] = ("b@example.org##Send;" * 2000)[:32_767]
    return logs.table(rows)


def _excel_dates(first: str, second: str) -> bytes:
    """A message trace that a spreadsheet saved again: its own dates, and no seconds."""
    rows = logs.message_trace(9)
    for number, row in enumerate(rows, 1):
        row["origin_timestamp_utc"] = first.format(number) if number % 2 else second.format(number)
    return logs.table(rows, separator=";")


def _set_back(write: Callable[..., bytes]) -> bytes:
    return write(30) + write(30, 30, logs.START - dt.timedelta(hours=6))


def _late(operation: str, days: int) -> list[dict[str, object]]:
    """Forty days of mail, in which records of one kind begin late and are then made every day."""
    found: list[dict[str, object]] = []
    for number, record in enumerate(logs.audit_records(160)):
        day = number // 4
        moment = logs.START + dt.timedelta(days=day, minutes=number)
        late = number % 4 == 0 and day >= days
        kind = operation if late else "Send"
        found.append(record | {"Operation": kind, "CreationTime": logs.iso(moment)[:-1], "Workload": "Exchange"})
    return found


def _slices(*days: tuple[int, int]) -> _Files:
    """Exports named by their first and last day."""
    return {
        f"ual_2026-03-{first:02}_2026-03-{last:02}.json": logs.array(logs.audit_records(8, 100 * first))
        for first, last in days
    }


def _windows(**names: bytes) -> _Files:
    return {f"FS01/{name}.evtx": content for name, content in names.items()}


def _zeek_json(count: int) -> bytes:
    return logs.lines(
        [
            {"_path": "conn", "ts": logs.at(n).timestamp(), "uid": f"C{n}", "id.orig_h": "192.0.2.7", "id.orig_p": n}
            | {"id.resp_h": "198.51.100.20", "id.resp_p": 443, "proto": "tcp", "conn_state": "SF"}
            for n in range(count)
        ]
    )


_M365 = logs.audit_records(40)
_EVTX = logs.evtx(60)
_SYSTEM = logs.evtx(40, channel="System")

_CUTS = [
    # exactly as many rows as the export gives at most
    _Cut("purview-5000", lambda: {"a.csv": _rows(5_000)}, "truncated-export", "m365.audit", "Search-UnifiedAuditLog"),
    _Cut("ual-5000-json", lambda: {"a.json": logs.array(logs.audit_records(5_000))}, "truncated-export", "m365.audit"),
    _Cut("ual-default-100", lambda: {"a.csv": _rows(100)}, "truncated-export", "m365.audit", "no other number"),
    _Cut(
        "trace-1000",
        lambda: {"t.csv": logs.table(logs.message_trace(1_000))},
        "truncated-export",
        "exchange.message-trace",
    ),
    _Cut(
        "trace-5000",
        lambda: {"t.csv": logs.table(logs.message_trace(5_000))},
        "truncated-export",
        "exchange.message-trace",
    ),
    _Cut(
        "trace-10000",
        lambda: {"t.csv": logs.table(logs.message_trace(10_000))},
        "truncated-export",
        "exchange.message-trace",
        "report",
    ),
    _Cut(
        "graph-sign-ins-1000",
        lambda: {"s.json": logs.page("value", logs.sign_ins("interactiveUser", 1_000))},
        "truncated-export",
        "entra.signin",
        "page",
    ),
    _Cut(
        "graph-audit-1000",
        lambda: {"d.json": logs.page("value", logs.directory_audit(1_000))},
        "truncated-export",
        "entra.audit",
    ),
    _Cut(
        "google-1000",
        lambda: {"g.json": logs.page("items", logs.google("drive", 1_000))},
        "truncated-export",
        "google.workspace",
    ),
    _Cut("okta-1000", lambda: {"o.json": logs.array(logs.okta(1_000))}, "truncated-export", "okta.system"),
    _Cut("github-100", lambda: {"g.json": logs.array(logs.github(100))}, "truncated-export", "github.audit"),
    _Cut("slack-9999", lambda: {"s.json": logs.page("entries", logs.slack(9_999))}, "truncated-export", "slack.audit"),
    _Cut("box-500", lambda: {"b.json": logs.page("entries", logs.box(500))}, "truncated-export", "box.events"),
    _Cut(
        "pages-with-the-last-missing",
        lambda: {f"p{n}.json": logs.array(logs.okta(1_000, n * 1_000)) for n in range(3)},
        "truncated-export",
        "okta.system",
    ),
    # values cut at a known limit
    _Cut("audit-data-3060", _one("a.csv", _audit_data_of(3_060)), "cut-values", "m365.audit", "near 3,060"),
    _Cut("audit-data-3048", _one("a.csv", _audit_data_of(3_048)), "cut-values", "m365.audit", "near 3,060"),
    _Cut("audit-data-32767", _one("a.csv", _audit_data_of(32_767)), "cut-values", "m365.audit", "Excel"),
    _Cut("audit-data-1000", _one("a.csv", _audit_data_of(1_000)), "cut-values", "m365.audit", "in the middle"),
    _Cut("cell-32767", _one("t.csv", _excel_cell()), "cut-values", "exchange.message-trace", "Excel"),
    # a part that is not here
    _Cut("part2-alone", lambda: {"UAL-part2.json": logs.array(_M365)}, "missing-part", "m365.audit", "UAL-part1"),
    _Cut("part1-alone", lambda: {"UAL-Combined-part1.json": logs.array(_M365)}, "missing-part", "m365.audit", "part2"),
    _Cut(
        "part-in-the-middle",
        lambda: {f"UAL-Combined-part{n}.csv": logs.purview(logs.audit_records(9, n * 9)) for n in (1, 2, 4)},
        "missing-part",
        "m365.audit",
        "part3",
    ),
    _Cut(
        "one-of-three",
        lambda: {"audit_1 of 3.csv": _rows(9), "audit_3 of 3.csv": _rows(11)},
        "missing-part",
        "m365.audit",
        "audit_2 of 3",
    ),
    _Cut(
        "the-last-of-three",
        lambda: {f"audit_{n}of3.csv": _rows(9 + n) for n in (1, 2)},
        "missing-part",
        "m365.audit",
        "audit_3of3",
    ),
    _Cut(
        "second-download",
        lambda: {"AuditLog.csv": _rows(9), "AuditLog (2).csv": _rows(11)},
        "missing-part",
        "m365.audit",
        "AuditLog (1)",
    ),
    _Cut("only-the-copy", lambda: {"AuditLog (1).csv": _rows(9)}, "missing-part", "m365.audit", "AuditLog.csv"),
    _Cut(
        "rotated-access",
        lambda: {
            "access.log": logs.access(20, 40),
            "access.log.1": logs.access(20, 20),
            "access.log.3": logs.access(20),
        },
        "missing-part",
        "web.access",
        "access.log.2",
    ),
    _Cut(
        "rotated-gzip",
        lambda: {
            "auth.log": logs.syslog(20, 60),
            "auth.log.1": logs.syslog(20, 40),
            "auth.log.2.gz": gzip.compress(logs.syslog(20, 20)),
            "auth.log.4.gz": gzip.compress(logs.syslog(20)),
        },
        "missing-part",
        "linux.syslog",
        "auth.log.3",
    ),
    _Cut(
        "rotated-newest",
        lambda: {"audit.log.1": logs.auditd(20, 20), "audit.log.2": logs.auditd(20)},
        "missing-part",
        "linux.auditd",
        "audit.log (the newest)",
    ),
    _Cut(
        "rotated-oldest-only",
        lambda: {"syslog": logs.syslog(20, 40), "syslog.2": logs.syslog(20)},
        "missing-part",
        "linux.syslog",
        "syslog.1",
    ),
    _Cut(
        "numbered",
        lambda: {f"export-{n:03}.json": logs.array(logs.okta(9, n * 9)) for n in (1, 2, 4, 5)},
        "missing-part",
        "okta.system",
        "export-003",
    ),
    _Cut("a-day-between-exports", lambda: _slices((1, 7), (9, 15)), "missing-part", "m365.audit", "2026-03-08"),
    _Cut(
        "a-week-between-exports",
        lambda: _slices((1, 7), (8, 14), (22, 28)),
        "missing-part",
        "m365.audit",
        "2026-03-15 to 2026-03-21",
    ),
    _Cut(
        "a-day-of-a-dated-log",
        lambda: {f"access.log-202603{d:02}": logs.access(9, d * 30) for d in (1, 2, 3, 4, 6, 7, 8)},
        "missing-part",
        "web.access",
        "2026-03-05",
    ),
    _Cut(
        "in-a-folder-of-its-own",
        lambda: {
            "web01/access.log": logs.access(9),
            "web02/access.log": logs.access(9, 20),
            "web02/access.log.2": logs.access(9, 9),
        },
        "missing-part",
        "web.access",
    ),
    # half of a log
    _Cut(
        "only-interactive",
        lambda: {"s.json": logs.page("value", logs.sign_ins("interactiveUser", 30))},
        "not-provided",
        "entra.signin",
        "nonInteractiveUser",
    ),
    _Cut(
        "without-service-principals",
        lambda: {
            f"{kind}.json": logs.page("value", logs.sign_ins(kind, 30))
            for kind in ("interactiveUser", "nonInteractiveUser")
        },
        "not-provided",
        "entra.signin",
        "servicePrincipal",
    ),
    _Cut(
        "only-mail",
        lambda: {"a.csv": logs.purview([one for one in _M365 if one["Workload"] == "Exchange"])},
        "not-provided",
        "m365.audit",
        "SharePoint",
    ),
    _Cut(
        "only-documents",
        lambda: {"a.json": logs.array([one for one in _M365 if one["Workload"] != "Exchange"])},
        "not-provided",
        "m365.audit",
        "Exchange",
    ),
    _Cut("only-security", lambda: _windows(Security=_EVTX), "not-provided", "windows", "System"),
    _Cut("only-errors", lambda: {"error.log": logs.apache_errors(30)}, "not-provided", "web.error", "access log"),
    _Cut("only-accesses", lambda: {"access.log": logs.access(30)}, "not-provided", "web.access", "error log"),
    _Cut(
        "only-drive",
        lambda: {"drive.json": logs.page("items", logs.google("drive", 30))},
        "not-provided",
        "google.workspace",
        "login",
    ),
    # torn off
    _Cut("csv-torn-in-a-cell", _one("a.csv", _half(_rows(30))), "torn", "m365.audit"),
    _Cut(
        "csv-torn-between-cells",
        _one("t.csv", logs.table(logs.message_trace(30)).rpartition(b",")[0]),
        "torn",
        "exchange.message-trace",
        "fewer cells",
    ),
    _Cut("array-not-closed", _one("a.json", logs.array(_M365)[:-1]), "torn", "m365.audit", "not closed"),
    _Cut("array-torn", _one("o.json", _half(logs.array(logs.okta(30)))), "torn", "okta.system"),
    _Cut("page-torn", _one("c.json", _half(logs.page("Records", logs.cloudtrail(30)))), "torn", "aws.cloudtrail"),
    _Cut("lines-torn", _one("s.json", _half(logs.lines(logs.journal(30)))), "torn", "linux.journal"),
    _Cut("access-torn", _one("access.log", _half(logs.access(30))), "torn", "web.access"),
    _Cut("syslog-torn", _one("auth.log", _half(logs.syslog(30))), "torn", "linux.syslog"),
    _Cut("auditd-torn", _one("audit.log", _half(logs.auditd(30))), "torn", "linux.auditd"),
    _Cut("postgresql-torn", _one("pg.log", _half(logs.postgresql(30))), "torn", "database.postgresql"),
    _Cut("windows-firewall-torn", _one("pfirewall.log", _half(logs.windows_firewall(30))), "torn", "windows.firewall"),
    _Cut("zeek-not-closed", _one("conn.log", logs.zeek(30, closed=False)), "torn", "zeek", "#close"),
    _Cut("zeek-json-torn", _one("conn.log", _half(_zeek_json(30))), "torn", "zeek"),
    _Cut("evtx-truncated", lambda: _windows(Security=_EVTX[:-9_000], System=_SYSTEM), "torn", "windows"),
    _Cut("suricata-torn", _one("eve.json", _half(logs.lines(logs.eve(30)))), "torn", "suricata"),
    _Cut("nextcloud-torn", _one("nextcloud.log", _half(logs.lines(logs.nextcloud(30)))), "torn", "app.nextcloud"),
    _Cut("fortigate-torn", _one("fg.log", _half(logs.firewall(30))), "torn", "firewall.fortigate"),
    _Cut("bind-torn", _one("queries.log", _half(logs.bind(30))), "torn", "dns.bind"),
    _Cut("squid-torn", _one("squid.log", _half(logs.squid(30))), "torn", "proxy.squid"),
    _Cut("zeros-at-the-end", _one("auth.log", logs.syslog(1_000) + b"\0" * 700), "torn", "linux.syslog", "zero bytes"),
    _Cut("gzip-cut", lambda: {"access.log.gz": gzip.compress(logs.access(4_000))[:-900]}, "torn", "web.access"),
    _Cut(
        "utf16-torn", _one("a.csv", b"\xff\xfe" + _rows(30).decode().encode("utf-16-le")[:-200]), "torn", "m365.audit"
    ),
    # the same records twice
    _Cut(
        "overlapping-exports",
        lambda: {"a.csv": _rows(40), "b.csv": logs.purview(logs.audit_records(40, 20))},
        "repeated",
        "m365.audit",
        "20 of its 40",
    ),
    _Cut(
        "csv-and-json",
        lambda: {"a.csv": _rows(40), "b.json": logs.array(_M365)},
        "repeated",
        "m365.audit",
        "40 of its 40",
    ),
    _Cut(
        "simple-and-full",
        lambda: {
            "Simple_a.csv": logs.purview([{k: v for k, v in one.items() if k != "ObjectId"} for one in _M365]),
            "a.csv": _rows(40),
        },
        "repeated",
        "m365.audit",
    ),
    _Cut("twice-in-one-file", lambda: {"a.json": logs.array([*_M365, *_M365[:7]])}, "repeated", "m365.audit", "7 of"),
    _Cut(
        "log-copied-twice",
        lambda: {"mon/access.log": logs.access(60), "tue/access.log": logs.access(90)},
        "repeated",
        "web.access",
    ),
    _Cut(
        "evtx-copied-twice",
        lambda: {"a/Security.evtx": _EVTX, "b/Security.evtx": logs.evtx(90), "a/System.evtx": _SYSTEM},
        "repeated",
        "windows",
    ),
    _Cut("same-bytes", lambda: {"a/auth.log": logs.syslog(30), "b/auth.log": logs.syslog(30)}, "repeated", ""),
    _Cut(
        "okta-pages-overlap",
        lambda: {"a.json": logs.array(logs.okta(30)), "b.json": logs.array(logs.okta(30, 25))},
        "repeated",
        "okta.system",
        "5 of",
    ),
    # numbers and clocks
    _Cut(
        "record-numbers",
        lambda: _windows(Security=evtx_files.with_holes([*range(1, 30), *range(60, 90)]), System=_SYSTEM),
        "record-numbers",
        "windows",
        "from 29 to 60",
    ),
    _Cut(
        "log-cleared",
        lambda: _windows(Security=evtx_bytes([evtx_files.cleared(1), logs.security_event(2, 4624)]), System=_SYSTEM),
        "cleared",
        "windows",
    ),
    _Cut(
        "journal-numbers",
        lambda: {"j.json": logs.lines(logs.journal(40, sequence=lambda n: n if n < 20 else n + 9))},
        "record-numbers",
        "linux.journal",
        "from 19 to 29",
    ),
    _Cut(
        "journal-filtered",
        lambda: {"j.json": logs.lines(logs.journal(60, sequence=lambda n: n * 3))},
        "thinned",
        "linux.journal",
    ),
    _Cut("clock-set-back-web", lambda: {"access.log": _set_back(logs.access)}, "clock", "web.access", "go back"),
    _Cut("clock-set-back-syslog", lambda: {"auth.log": _set_back(logs.syslog)}, "clock", "linux.syslog", "go back"),
    _Cut(
        "clock-set-back-windows",
        lambda: _windows(
            Security=evtx_bytes(
                [logs.security_event(n, 4624, second=9_000 + n if n < 20 else n) for n in range(1, 60)]
            ),
            System=_SYSTEM,
        ),
        "clock",
        "windows",
        "go back",
    ),
    _Cut(
        "dates-of-a-spreadsheet",
        _one("t.csv", _excel_dates("{0}/3/2026 10:0{0}", "2/{0}/2026 10:0{0}")),
        "clock",
        "exchange.message-trace",
        "no seconds",
    ),
    _Cut(
        "day-or-month",
        _one("t.csv", _excel_dates("{0}/3/2026 10:00:0{0}", "2/{0}/2026 10:00:0{0}")),
        "clock",
        "exchange.message-trace",
        "day and month",
    ),
    # never recorded, recorded late, kept too short
    _Cut(
        "searches-begin-late",
        lambda: {"a.json": logs.array(_late("SearchQueryInitiatedExchange", 20))},
        "not-enabled",
        "m365.audit",
        "before 2026-03-22",
    ),
    _Cut(
        "mail-reading-begins-late",
        lambda: {"a.json": logs.array(_late("MailItemsAccessed", 15))},
        "not-enabled",
        "m365.audit",
        "before 2026-03-17",
    ),
    _Cut("no-mail-reading", lambda: {"a.json": logs.array(_late("Send", 0))}, "not-enabled", "m365.audit"),
    _Cut(
        "trace-of-ten-days",
        lambda: {"t.csv": logs.table(logs.message_trace(241, step=dt.timedelta(hours=1)))},
        "retention",
        "exchange.message-trace",
        "10 days",
    ),
    _Cut(
        "sign-ins-of-seven-days",
        lambda: {
            "s.json": logs.page(
                "value",
                [
                    one | {"createdDateTime": logs.iso(logs.START + n * dt.timedelta(hours=4))}
                    for n, one in enumerate(logs.sign_ins("interactiveUser", 43))
                ],
            )
        },
        "retention",
        "entra.signin",
        "7 days",
    ),
    _Cut(
        "google-is-late",
        lambda: {"g.json": logs.page("items", logs.google("login", 20))},
        "lag",
        "google.workspace",
        "three days",
    ),
    # nothing in it
    _Cut("no-results-marker", lambda: {"ual_no_results.json": b"{}", "a.csv": _rows(9)}, "empty-result", "m365.audit"),
    _Cut("empty-log", lambda: {"auth.log": b"", "access.log": logs.access(9)}, "empty-result", "", "auth.log"),
    _Cut(
        "mangled-text",
        _one("auth.log.json", logs.lines(logs.journal(9)).replace(b"publickey", b"public\xff\xfekey")),
        "unreadable",
        "linux.journal",
    ),
]


def _told(gaps: list[Gap], cut: _Cut) -> list[Gap]:
    return [gap for gap in gaps if gap.kind == cut.kind and gap.source == cut.source and cut.words in gap.basis]


@pytest.mark.parametrize("cut", _CUTS, ids=lambda cut: cut.name)
def test_what_is_cut_is_named(cut: _Cut) -> None:
    gaps = cover_files(cut.files()).gaps
    found = _told(gaps, cut)
    assert found, [(gap.kind, gap.source, gap.basis) for gap in gaps if gap.entity or gap.kind != "not-provided"]
    assert all(gap.consequence for gap in found)


def test_there_are_enough_ways_of_being_cut() -> None:
    assert len(_CUTS) >= 60
    assert len({cut.name for cut in _CUTS}) == len(_CUTS)
    assert len({cut.source for cut in _CUTS}) >= 15
