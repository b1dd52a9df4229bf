r"""The systemd journal in its export format: `journalctl -o export`, also what systemd-journal-upload sends.

Entries are divided by blank lines. A field is `NAME=text`, or, for what is no plain text, its name alone on a line, the
length of the value in eight bytes (little-endian), the value, and a line feed.
Format: systemd.io/JOURNAL_EXPORT_FORMATS.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.linux.journal_fields import journal_fields
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_CHUNK: Final = 1 << 18
_LENGTH: Final = 8
_LONGEST_NAME: Final = 256
_MOST_FIELDS: Final = 4096
_SIGNS: Final = (b"__CURSOR=", b"__REALTIME_TIMESTAMP=")
_BROKEN: Final = "not an entry of the journal"
_CUT: Final = "the file ends inside an entry"


class _JournalExportReader(BatchedReader):
    name = "linux-journal-export"
    source = "linux.journal"
    title = "systemd journal (journalctl -o export)"

    def recognise(self, head: bytes) -> float:
        start = head.lstrip(b"\n")
        return 0.95 if start.startswith(_SIGNS) and _SIGNS[1] in start[:2048] else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        window = _Window(stream)
        record = 0
        while window.fill(1):
            record += _take_entry(window, builder, record, limits.line_bytes)
            yield


READER: Final[Reader] = _JournalExportReader()


@dataclass(slots=True)
class _Window:
    """The part of the stream that is being looked at; `at` is the place in `held` of what was not taken yet."""

    stream: BinaryIO
    held: bytes = b""
    at: int = 0
    offset: int = 0

    def fill(self, count: int) -> bool:
        """Return whether `count` bytes more are held, after reading on where they are not."""
        while len(self.held) - self.at < count:
            chunk = self.stream.read(max(_CHUNK, count))
            if not chunk:
                return False
            self.held = self.held[self.at :] + chunk
            self.at = 0
        return True

    def line(self, start: int, longest: int) -> int:
        """Return the length of the line that begins `start` bytes on, line feed included; 0 where none ends in time."""
        looked_at = start
        while True:
            end = self.held.find(b"\n", self.at + looked_at)
            if end >= 0:
                return end + 1 - self.at - start
            looked_at = len(self.held) - self.at
            if looked_at - start > longest or not self.fill(looked_at + 1):
                return 0

    def skip(self, count: int) -> int:
        """Take bytes, and return where they began."""
        began = self.offset
        self.at += count
        self.offset += count
        return began


@dataclass(slots=True)
class _Entry:
    """What is known of the entry that the window stands at: its fields, and its length so far."""

    fields: dict[str, FieldValue] = field(default_factory=dict)
    length: int = 0
    count: int = 0

    def put(self, name: bytes, value: bytes) -> None:
        key, text = name.decode("utf-8", "backslashreplace"), value.decode("utf-8", "backslashreplace")
        before = self.fields.get(key)
        if before is None:
            self.fields[key] = text
        else:
            self.fields[key] = [*before, text] if isinstance(before, list) else [before, text]
        self.count += 1


def _take_entry(window: _Window, builder: ColumnBuilder, record: int, longest: int) -> bool:
    """Take blank lines, an entry or what is none; return whether it was an entry."""
    if window.held[window.at : window.at + 1] == b"\n":
        window.skip(1)
        builder.ignore(1)
        return False
    entry = _Entry()
    problem = ""
    while not problem and not _ends(window, entry.length):
        problem = _take_field(window, entry, longest)
    if problem:
        builder.add_reject(_refused(window, entry.length, problem))
        return False
    builder.append(record, window.skip(entry.length), entry.length, journal_fields(entry.fields))
    return True


def _ends(window: _Window, length: int) -> bool:
    """Return whether the entry ends here: at a blank line, or with the file."""
    if not length:
        return False
    return not window.fill(length + 1) or window.held[window.at + length] == ord("\n")


def _take_field(window: _Window, entry: _Entry, longest: int) -> str:
    """Add the next field to the entry; return why there is none."""
    length = window.line(entry.length, longest)
    if not length or entry.length + length > longest:
        return _CUT if not length else f"entry longer than {longest} bytes"
    begin = window.at + entry.length
    name, equals, value = window.held[begin : begin + length - 1].partition(b"=")
    if not _is_name(name) or entry.count >= _MOST_FIELDS:
        return _BROKEN
    if equals:
        entry.put(name, value)
        entry.length += length
        return ""
    return _take_binary(window, entry, name, length, longest)


def _take_binary(window: _Window, entry: _Entry, name: bytes, line: int, longest: int) -> str:
    before = entry.length + line
    if not window.fill(before + _LENGTH):
        return _CUT
    start = window.at + before
    size = int.from_bytes(window.held[start : start + _LENGTH], "little")
    after = before + _LENGTH + size + 1
    if after > longest:
        return f"entry longer than {longest} bytes"
    if not window.fill(after):
        return _CUT
    start = window.at + before + _LENGTH
    if window.held[start + size] != ord("\n"):
        return _BROKEN
    entry.put(name, window.held[start : start + size])
    entry.length = after
    return ""


def _is_name(name: bytes) -> bool:
    """Field names have capital letters, digits and underscores."""
    plain = name.replace(b"_", b"")
    return 0 < len(name) <= _LONGEST_NAME and plain.isalnum() and plain == plain.upper() and plain.isascii()


def _refused(window: _Window, read: int, problem: str) -> Reject:
    """Refuse what was read and everything up to the next blank line, however far that is, without holding it."""
    offset, refused = window.skip(read), read
    while True:
        end = window.held.find(b"\n\n", window.at)
        if end >= 0:
            refused += end + 1 - window.at
            window.skip(end + 1 - window.at)
            break
        step = len(window.held) - window.at - 1
        if step > 0:
            refused += step
            window.skip(step)
        if not window.fill(2):
            refused += len(window.held) - window.at
            window.skip(len(window.held) - window.at)
            break
    return Reject(place=f"bytes {offset}-{offset + refused}", reason=problem, offset=offset, length=refused)
