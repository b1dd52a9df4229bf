r"""One record of the Linux audit system: `type=EXECVE msg=audit(1364481363.243:24287): argc=2 a0="ls" a1="-l"`.

What the kernel writes in hexadecimal, because it held a space, a quote or a byte outside ASCII, is decoded, and kept as
`<name>_hex`. Enriched logs add names in upper case after the byte 1D (`AUID="ada"`). What `ausearch --interpret` prints
(`type=EXECVE msg=audit(03/28/2013 14:36:03.243:24287) : argc=2 a0=ls`) is text already, without quotes. Beside the
record's own fields there are `type`, `timestamp`, `audit_id` ("time:serial", shared by all records of one event),
`node`, for EXECVE `arguments`, all of them in order, and for SOCKADDR the parts of the address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.linux.audit_types import record_type_name
from vigilia.readers.linux.socket_address import socket_parts

__all__ = ["audit_body", "parse_audit_record"]

_ENRICHED: Final = "\x1d"
_LONGEST_HEAD: Final = 1024
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
# Old kernels wrote "old auid=4294967295 new auid=0"; programs write "op=adding group to /etc/group id=1004".
_PREFIXES: Final = frozenset({"old", "new"})
_PREFIXED: Final = frozenset({"auid", "ses"})
_WORDY: Final = frozenset({"op"})
# The clock time that `ausearch --interpret` writes, by the locale of whoever ran it.
_DATED: Final = re.compile(r"\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4} \d\d:\d\d:\d\d\.\d{3}", re.ASCII)
_LONGEST_DATE: Final = 40
_SHORT_YEAR: Final = re.compile(r"(\d{1,2}[/.]\d{1,2}[/.])(\d\d) ", re.ASCII)


def parse_audit_record(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one record, or None where the text is none."""
    head, opened, rest = text.partition(" msg=audit(")
    if not opened:
        head, opened, rest = text.partition(" audit(")  # from the kernel's own log
    stamp, closed, body = rest.partition(")")
    node, record_type = _node_and_type(head)
    timestamp, colon, serial = stamp.rpartition(":")
    if not (opened and closed and record_type and colon and _all_in(serial, _DIGITS)):
        return None
    dated = not _is_time(timestamp)
    if dated and not (len(timestamp) <= _LONGEST_DATE and _DATED.fullmatch(timestamp)):
        return None
    fields = audit_body(record_type, body.lstrip(" ").removeprefix(":"), interpreted=dated)
    moment = _SHORT_YEAR.sub(r"\g<1>20\2 ", timestamp, count=1) if dated else timestamp
    fields |= {"timestamp": moment, "audit_id": stamp}
    return fields | ({"node": node} if node else {})


def _node_and_type(head: str) -> tuple[str, str]:
    """Read "node=fs01 type=EXECVE"; where anything else stands there, there is no type."""
    node, record_type = "", ""
    for word in head.split() if len(head) <= _LONGEST_HEAD else ():
        key, _, value = word.partition("=")
        if key == "node":
            node = value
        elif key == "type":
            record_type = record_type_name(value)
        else:
            return "", ""
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


def audit_body(record_type: str, body: str, *, interpreted: bool = False) -> dict[str, FieldValue]:
    """Return the fields of what follows a record's time and serial number; programs put theirs within msg='…'."""
    record = _Record(record_type, interpreted)
    written, _, enriched = body.partition(_ENRICHED)
    if enriched:
        record.add_pairs(enriched)
    outside, quoted, inside = written.partition(" msg='")
    if quoted:
        inner, closed, after = inside.rpartition("'")
        record.add_pairs(inner if closed else after)
        outside += " " + after if closed else ""
    record.add_pairs(outside)
    record.complete()
    return record.fields | {"type": record_type}


@dataclass(slots=True)
class _Record:
    record_type: str
    interpreted: bool
    fields: dict[str, FieldValue] = field(default_factory=dict)

    def add_pairs(self, text: str) -> None:
        """Add each `key=value`; words without a key ("avc:  denied  { read } for") become `message`."""
        words: list[str] = []
        values: dict[str, list[str]] = {}  # of fields whose value may go on with more words
        latest = ""
        pieces = iter(text.split(" "))
        for piece in pieces:
            key, equals, value = piece.partition("=")
            if not equals or not key:
                (values[latest] if self._goes_on(latest) else words).append(piece)
                continue
            if key in _PREFIXED and words[-1:] and words[-1] in _PREFIXES:
                key = f"{words.pop()}_{key}"
            closer = _CLOSERS.get(value[:1])
            if closer and not (len(value) > 1 and value.endswith(closer)):
                value = _until(closer, value, pieces)
            latest = key.strip("( ")
            self._add(latest, value)
            if self._goes_on(latest):
                values[latest] = [str(self.fields[latest])]
        self.fields |= {key: " ".join(parts) for key, parts in values.items() if len(parts) > 1}
        if message := " ".join(filter(None, words)):
            self.fields["message"] = message

    def _goes_on(self, key: str) -> bool:
        return bool(key) and (self.interpreted or key in _WORDY)

    def _add(self, key: str, value: str) -> None:
        value = value if self.interpreted else _bare(value)
        if len(value) > 1 and value[0] == '"' and value[-1] == '"':
            self.fields[key] = value[1:-1]
            return
        decoded = _decoded(value) if self._may_be_encoded(key) else None
        if decoded is None:
            self.fields[key] = value
            return
        self.fields[key] = _separated(key, decoded)
        self.fields[f"{key}_hex"] = value

    def _may_be_encoded(self, key: str) -> bool:
        """Say whether a bare value of this field may be hexadecimal text; a0 to a3 of SYSCALL are numbers."""
        if self.interpreted:
            return False
        return key in _ENCODED or (self.record_type == "EXECVE" and _argument_number(key) is not None)

    def complete(self) -> None:
        """Add what follows from the pairs together."""
        if self.interpreted:
            self.fields = {key: value.strip(" ") for key, value in self.fields.items() if isinstance(value, str)}
        if self.record_type == "EXECVE":
            _gather_arguments(self.fields)
        elif self.record_type == "SOCKADDR":
            self.fields |= socket_parts(self.fields)


def _bare(value: str) -> str:
    """Take off what old programs wrote around values: "(hostname=?, addr=192.0.2.7, terminal=ssh res=success)"."""
    value = value.removesuffix(",")
    return value.removesuffix(")") if "(" not in value else value


def _until(closer: str, value: str, pieces: Iterator[str]) -> str:
    """Take more pieces until one ends with the closer; without one, the value goes on to the end."""
    taken = [value]
    for piece in pieces:
        taken.append(piece)
        if piece.rstrip(",").endswith(closer):
            break
    return " ".join(taken)


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
