"""Evidence that is whole is not called cut: a false alarm costs trust, and the time of people who have none."""

from __future__ import annotations

import bz2
import datetime as dt
import gzip
import io
import lzma
import tarfile
import zipfile
from collections.abc import Callable, Iterator, Mapping

import pytest

from support import evtx_files
from support import whole_logs as logs
from support.covered import cover_files
from vigilia.demo.evtx_writer import evtx_bytes
from vigilia.model.result import Gap

_Files = dict[str, bytes]


def _mail_and_documents(count: int, first: int = 0) -> _Files:
    return {"UAL.csv": logs.purview(logs.audit_records(count, first))}


def _sign_ins(count: int) -> _Files:
    kinds = ("interactiveUser", "nonInteractiveUser", "servicePrincipal", "managedIdentity")
    return {f"{kind}.json": logs.page("value", logs.sign_ins(kind, count)) for kind in kinds}


def _google(count: int) -> _Files:
    return {
        f"{name}.json": logs.page("items", logs.google(name, count)) for name in ("login", "drive", "admin", "token")
    }


def _web(count: int, first: int = 0) -> _Files:
    return {"access.log": logs.access(count, first), "error.log": logs.apache_errors(count, first)}


def _windows(count: int) -> _Files:
    return {f"FS01/{one}.evtx": logs.evtx(count, channel=one) for one in ("Security", "System")}


# Every source as it leaves the program that writes it.
_WHOLE: Mapping[str, Callable[[int], _Files]] = {
    "purview": _mail_and_documents,
    "audit-array": lambda n: {"UAL.json": logs.array(logs.audit_records(n))},
    "audit-lines": lambda n: {"UAL.jsonl": logs.lines(logs.audit_records(n))},
    "audit-arrays": lambda n: {"UAL.json": logs.array(logs.audit_records(n)) + logs.array(logs.audit_records(n, n))},
    "entra-sign-ins": _sign_ins,
    "entra-audit": lambda n: {"audit.json": logs.page("value", logs.directory_audit(n))},
    "message-trace": lambda n: {"MTL.csv": logs.table(logs.message_trace(n))},
    "google": _google,
    "okta": lambda n: {"okta.json": logs.array(logs.okta(n))},
    "github": lambda n: {"github.json": logs.array(logs.github(n))},
    "slack": lambda n: {"slack.json": logs.page("entries", logs.slack(n))},
    "cloudtrail": lambda n: {"trail.json": logs.page("Records", logs.cloudtrail(n))},
    "box": lambda n: {"box.json": logs.page("entries", logs.box(n))},
    "journal": lambda n: {"journal.json": logs.lines(logs.journal(n))},
    "journal-numbered": lambda n: {"journal.json": logs.lines(logs.journal(n, sequence=lambda at: at + 7))},
    "web": _web,
    "syslog": lambda n: {"auth.log": logs.syslog(n)},
    "auditd": lambda n: {"audit.log": logs.auditd(n)},
    "dpkg": lambda n: {"dpkg.log": logs.dpkg(n)},
    "zeek": lambda n: {"conn.log": logs.zeek(n)},
    "postgresql": lambda n: {"postgresql.log": logs.postgresql(n)},
    "windows-firewall": lambda n: {"pfirewall.log": logs.windows_firewall(n)},
    "evtx": _windows,
    "suricata": lambda n: {"eve.json": logs.lines(logs.eve(n))},
    "nextcloud": lambda n: {"nextcloud.log": logs.lines(logs.nextcloud(n))},
    "fortigate": lambda n: {"fortigate.log": logs.firewall(n)},
    "bind": lambda n: {"queries.log": logs.bind(n)},
    "squid": lambda n: {"squid.log": logs.squid(n)},
}


def _utf16(content: bytes) -> bytes:
    return b"\xff\xfe" + content.decode().encode("utf-16-le")


def _zipped(files: _Files) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def _tarred(files: _Files) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return out.getvalue()


def _parts(write: Callable[[int, int], bytes], name: str, numbers: range, size: int = 12) -> _Files:
    return {name.format(number): write(size, at * size) for at, number in enumerate(numbers)}


def _purview(count: int, first: int) -> bytes:
    return logs.purview(logs.audit_records(count, first))


def _rotated(name: str, write: Callable[[int, int], bytes], count: int) -> _Files:
    """The newest has the plain name; older ones are numbered and packed from the second on."""
    files = {name: write(20, 20 * count)}
    for number in range(1, count):
        content = write(20, 20 * (count - number))
        files[f"{name}.{number}" + (".gz" if number > 1 else "")] = gzip.compress(content) if number > 1 else content
    return files


