"""Syslog as it was sent over TCP: each message behind its length in bytes (RFC 6587, octet counting).

`83 <38>1 2026-03-02T09:15:00Z fs01 sshd 42 - - Accepted …96 <38>1 …`, with or without line feeds between the frames.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.byte_patterns import byte_pattern, match_end
from vigilia.readers.columns import ColumnBuilder
from vigilia.readers.linux.syslog_records import parse_syslog_line
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER"]

_CHUNK: Final = 1 << 18
_LONGEST: Final = 1024 * 1024
_MARK: Final = byte_pattern(rb"[1-9][0-9]{0,6} <[0-9]{1,3}>")
_BLANK: Final = byte_pattern(rb"[\r\n ]+")
_LONGEST_MARK: Final = 16
_LOOKED_AT: Final = 20


class _FramesReader(BatchedReader):
    name = "linux-syslog-frames"
    source = "linux.syslog"
    title = "Syslog with octet counts (RFC 6587)"

    def recognise(self, head: bytes) -> float:
        """Ask that the lengths of the first frames lead from one to the next."""
        at = found = 0
        while found < _LOOKED_AT and (end := _frame_end(head, at)):
            if end > len(head):
                break
            if parse_syslog_line(_message(head[at:end])) is None:
                return 0.0
            found, at = found + 1, match_end(_BLANK, head, end)
        whole = at >= len(head) or _frame_end(head, at) > 0
        return 0.95 if found and whole else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        frames = _Frames(stream, builder, min(limits.line_bytes, _LONGEST))
        while frames.more(1):
            frames.take()
            yield


READER: Final[Reader] = _FramesReader()


def _frame_end(content: bytes, at: int) -> int:
    """Return where the frame that begins here ends, 0 where none begins."""
    if not match_end(_MARK, content[at : at + _LONGEST_MARK], 0):
        return 0
    digits = content[at : at + _LONGEST_MARK].partition(b" ")[0]
    return at + len(digits) + 1 + int(digits)


def _message(frame: bytes) -> bytes:
    return frame.partition(b" ")[2].rstrip(b"\r\n")


@dataclass(slots=True)
class _Frames:
    stream: BinaryIO
    builder: ColumnBuilder
    longest: int
    _held: bytes = b""
    _at: int = 0
    _offset: int = 0
    _record: int = 0

    def more(self, count: int) -> bool:
        """Return whether `count` bytes are held, after reading on where they are not."""
        while len(self._held) - self._at < count:
            chunk = self.stream.read(max(_CHUNK, count))
            if not chunk:
                return False
            self._held, self._at = self._held[self._at :] + chunk, 0
        return True

    def take(self) -> None:
        """Take what stands between frames, a frame, or what is none."""
        blank = match_end(_BLANK, self._held, self._at) - self._at
        if blank:
            self.builder.ignore(self._skip(blank))
            return
        self.more(_LONGEST_MARK)
        length = _frame_end(self._held, self._at) - self._at
        sound = 0 < length <= self.longest and self.more(length)
        fields = parse_syslog_line(_message(self._held[self._at : self._at + length])) if sound else None
        if fields is None:
            self._refuse()
            return
        self.builder.append(self._record, self._offset, length, fields)
        self._record += 1
        self._skip(length)

    def _refuse(self) -> None:
        """Refuse this line: after a wrong length only the next line can be trusted to begin with a frame."""
        offset, refused = self._offset, 0
        while True:
            end = self._held.find(b"\n", self._at)
            refused += self._skip((end + 1 if end >= 0 else len(self._held)) - self._at)
            if end >= 0 or not self.more(1):
                break
        self.builder.reject(f"byte {offset}", "not a syslog message with its length", offset, refused)

    def _skip(self, count: int) -> int:
        self._at += count
        self._offset += count
        return count
