"""Lines of Linux system and authentication logs: auth.log, secure, messages, syslog, and the journal as text.

- `Oct  3 12:00:01 host sshd[42]: …` (RFC 3164, no year; also with a fraction, with a year, or with a facility as
  BusyBox writes it)
- `2026-10-03T12:00:01+02:00 host sshd[42]: …` (rsyslog, journalctl -o short-iso)
- `Sat 2026-10-03 12:00:01 CEST host sshd[42]: …`, `1791021601.123456 host sshd[42]: …` (journalctl -o short-full,
  short-unix)
- `Sat Oct  3 12:00:01 2026 auth.info sshd[42]: …` (OpenWrt), `Sat Oct  3 12:00:01 2026 [pid 42] …` (vsftpd)
- `<38>1 2026-10-03T12:00:01Z host sshd 42 - - …` (RFC 5424)
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.linux.audit_messages import read_audit_message
from vigilia.readers.linux.syslog_messages import read_message

__all__ = ["AUDIT_TIME", "parse_syslog_line"]

AUDIT_TIME: Final = "audit_time"
"""The field that has the time which the kernel gave to an audit record; it is surer than the line's own."""

_BOM: Final = b"\xef\xbb\xbf"
_HEAD_CHARACTERS: Final = 512
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_DAYS: Final = "Mon|Tue|Wed|Thu|Fri|Sat|Sun"
_CLOCK: Final = r"\d\d:\d\d:\d\d(?:[.,]\d{1,9})?"
_PROGRAM: Final = r"([A-Za-z0-9_./@+()-]{1,64}?)\]?(?:\[(\d{1,10})\])?"
# Programs of macOS have blanks in their names; only a number behind them tells such a name from a message.
_SPACED_PROGRAM: Final = r"([A-Za-z0-9](?:[A-Za-z0-9_./@+()-]| (?=[A-Za-z0-9(])){0,63})\[(\d{1,10})\]"
_TAG: Final = rf"(?:(?:{_PROGRAM}|{_SPACED_PROGRAM})(?: \([^()]{{1,128}}\))?(?: <([A-Za-z]{{1,12}})>)?:(?: +|$))?"
_HOST: Final = r"(?: ([A-Za-z0-9_.:%-]{0,255}))"
_FACILITY: Final = r"(?: ([a-z0-7]{2,8}\.(?:emerg|alert|crit|err|error|warn|warning|notice|info|debug)))?"
_YEARLESS: Final = rf"(?:{_MONTHS}) {{1,2}}\d{{1,2}}(?: \d{{4}})? {_CLOCK}"
_CTIME: Final = rf"(?:{_DAYS}) (?:{_MONTHS}) [ \d]\d {_CLOCK} \d{{4}}"
_ISO: Final = rf"\d{{4}}-\d\d-\d\dT{_CLOCK}(?:Z|[+-]\d\d:?\d\d)?"
_FULL: Final = rf"(?:{_DAYS}) \d{{4}}-\d\d-\d\d {_CLOCK} [A-Z0-9+-]{{2,6}}"
_UNIX: Final = r"\d{9,10}\.\d{6}"
_STAMP: Final = rf"({_YEARLESS}|{_ISO}|{_CTIME}|{_FULL}|{_UNIX})"
# All patterns see the first 512 characters only, and every part of them is bounded.
_BSD: Final = re.compile(rf"^(?:\d{{1,6}} (?=<))?(?:<(\d{{1,3}})>)?{_STAMP}(?:{_HOST}{_FACILITY} {_TAG}|: *)", re.ASCII)
_RFC5424: Final = re.compile(
    rf"^(?:\d{{1,6}} )?<(\d{{1,3}})>1 ({_ISO}|-) (\S{{1,255}}) (\S{{1,48}}) (\S{{1,128}}) (\S{{1,32}}) ", re.ASCII
)
_VSFTPD: Final = re.compile(rf"^({_CTIME}) \[pid (\d{{1,10}})\] ", re.ASCII)
_SEVERITIES: Final = frozenset({"EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"})
_FACILITY_ALONE: Final = re.compile(_FACILITY[4:-2], re.ASCII)
_UTC: Final = "UTC"

Parts = dict[str, str | None]


def parse_syslog_line(content: bytes) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it does not begin with a time.

    Bytes that are not UTF-8 become "\\xNN".
    """
    text = content.removeprefix(_BOM).decode("utf-8", "backslashreplace")
    head = text[:_HEAD_CHARACTERS]
    found = _read_rfc5424(head, text) or _read_vsftpd(head, text) or _read_bsd(head, text)
    if found is None:
        return None
    fields: dict[str, FieldValue] = {name: value for name, value in found.items() if value}
    return fields | _said(found["program"] or "", found["message"] or "")


def _said(program: str, message: str) -> dict[str, FieldValue]:
    """Return what the message says; an audit record keeps its own names, beside the line's time and message."""
    record = read_audit_message(program, message)
    if record is None:
        return dict(read_message(program, message))
    stamp = record.pop("timestamp", None)
    record.pop("message", None)
    return record | ({AUDIT_TIME: stamp} if stamp else {})


def _read_bsd(head: str, text: str) -> Parts | None:
    match = _BSD.match(head)
    if match is None:
        return None
    priority, timestamp, host, facility, program, pid, spaced_program, spaced_pid, severity = match.groups()
    if host in _SEVERITIES:
        host, severity = None, host
    elif host and _FACILITY_ALONE.fullmatch(host):
        host, facility = None, host
    timestamp, zone_name = _zoned(timestamp)
    return {
        "priority": priority,
        "timestamp": timestamp,
        "zone_name": zone_name,
        "host": host,
        "facility": facility,
        "program": program or spaced_program,
        "pid": pid or spaced_pid,
        "severity": severity,
        "message": text[match.end() :],
    }


def _zoned(timestamp: str) -> tuple[str, str | None]:
    """Take weekday and zone off "Sat 2026-10-03 12:00:01 CEST": such a name is no offset, unless it is UTC."""
    if not timestamp[4:8].isdigit() or timestamp[3] != " ":
        return timestamp, None
    moment, _, zone_name = timestamp[4:].rpartition(" ")
    return (f"{moment} {_UTC}", None) if zone_name == _UTC else (moment, zone_name)


def _read_vsftpd(head: str, text: str) -> Parts | None:
    match = _VSFTPD.match(head) if " [pid " in head[:40] else None
    if match is None:
        return None
    return {"timestamp": match[1], "program": "vsftpd", "pid": match[2], "message": text[match.end() :]}


def _read_rfc5424(head: str, text: str) -> Parts | None:
    match = _RFC5424.match(head) if "<" in head[:8] else None
    if match is None:
        return None
    names = ("priority", "timestamp", "host", "program", "pid", "message_id")
    fields: Parts = {name: None if value == "-" else value for name, value in zip(names, match.groups(), strict=True)}
    structured, message = _structured_data(text[match.end() :])
    return fields | {"structured_data": structured, "message": message.removeprefix("\ufeff").lstrip(" ")}


def _structured_data(text: str) -> tuple[str | None, str]:
    """Divide `[id name="value"] message` or `- message`; a bracket within quotes does not end it."""
    if not text.startswith("["):
        return None, text.removeprefix("-").removeprefix(" ")
    quoted = False
    at = 0
    while at < len(text):
        character = text[at]
        if character == "\\":
            at += 1
        elif character == '"':
            quoted = not quoted
        elif character == "]" and not quoted and text[at + 1 : at + 2] != "[":
            return text[: at + 1], text[at + 1 :].removeprefix(" ")
        at += 1
    return None, text
