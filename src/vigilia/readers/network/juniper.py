r"""Juniper SRX by syslog, structured: `<14>1 2026-03-02T09:15:00.123Z srx1 RT_FLOW - RT_FLOW_SESSION_CREATE
[junos@2636.1.1.1.2.129 source-address="192.0.2.7" …]`, and as plain sentences (`… RT_FLOW_SESSION_CREATE: session …`).

Field names are Juniper's own. `event` is the name of the event. Format: "System Log Messages", juniper.net.
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_juniper_line"]

_STRUCTURED: Final = re.compile(r" (\S{1,48}) (\S{1,64}) ([A-Z][A-Z0-9_]{3,64}) \[junos@[\d.]{1,48} ", re.ASCII)
_PLAIN: Final = re.compile(r"(?:^|[ :])(RT_[A-Z0-9]{2,16})(?:\[\d{1,10}\])?: (RT_[A-Z0-9_]{3,60}): ", re.ASCII)
_END: Final = "]"
_ADDRESS: Final = r"([0-9A-Fa-f.:]{2,45})/(\d{1,5})"
_FLOW: Final = re.compile(
    rf"^session (created|denied|closed) ?([^:\d]{{0,64}}):? ?{_ADDRESS}->{_ADDRESS}(?: 0x[0-9a-f]+)?(?: (\S{{1,64}}))?",
    re.ASCII,
)
_FLOW_NAMES: Final = (
    "action",
    "reason",
    "source-address",
    "source-port",
    "destination-address",
    "destination-port",
    "service-name",
)


def parse_juniper_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of an SRX."""
    head = text[:HEADER_CHARACTERS]
    if (structured := _STRUCTURED.search(head)) is not None:
        return _structured(text, structured)
    plain = _PLAIN.search(head)
    if plain is None:
        return None
    message = text[plain.end() :]
    flow = _FLOW.match(message[:HEADER_CHARACTERS])
    told = dict(zip(_FLOW_NAMES, flow.groups(), strict=True)) if flow else {}
    named: dict[str, FieldValue] = {name: value.strip() for name, value in told.items() if value and value.strip()}
    return read_header(text[: plain.start(1)]) | {"program": plain[1], "event": plain[2], "message": message} | named


def _structured(text: str, found: re.Match[str]) -> dict[str, FieldValue]:
    pairs, rest = key_values(text[found.end() :].rstrip().removesuffix(_END))
    told: dict[str, FieldValue] = {"program": found[1], "event": found[3]}
    fields = {name: value for name, value in pairs.items() if value}
    return read_header(text[: found.start()] + " - - - ") | told | fields | ({"message": rest} if rest else {})


READER: Final[Reader] = DeviceReader(
    name="juniper-srx",
    source="firewall.juniper",
    title="Juniper SRX log (structured or plain syslog)",
    parse=parse_juniper_line,
)