def _disorder() -> bytes:
    """Long downloads are written when they end, under the time at which they began."""
    rows = logs.access(60).splitlines(keepends=True)
    late = logs.access(1, 2).replace(b"/case/2", b"/download")
    return b"".join([*rows[:50], late, *rows[50:]])


def _dated(days: int) -> _Files:
    first = dt.date(2026, 2, 20)
    names = [f"access.log-{first + dt.timedelta(days=n):%Y%m%d}" for n in range(days)]
    return {name: logs.access(9, n * 9) for n, name in enumerate(names)} | {"error.log": logs.apache_errors(9)}


_ARRANGED: Mapping[str, Callable[[], _Files]] = {
    "utf-8-with-mark": lambda: {"UAL.csv": b"\xef\xbb\xbf" + _purview(30, 0)},
    "utf-16": lambda: {"UAL.csv": _utf16(_purview(30, 0))},
    "utf-16-json": lambda: {"UAL.json": _utf16(logs.array(logs.audit_records(30)))},
    "semicolons": lambda: {"UAL.csv": logs.purview(logs.audit_records(30), separator=";")},
    "tabs": lambda: {"UAL.csv": logs.purview(logs.audit_records(30), separator="\t")},
    "no-last-line-end": lambda: {"UAL.csv": _purview(30, 0).rstrip()},
    "json-lines-without-last-line-end": lambda: {"okta.jsonl": logs.lines(logs.okta(30)).rstrip()},
    "blank-lines-at-the-end": lambda: {"UAL.csv": _purview(30, 0) + b"\r\n\r\n"},
    "crlf-log": lambda: {name: content.replace(b"\n", b"\r\n") for name, content in _web(30).items()},
    "one-below-a-limit": lambda: {"MTL.csv": logs.table(logs.message_trace(999))},
    "one-above-a-limit": lambda: {"MTL.csv": logs.table(logs.message_trace(1_001))},
    "round-but-no-limit": lambda: _web(1_000),
    "one-record": lambda: {"okta.json": logs.array(logs.okta(1))},
    "pages-that-go-on": lambda: {f"p{n}.json": logs.array(logs.okta(1_000 if n < 2 else 345, n * 1_000))
                                 for n in range(3)},
    "ual-pages-that-go-on": lambda: {"p0.json": logs.array(logs.audit_records(5_000, 300)),
                                     "p1.json": logs.array(logs.audit_records(300))},
    "all-parts": lambda: _parts(_purview, "UAL-part{}.csv", range(1, 5)),
    "all-of-three": lambda: _parts(_purview, "UAL_{} of 3.csv", range(1, 4)),
    "parts-from-zero": lambda: _parts(_purview, "UAL-part{}.csv", range(3)),
    "all-downloads": lambda: {"A.csv": _purview(9, 0), "A (1).csv": _purview(9, 9), "A (2).csv": _purview(9, 18)},
    "numbered": lambda: _parts(_purview, "export-{:03}.csv", range(1, 7)),
    "numbered-with-hours": lambda: _parts(_purview, "export-{:02}.csv", range(8, 12)),
    "years-in-names": lambda: {"UAL_2024.csv": _purview(9, 0), "UAL_2026.csv": _purview(9, 9)},
    "rotated-web": lambda: _rotated("access.log", logs.access, 5) | {"error.log": logs.apache_errors(9)},
    "rotated-syslog": lambda: _rotated("auth.log", logs.syslog, 4),
    "rotated-auditd": lambda: _rotated("audit.log", logs.auditd, 5),
    "logs-named-by-address": lambda: {"192.0.2.1.log": logs.syslog(9), "192.0.2.9.log": logs.syslog(9, 40)},
    "hosts-named-by-address": lambda: {"10.0.0.1": logs.syslog(9), "10.0.0.9": logs.syslog(9, 40)},
    "logs-named-by-version": lambda: {f"db-5.7.{n}.log": logs.postgresql(9, n * 9) for n in (17, 19)},
    "an-export-of-accesses-newest-first": lambda: {"okta.json": logs.array(logs.okta(40)[::-1])},
    "a-folder-for-each-host": lambda: {f"{host}/auth.log": logs.syslog(9, n * 40) for n, host in enumerate("abc")},
    "two-halves": lambda: {"first.csv": _purview(20, 0), "second.csv": _purview(20, 20)},
    "lines-and-an-array": lambda: {"a.json": logs.array(logs.okta(20)), "b.jsonl": logs.lines(logs.okta(20, 20))},
    "nested-zip": lambda: {"outer.zip": _zipped({"inner.zip": _zipped(_web(20))})},
    "dated-daily": lambda: _dated(9),
    "dated-only-three": lambda: {f"access.log-202603{d}": logs.access(9, int(d)) for d in ("01", "09", "20")}
    | {"error.log": logs.apache_errors(9)},
    "slices-that-touch": lambda: {f"ual_2026-03-{a:02}_2026-03-{b:02}.csv": _purview(9, a * 9) for a, b in
                                  ((1, 7), (8, 14), (15, 21))},
    "slices-that-share-a-day": lambda: {f"ual_2026-03-{a:02}_2026-03-{b:02}.csv": _purview(9, a * 9) for a, b in
                                        ((1, 7), (7, 14), (14, 21))},
    "gzip": lambda: {f"{name}.gz": gzip.compress(content) for name, content in _web(40).items()},
    "bzip2": lambda: {"auth.log.bz2": bz2.compress(logs.syslog(40))},
    "xz": lambda: {"auth.log.xz": lzma.compress(logs.syslog(40))},
    "zip": lambda: {"evidence.zip": _zipped(_web(40) | _windows(40))},
    "tar": lambda: {"evidence.tar.gz": _tarred(_web(40) | {"auth.log": logs.syslog(40)})},
    "equal-lines": lambda: {"access.log": logs.access(1) * 40, "error.log": logs.apache_errors(9)},
    "health-checks-of-two-servers": lambda: {
        "web01/access.log": b"".join(logs.access(1, n) + logs.access(2, 1000 + 2 * n) for n in range(20)),
        "web02/access.log": b"".join(logs.access(1, n) + logs.access(2, 1400 + 2 * n) for n in range(20)),
        "error.log": logs.apache_errors(9),
    },
    "long-downloads": lambda: {"access.log": _disorder(), "error.log": logs.apache_errors(9)},
    "newest-first": lambda: {"journal.json": logs.lines(logs.journal(60)[::-1])},
    "rotated-in-one-second": lambda: {"auth.log": logs.syslog(30, 29), "auth.log.1": logs.syslog(30)},
    "windows-two-hosts": lambda: {f"{host}/{one}.evtx": logs.evtx(40, channel=one, host=f"{host}.lanternfold.example")
                                  for host in ("FS01", "DC01") for one in ("Security", "System")},
    "windows-with-small-corrections": lambda: {
        "FS01/Security.evtx": evtx_bytes([
            logs.security_event(n, (5140, 4688)[n % 2], second=n * 9 - (120 if n % 7 == 0 else 0)) for n in range(1, 60)
        ]),
        "FS01/System.evtx": logs.evtx(40, channel="System"),
    },
    "evtx-copied-while-open": lambda: {"FS01/Security.evtx": evtx_files.not_closed(logs.evtx(40)),
                                       "FS01/System.evtx": logs.evtx(40, channel="System")},
    "long-cells": lambda: {"MTL.csv": logs.table([one | {"recipient_status": "b@example.org##Send;" * n}
                                                  for n, one in enumerate(logs.message_trace(40))])},
    "two-zeek-logs": lambda: {"conn.00.log": logs.zeek(30), "conn.01.log": logs.zeek(30, 30)},
    "searches-now-and-then": lambda: {"UAL.json": logs.array([
        one | {"CreationTime": logs.iso(logs.START + n * dt.timedelta(hours=5))[:-1]}
        | ({"Operation": "SearchQueryInitiatedExchange"} if n % 13 == 12 else {})
        for n, one in enumerate(logs.audit_records(120))
    ])},
    "several-sources": lambda: _web(30) | _windows(30) | _mail_and_documents(30) | {"auth.log": logs.syslog(30)},
}  # fmt: skip


def _cases() -> Iterator[tuple[str, Callable[[], _Files]]]:
    for name, write in _WHOLE.items():
        for count in (17, 240):
            yield f"{name}-{count}", lambda write=write, count=count: write(count)  # type: ignore[misc] # bound defaults
    yield from _ARRANGED.items()


_CASES = dict(_cases())


def _is_alarm(gap: Gap) -> bool:
    """Whether a gap says that this evidence lost something; what nobody handed in, and zones not said, are no loss."""
    told_of_the_whole = gap.kind in ("not-provided", "clock") and not gap.entity
    return not told_of_the_whole and gap.kind != "lag"


@pytest.mark.parametrize("name", _CASES)
def test_what_is_whole_raises_no_alarm(name: str) -> None:
    covered = cover_files(_CASES[name]())
    read = [item for item in covered.evidence if item.status != "container"]
    assert all(item.status == "read" and item.records and not item.rejected for item in read)
    assert not [(gap.kind, gap.entity, gap.basis) for gap in covered.gaps if _is_alarm(gap)]


def test_there_are_a_hundred_whole_cases() -> None:
    assert len(_CASES) >= 100
