"""Linux system and authentication logs as files: auth.log, secure, messages, syslog, and the journal as text.

What one line says is in `syslog_records`. A line that begins with a space or a tab goes on with the message before it;
any other line without a time is refused. Between entries `journalctl` writes lines such as `-- Boot 4f5… --`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.line_records import share_of
from vigilia.readers.lines import Line
from vigilia.readers.linux.syslog_records import parse_syslog_line
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_lines import head_lines, iterate_text_lines

__all__ = ["READER"]

_NO_TIME: Final = "no time at the beginning of the line"
_LONGEST_LINE: Final = 1024 * 1024  # syslog daemons cut messages long before this
_LOOKED_AT: Final = 8192
_JOURNAL_MARK: Final = b"-- "


class _SyslogReader(BatchedReader):
    name = "linux-syslog"
    source = "linux.syslog"
    title = "Linux authentication and system log (auth.log, secure, messages, syslog)"

    def recognise(self, head: bytes) -> float:
        """Stay below what a sharper format would say of the same lines."""
        if b"\0\0" in head:
            return 0.0
        lines = [line.decode("latin-1") for line in head_lines(head) if _may_begin(line)]
        return round(0.9 * share_of(lines, _is_syslog_line), 4)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        longest = min(limits.line_bytes, _LONGEST_LINE)
        pending = _Pending(longest)
        for line in iterate_text_lines(stream, longest):
            pending.take(line, builder)
            yield
        pending.flush(builder)


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
        elif not line.content.strip() or line.content.startswith(_JOURNAL_MARK):
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


def _may_begin(line: bytes) -> bool:
    return bool(line.strip()) and not line[:1].isspace() and not line.startswith(_JOURNAL_MARK)


def _is_syslog_line(line: str) -> bool:
    """Say whether a line is surely one of a syslog: a time alone, in a form that any program writes, is not enough."""
    fields = parse_syslog_line(line[:_LOOKED_AT].rstrip("\r").encode("latin-1"))
    if fields is None:
        return False
    return "program" in fields or "priority" in fields or str(fields["timestamp"])[0].isalpha()
