"""Readers of logs in lines: a record is one line, or a block of lines that a line of some kind begins."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.carried_fields import Carrier, Carry
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.lines import Line
from vigilia.readers.reader import ReadLimits
from vigilia.readers.text_lines import head_lines, iterate_text_lines

__all__ = ["BlockReader", "LineReader", "head_texts", "share_of"]

Fields = Mapping[str, FieldValue]

_LONGEST: Final = 1024 * 1024
_LOOKED_AT: Final = 8192  # characters of a line that recognition looks at


def _never(_line: str) -> bool:
    return False


def _never_joins(_block: Sequence[str], _line: str) -> bool:
    return False


def share_of(lines: Sequence[str], is_like: Callable[[str], bool]) -> float:
    """Return the share of lines that are like something, 0.0 where there are none."""
    return sum(map(is_like, lines)) / len(lines) if lines else 0.0


def _text(line: bytes) -> str:
    return line.decode("utf-8", "backslashreplace")


@functools.lru_cache(maxsize=4)
def head_texts(head: bytes, decode: Callable[[bytes], str] = _text) -> tuple[str, ...]:
    """Return the first lines in the head of an item that are not blank, each cut to what recognition looks at.

    Kept for the many readers that look at the same head.
    """
    return tuple(decode(line)[:_LOOKED_AT] for line in head_lines(head) if line.strip())


@dataclass(frozen=True, slots=True)
class LineReader(BatchedReader):
    """One record for each line.

    Attributes:
        parse: fields of a line, or None where it is none of this log. It must be linear in the length of the line.
        is_frame: lines that carry no record by the format's own definition, such as headings.
        sureness: what `recognise` answers where every line in the head is one of this log.
    """

    name: str
    source: str
    title: str
    parse: Callable[[str], Fields | None]
    is_frame: Callable[[str], bool] = _never
    sureness: float = 0.9

    def recognise(self, head: bytes) -> float:
        """Answer by the share of the first lines that can be read."""
        lines = [line for line in head_texts(head) if not self.is_frame(line)]
        return round(self.sureness * share_of(lines, lambda line: self.parse(line) is not None), 4)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        """Read line by line; a line of no known form is a reject."""
        for line in iterate_text_lines(stream, min(limits.line_bytes, _LONGEST)):
            self._take(line, builder)
            yield

    def _take(self, line: Line | Reject, builder: ColumnBuilder) -> None:
        if isinstance(line, Reject):
            builder.add_reject(line)
            return
        text = _text(line.content)
        if not text.strip() or self.is_frame(text):
            builder.ignore(line.length)
        elif (fields := self.parse(text)) is not None:
            builder.append(line.number - 1, line.offset, line.length, fields)
        else:
            builder.reject(f"line {line.number}", "not a line of this log", line.offset, line.length)


@dataclass(frozen=True, slots=True)
class BlockReader(BatchedReader):
    """One record for each block: a line that `begins` one, and all lines up to the next such line.

    Attributes:
        begins: whether a line begins a record.
        parse: fields of a block's lines, the blank ones at its end left out; None where it is no record. It must be
            linear in the length of the block.
        is_frame: lines that carry no record by the format's own definition, such as headings; they end a block.
        joins: whether a line that could begin a record belongs to the block before it after all.
        carry: fields that hold for the records after the one that has them.
        decode: a line's text, where it is not plainly UTF-8.
        sureness: what `recognise` answers where the head begins with a record.
    """

    name: str
    source: str
    title: str
    begins: Callable[[str], bool]
    parse: Callable[[Sequence[str]], Fields | None]
    is_frame: Callable[[str], bool] = _never
    decode: Callable[[bytes], str] = _text
    joins: Callable[[Sequence[str], str], bool] = _never_joins
    carry: tuple[Carry, ...] = ()
    sureness: float = 0.9

    def recognise(self, head: bytes) -> float:
        """Answer by the first line that is neither blank nor frame, and whether its block can be read."""
        lines = [line for line in head_texts(head, self.decode) if not self.is_frame(line)]
        if not lines or not self.begins(lines[0]):
            return 0.0
        end = next((at for at, line in enumerate(lines[1:], start=1) if self.begins(line)), len(lines))
        return self.sureness if self.parse(lines[:end]) is not None else 0.0

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        """Read block by block; lines before the first block, and what a too long one has more, are rejects."""
        longest = min(limits.line_bytes, _LONGEST)
        block = _Block(self.parse, Carrier(self.carry))
        for line in iterate_text_lines(stream, longest):
            self._take(line, block, builder, longest)
            yield
        block.flush(builder)

    def _take(self, line: Line | Reject, block: _Block, builder: ColumnBuilder, longest: int) -> None:
        if isinstance(line, Reject):
            block.flush(builder)
            builder.add_reject(line)
            return
        text = self.decode(line.content)
        if self.is_frame(text):
            block.flush(builder)
            builder.ignore(line.length)
        elif self.begins(text) and not (block.length and self.joins(block.lines, text)):
            block.flush(builder)
            block.open(line, text)
        elif block.length and block.length + line.length <= longest:
            block.add(line, text)
        else:
            block.flush(builder)
            if text.strip():
                builder.reject(f"line {line.number}", "a line outside of any record", line.offset, line.length)
            else:
                builder.ignore(line.length)


@dataclass(slots=True)
class _Block:
    """The lines of the record that is being gathered; `length` is 0 where there is none."""

    parse: Callable[[Sequence[str]], Fields | None]
    carrier: Carrier
    length: int = 0
    lines: list[str] = field(default_factory=list)
    _number: int = 0
    _offset: int = 0

    def open(self, line: Line, text: str) -> None:
        self._number, self._offset, self.length, self.lines = line.number, line.offset, line.length, [text]

    def add(self, line: Line, text: str) -> None:
        self.length += line.length
        self.lines.append(text)

    def flush(self, builder: ColumnBuilder) -> None:
        """Append the record, or reject the block."""
        if not self.length:
            return
        while not self.lines[-1].strip() and len(self.lines) > 1:
            self.lines.pop()
        fields = self.parse(self.lines)
        if fields is None:
            builder.reject(f"line {self._number}", "not a record of this log", self._offset, self.length)
        else:
            builder.append(self._number - 1, self._offset, self.length, self.carrier.complete(fields))
        self.length, self.lines = 0, []
