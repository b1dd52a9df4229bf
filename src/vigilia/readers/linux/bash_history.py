"""A shell's list of commands, one on each line: .bash_history, .ash_history, .zsh_history without times.

With HISTTIMEFORMAT bash writes the time above each command, `#1772442900`; the lines up to the next such mark are one
command then. Without, nothing tells when anything was typed. Format: *bash(1)*, HISTORY.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.lines import Line
from vigilia.readers.linux.history_commands import share_of_commands
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_lines import head_lines, iterate_text_lines

__all__ = ["READER"]

_LONGEST: Final = 1024 * 1024
_LEAST_COMMANDS: Final = 3
_SHARE: Final = 0.6
_NOT_A_HISTORY: Final = ("#!", "{", "<", "[", "---")
_MARKED: Final = 0.9
_PLAIN: Final = 0.5  # the least that counts as recognised: everything else goes first


class _BashHistoryReader(BatchedReader):
    name = "linux-shell-history"
    source = "linux.history"
    title = "Shell history (bash, ash, zsh without times)"

    def recognise(self, head: bytes) -> float:
        """Be sure where commands have times; a plain list of commands is taken where nothing else fits."""
        if b"\0" in head:
            return 0.0
        lines = [line.decode("utf-8", "backslashreplace") for line in head_lines(head) if line.strip()]
        marks = [line for line in lines if _mark(line)]
        commands = [line for line in lines if not _mark(line)]
        if marks and len(marks) * 4 >= len(lines) and commands:
            return _MARKED
        plain = len(commands) >= _LEAST_COMMANDS and not commands[0].startswith(_NOT_A_HISTORY)
        return _PLAIN if plain and share_of_commands(commands) >= _SHARE else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        longest = min(limits.line_bytes, _LONGEST)
        command = _Command(longest)
        for line in iterate_text_lines(stream, longest):
            command.take(line, builder)
            yield
        command.flush(builder)


READER: Final[Reader] = _BashHistoryReader()


def _mark(line: str) -> str:
    """Return the time that a line marks, or nothing."""
    digits = line[1:].rstrip()
    return digits if line.startswith("#") and 9 <= len(digits) <= 10 and digits.isascii() and digits.isdecimal() else ""


@dataclass(slots=True)
class _Command:
    """The command that is being gathered, once a time was seen; before that, each line is one."""

    longest: int
    _time: str = ""
    _first: Line | None = None
    _lines: list[str] = field(default_factory=list)
    _length: int = 0

    def take(self, line: Line | Reject, builder: ColumnBuilder) -> None:
        """Take one line: a mark, a command, or more of one."""
        if isinstance(line, Reject):
            self.flush(builder)
            builder.add_reject(line)
            return
        text = line.content.decode("utf-8", "backslashreplace")
        time = _mark(text)
        if time:
            self.flush(builder)
            self._time, self._first, self._length = time, line, line.length
        elif self._first is not None and self._length + line.length <= self.longest:
            self._lines.append(text)
            self._length += line.length
        else:
            self.flush(builder)
            _take_plain(line, text, builder)

    def flush(self, builder: ColumnBuilder) -> None:
        """Append the command; a time without one (the shell wrote no more) is put to the account."""
        if self._first is not None and any(line.strip() for line in self._lines):
            fields: dict[str, FieldValue] = {"time": self._time, "command": "\n".join(self._lines)}
            builder.append(self._first.number - 1, self._first.offset, self._length, fields)
        else:
            builder.ignore(self._length)
        self._time, self._first, self._lines, self._length = "", None, [], 0


def _take_plain(line: Line, text: str, builder: ColumnBuilder) -> None:
    if text.strip():
        builder.append(line.number - 1, line.offset, line.length, {"command": text})
    else:
        builder.ignore(line.length)
