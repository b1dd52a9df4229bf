r"""Cisco ASA and Firepower (FTD): `… %ASA-6-302013: Built outbound TCP connection 42 for outside:198.51.100.20/443 …`.

What a message says is known by its number; `cisco_messages.toml` has the patterns. `message_id`, `severity` and
`message` are always there. FTD's connection events (430001 to 430005) are lists of `Name: value` with Cisco's names.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import Final, NamedTuple

import msgspec
import re2

from vigilia.knowledge.shipped_table import read_table
from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_cisco_line"]


class _Message(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What messages of these numbers say; of several that have a number the first whose pattern fits counts."""

    ids: tuple[str, ...]
    pattern: str
    action: str = ""
    category: str = ""
    outcome: str = ""


class _Messages(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    source: str
    date: dt.date
    fragments: dict[str, str]
    message: tuple[_Message, ...]


class _Verb(NamedTuple):
    said: Mapping[str, str]
    pattern: re2._Regexp


_SIGN: Final = re.compile(r"%((?:ASA|FTD|PIX|FWSM)(?:-[A-Za-z]{1,16})?)-(?:[a-z]{1,16}-)?([0-7])-(\d{6}): ?", re.ASCII)
_MESSAGE_CHARACTERS: Final = 8192
_PAIRED: Final = frozenset({"430001", "430002", "430003", "430004", "430005"})
_ANY: Final = "any"
_MOST_PAIRS: Final = 256
_WELL_KNOWN: Final = 1024


def _by_number() -> dict[str, tuple[_Verb, ...]]:
    table = read_table("vigilia.readers.network", "cisco_messages.toml", _Messages)
    found: dict[str, list[_Verb]] = {}
    for one in table.message:
        pattern = one.pattern
        for name, text in table.fragments.items():
            pattern = pattern.replace(f"%{name}%", text)
        said = {"action": one.action, "category": one.category, "outcome": one.outcome}
        verb = _Verb({name: text for name, text in said.items() if text}, re2.compile(pattern))
        for number in one.ids:
            found.setdefault(number, []).append(verb)
    return {number: tuple(verbs) for number, verbs in found.items()}


_VERBS: Final = _by_number()


def parse_cisco_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is no message of these devices."""
    found = _SIGN.search(text[:HEADER_CHARACTERS])
    if found is None:
        return None
    message = text[found.end() :]
    fields: dict[str, FieldValue] = {
        "facility": found[1],
        "severity": found[2],
        "message_id": found[3],
        "message": message,
    }
    said = _pairs(message) if found[3] in _PAIRED else _said(found[3], message[:_MESSAGE_CHARACTERS])
    return read_header(text[: found.start()]) | fields | said


def _said(number: str, message: str) -> dict[str, FieldValue]:
    for verb in (*_VERBS.get(number, ()), *_VERBS[_ANY]):
        match = verb.pattern.search(message)
        if match is not None:
            groups = {name: value for name, value in match.groupdict().items() if value}
            return _directed(dict(verb.said) | groups)
    return {}


def _directed(said: dict[str, str]) -> dict[str, FieldValue]:
    """Say who asked whom where a message names two ends without saying it: the lower port answers, as services do.

    That is an assumption, and the field `direction_assumed` says so.
    """
    ends = [said.pop(name, "") for name in ("end_1", "port_1", "end_2", "port_2")]
    if not (ends[0] and ends[2]):
        return dict(said)
    first, second = ends[:2], ends[2:]
    if _answers(first[1], second[1]):
        first, second = second, first
    named = zip(("src_ip", "src_port", "dst_ip", "dst_port"), first + second, strict=True)
    return {**said, **{name: text for name, text in named if text}, "direction_assumed": "true"}


def _answers(port: str, other: str) -> bool:
    return port.isdigit() and other.isdigit() and int(port[:5]) < min(int(other[:5]), _WELL_KNOWN)


def _pairs(message: str) -> dict[str, FieldValue]:
    """Divide `SrcIP: 192.0.2.7, DstIP: 198.51.100.20`; a piece without a name goes on with the value before it."""
    fields: dict[str, str] = {}
    last = ""
    for piece in message.split(", ", _MOST_PAIRS):
        name, colon, value = piece.partition(": ")
        if colon and name.isalnum():
            fields[name] = value
            last = name
        elif last and len(fields[last]) < _MESSAGE_CHARACTERS:
            fields[last] += f", {piece}"
    return {name: value for name, value in fields.items() if value}


READER: Final[Reader] = DeviceReader(
    name="cisco-asa",
    source="firewall.cisco",
    title="Cisco ASA and Firepower log",
    parse=parse_cisco_line,
)
