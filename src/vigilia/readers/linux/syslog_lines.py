"""Linux system and authentication logs: auth.log, secure, messages, syslog.

Three forms of line: `Oct  3 12:00:01 host sshd[42]: …` (RFC 3164, no year), `2026-10-03T12:00:01+02:00 host
sshd[42]: …` (rsyslog), and `<38>1 2026-10-03T12:00:01Z host sshd 42 - - …` (RFC 5424). A line that begins with a space
or a tab goes on with the message before it; any other line without a time is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

from vigilia.model.records import Reject, SourceBatch
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.line_shape import share_of_lines
from vigilia.readers.lines import Line, iterate_lines
from vigilia.readers.linux.syslog_messages import read_message
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER", "parse_syslog_line"]

_NO_TIME: Final = "no time at the beginning of the line"
_LONGEST_LINE: Final = 1024 * 1024  # syslog daemons cut messages long before this
_BOM: Final = b"\xef\xbb\xbf"
_HEAD_BYTES: Final = 512
_MONTHS: Final = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
_CLOCK: Final = r"\d\d:\d\d:\d\d"
_TAG: Final = r"(?:([A-Za-z0-9_./@+()-]{1,64}?)(?:\[(\d{1,10})\])?(?: <([A-Za-z]{1,12})>)?:(?: +|$))?"
_HOST: Final = r"(?: ([A-Za-z0-9_.:%-]{0,255}))"
_YEARLESS: Final = rf"(?:{_MONTHS}) {{1,2}}\d{{1,2}} {_CLOCK}"
_ISO: Final = rf"\d{{4}}-\d\d-\d\dT{_CLOCK}(?:[.,]\d{{1,9}})?(?:Z|[+-]\d\d:?\d\d)?"
_STAMP: Final = rf"({_YEARLESS}|{_ISO})"
# Both patterns see the first 512 characters only, and every part of them is bounded.
_BSD: Final = re.compile(rf"^(?:<(\d{{1,3}})>)?{_STAMP}(?:{_HOST} {_TAG}|: *)", re.ASCII)
_RFC5424: Final = re.compile(
    rf"^<(\d{{1,3}})>1 ({_ISO}|-) (\S{{1,255}}) (\S{{1,48}}) (\S{{1,128}}) (\S{{1,32}}) ", re.ASCII
)
_SEVERITIES: Final = frozenset({"EMERG", "ALERT", "CRIT", "ERR", "WARNING", "NOTICE", "INFO", "DEBUG"})


class _SyslogReader:
    name = "linux-syslog"
    source = "linux.syslog"
    title = "Linux authentication and system log (auth.log, secure, messages, syslog)"

    def recognise(self, head: bytes) -> float:
        """Stay below what a sharper format would say of the same lines."""
        return round(0.9 * share_of_lines(head, _is_syslog_line, indented=False), 4)

    def read(
        self,
        stream: BinaryIO,
        size: int,  # noqa: ARG002 - the door of every reader; lines tell their own length
        limits: ReadLimits,
    ) -> Iterator[SourceBatch]:
        builder = ColumnBuilder(limits)
        pending = _Pending(min(limits.line_bytes, _LONGEST_LINE))
        for line in iterate_lines(stream, min(limits.line_bytes, _LONGEST_LINE)):
            pending.take(line, builder)
            if builder.full:
                yield builder.build()
        pending.flush(builder)
        if not builder.empty:
            yield builder.build()


READER: Final[Reader] = _SyslogReader()


class _Pending:
    """Holds the last record back until it is sure that no line goes on with it."""

    def __init__(self, longest: int) -> None:
        self._longest = longest
        self._first: Line | None = None
        self._fields: dict[str, FieldValue] = {}
        self._more: list[str] = []
        self._length = 0

    def take(self, line: Line | Reject, builder: ColumnBuilder) -> None:
        """Take one line: a record, more of the last one, or neither."""
        if isinstance(line, Reject):
            self.flush(builder)
            builder.add_reject(line)
        elif not line.content.strip():
            self.flush(builder)
            builder.ignore(line.length)
        elif (fields := parse_syslog_line(line.content)) is not None:
            self.flush(builder)
            self._first, self._fields, self._length = line, fields, line.length
        elif self._goes_on(line):
            self._more.append(line.content.decode("utf-8", "backslashreplace"))
            self._length += line.length
        else:
            self.flush(builder)
            builder.reject(f"line {line.number}", _NO_TIME, line.offset, line.length)

    def _goes_on(self, line: Line) -> bool:
        begins = line.content[:1] in {b" ", b"\t"} or line.content.startswith(b"#011")
        return self._first is not None and begins and self._length + line.length <= self._longest

    def flush(self, builder: ColumnBuilder) -> None:
        """Append the record that is held."""
        if self._first is None:
            return
        if self._more:
            self._fields["message"] = "\n".join([str(self._fields.get("message", "")), *self._more])
        builder.append(self._first.number - 1, self._first.offset, self._length, self._fields)
        self._first, self._fields, self._more, self._length = None, {}, [], 0


def _is_syslog_line(line: bytes) -> bool:
    fields = parse_syslog_line(line.rstrip(b"\r"))
    return fields is not None and ("program" in fields or str(fields["timestamp"])[0].isalpha())


def parse_syslog_line(content: bytes) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it does not begin with a time.

    Bytes that are not UTF-8 become "\\xNN".
    """
    text = content.removeprefix(_BOM).decode("utf-8", "backslashreplace")
    head = text[:_HEAD_BYTES]
    found = _read_rfc5424(head, text) or _read_bsd(head, text)
    if found is None:
        return None
    fields: dict[str, FieldValue] = {name: value for name, value in found.items() if value}
    return fields | read_message(found.get("program") or "", found["message"] or "")


def _read_bsd(head: str, text: str) -> dict[str, str | None] | None:
    match = _BSD.match(head)
    if match is None:
        return None
    priority, timestamp, host, program, pid, severity = match.groups()
    message = text[match.end() :]
    if host in _SEVERITIES:
        host, severity = None, host
    return {
        "priority": priority,
        "timestamp": timestamp,
        "host": host,
        "program": program,
        "pid": pid,
        "severity": severity,
        "message": message,
    }


def _read_rfc5424(head: str, text: str) -> dict[str, str | None] | None:
    match = _RFC5424.match(head) if head.startswith("<") else None
    if match is None:
        return None
    names = ("priority", "timestamp", "host", "program", "pid", "message_id")
    fields: dict[str, str | None] = {
        name: None if value == "-" else value for name, value in zip(names, match.groups(), strict=True)
    }
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
