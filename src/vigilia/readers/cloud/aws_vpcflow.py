"""AWS VPC flow logs as text: fields separated by blanks, in the default order or in the one that a heading names.

Files in S3 begin with a heading of field names; what CloudWatch Logs gives has none, and may have its own time before
each record. Without a heading only the default fourteen fields of version 2 can be read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from vigilia.model.records import Reject
from vigilia.readers.batched_reader import BatchedReader
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.line_records import head_texts, share_of
from vigilia.readers.lines import Line
from vigilia.readers.reader import Reader, ReadLimits
from vigilia.readers.text_lines import iterate_text_lines

__all__ = ["READER"]

_DEFAULT: Final = (
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
)
_STATUS: Final = frozenset({"OK", "NODATA", "SKIPDATA"})
_HEADING: Final = frozenset({"srcaddr", "dstaddr", "pkt-srcaddr", "pkt-dstaddr"})
_LONGEST_LINE: Final = 64 * 1024


class _VpcFlowReader(BatchedReader):
    name = "aws-vpcflow"
    source = "aws.vpcflow"
    title = "AWS VPC flow log (text)"

    def recognise(self, head: bytes) -> float:
        """Answer by the heading, or else by the share of lines that have the default fields."""
        lines = head_texts(head)
        if lines and _heading(lines[0].split()):
            return 0.96
        return round(0.95 * share_of(lines, lambda line: bool(_default_fields(line.split()))), 4)

    def add_records(self, stream: BinaryIO, builder: ColumnBuilder, limits: ReadLimits) -> Iterator[None]:
        names: tuple[str, ...] = ()
        for line in iterate_text_lines(stream, min(limits.line_bytes, _LONGEST_LINE)):
            names = _take(line, names, builder)
            yield


READER: Final[Reader] = _VpcFlowReader()


def _take(line: Line | Reject, names: tuple[str, ...], builder: ColumnBuilder) -> tuple[str, ...]:
    """Put one line to the account and return the names of the fields of the next."""
    if isinstance(line, Reject):
        builder.add_reject(line)
        return names
    words = line.content.decode("utf-8", "backslashreplace").removeprefix("\ufeff").split()
    if not words:
        builder.ignore(line.length)
    elif heading := _heading(words):
        builder.ignore(line.length)
        return heading
    elif fields := _fields(words, names):
        builder.append(line.number - 1, line.offset, line.length, fields)
    else:
        builder.reject(f"line {line.number}", "not a line of this log", line.offset, line.length)
    return names


def _heading(words: list[str]) -> tuple[str, ...]:
    """Return the field names that a line is; exports of other tools write them with "_"."""
    names = tuple(word.lower().replace("_", "-") for word in words)
    known = not _HEADING.isdisjoint(names) and all(name.replace("-", "").isalpha() for name in names)
    return names if known and len(set(names)) == len(names) else ()


def _fields(words: list[str], names: tuple[str, ...]) -> dict[str, FieldValue]:
    if not names:
        return _default_fields(words)
    return dict(zip(names, words, strict=True)) if len(words) == len(names) else {}


def _default_fields(words: list[str]) -> dict[str, FieldValue]:
    """Read the default fields, with or without the time that CloudWatch Logs sets before them."""
    logged: dict[str, FieldValue] = {}
    if len(words) == len(_DEFAULT) + 1 and words[0][4:5] == "-" and "T" in words[0]:
        logged = {"timestamp": words[0]}
        words = words[1:]
    if len(words) != len(_DEFAULT) or words[0] != "2" or words[-1] not in _STATUS:
        return {}
    return logged | dict(zip(_DEFAULT, words, strict=True))
