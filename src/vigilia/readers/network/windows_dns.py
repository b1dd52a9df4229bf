"""Windows DNS server's debug log (dns.log): one packet a line, with further lines if details are logged.

    3/2/2026 9:15:00 AM 0F4C PACKET  000001D2C0A0 UDP Rcv 192.0.2.7       0002   Q [0001   D   NOERROR] A      (4)mail(11)lanternfold(7)example(0)

The time is the server's own, written as its language has it. Format: Microsoft, "DNS logging and diagnostics".
"""  # noqa: E501 - a line of the log

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.line_records import BlockReader
from vigilia.readers.reader import Reader

__all__ = ["READER"]

_TIME: Final = r"(\d{1,4}[/.-]\d{1,2}[/.-]\d{1,4} \d{1,2}[:.]\d\d[:.]\d\d(?: [APap][Mm])?)"
_LINE: Final = re.compile(rf"^{_TIME} ([0-9A-F]{{3,8}}) ([A-Z_]{{3,16}}) ", re.ASCII)
_PACKET: Final = re.compile(
    r"^ *([0-9A-Fa-f]{8,16}) (UDP|TCP) (Rcv|Snd) ([0-9A-Fa-f.:%]{2,64}) +([0-9A-Fa-f]{4}) ([R ]) ([A-Z?]) "
    r"\[([0-9A-Fa-f]{4}) ([A-Z ]{0,8}?) {0,8}([A-Z0-9]{2,12})\] ([A-Z0-9]{1,16}) +(\S{1,1024})",
    re.ASCII,
)
_NAMES: Final = (
    *("packet_id", "protocol", "direction", "client", "xid", "response", "opcode", "flags_hex", "flags"),
    *("response_code", "record_type", "query"),
)
_HEADING: Final = re.compile(rf"^(DNS Server log file creation|Log file wrap) at {_TIME}", re.ASCII)
_LABEL: Final = re.compile(r"\((\d{1,3})\)")


def _begins(line: str) -> bool:
    return _LINE.match(line[:128]) is not None or _HEADING.match(line[:128]) is not None


def _parse(lines: Sequence[str]) -> dict[str, FieldValue] | None:
    heading = _HEADING.match(lines[0][:128])
    if heading is not None:
        return {"context": heading[1], "time": heading[2]}
    found = _LINE.match(lines[0][:128])
    if found is None:
        return None
    fields: dict[str, FieldValue] = {"time": found[1], "thread": found[2], "context": found[3]}
    rest = lines[0][found.end() :]
    packet = _PACKET.match(rest[:2048])
    if packet is not None:
        fields |= {name: value.strip() for name, value in zip(_NAMES, packet.groups(), strict=True) if value.strip()}
        fields["query"] = _dotted(packet[len(_NAMES)])
    else:
        fields["message"] = rest.strip()
    if len(lines) > 1:
        fields["details"] = "\n".join(lines[1:])
    return fields


def _dotted(name: str) -> str:
    """Return `mail.lanternfold.example` of `(4)mail(11)lanternfold(7)example(0)`."""
    return _LABEL.sub(".", name).strip(".")


READER: Final[Reader] = BlockReader(
    name="windows-dns-debug",
    source="dns.windows",
    title="Windows DNS server debug log",
    begins=_begins,
    parse=_parse,
    sureness=0.95,
)
