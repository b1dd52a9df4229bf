r"""The Linux audit daemon's log: `type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="ls" a1="-l"`.

One record per line, with the fields' own names. What the kernel writes in hexadecimal, because it held a space, a quote
or a byte outside ASCII, is decoded, and kept as `<name>_hex`. Enriched logs add names in upper case after the byte 1D
(`AUID="ada"`). Beside the line's own fields there are `timestamp`, `audit_id` ("time:serial", shared by all records of
one event), `node`, and for EXECVE `arguments`, all of them in order. The records that follow a SYSCALL record of the
same event say nothing of who did it, so they take its account, session and program along: `syscall.auid` and the like.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final

from vigilia.model.records import Reject, SourceBatch
from vigilia.readers.columns import ColumnBuilder, FieldValue
from vigilia.readers.line_shape import share_of_lines
from vigilia.readers.lines import Line, iterate_lines
from vigilia.readers.reader import Reader, ReadLimits

__all__ = ["READER", "parse_audit_line"]

_NOT_AUDIT: Final = "not an audit record"
_LONGEST_LINE: Final = 256 * 1024  # the kernel writes at most 8,970 bytes, and enrichment adds names
_BOM: Final = b"\xef\xbb\xbf"
_ENRICHED: Final = "\x1d"
_MOST_ARGUMENT_FIELDS: Final = 64  # more arguments are in `arguments` alone
_CLOSERS: Final = {'"': '"', "{": "}"}
_UPPER_HEX: Final = frozenset("0123456789ABCDEF")
_DIGITS: Final = frozenset("0123456789")
# Fields that the kernel or the audit library may write in hexadecimal ("encoded" in the audit field dictionary).
_ENCODED: Final = frozenset(
    {"acct", "cmd", "comm", "cwd", "data", "dir", "exe", "file", "grp", "key", "name", "new", "ocomm", "old", "path"}
    | {"proctitle", "sw", "unit", "vm", "watch"}
)
_KEY_SEPARATOR: Final = "\x01"
_WHO: Final = ("AUID", "SYSCALL", "auid", "exe", "key", "pid", "ses", "success", "syscall")
_LONGEST_KEPT: Final = 4096  # longest text of a system call that other records repeat
_REMEMBERED: Final = 256  # audit events whose records may be mixed with one another


class _AuditdReader:
    name = "linux-auditd"
    source = "linux.auditd"
    title = "Linux audit daemon log (auditd)"

    def recognise(self, head: bytes) -> float:
        return round(share_of_lines(head, _is_audit_line), 4)

    def read(
        self,
        stream: BinaryIO,
        size: int,  # noqa: ARG002 - the door of every reader; lines tell their own length
        limits: ReadLimits,
    ) -> Iterator[SourceBatch]:
        builder = ColumnBuilder(limits)
        calls = _SystemCalls()
        for line in iterate_lines(stream, min(limits.line_bytes, _LONGEST_LINE)):
            _take(line, builder, calls)
            if builder.full:
                yield builder.build()
        if not builder.empty:
            yield builder.build()


READER: Final[Reader] = _AuditdReader()


class _SystemCalls:
    """Remembers who made the latest system calls, for the other records of the same audit event."""

    def __init__(self) -> None:
        self._latest: dict[tuple[str, str], dict[str, FieldValue]] = {}

    def complete(self, fields: dict[str, FieldValue]) -> None:
        """Remember a SYSCALL record, or add what is remembered of it."""
        event = str(fields.get("node", "")), str(fields["audit_id"])
        if fields["type"] != "SYSCALL":
            fields.update(self._latest.get(event, {}))
            return
        known = {f"syscall.{name}": fields.get(name, "") for name in _WHO}
        self._latest[event] = {name: value for name, value in known.items() if 0 < len("".join(value)) <= _LONGEST_KEPT}
        if len(self._latest) > _REMEMBERED:
            del self._latest[next(iter(self._latest))]


def _take(line: Line | Reject, builder: ColumnBuilder, calls: _SystemCalls) -> None:
    if isinstance(line, Reject):
        builder.add_reject(line)
    elif not line.content.strip():
        builder.ignore(line.length)
    elif (fields := parse_audit_line(line.content)) is not None:
        calls.complete(fields)
        builder.append(line.number - 1, line.offset, line.length, fields)
    else:
        builder.reject(f"line {line.number}", _NOT_AUDIT, line.offset, line.length)


def _is_audit_line(line: bytes) -> bool:
    return b" msg=audit(" in line and not line[:1].isspace() and parse_audit_line(line.rstrip(b"\r")) is not None


def parse_audit_line(content: bytes) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is no audit record. Bytes that are not UTF-8 become "\\xNN"."""
    text = content.removeprefix(_BOM).decode("utf-8", "backslashreplace")
    head, opened, rest = text.partition(" msg=audit(")
    stamp, closed, body = rest.partition(")")
    node, record_type = _node_and_type(head)
    timestamp, colon, serial = stamp.partition(":")
    if not (opened and closed and record_type and colon and _is_time(timestamp) and _all_in(serial, _DIGITS)):
        return None
    fields: dict[str, FieldValue] = {}
    written, _, enriched = body.removeprefix(":").partition(_ENRICHED)
    _add_pairs(enriched, fields, record_type)
    _add_body(written, fields, record_type)
    if record_type == "EXECVE":
        _gather_arguments(fields)
    fields |= {"type": record_type, "timestamp": timestamp, "audit_id": stamp}
    return fields | ({"node": node} if node else {})


