"""WatchGuard Firebox by syslog: `… FB1 firewall: msg_id="3000-0148" Allow 1-Trusted 0-External 52 tcp 20 127
192.0.2.7 198.51.100.20 50022 443 … (HTTPS-00)`, and the pairs (`src_user="ada@Firebox-DB"`) around it.

Format: WatchGuard, "Log Catalog" and "Read a Log Message".
"""

from __future__ import annotations

import re
from typing import Final

from vigilia.readers.columns import FieldValue
from vigilia.readers.network.device_lines import HEADER_CHARACTERS, DeviceReader, read_header
from vigilia.readers.network.key_values import key_values
from vigilia.readers.reader import Reader

__all__ = ["READER", "parse_watchguard_line"]

_BEGIN: Final = re.compile(r'(?:^|[ :])(msg_id="[0-9A-F]{4}-[0-9A-F]{4}")', re.ASCII)
_PACKET: Final = re.compile(
    r"^(Allow|Deny|ProxyAllow|ProxyDeny|ProxyDrop|ProxyStrip|ProxyBlock|blocked sites) (\S{1,64}) (\S{1,64}) "
    r"(?:\d{1,6} )?([a-z0-9/]{2,16}) (?:\d{1,6} \d{1,6} )?([0-9A-Fa-f.:]{2,45}) ([0-9A-Fa-f.:]{2,45}) "
    r"(\d{1,5}) (\d{1,5})",
    re.ASCII,
)
_NAMES: Final = (
    "action",
    "src_interface",
    "dst_interface",
    "protocol",
    "src_ip",
    "dst_ip",
    "src_port",
    "dst_port",
)
_LOGON: Final = re.compile(
    r"(?:Authentication of|user) (?:\S{1,32} user )?\[?(\S{1,128}?)\]? (?:from (\S{1,45}) )?"
    r"(?:was )?(accepted|rejected|logged in|logged out|failed)",
    re.IGNORECASE,
)


def parse_watchguard_line(text: str) -> dict[str, FieldValue] | None:
    """Return the fields of one line, or None where it is none of a Firebox."""
    begin = _BEGIN.search(text[:HEADER_CHARACTERS])
    if begin is None:
        return None
    pairs, message = key_values(text[begin.start(1) :])
    fields = {name: value for name, value in pairs.items() if value}
    if (packet := _PACKET.match(message[:HEADER_CHARACTERS])) is not None:
        fields |= dict(zip(_NAMES, packet.groups(), strict=True))
    elif (logon := _LOGON.search(message[:HEADER_CHARACTERS])) is not None:
        told = zip(("user", "src_ip", "action"), logon.groups(), strict=True)
        fields |= {name: value.lower() if name == "action" else value for name, value in told if value}
    return read_header(text[: begin.start(1)]) | fields | ({"message": message} if message else {})


READER: Final[Reader] = DeviceReader(
    name="watchguard-syslog",
    source="firewall.watchguard",
    title="WatchGuard Firebox log (by syslog)",
    parse=parse_watchguard_line,
)
