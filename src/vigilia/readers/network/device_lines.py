"""Logs that network devices send by syslog: a header that daemons put before it, then the device's own message.

Each vendor's module knows its message by a sign; whatever stands before the sign is the header. Lines of such a file
that have a header alone, without a message of the device, are kept as they are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.model.records import SourceBatch
from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import LineReader
from vigilia.readers.linux.syslog_records import parse_syslog_line
from vigilia.readers.reader import ReadLimits

__all__ = ["HEADER_CHARACTERS", "DeviceReader", "read_header", "syslog_message"]

HEADER_CHARACTERS: Final = 512
"""How far into a line the device's message may begin."""

_NAMES: Final = {
    "timestamp": "syslog_time",
    "host": "syslog_host",
    "priority": "syslog_priority",
    "program": "syslog_program",
    "pid": "syslog_pid",
}
_PRIORITY: Final = re.compile(r"^(?:<(\d{1,3})>)?(?:1 )?\s*", re.ASCII)
# Kiwi Syslog's files: date, time, facility and severity, address.
_KIWI: Final = re.compile(
    r"^(\d{4}-\d\d-\d\d)[ \t](\d\d:\d\d:\d\d)[ \t][A-Za-z0-9]{1,16}\.[A-Za-z]{1,16}[ \t](\S{1,255})", re.ASCII
)
# FreeBSD's daemon on the firewall itself writes no host.
_NO_HOST: Final = re.compile(
    r"^(?:<(\d{1,3})>)?([A-Z][a-z]{2} {1,2}\d{1,2} \d\d:\d\d:\d\d) ([A-Za-z][\w.-]{0,63})(?:\[(\d{1,10})\])?: ",
    re.ASCII,
)


def read_header(text: str) -> dict[str, FieldValue]:
    """Return what stands before a device's message, under names that no device uses."""
    return _named(_parts(text[:HEADER_CHARACTERS])) if text else {}


def syslog_message(text: str) -> dict[str, FieldValue] | None:
    """Return a line that has a syslog header and no message of a device, or None where it has no header."""
    fields = parse_syslog_line(text.encode())
    if fields is None:
        return None
    said = {name: value for name, value in fields.items() if name not in _NAMES}
    return said | _named(fields)


def _named(fields: Mapping[str, FieldValue]) -> dict[str, FieldValue]:
    return {_NAMES[name]: value for name, value in fields.items() if name in _NAMES}


def _parts(head: str) -> Mapping[str, FieldValue]:
    if (bare := _NO_HOST.match(head)) is not None:
        return _present(priority=bare[1], timestamp=bare[2], program=bare[3], pid=bare[4])
    if (fields := parse_syslog_line(head.encode())) is not None:
        return fields
    if (kiwi := _KIWI.match(head)) is not None:
        return {"timestamp": f"{kiwi[1]} {kiwi[2]}", "host": kiwi[3]}
    priority = _PRIORITY.match(head)
    return _present(priority=priority[1]) if priority else {}


def _present(**parts: str | None) -> dict[str, FieldValue]:
    return {name: value for name, value in parts.items() if value}


@dataclass(frozen=True, slots=True)
class DeviceReader:
    """Reads one device's log; what is no message of it but has a syslog header is kept too.

    Attributes:
        parse: fields of a line, header and message, or None where it holds no message of this device.
        sureness: above that of the system logs' reader, whose lines these also are.
        enough: which share of the first lines is as good as all.
    """

    name: str
    source: str
    title: str
    parse: Callable[[str], Mapping[str, FieldValue] | None]
    sureness: float = 0.95
    enough: float = 0.8

    def recognise(self, head: bytes) -> float:
        """Answer by the share of the first lines that hold a message of this device."""
        likeness = self._lines(self.parse).recognise(head)
        return self.sureness if likeness >= self.enough * self.sureness else likeness

    def read(self, stream: BinaryIO, size: int, limits: ReadLimits) -> Iterator[SourceBatch]:
        """Read line by line."""
        return self._lines(self._parse_any).read(stream, size, limits)

    def _lines(self, parse: Callable[[str], Mapping[str, FieldValue] | None]) -> LineReader:
        return LineReader(self.name, self.source, self.title, parse, sureness=self.sureness)

    def _parse_any(self, text: str) -> Mapping[str, FieldValue] | None:
        return self.parse(text) or syslog_message(text)