def _node_and_type(head: str) -> tuple[str, str]:
    """Read "node=fs01 type=EXECVE"."""
    if len(head) > 1024:
        return "", ""
    node, record_type = "", ""
    for word in head.split():
        key, _, value = word.partition("=")
        if key == "node":
            node = value
        elif key == "type":
            record_type = value
    return node, record_type


def _is_time(text: str) -> bool:
    seconds, _, fraction = text.partition(".")
    return (
        0 < len(seconds) <= 12
        and _all_in(seconds, _DIGITS)
        and len(fraction) <= 9
        and fraction.isdecimal() | (not fraction)
    )


def _all_in(text: str, characters: frozenset[str]) -> bool:
    return 0 < len(text) <= 24 and characters.issuperset(text)


def _add_body(body: str, fields: dict[str, FieldValue], record_type: str) -> None:
    """Read the pairs of a record; programs put theirs within msg='…'."""
    outside, quoted, inside = body.partition(" msg='")
    if quoted:
        inner, closed, after = inside.rpartition("'")
        _add_pairs(inner if closed else after, fields, record_type)
        outside += " " + after if closed else ""
    _add_pairs(outside, fields, record_type)


def _add_pairs(text: str, fields: dict[str, FieldValue], record_type: str) -> None:
    """Add each `key=value`; words without a key ("avc:  denied  { read } for") become `message`."""
    words: list[str] = []
    pieces = iter(text.split(" "))
    for piece in pieces:
        key, equals, value = piece.partition("=")
        if not equals or not key:
            words.extend([piece] if piece else [])
            continue
        closer = _CLOSERS.get(value[:1])
        if closer and not (len(value) > 1 and value.endswith(closer)):
            value = _until(closer, value, pieces)
        _add(key.strip(), value, fields, record_type)
    if words:
        fields["message"] = " ".join(words)


def _until(closer: str, value: str, pieces: Iterator[str]) -> str:
    """Take more pieces until one ends with the closer; without one, the value goes on to the end."""
    taken = [value]
    for piece in pieces:
        taken.append(piece)
        if piece.rstrip(",").endswith(closer):
            break
    return " ".join(taken)


def _add(key: str, value: str, fields: dict[str, FieldValue], record_type: str) -> None:
    value = value.rstrip(",") if value.endswith(('",', "),")) else value
    if len(value) > 1 and value[0] == '"' and value[-1] == '"':
        fields[key] = value[1:-1]
        return
    decoded = _decoded(value) if _may_be_encoded(key, record_type) else None
    if decoded is None:
        fields[key] = value
        return
    fields[key] = _separated(key, decoded)
    fields[f"{key}_hex"] = value


def _may_be_encoded(key: str, record_type: str) -> bool:
    """Say whether a bare value of this field may be hexadecimal text; a0 to a3 of SYSCALL are numbers."""
    return key in _ENCODED or (record_type == "EXECVE" and _argument_number(key) is not None)


def _decoded(value: str) -> str | None:
    if len(value) < 2 or len(value) % 2 or not _UPPER_HEX.issuperset(value):
        return None
    return bytes.fromhex(value).decode("utf-8", "backslashreplace")


def _separated(key: str, text: str) -> FieldValue:
    """Arguments in a process title are divided by NUL; several rule keys by 01."""
    if key == "proctitle":
        return text.rstrip("\x00").replace("\x00", " ")
    if key == "key" and _KEY_SEPARATOR in text:
        return text.split(_KEY_SEPARATOR)
    return text.rstrip("\x00") if key != "data" else text


def _argument_number(key: str) -> tuple[int, int] | None:
    """Return (8, 0) for "a8" and "a8[0]", (8, 1) for "a8[1]"; None for what is no argument ("argc", "a8_len")."""
    if key[:1] != "a" or key[1:2] not in _DIGITS or len(key) > 16:
        return None
    number, _, part = key[1:].removesuffix("]").partition("[")
    sound = _all_in(number, _DIGITS) and (not part or _all_in(part, _DIGITS))
    return (int(number), int(part or 0)) if sound else None


def _gather_arguments(fields: dict[str, FieldValue]) -> None:
    """Put the parts of long arguments together, and all arguments in order into `arguments`."""
    numbered = [(place, key) for key in fields if (place := _argument_number(key)) is not None]
    whole: dict[int, list[str]] = {}
    for (number, _), key in sorted(numbered):
        whole.setdefault(number, []).append(str(fields.pop(key)))
    for number, parts in whole.items():
        if number < _MOST_ARGUMENT_FIELDS:
            fields[f"a{number}"] = "".join(parts)
    for key in [key for key in fields if key.endswith("_hex") and _argument_number(key[:-4])]:
        if "[" in key or int(key[1:-4]) >= _MOST_ARGUMENT_FIELDS:
            del fields[key]
    if whole:
        fields["arguments"] = ["".join(parts) for parts in whole.values()]
