"""Lays the records out as the files that the organisation would hand in, and writes them."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import zipfile
from collections.abc import Callable, Sequence
from pathlib import Path

from vigilia.demo.dates import EXPORTED
from vigilia.demo.linux_story import linux_logs
from vigilia.demo.m365_background import m365_background
from vigilia.demo.m365_intruder import m365_intruder
from vigilia.demo.m365_record import CSV_HEADER
from vigilia.demo.record import LogFile, Record, in_time_order
from vigilia.demo.web_background import web_background
from vigilia.demo.web_intruder import web_intruder
from vigilia.demo.windows_background import file_server_background, workstation_background
from vigilia.demo.windows_intruder import file_server_intruder, workstation_intruder
from vigilia.demo.windows_record import Recorder, WindowsEvent, as_evtx, as_winlogbeat

__all__ = ["evidence_files", "write_file", "write_log"]

# When logrotate cut the logs of web01: one file runs across the end of the year.
_ROTATED = tuple(
    dt.datetime(year, month, 20, tzinfo=dt.UTC) for year, month in ((2025, 11), (2026, 1), (2026, 3), (2026, 5))
)


def evidence_files(seed: int) -> list[LogFile]:
    """Return every log file of the incident, in the order of their paths."""
    auth, audit = linux_logs(seed)
    web = in_time_order(web_background(seed) + web_intruder(seed))
    files = [
        _purview(seed),
        _file_server(seed),
        _workstation(seed),
        LogFile("web01/audit/audit.log", "linux.auditd", audit, EXPORTED),
        *_rotated("web01/auth.log", "linux.syslog", auth),
        *_rotated("web01/nginx/access.log", "web.access", web),
    ]
    return sorted(files, key=lambda file: file.path)


def _purview(seed: int) -> LogFile:
    """The portal's export: newest first, byte order mark, CRLF."""
    records = in_time_order(m365_background(seed) + m365_intruder(seed))
    path = "microsoft365/AuditLog_2025-12-17_2026-06-15.csv"
    header = f"\ufeff{CSV_HEADER}"
    return LogFile(path, "m365.audit", records[::-1], EXPORTED, header=header, newline="\r\n")


def _numbered(
    events: list[WindowsEvent], recorder: Recorder, shape: Callable[[WindowsEvent, int], Record]
) -> list[Record]:
    ordered = sorted(events, key=lambda event: event.at)
    return [shape(event, recorder.number(event.channel)) for event in ordered]


def _file_server(seed: int) -> LogFile:
    events = file_server_background(seed) + file_server_intruder(seed)
    records = _numbered(events, Recorder({"Security": 184_223}), as_evtx)
    return LogFile("FS01/Security.evtx", "windows", records, EXPORTED)


def _workstation(seed: int) -> LogFile:
    events = workstation_background(seed) + workstation_intruder(seed)
    recorder = Recorder({"Security": 90_411, "Microsoft-Windows-Sysmon/Operational": 55_102})
    records = _numbered(events, recorder, as_winlogbeat)
    member = "WS07/winlogbeat-20260615.ndjson"
    return LogFile("workstation-logs.zip", "windows", records, EXPORTED, packing="zip", member=member)


def _rotated(path: str, source: str, records: Sequence[Record]) -> list[LogFile]:
    """Cut records at the rotations: the newest two files stay plain, older ones are gzipped."""
    edges = [records[0].at, *_ROTATED, EXPORTED]
    files = []
    for age, (start, end) in enumerate(zip(edges[-2::-1], edges[:0:-1], strict=True)):
        part = [record for record in records if start <= record.at < end]
        name = path if age == 0 else f"{path}.{age}" + (".gz" if age > 1 else "")
        changed = EXPORTED if age == 0 else end
        files.append(LogFile(name, source, part, changed, packing="gzip" if age > 1 else "plain"))
    return files


def write_log(folder: Path, file: LogFile) -> None:
    """Write one log file below the folder, packed as it says."""
    content = file.content()
    if file.packing == "gzip":
        content = gzip.compress(content, mtime=int(file.changed.timestamp()))
    elif file.packing == "zip":
        content = _zipped(file, content)
    write_file(folder / file.path, content, file.changed)


def write_file(path: Path, content: bytes, changed: dt.datetime) -> None:
    """Write a file with mode 0644 and the modification time given."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o644)
    seconds = int(changed.timestamp())
    os.utime(path, (seconds, seconds))


def _zipped(file: LogFile, content: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(file.member, file.changed.timetuple()[:6])
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.create_system = 3
        entry.external_attr = 0o100644 << 16
        archive.writestr(entry, content)
    return packed.getvalue()
