r"""The Linux audit daemon's log: one record per line, as auditd, a syslog daemon or `ausearch` wrote it.

The records that belong to a SYSCALL record of the same audit event say nothing of who did it, so they take its account,
session and program along: `syscall.auid` and the like. What a record says is in `audit_records`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.line_records import share_of
from vigilia.readers.lines import Line
from vigilia.readers.linux.audit_messages import read_audit_message
from vigilia.readers.linux.audit_records import parse_audit_record
from vigilia.readers.linux.audit_syscalls import SystemCalls
from vigilia.readers.linux.syslog_records import AUDIT_TIME, parse_syslog_line
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_lines import head_lines, iterate_text_lines

__all__ = ["READER", "parse_audit_line"]

_NOT_AUDIT: Final = "not an audit record"
_LONGEST_LINE: Final = 256 * 1024  # the kernel writes at most 8,970 bytes, and enrichment adds names
_BOM: Final = b"\xef\xbb\xbf"
_HELD_RECORDS: Final = 256  # an audit event has rarely more than twenty
_LOOKED_AT: Final = 8192
_BEGINNINGS: Final = ("type=", "node=")
_FRAMES: Final = (b"----", b"time->")  # what ausearch prints between events


class _AuditdReader(BatchedReader):
    name = "linux-auditd"
    source = "linux.auditd"
    title = "Linux audit daemon log (auditd)"

    def recognise(self, head: bytes) -> float:
        """Leave a syslog that has other lines too to the reader of syslogs, which can read both."""
        lines = [line for line in head_lines(head) if line.strip() and not line.startswith(_FRAMES)]
        texts = [line.decode("latin-1")[:_LOOKED_AT] for line in lines]
        share = share_of(texts, lambda text: text.startswith(_BEGINNINGS) and parse_audit_record(text) is not None)
        if not share and len(lines) == sum(_framed(line) is not None for line in lines):
            share = float(bool(lines))
        return round(share, 4)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        held = _HeldRecords(builder)
        for line in iterate_text_lines(stream, min(limits.line_bytes, _LONGEST_LINE)):
            held.take(line)
            yield
        held.flush()


READER: Final[Reader] = _AuditdReader()


@dataclass(slots=True)
class _HeldRecords:
    """Holds the records of one audit event back until the next begins: ausearch prints SYSCALL last."""

    builder: ColumnBuilder
    _calls: SystemCalls = field(default_factory=SystemCalls)
    _event: str = ""
    _records: list[tuple[Line, dict[str, FieldValue]]] = field(default_factory=list)

    def take(self, line: Line | Reject) -> None:
        """Take one line: a record, what stands between records, or neither."""
        if isinstance(line, Reject):
            self.flush()
            self.builder.add_reject(line)
        elif not line.content.strip() or line.content.startswith(_FRAMES):
            self.builder.ignore(line.length)
        elif (fields := parse_audit_line(line.content)) is not None:
            self._hold(line, fields)
        else:
            self.flush()
            self.builder.reject(f"line {line.number}", _NOT_AUDIT, line.offset, line.length)

    def _hold(self, line: Line, fields: dict[str, FieldValue]) -> None:
        event = str(fields["audit_id"])
        if event != self._event or len(self._records) >= _HELD_RECORDS:
            self.flush()
        self._event = event
        self._records.append((line, fields))

    def flush(self) -> None:
        """Append the records that are held, each with what is known of its system call."""
        self._calls.complete([fields for _, fields in self._records])
        for line, fields in self._records:
            self.builder.append(line.number - 1, line.offset, line.length, fields)
        self._records = []


def parse_audit_line(content: bytes) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is no audit record. Bytes that are not UTF-8 become "\\xNN"."""
    text = content.removeprefix(_BOM).decode("utf-8", "backslashreplace")
    return parse_audit_record(text) or _framed(content)


def _framed(content: bytes) -> dict[str, FieldValue] | None:
    """Read a line that a syslog daemon wrote; the machine that it names is the node, if the record has none."""
    fields = parse_syslog_line(content) if b"audit(" in content else None
    if fields is None or AUDIT_TIME not in fields:
        return None
    record = read_audit_message(str(fields["program"]), str(fields["message"]))
    return None if record is None else ({"node": fields["host"]} if "host" in fields else {}) | record
